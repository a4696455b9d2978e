//! The table and the document under a step.

use cucumber::gherkin::Step;
use serde_json::{Map, Value};

use crate::error::{StepError, StepResult};

/// The document under a step.
///
/// # Errors
/// When there is none.
pub(crate) fn document(step: &Step) -> StepResult<String> {
    let text = step.docstring.as_deref().ok_or_else(|| {
        StepError::new("the step needs a document: three quotes, the text, three quotes")
    })?;
    let text = text.strip_prefix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\n').unwrap_or(text).to_owned())
}

/// The table under a step.
///
/// # Errors
/// When there is none.
pub(crate) fn rows(step: &Step) -> StepResult<&[Vec<String>]> {
    let table = step.table.as_ref();
    table
        .map(|table| table.rows.as_slice())
        .ok_or_else(|| StepError::new("the step needs a table: lines of cells between `|`"))
}

/// The table under a step as names and values: two columns.
///
/// # Errors
/// When there is no table, or a row is no pair.
pub(crate) fn pairs(step: &Step) -> StepResult<Vec<(&str, &str)>> {
    rows(step)?.iter().map(|row| pair(row)).collect()
}

fn pair(row: &[String]) -> StepResult<(&str, &str)> {
    match row {
        [name, value] => Ok((name, value)),
        _ => Err(StepError::new(format!(
            "a row is a name and a value, not {row:?}"
        ))),
    }
}

/// The table under a step as an object. A value that reads as JSON is that (`300`, `["a","b"]`,
/// `null`, `"300"`), any other is a text.
///
/// # Errors
/// As [`pairs`].
pub(crate) fn object(step: &Step) -> StepResult<Map<String, Value>> {
    let member = |(name, value): (&str, &str)| {
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        (name.to_owned(), value)
    };
    Ok(pairs(step)?.into_iter().map(member).collect())
}

/// The table under a step as an object whose values are texts, whatever they look like.
///
/// # Errors
/// As [`pairs`].
pub(crate) fn texts(step: &Step) -> StepResult<Map<String, Value>> {
    let pairs = pairs(step)?.into_iter();
    Ok(pairs
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect())
}

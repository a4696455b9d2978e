//! The table and the document under a step.

use cucumber::gherkin::Step;
use serde_json::{Map, Value};

use crate::{
    World,
    error::{StepError, StepResult},
};

/// The document under a step, with the parts of kept answers filled in.
///
/// # Errors
/// When there is none.
pub(crate) fn document(world: &World, step: &Step) -> StepResult<String> {
    let text = step.docstring.as_deref().ok_or_else(|| {
        StepError::new("the step needs a document: three quotes, the text, three quotes")
    })?;
    world.filled(trimmed(text))
}

/// A document without the line ends that its quotes stand on.
fn trimmed(text: &str) -> &str {
    let text = text.strip_prefix('\n').unwrap_or(text);
    text.strip_suffix('\n').unwrap_or(text)
}

/// The table under a step, with the parts of kept answers filled in.
///
/// # Errors
/// When there is none.
pub(crate) fn rows(world: &World, step: &Step) -> StepResult<Vec<Vec<String>>> {
    let table = step.table.as_ref();
    let table = table
        .ok_or_else(|| StepError::new("the step needs a table: lines of cells between `|`"))?;
    let filled = |row: &Vec<String>| row.iter().map(|cell| world.filled(cell)).collect();
    table.rows.iter().map(filled).collect()
}

/// The table under a step as names and values: two columns.
///
/// # Errors
/// When there is no table, or a row is no pair.
pub(crate) fn pairs(world: &World, step: &Step) -> StepResult<Vec<(String, String)>> {
    rows(world, step)?.into_iter().map(pair).collect()
}

fn pair(row: Vec<String>) -> StepResult<(String, String)> {
    <[String; 2]>::try_from(row)
        .map(|[name, value]| (name, value))
        .map_err(|row| StepError::new(format!("a row is a name and a value, not {row:?}")))
}

/// The table under a step as an object. A value that reads as JSON is that (`300`, `["a","b"]`,
/// `null`, `"300"`), any other is a text.
///
/// # Errors
/// As [`pairs`].
pub(crate) fn object(world: &World, step: &Step) -> StepResult<Map<String, Value>> {
    let member = |(name, value): (String, String)| {
        let value = serde_json::from_str(&value).unwrap_or_else(|_| Value::from(value));
        (name, value)
    };
    Ok(pairs(world, step)?.into_iter().map(member).collect())
}

/// The table under a step as claims: as [`object`], but that a number with a point is a text, as versions are
/// (`1.0`).
///
/// # Errors
/// As [`pairs`].
pub(crate) fn claims(world: &World, step: &Step) -> StepResult<Map<String, Value>> {
    let member = |(name, cell): (String, String)| {
        let value = serde_json::from_str(&cell);
        let is_version = |value: &Value| value.is_f64();
        let value = value.ok().filter(|value| !is_version(value));
        (name, value.unwrap_or_else(|| Value::from(cell)))
    };
    Ok(pairs(world, step)?.into_iter().map(member).collect())
}

/// The table under a step as an object whose values are texts, whatever they look like.
///
/// # Errors
/// As [`pairs`].
pub(crate) fn texts(world: &World, step: &Step) -> StepResult<Map<String, Value>> {
    let pairs = pairs(world, step)?.into_iter();
    Ok(pairs
        .map(|(name, value)| (name, Value::from(value)))
        .collect())
}

/// What a call is made with: the document under a step as JSON, or the table as an object; none when the
/// step has neither.
///
/// # Errors
/// When the document is no JSON.
pub(crate) fn input(world: &World, step: &Step) -> StepResult<Option<Value>> {
    match (&step.docstring, &step.table) {
        (Some(text), _) => {
            let document: Value = serde_json::from_str(trimmed(text))
                .map_err(|error| StepError::new(format!("the document is no JSON: {error}")))?;
            // Filled in once it is read: what an answer holds cannot break it.
            world.filled_json(&document).map(Some)
        }
        (None, Some(_)) => Ok(Some(Value::Object(object(world, step)?))),
        (None, None) => Ok(None),
    }
}

/// The header fields and the body of an HTTP message.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Message {
    /// Names and values, in order.
    pub(crate) fields: Vec<(String, String)>,
    /// The body; empty when there is none.
    pub(crate) body: String,
}

/// The message that an API is called with: a document of header fields, an empty line and a body, or of a
/// body alone; a table of header fields; empty when the step has neither.
///
/// # Errors
/// When a part of a kept answer is not there.
pub(crate) fn message(world: &World, step: &Step) -> StepResult<Message> {
    match (&step.docstring, &step.table) {
        (Some(text), _) => Ok(Message::of(&world.filled(trimmed(text))?)),
        (None, Some(_)) => Ok(Message {
            fields: pairs(world, step)?,
            body: String::new(),
        }),
        (None, None) => Ok(Message::default()),
    }
}

impl Message {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
            let is_field = !name.is_empty() && name.chars().all(is_name);
            is_field.then(|| (name.to_owned(), value.trim().to_owned()))
        };
        match head.lines().map(field).collect::<Option<Vec<_>>>() {
            Some(fields) => Self {
                fields,
                body: body.to_owned(),
            },
            None => Self {
                fields: Vec::new(),
                body: text.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_fields_and_a_body_or_a_body_alone() {
        let fields = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
            let owned = fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()));
            owned.collect()
        };
        for (text, expected, body) in [
            ("", &[][..], ""),
            (
                "origin: https://a.example",
                &[("origin", "https://a.example")][..],
                "",
            ),
            (
                "a: 1\nb: 2\n\n{\"c\":3}\n\n4",
                &[("a", "1"), ("b", "2")],
                "{\"c\":3}\n\n4",
            ),
            ("{\"c\": 3}", &[], "{\"c\": 3}"),
            ("{\n  \"c\": 3\n}\n\nmore", &[], "{\n  \"c\": 3\n}\n\nmore"),
        ] {
            let found = Message::of(text);
            assert_eq!(found.fields, fields(expected), "{text}");
            assert_eq!(found.body, body, "{text}");
        }
    }
}

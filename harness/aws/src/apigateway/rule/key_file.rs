//! The file of ImportApiKeys: comma-separated values with a row of names.
//!
//! Source: API Gateway developer guide, `api-key-file-format.html`. Texts are unverified.

use crate::apigateway::account::{Account, ApiKey};
use crate::apigateway::error::Error;
use crate::shared::Ctx;

/// The columns; the first two have to be there.
const COLUMNS: [&str; 5] = ["name", "key", "description", "enabled", "usageplanids"];

/// A key as a file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    name: String,
    key: String,
    description: String,
    enabled: String,
    plans: String,
}

impl Account {
    /// Makes the keys of a file, and puts them into their plans: the ids, and what was left out and why.
    ///
    /// # Errors
    /// The file is none.
    pub fn import_api_keys(
        &mut self,
        file: &[u8],
        ctx: &Ctx<'_>,
    ) -> Result<(Vec<String>, Vec<String>), Error> {
        let (mut ids, mut warnings) = (Vec::new(), Vec::new());
        for (number, line) in lines(file)?.into_iter().enumerate() {
            // The row of names is the first.
            let warning = |error: &Error| format!("row {}: {error}", number + 2);
            match self.import_api_key(&line, ctx) {
                Ok(id) => {
                    let plans = line.plans.split(',').map(str::trim);
                    for plan in plans.filter(|plan| !plan.is_empty()) {
                        let added = self.add_plan_key(plan, &id);
                        warnings.extend(added.err().as_ref().map(warning));
                    }
                    ids.push(id);
                }
                Err(error) => warnings.push(warning(&error)),
            }
        }
        Ok((ids, warnings))
    }

    fn import_api_key(&mut self, line: &Line, ctx: &Ctx<'_>) -> Result<String, Error> {
        let enabled = match line.enabled.to_ascii_lowercase().as_str() {
            "true" => true,
            "" | "false" => false,
            other => {
                let problem = format!("`{other}` is neither `true` nor `false`");
                return Err(Error::invalid("enabled", problem));
            }
        };
        if line.key.is_empty() {
            return Err(Error::invalid("key", "a key has a value"));
        }
        let key = ApiKey {
            name: Some(line.name.clone()),
            value: Some(line.key.clone()),
            description: Some(line.description.clone()).filter(|text| !text.is_empty()),
            enabled,
            ..ApiKey::default()
        };
        self.add_api_key(key, ctx).map(|key| key.id)
    }
}

/// The lines of a file behind the row of names.
fn lines(file: &[u8]) -> Result<Vec<Line>, Error> {
    let invalid = |problem: &str| Error::invalid("body", problem);
    let text = std::str::from_utf8(file).map_err(|_| invalid("it is no UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = rows(text).ok_or_else(|| invalid("a quoted field has no end"))?;
    rows.retain(|row| row.iter().any(|field| !field.trim().is_empty()));
    let mut rows = rows.into_iter();
    let names = rows.next().unwrap_or_default();
    if rows.clone().any(|row| row.len() > names.len()) {
        return Err(invalid("a row has more fields than the first has names"));
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let is_known = |name: &String| COLUMNS.contains(&name.as_str());
    let has = |name: &str| names.iter().any(|own| own == name);
    if !names.iter().all(is_known) || !has("name") || !has("key") {
        return Err(invalid(
            "its first row names the columns: `name` and `key`, and any of `description`, `enabled`, \
             `usageplanIds`",
        ));
    }
    let line = |row: Vec<String>| {
        let mut line = Line::default();
        for (name, field) in names.iter().zip(row) {
            let field = field.trim().to_owned();
            match name.as_str() {
                "name" => line.name = field,
                "key" => line.key = field,
                "description" => line.description = field,
                "enabled" => line.enabled = field,
                _ => line.plans = field,
            }
        }
        line
    };
    Ok(rows.map(line).collect())
}

/// The fields of each row (RFC 4180); `None` where a quoted field has no end.
fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut field)),
            '\r' if !is_quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    row.push(field);
    rows.push(row);
    (!is_quoted).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_row_of_names_and_quoted_fields() {
        let line = |name: &str, key: &str, description: &str, enabled: &str, plans: &str| Line {
            name: name.to_owned(),
            key: key.to_owned(),
            description: description.to_owned(),
            enabled: enabled.to_owned(),
            plans: plans.to_owned(),
        };
        for (file, expected) in [
            (
                "Name,key,description,Enabled,usageplanIds\nA,k1,\"a, \"\"b\"\"\",TRUE,\"c, d\"\r\n",
                Some(vec![line("A", "k1", "a, \"b\"", "TRUE", "c, d")]),
            ),
            (
                "key,name\nk1,A\n\nk2,B",
                Some(vec![
                    line("A", "k1", "", "", ""),
                    line("B", "k2", "", "", ""),
                ]),
            ),
            ("name,key", Some(vec![])),
            ("name\nA", None),
            ("name,key,other\nA,k,x", None),
            ("", None),
            ("name,key\nA,\"k", None),
            ("name,key\nA,k,x", None),
        ] {
            let found = lines(file.as_bytes());
            assert_eq!(found.clone().ok(), expected, "{file:?}: {found:?}");
        }
        assert!(lines(&[0xff]).is_err());
    }
}

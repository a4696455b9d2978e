//! PATCH as API Gateway defines it: one engine over a table per resource.
//!
//! An update is a list of operations, each on a path of the resource's document (API Gateway API
//! reference, `PatchOperation`). Which paths a resource has, which operations each takes, what becomes
//! of the value and how a path that is none is refused stands in the resource's [`Table`]. Segments of a
//! path write `/` as `~1` and `~` as `~0` (RFC 6901).
//!
//! - [`table`]: the tables.
//! - `own`: changes that one path has.

mod own;
pub mod table;

use std::collections::BTreeMap;

use authlab_wire::{Value, from_value, to_value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::{Error, Missing};

/// The operations of an update.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Patch {
    /// In the order in which they are performed.
    #[serde(default)]
    pub patch_operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// `add`, `remove`, `replace`, …
    #[serde(default)]
    pub op: String,
    /// Where, as a JSON pointer.
    #[serde(default)]
    pub path: String,
    /// What.
    #[serde(default)]
    pub value: Option<String>,
    /// Whence a `copy` is made, as a JSON pointer.
    #[serde(default)]
    pub from: Option<String>,
}

/// The paths of a resource.
#[derive(Debug)]
pub struct Table {
    /// How a path that is none is refused.
    pub style: Style,
    /// Its paths.
    pub rows: &'static [Row],
}

/// How AWS refuses a path that a resource has not: each in its own words (recorded).
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// With the paths that the operation has.
    Listed,
    /// With the path, or with the operations that it takes.
    Plain,
    /// As settings of methods, for stages.
    Settings,
}

/// A path of a resource.
#[derive(Debug)]
pub struct Row {
    /// The path; `{name}` is one segment, `{resourcePath}` one or more.
    pub path: &'static str,
    /// The operations that it takes.
    pub ops: &'static [&'static str],
    /// What becomes of the document.
    pub change: Change,
}

/// What a text becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Itself; an empty one takes the member away.
    Text,
    /// True for `true`, else false (recorded: `whatever` is false).
    Flag,
    /// A whole number.
    Integer,
    /// A number.
    Number,
}

/// What becomes of the document.
#[derive(Debug)]
pub enum Change {
    /// The member at the path.
    Set(Kind),
    /// An entry of the map at the path; the last segment is its key. What is missed when one is replaced
    /// or taken away that is not there.
    Entry(Kind, Option<Missing>),
    /// An element of the list at the path; the last segment is the element.
    Item,
    /// An element of the list at the path; the value is the element.
    Element,
    /// The member at the path goes.
    Drop,
    /// Something of its own, of the document, the segments that stand for names, and the operation.
    By(fn(&mut Value, &[String], &Operation) -> Result<(), Error>),
    /// AWS has it, and this lab has not.
    NotSimulated,
}

/// What a list of operations makes of a resource.
///
/// # Errors
/// A path that is none, an operation that it does not take, or a value that is none.
pub fn applied<T: Serialize + DeserializeOwned>(
    table: &Table,
    existing: &T,
    patch: &Patch,
) -> Result<T, Error> {
    let whole = |error: authlab_wire::ValueError| Error::stated(error.to_string());
    let mut document = to_value(existing).map_err(whole)?;
    for operation in &patch.patch_operations {
        table.apply(&mut document, operation)?;
    }
    from_value(document).map_err(whole)
}

impl Table {
    fn apply(&self, document: &mut Value, operation: &Operation) -> Result<(), Error> {
        // What nobody reads is not taken.
        if operation.from.is_some() && operation.op != "copy" {
            return Err(Error::not_implemented(&format!(
                "`from` of a patch with the operation `{}`",
                operation.op
            )));
        }
        let mut known = None;
        for row in self.rows {
            let Some(names) = matched(row.path, &operation.path) else {
                continue;
            };
            known = Some(row);
            if row.ops.contains(&operation.op.as_str()) {
                return row.apply(document, &names, operation);
            }
        }
        Err(self.refused(operation, known))
    }

    /// What is said of a path that does not take the operation.
    fn refused(&self, operation: &Operation, known: Option<&Row>) -> Error {
        let Operation { op, path, .. } = operation;
        Error::Stated(match (self.style, known) {
            (Style::Listed, _) => {
                let with = self
                    .rows
                    .iter()
                    .filter(|row| row.ops.contains(&op.as_str()));
                let paths: Vec<&str> = with.map(|row| row.path).collect();
                let choice = if paths.is_empty() {
                    "Please choose supported operations".to_owned()
                } else {
                    format!("Must be one of: [{}]", paths.join(", "))
                };
                format!("Invalid patch path  '{path}' specified for op '{op}'. {choice}")
            }
            (Style::Plain, Some(row)) => {
                let ops = row.ops.join(", ");
                format!("Invalid patch operation specified. Must be one of: [{ops}]")
            }
            (Style::Plain, None) => format!("Invalid patch path {path}"),
            (Style::Settings, _) => match op.as_str() {
                "add" => format!("Invalid add operation with path: {path}"),
                "remove" => own::no_setting(path.trim_start_matches('/')),
                "copy" => own::no_copy(operation),
                _ => format!(
                    "Invalid method setting path: {path}. Must be one of: {}",
                    table::SETTING_PATHS
                ),
            },
        })
    }
}

impl Row {
    fn apply(
        &self,
        document: &mut Value,
        names: &[String],
        operation: &Operation,
    ) -> Result<(), Error> {
        let members: Vec<&str> = self
            .path
            .split('/')
            .filter(|segment| !segment.is_empty() && !segment.starts_with('{'))
            .collect();
        let value = || operation.value.as_deref().unwrap_or_default();
        let removes = operation.op == "remove";
        match &self.change {
            Change::Set(_) | Change::Drop if removes => {
                set(document, &members, Value::Null);
                Ok(())
            }
            Change::Drop => Ok(()),
            Change::Set(kind) => {
                let value = kind.read(self.path, value())?;
                set(document, &members, value);
                Ok(())
            }
            Change::Entry(kind, missing) => {
                let key = names.last().map_or("", String::as_str);
                let entries = map_at(document, &members);
                if let (Some(what), false) = (missing, entries.contains_key(key))
                    && operation.op != "add"
                {
                    return Err(what.named(key));
                }
                if removes {
                    entries.remove(key);
                    return Ok(());
                }
                let value = match kind {
                    Kind::Text => Value::from(value()),
                    kind => kind.read(self.path, value())?,
                };
                entries.insert(key.to_owned(), value);
                Ok(())
            }
            Change::Item => {
                let item = names.last().map_or("", String::as_str);
                edit_list(document, &members, |list| {
                    let of = |text: &str| Value::from(text);
                    list.retain(|element| *element != of(item));
                    match operation.op.as_str() {
                        "add" => list.push(of(item)),
                        "replace" => list.push(of(value())),
                        _ => {}
                    }
                });
                Ok(())
            }
            Change::Element => {
                let element = Value::from(value());
                edit_list(document, &members, |list| {
                    list.retain(|other| *other != element);
                    if !removes {
                        list.push(element);
                    }
                });
                Ok(())
            }
            Change::By(change) => change(document, names, operation),
            Change::NotSimulated => Err(Error::not_implemented(&format!(
                "a patch of `{}`",
                self.path
            ))),
        }
    }
}

impl Kind {
    /// The value that a text stands for.
    ///
    /// # Errors
    /// It is no number. (AWS's text is unverified.)
    pub fn read(self, path: &'static str, text: &str) -> Result<Value, Error> {
        let number = |what: &str| {
            let problem = format!("`{text}` is no {what}");
            Error::Invalid {
                member: path,
                problem,
            }
        };
        Ok(match self {
            _ if text.is_empty() && self != Self::Flag => Value::Null,
            Self::Text => Value::from(text),
            Self::Flag => Value::Bool(text.eq_ignore_ascii_case("true")),
            Self::Integer => Value::Integer(text.parse().map_err(|_| number("whole number"))?),
            Self::Number => {
                let value: f64 = text.parse().map_err(|_| number("number"))?;
                if !value.is_finite() {
                    return Err(number("number"));
                }
                Value::Float(value)
            }
        })
    }
}

/// Sets the member at a path; the structures above it are made.
pub fn set(document: &mut Value, path: &[&str], value: Value) {
    let Some((last, above)) = path.split_last() else {
        return;
    };
    let members = map_at(document, above);
    if value == Value::Null {
        members.remove(*last);
    } else {
        members.insert((*last).to_owned(), value);
    }
}

/// The structure or map at a path; those above it are made.
pub fn map_at<'v>(document: &'v mut Value, path: &[&str]) -> &'v mut BTreeMap<String, Value> {
    let mut at = as_map(document);
    for name in path {
        at = as_map(at.entry((*name).to_owned()).or_default());
    }
    at
}

fn as_map(value: &mut Value) -> &mut BTreeMap<String, Value> {
    if !matches!(value, Value::Map(_)) {
        *value = Value::empty();
    }
    match value {
        Value::Map(members) => members,
        // It was made one just now.
        _ => unreachable!("a map"),
    }
}

/// Changes the list at a path.
pub fn edit_list(document: &mut Value, path: &[&str], edit: impl FnOnce(&mut Vec<Value>)) {
    let Some((last, above)) = path.split_last() else {
        return;
    };
    let members = map_at(document, above);
    let mut list = match members.remove(*last) {
        Some(Value::List(list)) => list,
        _ => Vec::new(),
    };
    edit(&mut list);
    members.insert((*last).to_owned(), Value::List(list));
}

/// What the segments in braces of a pattern stand for in a path; `None` when it does not match.
pub fn matched(pattern: &str, path: &str) -> Option<Vec<String>> {
    let pattern: Vec<&str> = pattern.strip_prefix('/')?.split('/').collect();
    let path: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let resource_path = pattern.iter().position(|part| *part == "{resourcePath}");
    let extra = path.len().checked_sub(pattern.len())?;
    if extra > 0 && resource_path.is_none() {
        return None;
    }
    let mut names = Vec::new();
    let mut rest = path.as_slice();
    for (index, part) in pattern.iter().enumerate() {
        let taken = if resource_path == Some(index) {
            extra + 1
        } else {
            1
        };
        let (own, behind) = rest.split_at_checked(taken)?;
        rest = behind;
        if part.starts_with('{') {
            names.push(
                own.iter()
                    .map(|it| unescaped(it))
                    .collect::<Vec<_>>()
                    .join("/"),
            );
        } else if own != [*part] {
            return None;
        }
    }
    Some(names)
}

fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_a_pattern_segment_by_segment() {
        for (pattern, path, names) in [
            ("/name", "/name", Some(vec![])),
            ("/name", "name", None),
            ("/name", "/names", None),
            ("/name", "/name/x", None),
            ("/a/{name}", "/a/x~1y~0z", Some(vec!["x/y~z"])),
            ("/a/{name}", "/a/~01", Some(vec!["~1"])),
            ("/a/{name}", "/a/x/y", None),
            ("/a/{name}", "/a", None),
            (
                "/{resourcePath}/{httpMethod}/throttling/rateLimit",
                "/*/*/throttling/rateLimit",
                Some(vec!["*", "*"]),
            ),
            (
                "/{resourcePath}/{httpMethod}/throttling/rateLimit",
                "/~1a~1b/GET/throttling/rateLimit",
                Some(vec!["/a/b", "GET"]),
            ),
            (
                "/{resourcePath}/{httpMethod}/throttling/rateLimit",
                "/a/b/GET/throttling/rateLimit",
                Some(vec!["a/b", "GET"]),
            ),
            (
                "/{resourcePath}/{httpMethod}/throttling/rateLimit",
                "/GET/throttling/rateLimit",
                None,
            ),
        ] {
            let names = names.map(|names| names.into_iter().map(str::to_owned).collect());
            assert_eq!(matched(pattern, path), names, "{pattern} {path}");
        }
    }
}

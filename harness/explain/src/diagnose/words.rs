//! Values in sentences: each in backticks, `none` where there is none.

use serde_json::Value;

const NONE: &str = "none";

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

/// A text.
pub(super) fn text(text: Option<&str>) -> String {
    text.map_or_else(|| NONE.to_owned(), quoted)
}

/// Texts.
pub(super) fn texts<T: AsRef<str>>(texts: &[T]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    if quoted.is_empty() {
        return NONE.to_owned();
    }
    quoted.join(", ")
}

/// A claim, or a part of one: one value or a list.
pub(super) fn claim(claim: Option<&Value>) -> String {
    match claim {
        Some(Value::Array(values)) if !values.is_empty() => {
            values.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        Some(Value::Array(_) | Value::Null) | None => NONE.to_owned(),
        Some(value) => one(value),
    }
}

fn one(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => format!("`{other}`"),
    }
}

/// Whether two issuers are one but for slashes at the end.
pub(super) fn is_same_but_for_slash(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

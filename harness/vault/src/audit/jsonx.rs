//! Lines in `JSONx`, XML for JSON, as the format `jsonx` has them (grade K: members sorted, without
//! an element around the whole).

use serde_json::Value;

/// The members of a line, one element after another.
pub(super) fn line(line: &Value) -> String {
    let mut text = String::new();
    for (name, value) in line.as_object().into_iter().flatten() {
        element(&mut text, Some(name), value);
    }
    text
}

fn element(text: &mut String, name: Option<&str>, value: &Value) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let name = name.map(|name| format!(" name=\"{}\"", escaped(name)));
    let name = name.unwrap_or_default();
    if value.is_null() {
        text.push_str(&format!("<json:null{name} />"));
        return;
    }
    text.push_str(&format!("<json:{kind}{name}>"));
    match value {
        Value::String(content) => text.push_str(&escaped(content)),
        Value::Array(items) => items.iter().for_each(|item| element(text, None, item)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| element(text, Some(name), value)),
        other => text.push_str(&other.to_string()),
    }
    text.push_str(&format!("</json:{kind}>"));
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

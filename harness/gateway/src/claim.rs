//! Claims as texts: what functions and access logs see of a token.

use std::borrow::Cow;

use serde_json::Value;

/// A claim as text: lists in brackets with blanks between, as API Gateway writes them
/// (`[admin user]`), numbers and booleans in their JSON form.
pub(crate) fn as_text(claim: &Value) -> Cow<'_, str> {
    match claim {
        Value::String(text) => text.into(),
        Value::Array(items) => {
            let items: Vec<Cow<'_, str>> = items.iter().map(as_text).collect();
            format!("[{}]", items.join(" ")).into()
        }
        other => other.to_string().into(),
    }
}

//! Claims as texts: what functions and access logs see of a token.

use serde_json::Value;

/// A claim as text: lists in brackets with blanks between, as API Gateway writes them
/// (`[admin user]`), numbers and booleans in their JSON form.
pub(crate) fn as_text(claim: &Value) -> String {
    match claim {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(as_text).collect();
            format!("[{}]", items.join(" "))
        }
        other => other.to_string(),
    }
}

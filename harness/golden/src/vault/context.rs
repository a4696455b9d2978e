//! The values of one case, and requests with them filled in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::placeholder::{self, InRequest};

/// The values of one case.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Values of the replay: addresses, folders.
    pub env: BTreeMap<String, String>,
    /// What was captured.
    pub vars: BTreeMap<String, Value>,
    /// What numbered placeholders stood for.
    pub(super) bound: BTreeMap<String, Value>,
}

impl Context {
    /// A value of a request with its placeholders filled in; `jwt` gives the token of a name.
    pub fn filled(&self, value: &Value, jwt: &dyn Fn(&str) -> String) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| (self.text(key, jwt), self.filled(value, jwt)))
                    .collect(),
            ),
            Value::Array(items) => items.iter().map(|item| self.filled(item, jwt)).collect(),
            Value::String(text) => {
                let whole = text.strip_prefix("{{var:");
                let whole = whole.and_then(|rest| rest.strip_suffix("}}"));
                match whole.and_then(|name| self.vars.get(name)) {
                    Some(value) => value.clone(),
                    None => Value::String(self.text(text, jwt)),
                }
            }
            other => other.clone(),
        }
    }

    /// A text of a request with its placeholders filled in; `jwt` gives the token of a name.
    pub fn text(&self, text: &str, jwt: &dyn Fn(&str) -> String) -> String {
        placeholder::replaced(text, &|found| match found {
            InRequest::Variable(name) => match self.vars.get(name) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => format!("(never captured: {name})"),
            },
            InRequest::Environment(name) => self.env.get(name).cloned().unwrap_or_default(),
            InRequest::Token(name) => jwt(name),
        })
    }
}

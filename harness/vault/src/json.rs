//! Shapes of JSON that answers share.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A map of texts as JSON; null when there is none.
pub(crate) fn texts_or_null(texts: &BTreeMap<String, String>) -> Value {
    if texts.is_empty() {
        Value::Null
    } else {
        json!(texts)
    }
}

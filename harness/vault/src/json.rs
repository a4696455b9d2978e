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

/// A text that is shown, if it is one.
pub(crate) fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// A list of texts that is shown, if it is one.
pub(crate) fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    let items = value?.as_array()?.iter();
    Some(items.filter_map(Value::as_str).map(str::to_owned).collect())
}

//! An input as a person writes it: JSON with the names of the model.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Kind, Shape};
use crate::{Model, Operation, Value, timestamp};

/// Reads JSON as the input of an operation. What does not fit stays as it is: [`super::request`] says
/// so, and [`super::unchecked_request`] sends it.
///
/// Beside JSON's own kinds the types of the model have these spellings:
/// - a document that a member holds as text (a policy) may be written as an object; its text keeps the order
///   of the members;
/// - a blob is base64, as in the AWS CLI's `--cli-input-json`;
/// - a timestamp is ISO 8601 or seconds since 1970.
#[must_use]
pub fn input(operation: &Operation, json: &serde_json::Value) -> Value {
    match operation.input_shape() {
        Some(shape) => typed(operation.service, shape, json),
        None => untyped(json),
    }
}

fn typed(service: &'static Model, shape: &Shape, json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match (&shape.kind, json) {
        (Kind::Structure { .. }, Json::Object(given)) => {
            let members = given.iter().map(|(name, json)| {
                let value = match shape.member(name) {
                    Some(member) => typed(service, service.shape(member.shape), json),
                    None => untyped(json),
                };
                (name.clone(), value)
            });
            Value::Map(members.collect())
        }
        (Kind::List { element, .. }, Json::Array(elements)) => {
            let element = service.shape(*element);
            let elements = elements.iter().map(|json| typed(service, element, json));
            Value::List(elements.collect())
        }
        (Kind::Map { value: of, .. }, Json::Object(entries)) => {
            let of = service.shape(*of);
            let entries = entries
                .iter()
                .map(|(key, json)| (key.clone(), typed(service, of, json)));
            Value::Map(entries.collect())
        }
        (Kind::String, Json::Object(_)) => Value::Text(json.to_string()),
        (Kind::Blob, Json::String(text)) => match STANDARD.decode(text) {
            Ok(bytes) => Value::Blob(bytes.into()),
            Err(_) => untyped(json),
        },
        (Kind::Timestamp { .. }, Json::String(_) | Json::Number(_)) => {
            let value = untyped(json);
            timestamp::of_value(&value).map_or(value, Value::Timestamp)
        }
        (Kind::Float, Json::Number(number)) => {
            number.as_f64().map_or_else(|| untyped(json), Value::Float)
        }
        _ => untyped(json),
    }
}

fn untyped(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Value::Integer(number),
            (None, Some(number)) => Value::Float(number),
            (None, None) => Value::Text(number.to_string()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(elements) => Value::List(elements.iter().map(untyped).collect()),
        Json::Object(members) => {
            let members = members.iter();
            let members: BTreeMap<_, _> = members
                .map(|(name, json)| (name.clone(), untyped(json)))
                .collect();
            Value::Map(members)
        }
    }
}

//! From an answer to members with the names of the model, as botocore reads it.

use authlab_wire::{Kind, Location, Operation, Protocol, Shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::xml::{self, Node};

/// What a call was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Code and message of a refusal.
    pub refusal: Option<(String, String)>,
    /// The members of the answer, of a refusal its further ones.
    pub members: Value,
}

/// Reads an answer.
pub fn answer(
    operation: &Operation,
    protocol: Protocol,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Answer {
    if status >= 300 {
        return refusal(status, headers, body);
    }
    let mut members = match protocol {
        Protocol::Query => from_xml(operation, body),
        Protocol::RestJson => rest(operation, status, headers, body),
        _ => document(operation, body, false),
    };
    if let (Value::Object(members), Some(shape)) = (&mut members, operation.output_shape()) {
        for member in shape.members() {
            if let Some(value) = members.get_mut(member.name) {
                policies(operation, operation.service.shape(member.shape), value);
            }
        }
    }
    Answer {
        status,
        refusal: None,
        members,
    }
}

/// A refusal in whatever form it came.
pub fn refusal(status: u16, headers: &HeaderMap, body: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(body);
    let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let (mut code, mut message, mut members) = (None, None, Map::new());
    if let Ok(Value::Object(found)) = serde_json::from_str::<Value>(&text) {
        let part = |name: &str| found.get(name).and_then(Value::as_str).map(str::to_owned);
        code = header("x-amzn-errortype")
            .or_else(|| part("__type"))
            .or_else(|| part("code"));
        message = part("message").or_else(|| part("Message"));
        members = found;
        members.remove("__type");
    } else if let Some(node) = xml::read(&text)
        && let Some(error) = node.find("Error")
    {
        let part = |name: &str| error.child(name).map(|part| part.text.clone());
        (code, message) = (part("Code"), part("Message"));
    }
    // A service that once spoke awsQuery tells its old code too, and clients show that one.
    if let Some(old) = header("x-amzn-query-error") {
        code = old.split(';').next().map(str::to_owned);
    }
    let code = code.unwrap_or_else(|| status.to_string());
    let code = code.rsplit('#').next().unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default().to_owned();
    Answer {
        status,
        refusal: Some((code, message.unwrap_or_default())),
        members: Value::Object(members),
    }
}

fn document(operation: &Operation, body: &[u8], rest: bool) -> Value {
    let value = serde_json::from_slice(body).unwrap_or(Value::Object(Map::new()));
    match operation.output_shape() {
        Some(shape) => named(operation, shape, value, rest),
        None => value,
    }
}

/// A document with the wire's names, with those of the model.
fn named(operation: &Operation, shape: &Shape, value: Value, rest: bool) -> Value {
    let service = operation.service;
    match (&shape.kind, value) {
        (Kind::Structure { members, .. }, Value::Object(mut found)) => {
            let mut read = Map::new();
            for member in members {
                let wire = if rest { member.wire_name } else { member.name };
                if let Some(value) = found.remove(wire).filter(|value| !value.is_null()) {
                    let shape = service.shape(member.shape);
                    read.insert(member.name.to_owned(), named(operation, shape, value, rest));
                }
            }
            Value::Object(read)
        }
        (Kind::List { element, .. }, Value::Array(elements)) => {
            let shape = service.shape(*element);
            let read = elements
                .into_iter()
                .map(|value| named(operation, shape, value, rest));
            Value::Array(read.collect())
        }
        (Kind::Map { value: of, .. }, Value::Object(entries)) => {
            let shape = service.shape(*of);
            let read = entries
                .into_iter()
                .map(|(name, value)| (name, named(operation, shape, value, rest)));
            Value::Object(read.collect())
        }
        (Kind::Blob, Value::String(text)) => serde_json::json!({ "$bytes": text }),
        (_, value) => value,
    }
}

fn rest(operation: &Operation, status: u16, headers: &HeaderMap, body: &[u8]) -> Value {
    let Some(shape) = operation.output_shape() else {
        return Value::Object(Map::new());
    };
    let payload = match &shape.kind {
        Kind::Structure { payload, .. } => *payload,
        _ => None,
    };
    let mut read = match payload {
        None => document(operation, body, true),
        Some(_) => Value::Object(Map::new()),
    };
    for member in shape.members() {
        let of = operation.service.shape(member.shape);
        let value = match member.location {
            Location::StatusCode => Some(Value::from(status)),
            Location::Header => headers
                .get(member.wire_name)
                .and_then(|value| value.to_str().ok())
                .map(|text| scalar(of, text)),
            _ if payload == Some(member.name) => Some(match &of.kind {
                // botocore gives a stream; the text in it is what cases compare.
                Kind::Blob | Kind::String => match std::str::from_utf8(body) {
                    Ok(text) => Value::from(text),
                    Err(_) => serde_json::json!({ "$bytes": STANDARD.encode(body) }),
                },
                _ => {
                    let value = serde_json::from_slice(body).unwrap_or(Value::Null);
                    named(operation, of, value, true)
                }
            }),
            _ => None,
        };
        if let (Some(value), Value::Object(read)) = (value, &mut read) {
            read.insert(member.name.to_owned(), value);
        }
    }
    read
}

fn from_xml(operation: &Operation, body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let root = xml::read(&text).unwrap_or_default();
    let result = operation
        .result_wrapper
        .and_then(|wrapper| root.child(wrapper));
    match (operation.output_shape(), result) {
        (Some(shape), Some(result)) => element(operation, shape, result),
        _ => Value::Object(Map::new()),
    }
}

fn element(operation: &Operation, shape: &Shape, node: &Node) -> Value {
    let service = operation.service;
    match &shape.kind {
        Kind::Structure { members, .. } => {
            let mut read = Map::new();
            for member in members {
                let of = service.shape(member.shape);
                let is_flat = member.is_flattened
                    || matches!(
                        &of.kind,
                        Kind::List {
                            is_flattened: true,
                            ..
                        }
                    );
                if let (true, Kind::List { element: part, .. }) = (is_flat, &of.kind) {
                    let parts = node.children.iter();
                    let parts = parts.filter(|child| child.name == member.wire_name);
                    let part = service.shape(*part);
                    let read_parts: Vec<Value> =
                        parts.map(|child| element(operation, part, child)).collect();
                    if !read_parts.is_empty() {
                        read.insert(member.name.to_owned(), Value::Array(read_parts));
                    }
                } else if let Some(child) = node.child(member.wire_name) {
                    read.insert(member.name.to_owned(), element(operation, of, child));
                }
            }
            Value::Object(read)
        }
        Kind::List { element: part, .. } => {
            let part = service.shape(*part);
            let read = node.children.iter();
            Value::Array(read.map(|child| element(operation, part, child)).collect())
        }
        Kind::Map {
            value,
            key_name,
            value_name,
            ..
        } => {
            let of = service.shape(*value);
            let entries = node.children.iter().filter_map(|entry| {
                let key = entry.child(key_name)?.text.clone();
                Some((key, element(operation, of, entry.child(value_name)?)))
            });
            Value::Object(entries.collect())
        }
        Kind::Blob => serde_json::json!({ "$bytes": node.text }),
        _ => scalar(shape, &node.text),
    }
}

fn scalar(shape: &Shape, text: &str) -> Value {
    let number = || serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match shape.kind {
        Kind::Boolean => Value::Bool(text == "true"),
        Kind::Integer | Kind::Long | Kind::Float => number(),
        _ => Value::from(text),
    }
}

/// IAM's policy documents are percent-encoded, and botocore gives them as objects.
fn policies(operation: &Operation, shape: &Shape, value: &mut Value) {
    let service = operation.service;
    match (&shape.kind, value) {
        (Kind::Structure { members, .. }, Value::Object(found)) => {
            for member in members {
                if let Some(value) = found.get_mut(member.name) {
                    policies(operation, service.shape(member.shape), value);
                }
            }
        }
        (Kind::List { element, .. }, Value::Array(elements)) => {
            for value in elements {
                policies(operation, service.shape(*element), value);
            }
        }
        (Kind::String, value) if service.name == "iam" && shape.name == "policyDocumentType" => {
            let text = value.as_str().unwrap_or_default();
            let text = percent_decode_str(text).decode_utf8_lossy();
            if let Ok(document) = serde_json::from_str(&text) {
                *value = document;
            }
        }
        _ => {}
    }
}

//! From parameters with the names of the model to a request, as botocore writes it.

use authlab_wire::{Kind, Location, Member, Operation, Protocol, Shape};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// What botocore leaves as it is in a label or a query value.
const LABEL: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request without Host and signature.
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, percent-encoded, without question mark.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Writes a call. Values that do not fit the model are sent as they are, so that the server judges.
pub fn request(operation: &Operation, protocol: Protocol, params: &Value) -> Request {
    let service = operation.service;
    let mut request = Request {
        method: Method::POST,
        path: "/".to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        body: Vec::new(),
    };
    match protocol {
        Protocol::RestJson => rest(operation, params, &mut request),
        Protocol::Query => {
            let mut form = vec![
                ("Action".to_owned(), operation.name.to_owned()),
                ("Version".to_owned(), service.api_version.to_owned()),
            ];
            if let Some(shape) = operation.input_shape() {
                query(operation, shape, false, params, "", &mut form);
            }
            let fields = form.iter().map(|(name, value)| {
                let (name, value) = (encoded(name), encoded(value));
                format!("{name}={value}")
            });
            request.body = fields.collect::<Vec<_>>().join("&").into_bytes();
            header(
                &mut request,
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            );
        }
        Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => {
            let body = match operation.input_shape() {
                Some(shape) => json(operation, shape, params, false),
                None => Value::Object(Map::new()),
            };
            request.body = body.to_string().into_bytes();
            let target = service.target_prefix.unwrap_or_default();
            header(
                &mut request,
                "x-amz-target",
                &format!("{target}.{}", operation.name),
            );
            header(&mut request, "content-type", protocol.content_type());
        }
    }
    request
}

fn header(request: &mut Request, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
    let value = HeaderValue::from_str(value).expect("a header's value");
    request.headers.insert(name, value);
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, LABEL).to_string()
}

/// The bytes that `{"$bytes": base64}` stands for.
pub fn bytes(value: &Value) -> Option<Vec<u8>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    STANDARD.decode(object.get("$bytes")?.as_str()?).ok()
}

/// A scalar as text.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn json(operation: &Operation, shape: &Shape, value: &Value, rest: bool) -> Value {
    let service = operation.service;
    match (&shape.kind, value) {
        (Kind::Structure { members, .. }, Value::Object(given)) => {
            let written = given.iter().filter(|(_, value)| !value.is_null());
            let written = written.map(|(name, value)| match find(members, name) {
                Some(member) => {
                    let wire = if rest { member.wire_name } else { member.name };
                    let shape = service.shape(member.shape);
                    (wire.to_owned(), json(operation, shape, value, rest))
                }
                None => (name.clone(), value.clone()),
            });
            Value::Object(written.collect())
        }
        (Kind::List { element, .. }, Value::Array(elements)) => {
            let shape = service.shape(*element);
            let written = elements
                .iter()
                .map(|value| json(operation, shape, value, rest));
            Value::Array(written.collect())
        }
        (Kind::Map { value: of, .. }, Value::Object(entries)) => {
            let shape = service.shape(*of);
            let written = entries
                .iter()
                .map(|(name, value)| (name.clone(), json(operation, shape, value, rest)));
            Value::Object(written.collect())
        }
        (Kind::Blob, value) => Value::String(match bytes(value) {
            Some(bytes) => STANDARD.encode(bytes),
            None => STANDARD.encode(text(value)),
        }),
        (Kind::Timestamp { .. }, Value::String(text)) => {
            match text.parse::<authlab_kernel::Timestamp>() {
                Ok(instant) => Value::from(instant.as_second()),
                Err(_) => value.clone(),
            }
        }
        _ => value.clone(),
    }
}

fn find<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.name == name)
}

fn rest(operation: &Operation, params: &Value, request: &mut Request) {
    request.method = operation.method.clone();
    let (template, constant) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let mut path = template.to_owned();
    let mut query: Vec<String> = constant
        .split('&')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    let mut body = Map::new();
    let empty = Map::new();
    let given = params.as_object().unwrap_or(&empty);
    let Some(input) = operation.input_shape() else {
        request.path = path;
        return;
    };
    let payload = match &input.kind {
        Kind::Structure { payload, .. } => *payload,
        _ => None,
    };
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let Some(member) = find(input.members(), name) else {
            body.insert(name.clone(), value.clone());
            continue;
        };
        let shape = operation.service.shape(member.shape);
        match member.location {
            Location::Uri => {
                let label = format!("{{{}}}", member.wire_name);
                let greedy = format!("{{{}+}}", member.wire_name);
                path = path.replace(&label, &encoded(&text(value)));
                path = path.replace(&greedy, &encoded(&text(value)).replace("%2F", "/"));
            }
            Location::Querystring => {
                let values = match value {
                    Value::Array(elements) => elements.iter().map(text).collect(),
                    other => vec![text(other)],
                };
                query.extend(
                    values
                        .iter()
                        .map(|value| format!("{}={}", encoded(member.wire_name), encoded(value))),
                );
            }
            Location::Header => header(request, member.wire_name, &text(value)),
            Location::Headers | Location::StatusCode => {}
            Location::Body if payload == Some(member.name) => {
                request.body = match (&shape.kind, bytes(value)) {
                    (_, Some(bytes)) => bytes,
                    (Kind::Blob | Kind::String, None) => text(value).into_bytes(),
                    _ => json(operation, shape, value, true).to_string().into_bytes(),
                };
            }
            Location::Body => {
                body.insert(
                    member.wire_name.to_owned(),
                    json(operation, shape, value, true),
                );
            }
        }
    }
    let has_body = input
        .members()
        .iter()
        .any(|member| member.location == Location::Body);
    if payload.is_none() && has_body && request.method != Method::GET {
        request.body = Value::Object(body).to_string().into_bytes();
        header(request, "content-type", "application/json");
    }
    request.path = path;
    request.query = query.join("&");
}

fn query(
    operation: &Operation,
    shape: &Shape,
    flattened: bool,
    value: &Value,
    prefix: &str,
    form: &mut Vec<(String, String)>,
) {
    let service = operation.service;
    let below = |name: &str| {
        if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        }
    };
    match (&shape.kind, value) {
        (_, Value::Null) => {}
        (Kind::Structure { members, .. }, Value::Object(given)) => {
            for (name, value) in given {
                match find(members, name) {
                    Some(member) => query(
                        operation,
                        service.shape(member.shape),
                        member.is_flattened,
                        value,
                        &below(member.wire_name),
                        form,
                    ),
                    None => form.push((below(name), text(value))),
                }
            }
        }
        (
            Kind::List {
                element,
                element_name,
                is_flattened,
            },
            Value::Array(elements),
        ) => {
            if elements.is_empty() {
                form.push((prefix.to_owned(), String::new()));
            }
            let holder = if *is_flattened || flattened {
                prefix.to_owned()
            } else {
                below(element_name)
            };
            for (position, value) in elements.iter().enumerate() {
                let place = format!("{holder}.{}", position + 1);
                query(
                    operation,
                    service.shape(*element),
                    false,
                    value,
                    &place,
                    form,
                );
            }
        }
        (
            Kind::Map {
                value: of,
                key_name,
                value_name,
                ..
            },
            Value::Object(entries),
        ) => {
            for (position, (key, value)) in entries.iter().enumerate() {
                let place = below(&format!("entry.{}", position + 1));
                form.push((format!("{place}.{key_name}"), key.clone()));
                let place = format!("{place}.{value_name}");
                query(operation, service.shape(*of), false, value, &place, form);
            }
        }
        (Kind::Blob, value) => {
            let bytes = bytes(value).unwrap_or_else(|| text(value).into_bytes());
            form.push((prefix.to_owned(), STANDARD.encode(bytes)));
        }
        (_, value) => form.push((prefix.to_owned(), text(value))),
    }
}

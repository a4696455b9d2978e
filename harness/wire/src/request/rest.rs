//! restJson1's requests: labels, query parameters, headers, and a body or a payload.

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use percent_encoding::utf8_percent_encode;

use super::{Outgoing, RequestError, name, plain_text, unwritable};
use crate::encode::document::{self, Document, Style};
use crate::encode::rest::headers;
use crate::encode::xml::scalar_text;
use crate::model::{Kind, Location, Member, Shape, TimestampFormat};
use crate::sigv4::UNRESERVED;
use crate::{EncodeError, Operation, Protocol, Value};

/// The request of an operation.
pub(super) fn request(operation: &Operation, input: &Value) -> Result<Outgoing, RequestError> {
    let (template, constraints) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let mut request = Outgoing::new(operation.method.clone(), path(operation, template, input)?);
    let mut query: Vec<String> = constraints
        .split('&')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(shape) = operation.input_shape() {
        for member in shape.members() {
            if let (Location::Querystring, Some(value)) = (member.location, input.get(member.name))
            {
                parameters(operation, member, value, &mut query);
            }
        }
        let written = known(shape, input).and_then(|known| {
            headers(operation.service, shape, &known, &mut request.headers)?;
            body(operation, shape, input, &mut request)
        });
        written.map_err(|reason| unwritable(operation, reason))?;
    }
    request.query = query.join("&");
    Ok(request)
}

/// The members that the shape has: those alone have a place in a header.
fn known(shape: &Shape, input: &Value) -> Result<Value, EncodeError> {
    let Value::Map(given) = input else {
        return Ok(Value::empty());
    };
    let known = given
        .iter()
        .filter(|(name, _)| shape.member(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()));
    Ok(Value::Map(known.collect()))
}

/// The path, each label filled in: a greedy one (`{label+}`) keeps its slashes.
fn path(operation: &Operation, template: &str, input: &Value) -> Result<String, RequestError> {
    let mut segments = Vec::new();
    for segment in template.split('/') {
        let label = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let Some(label) = label else {
            segments.push(segment.to_owned());
            continue;
        };
        let plain = label.strip_suffix('+').unwrap_or(label);
        let text = label_text(operation, plain, input)?;
        let parts = match label == plain {
            true => vec![text.as_str()],
            false => text.split('/').collect(),
        };
        segments.extend(parts.into_iter().map(encoded));
    }
    Ok(segments.join("/"))
}

fn label_text(operation: &Operation, label: &str, input: &Value) -> Result<String, RequestError> {
    let members = operation.input_shape().map_or(&[][..], Shape::members);
    let member = members
        .iter()
        .find(|member| member.location == Location::Uri && member.wire_name == label);
    let given = member.and_then(|member| Some((member, input.get(member.name)?)));
    let Some((member, value)) = given else {
        return Err(RequestError::Missing {
            operation: name(operation),
            member: member.map_or(label, |member| member.name).to_owned(),
        });
    };
    let text = text(operation, member, member.timestamp_format, value);
    if text.is_empty() {
        return Err(RequestError::EmptyLabel {
            operation: name(operation),
            member: member.name,
        });
    }
    Ok(text)
}

/// The parameters of a member: a list is repeated, a map's entries have names of their own.
fn parameters(operation: &Operation, member: &Member, value: &Value, query: &mut Vec<String>) {
    let service = operation.service;
    let mut add = |name: &str, shape: &Shape, value: &Value| {
        let format = member.timestamp_format.unwrap_or(TimestampFormat::Iso8601);
        let text = scalar_text(shape, format, value).unwrap_or_else(|_| plain_text(value));
        query.push(format!("{}={}", encoded(name), encoded(&text)));
    };
    let shape = service.shape(member.shape);
    match (&shape.kind, value) {
        (Kind::List { element, .. }, Value::List(elements)) => {
            let element = service.shape(*element);
            for value in elements {
                add(member.wire_name, element, value);
            }
        }
        (Kind::Map { value: of, .. }, Value::Map(entries)) => {
            let of = service.shape(*of);
            for (name, value) in entries {
                add(name, of, value);
            }
        }
        _ => add(member.wire_name, shape, value),
    }
}

/// The payload, or the members that stand in the body. An operation without any has no body.
fn body(
    operation: &Operation,
    shape: &Shape,
    input: &Value,
    request: &mut Outgoing,
) -> Result<(), EncodeError> {
    let service = operation.service;
    let json = Protocol::RestJson.content_type();
    let document = |shape, value| {
        document::json(&Document::new(service, shape, value, Style::RestJson).lenient())
    };
    let (media_type, body) = match &shape.kind {
        Kind::Structure {
            payload: Some(payload),
            ..
        } => {
            let (Some(member), Some(value)) = (shape.member(payload), input.get(payload)) else {
                return Ok(());
            };
            let payload = service.shape(member.shape);
            match (&payload.kind, value) {
                (Kind::Blob, Value::Blob(bytes)) => ("application/octet-stream", bytes.clone()),
                (Kind::Blob | Kind::String, Value::Text(text)) => {
                    let bytes = Bytes::copy_from_slice(text.as_bytes());
                    ("application/octet-stream", bytes)
                }
                _ => (json, document(payload, value)?),
            }
        }
        _ => {
            let is_in_body = |name: &str| {
                let member = shape.member(name);
                member.is_none_or(|member| member.location == Location::Body)
            };
            let of_model = shape.members().iter().any(|member| is_in_body(member.name));
            let given = match input {
                Value::Map(given) => given.keys().any(|name| is_in_body(name)),
                _ => false,
            };
            if !of_model && !given {
                return Ok(());
            }
            (json, document(shape, input)?)
        }
    };
    request.body = body;
    let media_type = HeaderValue::from_static(media_type);
    // A member may state the type of the body itself.
    request.headers.entry(CONTENT_TYPE).or_insert(media_type);
    Ok(())
}

fn text(
    operation: &Operation,
    member: &Member,
    format: Option<TimestampFormat>,
    value: &Value,
) -> String {
    let shape = operation.service.shape(member.shape);
    let format = format.unwrap_or(TimestampFormat::Iso8601);
    scalar_text(shape, format, value).unwrap_or_else(|_| plain_text(value))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &UNRESERVED).to_string()
}

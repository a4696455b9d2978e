//! restJson1: labels, query parameters, headers, and a body or a payload.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::document::{Place, Reader, scalar};
use super::{DecodeError, json};
use crate::model::{Kind, Location, Member, Shape};
use crate::route::labels;
use crate::{Incoming, Operation, Protocol, Value};

/// Reads a request as the input of an operation.
pub(super) fn decode(
    operation: &Operation,
    input: &Shape,
    incoming: &Incoming<'_>,
) -> Result<Value, DecodeError> {
    let mut read = body(operation, input, incoming)?;
    let labels = labels(operation, incoming).unwrap_or_default();
    for member in input.members() {
        let shape = operation.service.shape(member.shape);
        let mut place = Place::member(member.name);
        let value = match member.location {
            Location::Body | Location::StatusCode => None,
            Location::Uri => {
                let label = labels.iter().find(|(name, _)| *name == member.wire_name);
                label
                    .map(|(_, text)| scalar(shape, text, &place))
                    .transpose()?
            }
            Location::Querystring => query(operation, member, shape, incoming, &mut place)?,
            Location::Header => header(operation, member, shape, incoming, &mut place)?,
            Location::Headers => prefixed(member, incoming)?,
        };
        if let Some(value) = value {
            read.insert(member.name.to_owned(), value);
        }
    }
    Ok(Value::Map(read))
}

/// Reads an answer as the output of an operation: `incoming` has its headers and its body.
pub(crate) fn answer(
    operation: &Operation,
    output: &Shape,
    status: u16,
    incoming: &Incoming<'_>,
) -> Result<Value, DecodeError> {
    let mut read = body(operation, output, incoming)?;
    for member in output.members() {
        let shape = operation.service.shape(member.shape);
        let mut place = Place::member(member.name);
        let value = match member.location {
            Location::Header => header(operation, member, shape, incoming, &mut place)?,
            Location::Headers => prefixed(member, incoming)?,
            Location::StatusCode => Some(Value::Integer(status.into())),
            Location::Body | Location::Uri | Location::Querystring => None,
        };
        if let Some(value) = value {
            read.insert(member.name.to_owned(), value);
        }
    }
    Ok(Value::Map(read))
}

/// The members that stand in the body.
fn body(
    operation: &Operation,
    shape: &Shape,
    incoming: &Incoming<'_>,
) -> Result<BTreeMap<String, Value>, DecodeError> {
    if let Kind::Structure {
        payload: Some(payload),
        ..
    } = &shape.kind
    {
        return payload_member(operation, shape, payload, incoming);
    }
    let mut members = shape.members().iter();
    if !members.any(|member| member.location == Location::Body) {
        return Ok(BTreeMap::new());
    }
    let document = json(incoming.body)?;
    match super::document(operation.service, shape, document, Protocol::RestJson)? {
        Value::Map(members) => Ok(members),
        _ => Ok(BTreeMap::new()),
    }
}

/// The member that is the whole body: bytes and text as they are, a structure as JSON.
fn payload_member(
    operation: &Operation,
    input: &Shape,
    payload: &'static str,
    incoming: &Incoming<'_>,
) -> Result<BTreeMap<String, Value>, DecodeError> {
    let mut read = BTreeMap::new();
    let Some(member) = input.member(payload) else {
        return Ok(read);
    };
    if incoming.body.is_empty() {
        return Ok(read);
    }
    let shape = operation.service.shape(member.shape);
    let value = match &shape.kind {
        Kind::Blob => Value::Blob(incoming.body.clone()),
        Kind::String => {
            let text = std::str::from_utf8(incoming.body).map_err(|error| DecodeError::Body {
                reason: error.to_string(),
            })?;
            Value::from(text)
        }
        _ => {
            let reader = Reader {
                service: operation.service,
                protocol: Protocol::RestJson,
            };
            reader.read(
                shape,
                Some(member),
                json(incoming.body)?,
                &mut Place::member(payload),
            )?
        }
    };
    read.insert(payload.to_owned(), value);
    Ok(read)
}

/// A parameter of the query; a list takes its repetitions, a map the parameters that no other member
/// names. Anything else stands there once.
fn query(
    operation: &Operation,
    member: &Member,
    shape: &Shape,
    incoming: &Incoming<'_>,
    place: &mut Place,
) -> Result<Option<Value>, DecodeError> {
    let given = form_urlencoded::parse(incoming.query.as_bytes());
    match &shape.kind {
        Kind::List { element, .. } => {
            let element = operation.service.shape(*element);
            let mut elements = Vec::new();
            for (_, text) in given.filter(|(name, _)| name == member.wire_name) {
                elements.push(scalar(element, &text, place)?);
            }
            Ok((!elements.is_empty()).then_some(Value::List(elements)))
        }
        Kind::Map { value, .. } => {
            let value = operation.service.shape(*value);
            let members = operation
                .input_shape()
                .map(Shape::members)
                .unwrap_or_default();
            // What the template itself states says which operation it is.
            let (_, stated) = operation.uri.split_once('?').unwrap_or_default();
            let stated = || form_urlencoded::parse(stated.as_bytes());
            let mut entries = BTreeMap::new();
            for (name, text) in given {
                let mut members = members.iter();
                let is_named = stated().any(|(other, _)| other == name)
                    || members.any(|other| {
                        other.location == Location::Querystring && other.wire_name == name
                    });
                let value = match is_named {
                    true => continue,
                    false => scalar(value, &text, place)?,
                };
                if entries.insert(name.clone().into_owned(), value).is_some() {
                    return Err(DecodeError::parameter(&name, "is there more than once"));
                }
            }
            Ok((!entries.is_empty()).then_some(Value::Map(entries)))
        }
        _ => {
            let mut given = given.filter(|(name, _)| name == member.wire_name);
            let text = given.next().map(|(_, text)| text);
            if given.next().is_some() {
                let name = member.wire_name;
                return Err(DecodeError::parameter(name, "is there more than once"));
            }
            text.map(|text| scalar(shape, &text, place)).transpose()
        }
    }
}

fn header(
    operation: &Operation,
    member: &Member,
    shape: &Shape,
    incoming: &Incoming<'_>,
    place: &mut Place,
) -> Result<Option<Value>, DecodeError> {
    let field = incoming.field(member.wire_name);
    let field = field.map_err(|problem| DecodeError::parameter(member.wire_name, problem))?;
    let Some(text) = field else {
        return Ok(None);
    };
    if member.is_json_value {
        let bytes = STANDARD
            .decode(text)
            .map_err(|_| place.mismatch("base64 JSON", "string"))?;
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| place.mismatch("base64 JSON", "string"))?;
        return Ok(Some(Value::Text(text)));
    }
    match &shape.kind {
        Kind::List { element, .. } => {
            let element = operation.service.shape(*element);
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            let elements = parts.map(|part| scalar(element, part, place));
            Ok(Some(Value::List(elements.collect::<Result<_, _>>()?)))
        }
        _ => scalar(shape, text.trim(), place).map(Some),
    }
}

/// All headers that begin with the member's wire name, without it.
fn prefixed(member: &Member, incoming: &Incoming<'_>) -> Result<Option<Value>, DecodeError> {
    let prefix = member.wire_name.to_ascii_lowercase();
    let mut entries = BTreeMap::new();
    for name in incoming.headers.keys().map(http::HeaderName::as_str) {
        let Some(rest) = name.strip_prefix(&prefix) else {
            continue;
        };
        let field = incoming.field(name);
        let text = field.map_err(|problem| DecodeError::parameter(name, problem))?;
        entries.insert(rest.to_owned(), Value::from(text.unwrap_or_default()));
    }
    Ok((!entries.is_empty()).then_some(Value::Map(entries)))
}

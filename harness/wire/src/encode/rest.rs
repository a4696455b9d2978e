//! restJson1's answers: a status, headers, and a body or a payload.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::document::{self, Document, Style};
use super::xml::scalar_text;
use super::{EncodeError, answer, content_type};
use crate::model::{Kind, Location, Member, Shape, TimestampFormat};
use crate::{Model, Operation, Protocol, Value};

/// The answer of an operation.
pub(super) fn encode(
    operation: &Operation,
    request_id: &str,
    output: &Value,
) -> Result<Response<Bytes>, EncodeError> {
    let Some(shape) = operation.output_shape() else {
        let mut response = answer(operation.status, request_id, Bytes::new());
        content_type(response.headers_mut(), Protocol::RestJson);
        return Ok(response);
    };
    let service = operation.service;
    let (body, media_type) = body(service, shape, output)?;
    let mut response = answer(operation.status, request_id, body);
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static(media_type),
    );
    headers(service, shape, output, response.headers_mut())?;
    let stated = shape
        .members()
        .iter()
        .find(|member| member.location == Location::StatusCode);
    if let Some(Value::Integer(status)) = stated.and_then(|member| output.get(member.name))
        && let Some(status) = u16::try_from(*status)
            .ok()
            .and_then(|code| http::StatusCode::from_u16(code).ok())
    {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// The body and its media type. Members that stand elsewhere are checked by the document's writer too.
fn body(
    service: &'static Model,
    shape: &Shape,
    output: &Value,
) -> Result<(Bytes, &'static str), EncodeError> {
    let json = Protocol::RestJson.content_type();
    let Kind::Structure {
        payload: Some(payload),
        ..
    } = &shape.kind
    else {
        let written = document::json(&Document::new(service, shape, output, Style::RestJson))?;
        return Ok((written, json));
    };
    let (Some(member), Some(value)) = (shape.member(payload), output.get(payload)) else {
        return Ok((Bytes::new(), json));
    };
    let payload = service.shape(member.shape);
    match (&payload.kind, value) {
        (Kind::Blob, Value::Blob(bytes)) => Ok((bytes.clone(), "application/octet-stream")),
        (Kind::Blob | Kind::String, Value::Text(text)) => Ok((
            Bytes::copy_from_slice(text.as_bytes()),
            "application/octet-stream",
        )),
        _ => Ok((
            document::json(&Document::new(service, payload, value, Style::RestJson))?,
            json,
        )),
    }
}

/// Puts the members that stand in headers there.
pub(crate) fn headers(
    service: &'static Model,
    shape: &Shape,
    output: &Value,
    headers: &mut HeaderMap,
) -> Result<(), EncodeError> {
    let Value::Map(members) = output else {
        return Err(EncodeError::Type {
            shape: shape.name,
            found: output.kind(),
        });
    };
    for (name, value) in members.iter().filter(|(_, value)| **value != Value::Null) {
        let member = shape
            .member(name)
            .ok_or_else(|| EncodeError::UnknownMember {
                shape: shape.name,
                member: name.clone(),
            })?;
        match member.location {
            Location::Header => put(
                headers,
                member.wire_name,
                &header_text(service, member, value)?,
            )?,
            Location::Headers => {
                let Value::Map(entries) = value else {
                    return Err(EncodeError::Type {
                        shape: shape.name,
                        found: value.kind(),
                    });
                };
                for (rest, text) in entries {
                    let name = format!("{}{rest}", member.wire_name);
                    put(headers, &name, text.as_text().unwrap_or(""))?;
                }
            }
            Location::Body | Location::Uri | Location::Querystring | Location::StatusCode => {}
        }
    }
    Ok(())
}

fn put(headers: &mut HeaderMap, name: &str, text: &str) -> Result<(), EncodeError> {
    let name: HeaderName = name
        .parse()
        .map_err(|_| EncodeError::Writer(format!("`{name}` is no header name")))?;
    let value = HeaderValue::from_str(text).map_err(|_| {
        EncodeError::Writer(format!("the value of header `{name}` is not printable"))
    })?;
    headers.insert(name, value);
    Ok(())
}

fn header_text(
    service: &'static Model,
    member: &Member,
    value: &Value,
) -> Result<String, EncodeError> {
    let shape = service.shape(member.shape);
    let format = member.timestamp_format.unwrap_or(TimestampFormat::Rfc822);
    match (&shape.kind, value) {
        (_, Value::Text(text)) if member.is_json_value => Ok(STANDARD.encode(text)),
        (Kind::List { element, .. }, Value::List(elements)) => {
            let element = service.shape(*element);
            let parts: Vec<String> = elements
                .iter()
                .map(|value| scalar_text(element, format, value))
                .collect::<Result<_, _>>()?;
            Ok(parts.join(", "))
        }
        _ => scalar_text(shape, format, value),
    }
}

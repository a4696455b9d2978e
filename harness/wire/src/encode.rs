//! From a [`Value`] with the names of the model to an answer.

pub(crate) mod document;
mod error;
pub(crate) mod rest;
pub(crate) mod xml;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::route::Routed;
use crate::{Model, Protocol, Value};

use document::{Document, Style};

pub use error::{Cause, WireError, encode_error, encode_s3_error};

/// An output that does not fit its operation's model: a mistake of the handler, never of the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A member that the shape does not have.
    #[error("`{shape}` has no member `{member}`")]
    UnknownMember {
        /// The structure.
        shape: &'static str,
        /// The member that the output has.
        member: String,
    },
    /// A value of another type than the shape's.
    #[error("`{shape}` cannot hold a {found}")]
    Type {
        /// The shape.
        shape: &'static str,
        /// What the output has.
        found: &'static str,
    },
    /// What a writer says.
    #[error("{0}")]
    Writer(String),
}

/// Writes the answer of a call. An output that does not fit the model becomes a 500
/// `InternalFailure` that says why, so that a handler's mistake is seen and not lost.
#[must_use]
pub fn encode(call: &Routed, request_id: &str, output: &Value) -> Response<Bytes> {
    try_encode(call, request_id, output).unwrap_or_else(|error| {
        let operation = call.operation;
        let message = format!(
            "the answer of `{}` does not fit its model: {error}",
            operation.name
        );
        let failure = WireError::new(500, "InternalFailure", message);
        encode_error(Some(operation.service), call.protocol, request_id, &failure)
    })
}

/// As [`encode`], with the mistake as an error.
///
/// # Errors
/// Fails when the output has members or types that the model does not have.
pub fn try_encode(
    call: &Routed,
    request_id: &str,
    output: &Value,
) -> Result<Response<Bytes>, EncodeError> {
    let operation = call.operation;
    let service = operation.service;
    let empty = Value::empty();
    let output = if *output == Value::Null {
        &empty
    } else {
        output
    };
    if call.protocol == Protocol::RestJson {
        return rest::encode(operation, request_id, output);
    }
    let body = match (call.protocol, operation.output_shape()) {
        (Protocol::Query, _) => xml::answer(operation, request_id, output)?,
        (Protocol::RpcV2Cbor, None) => Bytes::new(),
        (Protocol::RpcV2Cbor, Some(shape)) => {
            document::cbor(&Document::new(service, shape, output, Style::Cbor))?
        }
        (_, Some(shape)) => document::json(&Document::new(service, shape, output, Style::Json))?,
        (_, None) => Bytes::from_static(b"{}"),
    };
    let has_body = !body.is_empty();
    let mut response = answer(200, request_id, body);
    if has_body {
        content_type(response.headers_mut(), call.protocol);
    }
    if call.protocol == Protocol::RpcV2Cbor {
        smithy_protocol(response.headers_mut());
    }
    Ok(response)
}

/// An answer with its request id and nothing else.
fn answer(status: u16, request_id: &str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", value);
    }
    response
}

fn content_type(headers: &mut HeaderMap, protocol: Protocol) {
    headers.insert(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static(protocol.content_type()),
    );
}

/// rpc-v2-cbor's clients refuse an answer without it.
fn smithy_protocol(headers: &mut HeaderMap) {
    headers.insert(
        HeaderName::from_static("smithy-protocol"),
        HeaderValue::from_static("rpc-v2-cbor"),
    );
}

/// The element that awsQuery's answers stand in, with the service's namespace.
fn namespace(service: Option<&Model>) -> &'static str {
    service
        .and_then(|service| service.xml_namespace)
        .unwrap_or("http://webservices.amazon.com/AWSFault/2005-15-09")
}

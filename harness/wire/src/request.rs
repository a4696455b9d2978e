//! The client side of the models: an input with the names of the model becomes a request, and what
//! comes back becomes an output or a refusal with the names of the model.
//!
//! It is the inverse of [`crate::decode`] and [`crate::encode`], which a test holds for every operation
//! of every model: what [`request`] writes is read back as the same [`Value`], and so is every answer.
//!
//! [`request`] checks the input first; [`unchecked_request`] sends it as it stands, for whoever wants
//! to see the server refuse it. [`input`] reads the JSON that a person writes, [`sign`] signs what goes
//! out, [`answer`] reads what comes back.
//!
//! [`sign`]: Outgoing::sign

mod answer;
mod check;
mod form;
mod input;
mod rest;
mod xml;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, InvalidHeaderValue};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::encode::document::{self, Document, Style};
use crate::route::Routed;
use crate::sigv4::{self, Signer};
use crate::{EncodeError, Operation, Protocol, Value};

pub use answer::{Answer, AnswerError, Refusal, answer};
pub use input::input;

/// A request before it is addressed: its Host and its signature are added by who sends it.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The HTTP method.
    pub method: Method,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, percent-encoded, without the question mark; empty when there is none.
    pub query: String,
    /// All headers but Host and those of a signature.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// An input that is no input of its operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A member that the operation does not have.
    #[error("`{operation}` has no member `{member}`; there it takes {known}")]
    Unknown {
        /// Service and operation, as in `iam:CreateRole`.
        operation: String,
        /// Path of model names, elements counted from 1.
        member: String,
        /// The members that there are in its place.
        known: String,
    },
    /// A member that the operation requires.
    #[error("`{operation}` requires the member `{member}`")]
    Missing {
        /// Service and operation.
        operation: String,
        /// Path of model names.
        member: String,
    },
    /// A member of another type than the model's.
    #[error("`{member}` of `{operation}` must be a {expected}, not a {found}")]
    Type {
        /// Service and operation.
        operation: String,
        /// Path of model names.
        member: String,
        /// The type of the model.
        expected: &'static str,
        /// What was given.
        found: &'static str,
    },
    /// A member that stands in the path, and is empty.
    #[error("`{member}` of `{operation}` stands in the path and must not be empty")]
    EmptyLabel {
        /// Service and operation.
        operation: String,
        /// The member.
        member: &'static str,
    },
    /// What no request can hold, such as a line break in a header.
    #[error("the request of `{operation}` cannot be written: {reason}")]
    Unwritable {
        /// Service and operation.
        operation: String,
        /// What the writer says.
        reason: EncodeError,
    },
}

impl Outgoing {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// Path and query, as they stand in the first line of the request.
    #[must_use]
    pub fn target(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// Signs the request in the header form. The Host must be among its headers.
    ///
    /// # Errors
    /// Fails when a credential holds what no header can.
    pub fn sign(&mut self, signer: &Signer<'_>) -> Result<(), InvalidHeaderValue> {
        let (path, query) = (&self.path, &self.query);
        let headers = &mut self.headers;
        sigv4::sign(signer, &self.method, path, query, headers, &self.body)
    }

    fn header(&mut self, name: HeaderName, value: &'static str) {
        self.headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Writes the request of a call. Members that are null count as absent.
///
/// Bounds (lengths, patterns, enums) are the server's to check, as [`crate::validate`] does.
///
/// # Errors
/// The input has a member that the operation does not have or one of another type, or lacks one that
/// is required.
pub fn request(call: &Routed, input: &Value) -> Result<Outgoing, RequestError> {
    check::check(call.operation, input)?;
    unchecked_request(call, input)
}

/// As [`request`] without the check: what is missing is left out, a member that the model does not
/// have is sent under its own name, a value of another type as it stands.
///
/// # Errors
/// A label of the path is missing or empty: it would be another operation. Or a value cannot stand
/// where its member does.
pub fn unchecked_request(call: &Routed, input: &Value) -> Result<Outgoing, RequestError> {
    let operation = call.operation;
    let written = match call.protocol {
        Protocol::RestJson => return rest::request(operation, input),
        Protocol::Query => Ok(form::request(operation, input)),
        Protocol::Json10 | Protocol::Json11 => target(operation, call.protocol, input),
        Protocol::RpcV2Cbor => rpc(operation, input),
    };
    written.map_err(|reason| unwritable(operation, reason))
}

/// awsJson: one path, the operation in `X-Amz-Target`.
fn target(
    operation: &Operation,
    protocol: Protocol,
    input: &Value,
) -> Result<Outgoing, EncodeError> {
    let service = operation.service;
    let mut request = Outgoing::new(Method::POST, "/");
    let prefix = service.target_prefix.unwrap_or_default();
    let name = format!("{prefix}.{}", operation.name);
    let name = HeaderValue::from_str(&name);
    let name = name.map_err(|error| EncodeError::Writer(error.to_string()))?;
    request
        .headers
        .insert(HeaderName::from_static("x-amz-target"), name);
    request.header(CONTENT_TYPE, protocol.content_type());
    query_mode(operation, &mut request);
    request.body = match operation.input_shape() {
        None => Bytes::from_static(b"{}"),
        Some(shape) => {
            document::json(&Document::new(service, shape, input, Style::Json).lenient())?
        }
    };
    Ok(request)
}

/// rpc-v2-cbor: service and operation in the path.
fn rpc(operation: &Operation, input: &Value) -> Result<Outgoing, EncodeError> {
    let service = operation.service;
    let prefix = service.target_prefix.unwrap_or_default();
    let path = format!("/service/{prefix}/operation/{}", operation.name);
    let mut request = Outgoing::new(Method::POST, path);
    request.header(HeaderName::from_static("smithy-protocol"), "rpc-v2-cbor");
    request.header(ACCEPT, Protocol::RpcV2Cbor.content_type());
    query_mode(operation, &mut request);
    if let Some(shape) = operation.input_shape() {
        request.header(CONTENT_TYPE, Protocol::RpcV2Cbor.content_type());
        let document = Document::new(service, shape, input, Style::Cbor).lenient();
        request.body = document::cbor(&document)?;
    }
    Ok(request)
}

/// Asks a service that once spoke awsQuery for its old error codes.
fn query_mode(operation: &Operation, request: &mut Outgoing) {
    if operation.service.is_query_compatible {
        request.header(HeaderName::from_static("x-amzn-query-mode"), "true");
    }
}

/// `iam:CreateRole`.
fn name(operation: &Operation) -> String {
    format!("{}:{}", operation.service.name, operation.name)
}

fn unwritable(operation: &Operation, reason: EncodeError) -> RequestError {
    RequestError::Unwritable {
        operation: name(operation),
        reason,
    }
}

/// A simple value of whatever type as text.
fn plain_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

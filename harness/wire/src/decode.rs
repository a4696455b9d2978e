//! From a request to a [`Value`] with the names of the model.

pub(crate) mod document;
mod form;
pub(crate) mod rest;

use std::io::Cursor;

use crate::model::Shape;
use crate::route::Routed;
use crate::value::de::from_cbor;
use crate::{Incoming, Model, Protocol, Value};

/// How deep values may be nested. JSON stops at 128 by itself; no AWS input comes near.
pub(crate) const NESTING_MAX: usize = 64;

/// How much of the name of a parameter is repeated, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// What API Gateway says of a number where its model has a text (recorded).
const NUMBER_FOR_TEXT: &str = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String";

/// A request that cannot be read as the input of its operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The body is not a document of the protocol.
    #[error("the body cannot be read: {reason}")]
    Body {
        /// What the parser says.
        reason: String,
    },
    /// A member has a value that its type does not allow.
    #[error("`{at}` must be a {expected}, not a {found}")]
    Member {
        /// Path of model names, elements counted from 1.
        at: String,
        /// The type of the model.
        expected: &'static str,
        /// What was sent.
        found: &'static str,
    },
    /// A parameter or a header says nothing, or two things.
    #[error("`{name}` {problem}")]
    Parameter {
        /// As it was sent, cut.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Values are nested too deep.
    #[error("values are nested more than {NESTING_MAX} deep")]
    Nesting,
}

impl DecodeError {
    fn parameter(name: &str, problem: &'static str) -> Self {
        Self::Parameter {
            name: authlab_kernel::journal::cut_at(name, NAME_BYTES_MAX).into_owned(),
            problem,
        }
    }

    /// What the service says of such a request: the error, but for API Gateway where a number stands for
    /// a text (recorded).
    #[must_use]
    pub fn told_by(&self, service: &str) -> String {
        match self {
            Self::Member {
                expected: "string",
                found: "integer" | "float",
                ..
            } if service == "apigateway" => NUMBER_FOR_TEXT.to_owned(),
            _ => self.to_string(),
        }
    }

    /// The code under which AWS reports such a request: `SerializationException` for JSON and CBOR,
    /// `MalformedInput` for a form (unverified). The status is 400.
    #[must_use]
    pub fn code(&self, protocol: Protocol) -> &'static str {
        match protocol {
            Protocol::Query => "MalformedInput",
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::RpcV2Cbor => {
                "SerializationException"
            }
        }
    }
}

/// Reads the input of a call. Members that the model does not know are ignored, as AWS does; what is
/// required and which bounds hold is [`crate::validate`]'s question.
///
/// # Errors
/// Fails when the body is no document of the protocol, or a member's value has another type.
pub fn decode(call: &Routed, incoming: &Incoming<'_>) -> Result<Value, DecodeError> {
    let operation = call.operation;
    let Some(input) = operation.input_shape() else {
        return match call.protocol {
            Protocol::Query => form::Node::read(incoming).map(|_| Value::empty()),
            _ => Ok(Value::empty()),
        };
    };
    let service = operation.service;
    let value = match call.protocol {
        Protocol::Query => form::decode(operation, input, incoming)?,
        Protocol::RestJson => rest::decode(operation, input, incoming)?,
        protocol @ (Protocol::Json10 | Protocol::Json11) => {
            document(service, input, json(incoming.body)?, protocol)?
        }
        protocol @ Protocol::RpcV2Cbor => document(service, input, cbor(incoming.body)?, protocol)?,
    };
    Ok(value)
}

/// A whole body as a structure; no body at all is an empty structure.
pub(crate) fn document(
    service: &'static Model,
    shape: &Shape,
    document: Value,
    protocol: Protocol,
) -> Result<Value, DecodeError> {
    let reader = document::Reader { service, protocol };
    match document {
        Value::Null => Ok(Value::empty()),
        Value::Map(_) => reader.read(shape, None, document, &mut document::Place::default()),
        other => Err(DecodeError::Member {
            at: "body".to_owned(),
            expected: "structure",
            found: other.kind(),
        }),
    }
}

pub(crate) fn json(body: &[u8]) -> Result<Value, DecodeError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| DecodeError::Body {
        reason: error.to_string(),
    })
}

pub(crate) fn cbor(body: &[u8]) -> Result<Value, DecodeError> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    let unreadable = |reason: String| DecodeError::Body { reason };
    let mut cursor = Cursor::new(body);
    let document: ciborium::Value =
        ciborium::de::from_reader_with_recursion_limit(&mut cursor, NESTING_MAX).map_err(
            |error| match error {
                ciborium::de::Error::RecursionLimitExceeded => DecodeError::Nesting,
                ciborium::de::Error::Io(_) => unreadable("the document ends too early".to_owned()),
                ciborium::de::Error::Syntax(at) => unreadable(format!("no CBOR at byte {at}")),
                ciborium::de::Error::Semantic(_, reason) => unreadable(reason),
            },
        )?;
    if usize::try_from(cursor.position()) != Ok(body.len()) {
        return Err(unreadable("bytes follow the document".to_owned()));
    }
    from_cbor(document).map_err(|reason| unreadable(reason.to_owned()))
}

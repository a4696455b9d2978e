//! What a call was answered: an output, or a refusal.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};

use super::name;
use super::xml::{self, Node};
use crate::decode::document::Place;
use crate::decode::{self, DecodeError};
use crate::route::Routed;
use crate::{Incoming, Operation, Protocol, Value};

/// The longest text of an answer that is repeated where it is none of AWS's, in characters.
const TEXT_CHARACTERS_MAX: usize = 300;

/// What a call was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What names the request at the service: `x-amzn-requestid`.
    pub request_id: Option<String>,
    /// The output with the names of the model, or why there is none.
    pub result: Result<Value, Refusal>,
}

/// An error that the service answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The code, as clients show it: that of awsQuery where the service tells it, else the name of the
    /// error's shape. The status where the answer is none of AWS's.
    pub code: String,
    /// The text for people; empty when there is none.
    pub message: String,
    /// The further members of the error's shape.
    pub members: Value,
}

/// A success that cannot be read as the output of its operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer of `{operation}` cannot be read: {reason}")]
pub struct AnswerError {
    /// Service and operation, as in `iam:CreateRole`.
    pub operation: String,
    /// What is wrong with it.
    pub reason: DecodeError,
}

/// Reads the answer of a call, as [`crate::encode`] and [`crate::encode_error`] write it.
///
/// # Errors
/// A success has a body that is no output of the operation. A refusal is always read: as far as it can
/// be.
pub fn answer(call: &Routed, response: &Response<Bytes>) -> Result<Answer, AnswerError> {
    let status = response.status();
    let header = |name: &str| text_header(response.headers(), name);
    let request_id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
    let result = if status.is_success() {
        let output = output(call, response).map_err(|reason| AnswerError {
            operation: name(call.operation),
            reason,
        })?;
        Ok(output)
    } else {
        Err(refusal(call, response))
    };
    Ok(Answer {
        status: status.as_u16(),
        request_id,
        result,
    })
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

fn output(call: &Routed, response: &Response<Bytes>) -> Result<Value, DecodeError> {
    let operation = call.operation;
    let Some(shape) = operation.output_shape() else {
        return Ok(Value::empty());
    };
    let body = response.body();
    match call.protocol {
        Protocol::Query => xml::output(operation, shape, &Node::read(&text(body))?),
        Protocol::RestJson => {
            let status = response.status().as_u16();
            decode::rest::answer(operation, shape, status, &incoming(response))
        }
        Protocol::Json10 | Protocol::Json11 => {
            decode::document(operation.service, shape, decode::json(body)?, call.protocol)
        }
        Protocol::RpcV2Cbor => {
            decode::document(operation.service, shape, decode::cbor(body)?, call.protocol)
        }
    }
}

/// An answer's headers and body where a reader wants a message.
fn incoming(response: &Response<Bytes>) -> Incoming<'_> {
    Incoming {
        method: &Method::POST,
        path: "/",
        query: "",
        headers: response.headers(),
        body: response.body(),
    }
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// A refusal before its members are known.
#[derive(Default)]
struct Told {
    code: Option<String>,
    message: Option<String>,
}

fn refusal(call: &Routed, response: &Response<Bytes>) -> Refusal {
    let (told, members) = match call.protocol {
        Protocol::Query => of_xml(call.operation, response),
        _ => of_document(call, response),
    };
    let status = || response.status().as_u16().to_string();
    // A service that once spoke awsQuery tells its old code too, and clients show that one.
    let old = text_header(response.headers(), "x-amzn-query-error");
    let old = old.and_then(|old| Some(old.split(';').next()?.to_owned()));
    let is_told = told.code.is_some();
    let text = || {
        text(response.body())
            .chars()
            .take(TEXT_CHARACTERS_MAX)
            .collect()
    };
    Refusal {
        message: match told.message {
            Some(message) => message,
            None if is_told => String::new(),
            None => text(),
        },
        code: old.or(told.code).unwrap_or_else(status),
        members,
    }
}

/// The members of an error's shape but its message; none where the shape is not known.
fn members_of(
    operation: &Operation,
    code: Option<&str>,
    read: impl FnOnce(&crate::Shape) -> Result<Value, DecodeError>,
) -> Value {
    let shape = code.and_then(|code| operation.service.error_shape(code));
    let mut members = match shape.map(read) {
        Some(Ok(Value::Map(members))) => members,
        _ => BTreeMap::new(),
    };
    for name in ["message", "Message"] {
        members.remove(name);
    }
    Value::Map(members)
}

fn of_xml(operation: &Operation, response: &Response<Bytes>) -> (Told, Value) {
    let root = Node::read(&text(response.body())).unwrap_or_default();
    let Some(error) = root.find("Error") else {
        return (Told::default(), Value::empty());
    };
    let part = |name: &str| error.child(name).map(|part| part.text.clone());
    let told = Told {
        code: part("Code"),
        message: part("Message"),
    };
    let members = members_of(operation, told.code.as_deref(), |shape| {
        xml::value(operation.service, shape, error, &mut Place::default())
    });
    (told, members)
}

fn of_document(call: &Routed, response: &Response<Bytes>) -> (Told, Value) {
    let (operation, body) = (call.operation, response.body());
    let document = match call.protocol {
        Protocol::RpcV2Cbor => decode::cbor(body),
        _ => decode::json(body),
    };
    let document = document.unwrap_or_default();
    let part = |name: &str| document.get(name).and_then(Value::as_text);
    let code = text_header(response.headers(), "x-amzn-errortype");
    let code = code.or_else(|| part("__type").or_else(|| part("code")).map(str::to_owned));
    let told = Told {
        // `namespace#Name:http://…`, as some services write it.
        code: code.map(|code| {
            let name = code.rsplit('#').next().unwrap_or_default();
            name.split(':').next().unwrap_or_default().to_owned()
        }),
        message: part("message")
            .or_else(|| part("Message"))
            .map(str::to_owned),
    };
    let members = members_of(operation, told.code.as_deref(), |shape| {
        match call.protocol {
            Protocol::RestJson => {
                let status = response.status().as_u16();
                decode::rest::answer(operation, shape, status, &incoming(response))
            }
            protocol => decode::document(operation.service, shape, document.clone(), protocol),
        }
    });
    (told, members)
}

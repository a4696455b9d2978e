//! The response that a function's answer states, as REST APIs read it.
//!
//! Sources: API Gateway developer guide, `set-up-lambda-proxy-integrations.html`, and recorded answers. An
//! answer has at least one of its five members and no other; of a name that is in both maps of headers all
//! values are sent, those of `multiValueHeaders` first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};

use super::header::on_its_way_back;
use crate::stage::integrate::function::scalar;

/// What an answer may have. (That another member makes it none is unverified.)
const MEMBERS: [&str; 5] = [
    "statusCode",
    "headers",
    "multiValueHeaders",
    "body",
    "isBase64Encoded",
];

/// Reads an answer, for a client that takes bytes or does not.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(answer: &Bytes, takes_binary: bool) -> Result<Response<Bytes>, String> {
    let parsed: Value = serde_json::from_slice(answer)
        .map_err(|error| format!("the answer is not JSON: {error}"))?;
    let Value::Object(members) = parsed else {
        return Err("the answer is no object".to_owned());
    };
    if members.is_empty() {
        return Err("the answer has no members".to_owned());
    }
    if let Some(other) = members
        .keys()
        .find(|name| !MEMBERS.contains(&name.as_str()))
    {
        return Err(format!(
            "the answer has the member `{other}`, which no response has"
        ));
    }
    let mut response = Response::new(body(&members, takes_binary)?);
    *response.status_mut() = status(members.get("statusCode"))?;
    let headers = response.headers_mut();
    for (name, value) in multiple(&members)? {
        put(headers, &name, &value)?;
    }
    for (name, value) in object(&members, "headers")? {
        put(headers, name, &scalar(name, value)?)?;
    }
    // Recorded.
    let json = HeaderValue::from_static("application/json");
    headers.entry(header::CONTENT_TYPE).or_insert(json);
    Ok(response)
}

/// The status: a number, or one as a text; 200 where there is none (recorded). That null counts as none is
/// unverified, as is what becomes of numbers that are no status of an answer.
fn status(member: Option<&Value>) -> Result<StatusCode, String> {
    let code = match member {
        None | Some(Value::Null) => Some(200),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    let code = code.and_then(|code| u16::try_from(code).ok());
    let code = code.filter(|code| (200..=599).contains(code));
    code.and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| "`statusCode` is no status of an answer".to_owned())
}

/// The body. Base64 is decoded only for a client that takes bytes of the API (recorded).
fn body(members: &Map<String, Value>, takes_binary: bool) -> Result<Bytes, String> {
    let text = match members.get("body") {
        None | Some(Value::Null) => return Ok(Bytes::new()),
        Some(Value::String(text)) => text,
        // Of a number it is not known.
        Some(_) => return Err("`body` is no text".to_owned()),
    };
    let is_base64 = match members.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_base64)) => *is_base64,
        Some(_) => return Err("`isBase64Encoded` is neither true nor false".to_owned()),
    };
    if !(is_base64 && takes_binary) {
        return Ok(Bytes::from(text.clone()));
    }
    let decoded = STANDARD.decode(text.as_bytes());
    decoded
        .map(Bytes::from)
        .map_err(|_| "`body` is not base64".to_owned())
}

fn object<'m>(
    members: &'m Map<String, Value>,
    name: &str,
) -> Result<impl Iterator<Item = (&'m String, &'m Value)>, String> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(headers)) => Ok(Some(headers).into_iter().flatten()),
        Some(_) => Err(format!("`{name}` is no object")),
    }
}

fn multiple(members: &Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    for (name, values) in object(members, "multiValueHeaders")? {
        let Value::Array(values) = values else {
            return Err(format!("`{name}` of `multiValueHeaders` is no list"));
        };
        for value in values {
            pairs.push((name.clone(), scalar(name, value)?));
        }
    }
    Ok(pairs)
}

fn put(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let Some(back) = on_its_way_back(name) else {
        return Ok(());
    };
    let bad = || format!("the header `{name}` cannot be sent");
    let parsed = HeaderName::try_from(back.as_bytes()).map_err(|_| bad())?;
    headers.append(parsed, HeaderValue::from_str(value).map_err(|_| bad())?);
    Ok(())
}

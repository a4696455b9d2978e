//! `AWS_PROXY`: a function gets the request as an event and answers with a response.
//!
//! Source of the answer's shapes: API Gateway developer guide,
//! `http-api-develop-integrations-lambda.html`. Payload 2.0 without a `statusCode` is a body.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};

use super::{Answered, Failure};
use crate::deployment::PayloadFormat;
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::needs::{FunctionFailure, Invocation};
use crate::plane::Plane;
use crate::refusal::ResponseType;

/// Invokes the function with `event` and reads its answer.
pub(super) async fn call(
    plane: &Plane,
    exchange: &Exchange<'_>,
    function_arn: String,
    payload: PayloadFormat,
    event: &Value,
    timeout_ms: u32,
) -> Answered {
    let event = Bytes::from(event.to_string());
    let answer = invoke(plane, exchange, &function_arn, event, timeout_ms).await;
    let answer = answer.map_err(|error| failure(error, &function_arn, exchange))?;
    let response = read(&answer, payload).map_err(|problem| {
        let broken = ResponseType::Default5xx;
        let told = told(&function_arn, None, None);
        Failure::new(Reason::FunctionAnswerMalformed, broken, &problem, told)
            .answered(200)
            .executed(MALFORMED)
    })?;
    // The invocation itself succeeded, whatever status the function chose.
    Ok((response, 200))
}

/// Invokes a function and waits for what it returns.
pub(crate) async fn invoke(
    plane: &Plane,
    exchange: &Exchange<'_>,
    function_arn: &str,
    payload: Bytes,
    timeout_ms: u32,
) -> Result<Bytes, FunctionFailure> {
    let invocation = Invocation {
        function_arn: function_arn.to_owned(),
        payload,
        scope: exchange.stage.scope.clone(),
        source_arn: source_arn(exchange),
        budget_ms: timeout_ms,
        request_id: exchange.request_id.clone(),
        trace: exchange.trace.clone(),
        cause: exchange.cause,
    };
    plane.needs.functions.invoke(invocation).await
}

/// What a function's resource policy sees as its source: the route's method and path template, and
/// `$default` alone for that route, without a method (as observed: `api/$default/$default`). That
/// routes for `ANY` show `*`, and greedy ones their template, is unverified.
fn source_arn(exchange: &Exchange<'_>) -> String {
    let stage = exchange.stage;
    let route = exchange.route.as_ref().map(|route| route.key);
    let route = route.map(|key| match key.resource() {
        "$default" => "$default".to_owned(),
        resource if key.method() == "ANY" => format!("*{resource}"),
        resource => format!("{}{resource}", key.method()),
    });
    let (api_id, name, route) = (&stage.api_id, &stage.name, route.unwrap_or_default());
    let resource = format!("{api_id}/{name}/{route}");
    stage.scope.arn("execute-api", &resource)
}

/// What an access log says of a function that the gateway may not invoke (as observed).
const NOT_PERMITTED: &str = "The IAM role configured on the integration or API Gateway doesn't have \
                             permissions to call the integration. Check the permissions and try again.";

/// What an execution log says of it (as observed).
const INVALID_PERMISSIONS: &str =
    "Execution failed due to configuration error: Invalid permissions on Lambda function";
/// What an execution log says of an answer that is none (unverified).
pub(crate) const MALFORMED: &str =
    "Execution failed due to configuration error: Malformed Lambda proxy response";

/// Why there is nothing that the function returned.
pub(crate) fn failure(
    error: FunctionFailure,
    function_arn: &str,
    exchange: &Exchange<'_>,
) -> Failure {
    match error {
        FunctionFailure::NotPermitted { reason, message } => {
            let broken = ResponseType::ApiConfigurationError;
            let told = told(function_arn, Some(source_arn(exchange)), None);
            Failure::new(reason, broken, &message, told)
                .logged(NOT_PERMITTED)
                .executed(INVALID_PERMISSIONS)
        }
        FunctionFailure::Invoke { reason, message } => {
            let broken = ResponseType::ApiConfigurationError;
            Failure::new(reason, broken, &message, told(function_arn, None, None))
        }
        FunctionFailure::Function { error } => {
            let text = |name: &str| error.get(name).and_then(Value::as_str);
            let message = text("errorMessage").or_else(|| text("errorType"));
            let message = message.unwrap_or("the function failed").to_owned();
            let (reason, broken) = (Reason::FunctionFailed, ResponseType::Default5xx);
            let told = told(function_arn, None, Some(error));
            Failure::new(reason, broken, &message, told).answered(200)
        }
        FunctionFailure::Timeout => Failure::new(
            Reason::IntegrationTimeout,
            ResponseType::IntegrationTimeout,
            "the function did not answer in time",
            told(function_arn, None, None),
        )
        .executed(super::TIMED_OUT),
    }
}

/// What is told of a function, once it is known what happened.
pub(crate) fn told(
    function_arn: &str,
    source_arn: Option<String>,
    error: Option<Value>,
) -> impl FnOnce(Cow<'static, str>) -> evidence::Integration<'static> {
    let function = Cow::Owned(function_arn.to_owned());
    move |message| evidence::Integration::Function {
        function,
        source_arn: source_arn.map(Cow::Owned),
        error,
        message,
    }
}

/// The response that a function's answer states.
///
/// # Errors
/// What is wrong with it.
fn read(answer: &Bytes, payload: PayloadFormat) -> Result<Response<Bytes>, String> {
    let parsed: Result<Value, _> = serde_json::from_slice(answer);
    match (parsed, payload) {
        (Ok(Value::Object(members)), _) if members.contains_key("statusCode") => {
            stated(&members, payload)
        }
        (Ok(body), PayloadFormat::V2) => inferred(&body, answer),
        (Ok(_), PayloadFormat::V1) => Err("the answer has no `statusCode`".to_owned()),
        (Err(error), _) => Err(format!("the answer is not JSON: {error}")),
    }
}

/// An answer without `statusCode` is the body of a 200.
fn inferred(body: &Value, answer: &Bytes) -> Result<Response<Bytes>, String> {
    let bytes = match body {
        Value::String(text) => Bytes::from(text.clone()),
        _ => answer.clone(),
    };
    let mut response = Response::new(bytes);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

/// An answer with `statusCode`. Each format has members of its own (API Gateway developer guide,
/// `http-api-develop-integrations-lambda.html`): `multiValueHeaders` is of 1.0, `cookies` of 2.0. In
/// the other format they say nothing (unverified). What is read and has another type than the guide
/// gives it is malformed.
fn stated(members: &Map<String, Value>, payload: PayloadFormat) -> Result<Response<Bytes>, String> {
    let mut response = Response::new(body(members)?);
    *response.status_mut() = status(members.get("statusCode"))?;
    let headers = response.headers_mut();
    for (name, value) in headers_of(members, payload)? {
        let bad = |_| format!("the header `{name}` cannot be sent");
        let parsed = HeaderName::try_from(name.as_str()).map_err(|_| bad(()))?;
        headers.append(parsed, HeaderValue::from_str(&value).map_err(|_| bad(()))?);
    }
    // The transport counts for itself.
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::TRANSFER_ENCODING);
    let cookies = match (members.get("cookies"), payload) {
        (None | Some(Value::Null), _) | (_, PayloadFormat::V1) => &[],
        (Some(Value::Array(cookies)), PayloadFormat::V2) => cookies.as_slice(),
        (Some(_), PayloadFormat::V2) => return Err("`cookies` is no list".to_owned()),
    };
    for cookie in cookies {
        let cookie = cookie
            .as_str()
            .and_then(|text| HeaderValue::from_str(text).ok());
        let cookie = cookie.ok_or("a member of `cookies` cannot be sent as a header")?;
        headers.append(header::SET_COOKIE, cookie);
    }
    if !headers.contains_key(header::CONTENT_TYPE) {
        // Of payload 2.0; the default of 1.0 is unverified.
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
    }
    Ok(response)
}

fn status(member: Option<&Value>) -> Result<StatusCode, String> {
    let code = match member {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let code = code
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| *code >= 200);
    code.and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| "`statusCode` is no HTTP status".to_owned())
}

fn body(members: &Map<String, Value>) -> Result<Bytes, String> {
    let text = match members.get("body") {
        None | Some(Value::Null) => return Ok(Bytes::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err("`body` is no text".to_owned()),
    };
    match members.get("isBase64Encoded") {
        None | Some(Value::Null | Value::Bool(false)) => return Ok(Bytes::from(text.clone())),
        Some(Value::Bool(true)) => {}
        Some(_) => return Err("`isBase64Encoded` is neither true nor false".to_owned()),
    }
    let decoded = STANDARD.decode(text.as_bytes());
    decoded
        .map(Bytes::from)
        .map_err(|_| "`body` is not base64".to_owned())
}

/// `headers`, and those of `multiValueHeaders` (payload 1.0), which stand instead of the former.
fn headers_of(
    members: &Map<String, Value>,
    payload: PayloadFormat,
) -> Result<Vec<(String, String)>, String> {
    let object = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(headers)) => Ok(headers.clone()),
        Some(_) => Err(format!("`{name}` is no object")),
    };
    let multiple = match payload {
        PayloadFormat::V1 => object("multiValueHeaders")?,
        PayloadFormat::V2 => Map::new(),
    };
    let mut headers = Vec::new();
    for (name, value) in object("headers")? {
        if !multiple
            .keys()
            .any(|other| other.eq_ignore_ascii_case(&name))
        {
            let value = scalar(&name, &value)?;
            headers.push((name, value));
        }
    }
    for (name, values) in multiple {
        let Value::Array(values) = values else {
            return Err(format!("`{name}` of `multiValueHeaders` is no list"));
        };
        for value in values {
            headers.push((name.clone(), scalar(&name, &value)?));
        }
    }
    Ok(headers)
}

/// The text of a header; numbers and flags as JSON has them.
pub(crate) fn scalar(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) => Err(format!("the header `{name}` is no text")),
        other => Ok(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Each member with a value of every type, in both formats: it is read, it is not of the format,
    /// or the answer is malformed.
    #[test]
    fn no_member_of_an_answer_is_read_and_ignored() {
        use PayloadFormat::{V1, V2};
        let values = [
            Value::Null,
            json!(true),
            json!(7),
            json!("eA=="),
            json!(["a=1"]),
            json!({ "a": "1" }),
            json!({ "a": ["1", 2] }),
            json!({ "a": { "b": 1 } }),
        ];
        // Which of them are taken; `-` is what says nothing in the format.
        let cases = [
            (
                "body",
                V1,
                [true, false, false, true, false, false, false, false],
            ),
            (
                "body",
                V2,
                [true, false, false, true, false, false, false, false],
            ),
            (
                "isBase64Encoded",
                V1,
                [true, true, false, false, false, false, false, false],
            ),
            (
                "isBase64Encoded",
                V2,
                [true, true, false, false, false, false, false, false],
            ),
            (
                "headers",
                V1,
                [true, false, false, false, false, true, false, false],
            ),
            (
                "headers",
                V2,
                [true, false, false, false, false, true, false, false],
            ),
            (
                "multiValueHeaders",
                V1,
                [true, false, false, false, false, false, true, false],
            ),
            ("multiValueHeaders", V2, [true; 8]),
            ("cookies", V1, [true; 8]),
            (
                "cookies",
                V2,
                [true, false, false, false, true, false, false, false],
            ),
        ];
        for (member, payload, expected) in cases {
            for (value, is_taken) in values.iter().zip(expected) {
                let mut answer = json!({ "statusCode": 200, "body": "eA==" });
                answer[member] = value.clone();
                let read = read(&Bytes::from(answer.to_string()), payload);
                assert_eq!(read.is_ok(), is_taken, "{answer} {read:?}");
            }
        }
        // What is not of the format displaces nothing either.
        let both = Bytes::from_static(
            br#"{"statusCode":200,"headers":{"a":"1"},"multiValueHeaders":{"A":["2","3"]},"cookies":["c=1"]}"#,
        );
        for (payload, headers, cookies) in [(V1, vec!["2", "3"], 0), (V2, vec!["1"], 1)] {
            let response = read(&both, payload).expect("an answer");
            let found: Vec<_> = response.headers().get_all("a").iter().collect();
            assert_eq!(found, headers);
            assert_eq!(
                response.headers().get_all("set-cookie").iter().count(),
                cookies
            );
        }
    }

    #[test]
    fn answers_are_read_by_payload_format() {
        use PayloadFormat::{V1, V2};
        let cases: [(PayloadFormat, &str, Result<&str, &str>); 12] = [
            (
                V2,
                r#"{"message":"hi"}"#,
                Ok(r#"200 application/json {"message":"hi"}"#),
            ),
            (V2, r#""hi""#, Ok("200 application/json hi")),
            (V2, "null", Ok("200 application/json null")),
            (
                V2,
                r#"{"statusCode":201,"body":"x"}"#,
                Ok("201 text/plain; charset=utf-8 x"),
            ),
            (
                V2,
                r#"{"statusCode":"404","headers":{"Content-Type":"a/b"}}"#,
                Ok("404 a/b "),
            ),
            (
                V2,
                r#"{"statusCode":200,"body":"eA==","isBase64Encoded":true,"headers":{"content-type":"a/b"}}"#,
                Ok("200 a/b x"),
            ),
            (
                V2,
                r#"{"statusCode":200,"body":{}}"#,
                Err("`body` is no text"),
            ),
            (
                V2,
                r#"{"statusCode":99}"#,
                Err("`statusCode` is no HTTP status"),
            ),
            (
                V2,
                r#"{"statusCode":200,"headers":{"a b":"c"}}"#,
                Err("the header `a b` cannot be sent"),
            ),
            (V2, "oops", Err("the answer is not JSON")),
            (
                V1,
                r#"{"message":"hi"}"#,
                Err("the answer has no `statusCode`"),
            ),
            (
                V1,
                r#"{"statusCode":200,"multiValueHeaders":{"content-type":["a/b"]}}"#,
                Ok("200 a/b "),
            ),
        ];
        for (payload, answer, expected) in cases {
            let read = read(&Bytes::from_static(answer.as_bytes()), payload).map(|response| {
                let kind = response.headers()["content-type"]
                    .to_str()
                    .expect("text")
                    .to_owned();
                let body = String::from_utf8_lossy(response.body()).into_owned();
                format!("{} {kind} {body}", response.status().as_u16())
            });
            match (read, expected) {
                (Ok(read), Ok(expected)) => assert_eq!(read, expected),
                (Err(read), Err(expected)) => assert!(read.starts_with(expected), "{read}"),
                (read, expected) => panic!("{answer}: {read:?}, not {expected:?}"),
            }
        }
    }
}

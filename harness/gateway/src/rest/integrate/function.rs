//! `AWS` and `AWS_PROXY` with a function.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use serde_json::Value;

use super::proxy_answer;
use super::request::Mapped;
use super::respond::Answer;
use crate::deployment::rest::Function;
use crate::deployment::{PayloadFormat, RestApi};
use crate::evidence::Reason;
use crate::exchange::Exchange;
use crate::needs::FunctionFailure;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};
use crate::rest::event;
use crate::stage::integrate::function::{MALFORMED, failure, invoke, told};
use crate::stage::integrate::{Answered, Failure, conclude, execution_log};

/// The header by which Lambda is told not to wait for the end (API Gateway developer guide,
/// `set-up-lambda-integration-async.html`).
const INVOCATION_TYPE_HEADER: &str = "x-amz-invocation-type";
/// The longest that a function runs, in milliseconds.
const FUNCTION_MS_MAX: u32 = 15 * 60 * 1000;
/// The longest answer of a function, in bytes: six MB and a little (Lambda developer guide,
/// `gettingstarted-limits.html`).
const ANSWER_BYTES_MAX: usize = 6 * 1024 * 1024 + 100;

/// Invokes the function with the request as its event, and reads its answer as the response.
pub(super) async fn proxied(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    api: &RestApi,
    (function, arn): (&Function, &str),
    timeout_ms: u32,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let began = plane.clock.now();
    let answered = match wrong_method(function, arn) {
        None => response(plane, exchange, api, arn, timeout_ms).await,
        Some(failure) => Err(failure),
    };
    conclude(plane, exchange, began, answered).map(|(response, _)| response)
}

async fn response(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    api: &RestApi,
    arn: &str,
    timeout_ms: u32,
) -> Answered {
    let event = event::of(exchange, PayloadFormat::V1);
    execution_log::function_called(exchange, arn, &event.to_string());
    let event = Bytes::from(event.to_string());
    let answer = invoke(plane, exchange, arn, event, timeout_ms).await;
    let answer = answer.map_err(|error| {
        let has_run = matches!(error, FunctionFailure::Function { .. });
        let failure = failure(error, arn, exchange);
        if has_run {
            failure.saying(bad_gateway())
        } else {
            failure
        }
    })?;
    let takes_binary = super::respond::takes_binary(exchange, api);
    let read = if answer.len() > ANSWER_BYTES_MAX {
        Err(format!(
            "the answer is longer than {ANSWER_BYTES_MAX} bytes"
        ))
    } else {
        proxy_answer::read(&answer, takes_binary)
    };
    let response = read.map_err(|problem| {
        let broken = ResponseType::Default5xx;
        let told = told(arn, None, None);
        let failure = Failure::new(Reason::FunctionAnswerMalformed, broken, &problem, told);
        let failure = failure.answered(200).executed(MALFORMED);
        failure.saying(bad_gateway())
    })?;
    Ok((response, 200))
}

/// What a function that fails, or that answers what is no response, is worth: 502 (recorded).
fn bad_gateway() -> Said {
    Said {
        status: Some(http::StatusCode::BAD_GATEWAY),
        ..Said::default()
    }
}

/// Lambda is invoked by `POST`; any other method is 500 (recorded).
fn wrong_method(function: &Function, arn: &str) -> Option<Failure> {
    if function.method.eq_ignore_ascii_case("POST") {
        return None;
    }
    let problem = format!(
        "the integration invokes the function by `{}`, and Lambda takes `POST` alone",
        function.method
    );
    // As recorded: with a response of this type of its own the API words it.
    let (reason, broken) = (Reason::FunctionMethod, ResponseType::IntegrationFailure);
    Some(Failure::new(
        reason,
        broken,
        &problem,
        told(arn, None, None),
    ))
}

/// Invokes the function with a mapped event. What it raises is an answer: its error message is matched
/// against the patterns.
pub(super) async fn ask(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    (function, arn): (&Function, &str),
    mapped: Mapped,
    timeout_ms: u32,
) -> Result<Answer, Box<Refusal>> {
    let mut types = mapped.header.iter();
    let invocation_type = types.find(|(name, _)| name.eq_ignore_ascii_case(INVOCATION_TYPE_HEADER));
    let is_event = match invocation_type.map(|(_, value)| value.as_str()) {
        None | Some("RequestResponse") => false,
        Some("Event") => true,
        Some(other) => {
            let what = format!("the invocation type `{other}` of an integration");
            return Err(Refusal::not_simulated(&what));
        }
    };
    let event = String::from_utf8_lossy(&mapped.body);
    execution_log::function_called(exchange, arn, &event);
    let began = plane.clock.now();
    let mut value = String::new();
    let answered = match wrong_method(function, arn) {
        None => {
            let payload = mapped.body;
            let waited_ms = if is_event {
                FUNCTION_MS_MAX
            } else {
                timeout_ms
            };
            let invoked = invoke(plane, exchange, arn, payload, waited_ms).await;
            answer(invoked, is_event, &mut value).map_err(|error| failure(error, arn, exchange))
        }
        Some(failure) => Err(failure),
    };
    let (response, status) = conclude(plane, exchange, began, answered)?;
    let (parts, body) = response.into_parts();
    Ok(Answer {
        value,
        status,
        headers: parts.headers,
        body,
    })
}

/// What Lambda's API answers: what the function returned, or the error that it raised; nothing where
/// nobody waits. `message` becomes what patterns are matched against, the empty text without an error.
fn answer(
    invoked: Result<Bytes, FunctionFailure>,
    is_event: bool,
    message: &mut String,
) -> Result<(Response<Bytes>, u16), FunctionFailure> {
    let body = match invoked {
        Ok(_) | Err(FunctionFailure::Function { .. } | FunctionFailure::Timeout) if is_event => {
            Bytes::new()
        }
        Ok(body) => body,
        Err(FunctionFailure::Function { error }) => {
            let text = error.get("errorMessage").and_then(Value::as_str);
            *message = text.unwrap_or_default().to_owned();
            Bytes::from(error.to_string())
        }
        Err(other) => return Err(other),
    };
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    let mut response = Response::new(body);
    *response.headers_mut() = headers;
    Ok((response, if is_event { 202 } else { 200 }))
}

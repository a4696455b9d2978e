//! `HTTP` and `HTTP_PROXY`: an endpoint is asked.
//!
//! What it is sent is recorded: the caller's headers with what is mapped for `HTTP_PROXY`, what is mapped
//! alone for `HTTP`, and the gateway's own.

use authlab_kernel::trace::TRACE_HEADER;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

use super::binary;
use super::header::{is_forwarded, is_sent};
use super::reading::Pair;
use super::request::{Mapped, content_type, unreadable};
use super::respond::{Answer, put, takes_binary};
use crate::deployment::RestApi;
use crate::deployment::rest::{HttpEndpoint, MethodIntegration};
use crate::evidence::{MappingFailed, Reason};
use crate::exchange::Exchange;
use crate::path::encoded;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};
use crate::stage::integrate::http_proxy::{Request, send};
use crate::stage::integrate::{Failure, conclude, execution_log};

/// The header with the id of the API, on every request to an endpoint (recorded).
const API_ID_HEADER: HeaderName = HeaderName::from_static("x-amzn-apigateway-api-id");

/// The address with everything filled in, without the pairs that are added to its query string.
pub(super) fn address(exchange: &Exchange<'_>, endpoint: &HttpEndpoint, mapped: &Mapped) -> String {
    endpoint
        .uri
        .fill_known(&exchange.stage.variables, &mapped.path)
}

/// The request of `HTTP`.
pub(super) fn request(
    exchange: &Exchange<'_>,
    endpoint: &HttpEndpoint,
    url: &str,
    mapped: Mapped,
) -> Result<Request, Box<Refusal>> {
    let method = method(exchange, endpoint);
    let mut headers = HeaderMap::new();
    set_all(&mut headers, &mapped.header)?;
    let has_body = !matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
    // That a type is sent only with a body is unverified.
    let content_type = exchange.incoming.headers.get(header::CONTENT_TYPE);
    let defaults = [
        (
            header::ACCEPT,
            Some(HeaderValue::from_static("application/json")),
        ),
        (
            header::CONTENT_TYPE,
            content_type.filter(|_| has_body).cloned(),
        ),
    ];
    for (name, value) in defaults {
        if let Some(value) = value {
            headers.entry(name).or_insert(value);
        }
    }
    own(exchange, &mut headers);
    Ok(Request {
        url: with_pairs(url, "", &mapped.query),
        method,
        headers,
        body: mapped.body,
    })
}

/// The request of `HTTP_PROXY`.
pub(super) fn proxied(
    exchange: &Exchange<'_>,
    (api, integration): (&RestApi, &MethodIntegration),
    endpoint: &HttpEndpoint,
    url: &str,
    mapped: &Mapped,
) -> Result<Request, Box<Refusal>> {
    let mut headers = HeaderMap::new();
    for (name, value) in &exchange.incoming.headers {
        if is_forwarded(name.as_str()) && *name != header::HOST {
            headers.append(name, value.clone());
        }
    }
    set_all(&mut headers, &mapped.header)?;
    own(exchange, &mut headers);
    let is_binary = binary::is_binary(content_type(exchange), &api.binary_media_types);
    let is_encoded = headers.contains_key(header::CONTENT_ENCODING);
    let conversion = binary::of_request(is_binary || is_encoded, integration.content_handling);
    let body = conversion.apply(&exchange.incoming.body);
    Ok(Request {
        url: with_pairs(url, exchange.raw_query(), &mapped.query),
        method: method(exchange, endpoint),
        headers,
        body: body.map_err(|problem| unreadable("request", problem))?,
    })
}

/// Asks the endpoint of an `HTTP` integration.
pub(super) async fn ask(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    request: Request,
    timeout_ms: u32,
) -> Result<Answer, Box<Refusal>> {
    let parts = (&request.headers, &request.body);
    execution_log::endpoint_called(exchange, &request.url, parts);
    let began = plane.clock.now();
    let answered = sent(plane, exchange, request, timeout_ms).await;
    let (response, status) = conclude(plane, exchange, began, answered)?;
    let (parts, body) = response.into_parts();
    Ok(Answer {
        value: status.to_string(),
        status,
        headers: parts.headers,
        body,
    })
}

async fn sent(
    plane: &Plane,
    exchange: &Exchange<'_>,
    request: Request,
    timeout_ms: u32,
) -> Result<(Response<Bytes>, u16), Failure> {
    let response = send(plane, exchange, request, timeout_ms).await?;
    let status = response.status().as_u16();
    Ok((response, status))
}

/// What the client gets of the answer to `HTTP_PROXY`: all of it.
pub(super) fn returned(
    exchange: &Exchange<'_>,
    (api, integration): (&RestApi, &MethodIntegration),
    answer: Answer,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let answered_type = answer.headers.get(header::CONTENT_TYPE);
    let answered_type = answered_type.and_then(|value| value.to_str().ok());
    let answered_type = answered_type.unwrap_or("application/json");
    // What is compressed passes as it is (unverified).
    let body = if answer.body.is_empty() || answer.headers.contains_key(header::CONTENT_ENCODING) {
        answer.body
    } else {
        let is_binary = binary::is_binary(answered_type, &api.binary_media_types);
        let handling = integration
            .responses
            .iter()
            .find_map(|it| it.content_handling);
        let conversion = binary::of_response(is_binary, takes_binary(exchange, api), handling);
        let converted = conversion.apply(&answer.body);
        converted.map_err(|problem| unreadable("integration response", problem))?
    };
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(answer.status)
        .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        put(response.headers_mut(), name.as_str(), &value)?;
    }
    Ok(response)
}

fn method(exchange: &Exchange<'_>, endpoint: &HttpEndpoint) -> Method {
    let method = endpoint.method.as_ref();
    method.unwrap_or(&exchange.incoming.method).clone()
}

/// Sets what is mapped, in the place of what is there.
fn set_all(headers: &mut HeaderMap, mapped: &[Pair]) -> Result<(), Box<Refusal>> {
    for (name, value) in mapped {
        let (Ok(parsed), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::from_str(value),
        ) else {
            return Err(unsendable(name));
        };
        if is_sent(name) {
            headers.insert(parsed, value);
        }
    }
    Ok(())
}

fn unsendable(name: &str) -> Box<Refusal> {
    let told = MappingFailed {
        place: format!("header.{name}").into(),
        problem: "the value that is mapped to it cannot be sent as a header".into(),
    };
    let broken = ResponseType::ApiConfigurationError;
    Refusal::failed(Reason::MappedValue, broken, &told)
}

/// Takes away what the gateway keeps, and adds its own.
fn own(exchange: &Exchange<'_>, headers: &mut HeaderMap) {
    let kept: Vec<HeaderName> = headers
        .keys()
        .filter(|name| !is_sent(name.as_str()))
        .cloned()
        .collect();
    for name in kept {
        headers.remove(name);
    }
    let api_id = &exchange.stage.api_id;
    let agent = format!("AmazonAPIGateway_{api_id}");
    if let Ok(agent) = HeaderValue::from_str(&agent) {
        headers.entry(header::USER_AGENT).or_insert(agent);
    }
    let trace = exchange.trace.to_string();
    let own = [
        (API_ID_HEADER, api_id.as_str()),
        (HeaderName::from_static(TRACE_HEADER), trace.as_str()),
    ];
    for (name, value) in own {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}

/// An address with more pairs in its query string: first its own, then the client's, then what is mapped
/// (recorded).
fn with_pairs(url: &str, raw: &str, mapped: &[Pair]) -> String {
    let pair = |(name, value): &Pair| format!("{}={}", encoded(name), encoded(value));
    let raw = Some(raw.to_owned()).filter(|raw| !raw.is_empty());
    let added: Vec<String> = raw.into_iter().chain(mapped.iter().map(pair)).collect();
    if added.is_empty() {
        return url.to_owned();
    }
    let between = if url.contains('?') { '&' } else { '?' };
    format!("{url}{between}{}", added.join("&"))
}

//! `HTTP_PROXY`: the request goes on as it came, the answer comes back as it was.

use authlab_kernel::trace::TRACE_HEADER;
use authlab_kernel::{Component, OutboundError, OutboundRequest, OutboundResponse, redaction};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::{Answered, Failure};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{ResponseType, Said};

/// Headers of one connection (RFC 9110, section 7.6.1), which no proxy passes on.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Sends the request to `url`.
pub(super) async fn call(
    plane: &Plane,
    exchange: &Exchange<'_>,
    url: &str,
    method: Option<&Method>,
    timeout_ms: u32,
) -> Answered {
    let request = Request {
        url: with_query(url, exchange),
        method: method.unwrap_or(&exchange.incoming.method).clone(),
        headers: headers(exchange),
        body: exchange.incoming.body.clone(),
    };
    let mut response = send(plane, exchange, request, timeout_ms).await?;
    for name in HOP_BY_HOP.into_iter().chain(["content-length"]) {
        response.headers_mut().remove(name);
    }
    let status = response.status().as_u16();
    Ok((response, status))
}

/// A request to an endpoint, as it goes out.
pub(crate) struct Request {
    /// Where to, the query string included.
    pub url: String,
    /// The method.
    pub method: Method,
    /// The headers, without `Host`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Sends a request to an endpoint and reads its answer.
pub(crate) async fn send(
    plane: &Plane,
    exchange: &Exchange<'_>,
    request: Request,
    timeout_ms: u32,
) -> Result<OutboundResponse, Failure> {
    let Request {
        url,
        method,
        headers,
        body,
    } = request;
    let sent = OutboundRequest {
        method,
        headers,
        body,
        budget_ms: timeout_ms,
        cause: Some(exchange.cause),
        request_id: Some(exchange.request_id.clone()),
        trace_id: Some(exchange.trace.root().to_owned()),
        ..OutboundRequest::get(Component::Gateway, "http-integration", url.as_str())
    };
    let answer = plane.outbound.send(sent).await;
    answer.map_err(|error| failure(&error, &url))
}

/// The target with the request's query string behind its own.
fn with_query(url: &str, exchange: &Exchange<'_>) -> String {
    match exchange.raw_query() {
        "" => url.to_owned(),
        query if url.contains('?') => format!("{url}&{query}"),
        query => format!("{url}?{query}"),
    }
}

/// The client's headers, with those that a gateway adds. (`Forwarded` and `Via` are as observed;
/// their exact form is unverified.)
fn headers(exchange: &Exchange<'_>) -> HeaderMap {
    let mut headers = exchange.incoming.headers.clone();
    for name in HOP_BY_HOP
        .into_iter()
        .chain(["host", "content-length", "expect"])
    {
        headers.remove(name);
    }
    let forwarded = format!(
        "for={};host={};proto=http",
        exchange.source_ip(),
        exchange.domain_name()
    );
    let trace = exchange.trace.to_string();
    let added = [
        (header::FORWARDED, forwarded.as_str()),
        (header::VIA, "HTTP/1.1 AmazonAPIGateway"),
        (HeaderName::from_static(TRACE_HEADER), trace.as_str()),
    ];
    for (name, value) in added {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}

fn failure(error: &OutboundError, url: &str) -> Failure {
    // An access log never shows the URL, which may hold credentials. (AWS's texts are not known.)
    let (reason, response_type, logged) = match error {
        OutboundError::Url { .. } => (
            Reason::IntegrationUri,
            ResponseType::ApiConfigurationError,
            "the integration's URL cannot be called",
        ),
        OutboundError::NotAllowed { .. } => (
            Reason::IntegrationNotAllowed,
            ResponseType::IntegrationFailure,
            "the integration's host may not be called",
        ),
        OutboundError::Unreachable { .. } => (
            Reason::IntegrationUnreachable,
            ResponseType::IntegrationFailure,
            "the integration cannot be reached",
        ),
        OutboundError::Timeout { .. } => (
            Reason::IntegrationTimeout,
            ResponseType::IntegrationTimeout,
            "the integration did not answer in time",
        ),
        OutboundError::Answer { .. } => (
            Reason::IntegrationAnswer,
            ResponseType::Default5xx,
            "the integration's answer cannot be read",
        ),
    };
    let failed = Failure::new(reason, response_type, &error.to_string(), |message| {
        evidence::Integration::Endpoint {
            target: redaction::url(url).into(),
            message,
        }
    });
    let failed = failed.logged(logged);
    let failed = match error {
        // As observed: what cannot be reached is another answer than other failures of an integration.
        OutboundError::Unreachable { .. } => failed.saying(Said {
            status: Some(http::StatusCode::GATEWAY_TIMEOUT),
            message: Some("Network error communicating with endpoint".to_owned()),
            ..Said::default()
        }),
        _ => failed,
    };
    match response_type {
        ResponseType::IntegrationTimeout => failed.executed(super::TIMED_OUT),
        _ => failed,
    }
}

//! The request to a backend and its answer.

use std::sync::Arc;

use authlab_kernel::{
    AccountId, Component, Destination, OutboundRequest, OutboundResponse, Region,
};
use authlab_wire::sigv4::{self, Options, Signer};
use authlab_wire::{Incoming, WireError};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

use super::target::Backend;
use crate::evidence::{Fault, Reason};
use crate::front::authentication::ROOT_SECRET;
use crate::front::door::FrontDoor;
use crate::front::trail::Trail;

/// How long a backend may take, in milliseconds: LocalStack loads a service at its first call.
const BUDGET_MS: u32 = 30_000;

/// Headers that the client's request loses: those of its signature and of its connection, and those
/// that would make the answer unreadable here.
const NOT_SENT_ON: [&str; 12] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-amz-date",
    "x-amz-security-token",
];

/// Headers that the answer of a checked call keeps.
pub(super) const PASSED_HEADERS: [HeaderName; 3] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    HeaderName::from_static("x-amzn-errortype"),
];

/// Headers that no answer keeps: the door's own request ids and date stand instead.
const NOT_RELAYED: [&str; 9] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "transfer-encoding",
    "x-amz-id-2",
    "x-amz-request-id",
    "x-amzn-requestid",
];

/// One request to a backend, beside what the client sent.
pub(super) struct Hop<'a> {
    /// The service's signing name.
    pub(super) service: &'a str,
    /// Where.
    pub(super) region: &'a Region,
    /// As whose root.
    pub(super) account: &'a AccountId,
    /// For the journal.
    pub(super) purpose: &'static str,
    /// How the service canonicalises.
    pub(super) options: Options,
}

impl FrontDoor {
    /// Sends a request on, signed by the root of the hop's account.
    ///
    /// # Errors
    /// No answer: 503.
    pub(super) async fn exchange(
        &self,
        backend: &Backend,
        hop: &Hop<'_>,
        wire: &Incoming<'_>,
        trail: &Trail,
    ) -> Result<OutboundResponse, WireError> {
        let mut headers = wire.headers.clone();
        for name in NOT_SENT_ON {
            headers.remove(name);
        }
        headers.insert(header::HOST, backend.host.clone());
        let query = without_signature(wire.query);
        let account = backend.accounts.there(hop.account);
        let body = backend.accounts.body_there(wire.body);
        let signer = Signer {
            access_key: account.as_str(),
            secret: ROOT_SECRET,
            session_token: None,
            region: hop.region.as_str(),
            service: hop.service,
            now: self.clock().now(),
            options: hop.options,
        };
        sigv4::sign(&signer, wire.method, wire.path, &query, &mut headers, &body)
            .map_err(|error| unavailable(hop.service, &error, Reason::BackendUnsignable))?;
        let separator = if query.is_empty() { "" } else { "?" };
        let request = OutboundRequest {
            destination: Destination::Backend,
            method: wire.method.clone(),
            headers,
            body,
            budget_ms: BUDGET_MS,
            cause: Some(trail.last()),
            request_id: Some(Arc::clone(trail.request_id())),
            trace_id: trail.trace_id().cloned(),
            ..OutboundRequest::get(
                Component::Aws,
                hop.purpose,
                format!("{}{}{separator}{query}", backend.base_url, wire.path),
            )
        };
        let answered = self.outbound().send(request).await;
        answered
            .map(|response| response.map(|body| backend.accounts.body_here(&body)))
            .map_err(|error| unavailable(hop.service, &error, Reason::BackendUnavailable))
    }

    /// Asks a backend in awsJson 1.1, as a client of its own: status and JSON.
    ///
    /// # Errors
    /// No answer, or one that is no JSON: 503.
    pub(super) async fn ask(
        &self,
        backend: &Backend,
        hop: &Hop<'_>,
        target: &str,
        input: &serde_json::Value,
        trail: &Trail,
    ) -> Result<(u16, serde_json::Value), WireError> {
        let mut headers = HeaderMap::new();
        let content_type = HeaderValue::from_static("application/x-amz-json-1.1");
        headers.insert(header::CONTENT_TYPE, content_type);
        let target = HeaderValue::from_str(target);
        let target =
            target.map_err(|error| unavailable(hop.service, &error, Reason::BackendUnsignable))?;
        headers.insert("x-amz-target", target);
        let body = Bytes::from(input.to_string());
        let wire = Incoming {
            method: &Method::POST,
            path: "/",
            query: "",
            headers: &headers,
            body: &body,
        };
        let response = self.exchange(backend, hop, &wire, trail).await?;
        let json = serde_json::from_slice(response.body())
            .map_err(|error| unavailable(hop.service, &error, Reason::BackendUnreadable))?;
        Ok((response.status().as_u16(), json))
    }
}

/// The query without the parameters of a presigned URL: the hop is signed in its headers.
fn without_signature(query: &str) -> String {
    const PARAMETERS: [&str; 7] = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Security-Token",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
    ];
    let kept = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !PARAMETERS.contains(&name)
    });
    kept.collect::<Vec<_>>().join("&")
}

/// The code of an error in awsJson, without the namespace before `#`.
pub fn error_code(json: &serde_json::Value) -> Option<&str> {
    let code = json.get("__type")?.as_str()?;
    Some(code.rsplit_once('#').map_or(code, |(_, code)| code))
}

/// Records how the backend answered: an error with its own code.
pub(super) fn record_answer(response: &OutboundResponse, trail: &mut Trail) {
    let status = response.status().as_u16();
    if status < 400 {
        trail.answered(status);
        return;
    }
    let (code, message) = error_of(response);
    let code = code.unwrap_or_else(|| "BackendError".to_owned());
    trail.answered_with(&WireError::new(status, code, message));
}

/// Code and text of an error, as the protocols of AWS write them: members in JSON with the code in a
/// header where there is none, elements in XML.
fn error_of(response: &OutboundResponse) -> (Option<String>, String) {
    let json: serde_json::Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let message = json.get("message").or_else(|| json.get("Message"));
    let message = message.and_then(serde_json::Value::as_str);
    let header = response.headers().get("x-amzn-errortype");
    let header = header.and_then(|code| code.to_str().ok()?.split(':').next());
    let code = error_code(&json).or(header);
    let xml = std::str::from_utf8(response.body()).unwrap_or_default();
    let code = code.or_else(|| element(xml, "Code")).map(str::to_owned);
    let message = message.or_else(|| element(xml, "Message"));
    (code, message.unwrap_or_default().to_owned())
}

/// The text of the first element of this name.
fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text)
}

/// The answer with these of its headers and the door's request id.
pub(super) fn relay(
    response: OutboundResponse,
    request_id: &str,
    kept: &[HeaderName],
) -> Response<Bytes> {
    let (mut head, body) = response.into_parts();
    let all = std::mem::take(&mut head.headers);
    for (name, value) in &all {
        if kept.contains(name) {
            head.headers.append(name.clone(), value.clone());
        }
    }
    identified(Response::from_parts(head, body), request_id)
}

/// The answer with all of its headers that concern the client.
pub(super) fn relay_all(mut response: OutboundResponse, request_id: &str) -> Response<Bytes> {
    for name in NOT_RELAYED {
        response.headers_mut().remove(name);
    }
    identified(response, request_id)
}

fn identified(mut response: Response<Bytes>, request_id: &str) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", value);
    }
    response
}

/// What a caller is answered when the backend is not there, or says what cannot be understood: 503.
pub(super) fn unavailable(
    service: &str,
    problem: &dyn std::fmt::Display,
    reason: Reason,
) -> WireError {
    let message = format!("the backend of `{service}` did not do its part: {problem}");
    let fault = Fault::Backend {
        service: service.to_owned(),
        problem: problem.to_string(),
    };
    fault.on(WireError::new(503, "ServiceUnavailable", message).because(reason))
}

//! The only way from one component to another.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderMap, Method};
use thiserror::Error;

use crate::clock::Component;
use crate::journal::Sequence;
use crate::redaction;

/// The header in which a hop tells the lab's own servers which event caused the request. It is
/// sent to no other address, and the servers take it off before anything else reads the request.
pub const CAUSE_HEADER: &str = "x-authlab-cause";

/// A request from a component.
#[derive(Clone, Debug)]
pub struct OutboundRequest {
    /// Who calls.
    pub from: Component,
    /// What for, in two or three words: `oidc-discovery`, `sts-get-caller-identity`.
    pub purpose: &'static str,
    /// The method.
    pub method: Method,
    /// The absolute URL, under the name that the caller was configured with.
    pub url: String,
    /// The headers; `Host` may be given, and then stands instead of the URL's.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How long the caller would wait, in milliseconds of lab time.
    pub budget_ms: u32,
    /// The event because of which the call is made.
    pub cause: Option<Sequence>,
    /// The request in whose course the call is made.
    pub request_id: Option<String>,
    /// The trace that the call belongs to.
    pub trace_id: Option<String>,
}

impl OutboundRequest {
    /// A GET without headers and with a budget of five seconds.
    pub fn get(from: Component, purpose: &'static str, url: impl Into<String>) -> Self {
        Self {
            from,
            purpose,
            method: Method::GET,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            budget_ms: 5_000,
            cause: None,
            request_id: None,
            trace_id: None,
        }
    }
}

/// An answer, read to its end.
pub type OutboundResponse = http::Response<Bytes>;

/// Why there is no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OutboundError {
    /// The URL is none, or its scheme is not spoken.
    #[error("`{}` cannot be called: {reason}", redaction::url(url))]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An address outside the lab that the lab was not told to allow.
    #[error("`{host}` is outside the lab: map it to a lab endpoint or allow it in the lab file")]
    NotAllowed {
        /// The host.
        host: String,
    },
    /// Nobody answers there.
    #[error("no connection to `{host}`: {reason}")]
    Unreachable {
        /// The host.
        host: String,
        /// What the connection said.
        reason: String,
    },
    /// The answer would have taken longer than the caller waits.
    #[error("`{host}` did not answer within {budget_ms} ms")]
    Timeout {
        /// The host.
        host: String,
        /// The caller's budget.
        budget_ms: u32,
    },
    /// The answer is larger than the client reads, or breaks off.
    #[error("the answer of `{host}` cannot be read: {reason}")]
    Answer {
        /// The host.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A call under way.
pub type OutboundFuture<'a> =
    Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>>;

/// The lab's one outgoing HTTP client.
///
/// The implementation (`authlab-http`) maps names to lab endpoints, applies faults, journals the
/// hop, and refuses every address that the lab was not told to allow.
pub trait Outbound: Send + Sync {
    /// Sends one request and reads the whole answer. Redirections are not followed.
    fn send(&self, request: OutboundRequest) -> OutboundFuture<'_>;
}

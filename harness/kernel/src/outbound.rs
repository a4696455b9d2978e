//! The only way from one component to another.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use thiserror::Error;

use crate::answer::AnswerFault;
use crate::clock::Component;
use crate::journal::Sequence;
use crate::redaction;

/// The header in which a hop tells the lab's own servers which event caused the request, and what
/// it is for. It counts only with the lab's own mark, is sent to no other address, and the servers
/// take it off before anything else reads the request.
pub const CAUSE_HEADER: &str = "x-authlab-cause";

/// A service of AWS that a component calls by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwsService {
    /// The Security Token Service: who signed a request.
    Sts,
    /// Identity and Access Management: which principal that is.
    Iam,
}

impl AwsService {
    /// The signing name, as in a credential scope.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
        }
    }
}

/// What a call is for. The component says it, never the one for whom it calls: a server of the lab
/// answers such a call as that service or not at all, whatever Host, path or signature it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Whatever lives at the URL: what an integration names.
    Url,
    /// The documents of an issuer: discovery and keys.
    Issuer,
    /// A server outside the lab's own ports that stands for one of its systems, such as a container.
    Backend,
    /// A service of AWS.
    Aws(AwsService),
}

impl Destination {
    const ALL: [Self; 5] = [
        Self::Url,
        Self::Issuer,
        Self::Backend,
        Self::Aws(AwsService::Sts),
        Self::Aws(AwsService::Iam),
    ];

    /// The word on a hop.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Issuer => "issuer",
            Self::Backend => "backend",
            Self::Aws(service) => service.as_str(),
        }
    }

    /// Reads the word on a hop; `None` when it is none.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Whether the caller may send another `Host` than that of the URL: a signature for AWS covers
    /// the one that was signed, and a stand-in answers under the names of what it stands for.
    pub fn takes_foreign_host(self) -> bool {
        match self {
            Self::Url | Self::Issuer => false,
            Self::Backend | Self::Aws(_) => true,
        }
    }
}

/// A request from a component.
#[derive(Clone, Debug)]
pub struct OutboundRequest {
    /// Who calls.
    pub from: Component,
    /// What for, in two or three words: `oidc-discovery`, `sts-get-caller-identity`.
    pub purpose: &'static str,
    /// Which service it is for.
    pub destination: Destination,
    /// The method.
    pub method: Method,
    /// The absolute URL, under the name that the caller was configured with.
    pub url: String,
    /// The headers. A `Host` stands instead of the URL's only where the destination takes one
    /// ([`Destination::takes_foreign_host`]).
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How long the caller would wait, in milliseconds of lab time.
    pub budget_ms: u32,
    /// The event because of which the call is made.
    pub cause: Option<Sequence>,
    /// The request in whose course the call is made.
    pub request_id: Option<Arc<str>>,
    /// The trace that the call belongs to.
    pub trace_id: Option<Arc<str>>,
}

impl OutboundRequest {
    /// A GET of whatever lives at `url`, without headers and with a budget of five seconds.
    pub fn get(from: Component, purpose: &'static str, url: impl Into<String>) -> Self {
        Self {
            from,
            purpose,
            destination: Destination::Url,
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
    #[error("the answer of `{host}` cannot be read: {fault}")]
    Answer {
        /// The host.
        host: String,
        /// What is wrong with it.
        fault: AnswerFault,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_destination_is_read_as_it_is_written_and_nothing_else_is() {
        for one in Destination::ALL {
            assert_eq!(Destination::read(one.as_str()), Some(one));
        }
        for word in ["", "STS", "sts ", "execute-api", "url,sts"] {
            assert_eq!(Destination::read(word), None, "{word}");
        }
    }
}

//! Why a request ends before its integration answered, and how an HTTP API words it.
//!
//! Sources for statuses and bodies: API Gateway developer guide, `http-api-jwt-authorizer.html` and
//! `http-api-troubleshooting-jwt.html`, and observed answers. Response types
//! (`$context.error.responseType`) have the names of REST APIs' gateway responses: unverified for
//! HTTP APIs.

use authlab_kernel::{Component, EventDraft, Evidence};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::answer;

/// A stage's refusal, or its failure.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// What the journal is told.
    pub event: EventDraft,
    /// What the client gets.
    pub answer: RefusalAnswer,
    /// The `www-authenticate` header.
    pub challenge: Option<String>,
    /// `$context.authorizer.error`.
    pub authorizer_error: Option<String>,
}

/// The answers that an HTTP API gives by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalAnswer {
    /// A path or a Host with more than one reading. (That AWS answers 400 is unverified.)
    BadRequest,
    /// No route, stage or API.
    NotFound,
    /// No token that is believed.
    Unauthorized,
    /// A caller without permission, or a signature that does not stand.
    Forbidden,
    /// Over the rate.
    TooManyRequests,
    /// The API is configured to something that cannot be, or its function broke.
    InternalServerError,
    /// The integration does not answer. (503 for unreachable endpoints and for timeouts alike is
    /// unverified.)
    ServiceUnavailable,
}

impl RefusalAnswer {
    /// Status, `message` and response type.
    fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest => (
                StatusCode::BAD_REQUEST,
                "Bad Request",
                "BAD_REQUEST_PARAMETERS",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found", "NOT_FOUND"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized", "UNAUTHORIZED"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "Forbidden", "ACCESS_DENIED"),
            Self::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too Many Requests",
                "THROTTLED",
            ),
            Self::InternalServerError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal Server Error",
                "INTEGRATION_FAILURE",
            ),
            Self::ServiceUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Service Unavailable",
                "INTEGRATION_TIMEOUT",
            ),
        }
    }

    /// `$context.error.message`.
    pub(crate) fn message(self) -> &'static str {
        self.facts().1
    }

    /// `$context.error.responseType`.
    pub(crate) fn response_type(self) -> &'static str {
        self.facts().2
    }

    /// The answer without request id and challenge.
    pub(crate) fn response(self) -> Response<Bytes> {
        let (status, message, _) = self.facts();
        answer::message(status, message)
    }
}

impl Refusal {
    /// Turned away by a rule.
    pub(crate) fn refused(
        reason: impl Into<String>,
        answer: RefusalAnswer,
        evidence: &impl Evidence,
    ) -> Box<Self> {
        let event = EventDraft::of(Component::Gateway, evidence);
        Self::of(event.refused(reason), answer)
    }

    /// Something broke.
    pub(crate) fn failed(
        reason: impl Into<String>,
        answer: RefusalAnswer,
        evidence: &impl Evidence,
    ) -> Box<Self> {
        let event = EventDraft::of(Component::Gateway, evidence);
        Self::of(event.failed(reason), answer)
    }

    fn of(event: EventDraft, answer: RefusalAnswer) -> Box<Self> {
        Box::new(Self {
            event,
            answer,
            challenge: None,
            authorizer_error: None,
        })
    }

    /// What the client gets.
    pub(crate) fn response(&self) -> Response<Bytes> {
        let mut response = self.answer.response();
        if let Some(challenge) = self.challenge.as_deref().and_then(as_header) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A challenge may quote what a client sent: what no header can hold is left out.
fn as_header(text: &str) -> Option<HeaderValue> {
    let printable: String = text
        .chars()
        .filter(|character| character.is_ascii() && !character.is_ascii_control())
        .collect();
    HeaderValue::from_str(&printable).ok()
}

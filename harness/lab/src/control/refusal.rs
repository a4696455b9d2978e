//! Answers that are no success, and the form of all.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// An answer that is no success.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// What `error` says.
    pub(super) error: String,
    /// The methods of the path, where it has another.
    pub(super) allow: Option<HeaderValue>,
}

impl Refusal {
    pub(super) fn of(status: StatusCode, error: impl Into<String>) -> Self {
        Self {
            status,
            error: error.into(),
            allow: None,
        }
    }

    pub(super) fn bad_request(what: impl fmt::Display) -> Self {
        Self::of(StatusCode::BAD_REQUEST, what.to_string())
    }

    pub(super) fn answer(self) -> Response<Bytes> {
        let mut answer = json_answer(self.status, &json!({ "error": self.error }));
        if let Some(methods) = self.allow {
            answer.headers_mut().insert(header::ALLOW, methods);
        }
        answer
    }
}

/// An answer of JSON.
pub(super) fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

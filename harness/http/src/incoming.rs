//! A request as a server gets it, and what a server is.

use std::net::SocketAddr;

use authlab_kernel::{Sequence, Timestamp};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use thiserror::Error;

/// A request, read to its end.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The method.
    pub method: Method,
    /// The request target as it was sent: `//`, dot segments and percent-encoding stand as they
    /// were, because signatures are made over them. Scheme and authority are present only when the
    /// client sent the absolute form (RFC 9112, section 3.2.2).
    pub uri: Uri,
    /// The headers. [`authlab_kernel::outbound::CAUSE_HEADER`] has been taken off.
    pub headers: HeaderMap,
    /// The whole body, at most [`crate::Limits::body_bytes_max`] long.
    pub body: Bytes,
    /// Who connected.
    pub peer: SocketAddr,
    /// The event because of which the request was made, when a component of the lab made it.
    pub cause: Option<Sequence>,
}

impl Incoming {
    /// The host and port that the client addressed: the authority of an absolute request target,
    /// else the `Host` header (RFC 9112, section 3.2.2).
    pub fn host(&self) -> Option<&str> {
        let of_target = self.uri.authority().map(http::uri::Authority::as_str);
        of_target.or_else(|| self.header(&header::HOST))
    }

    /// The first value of a header, if it is text.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Why a request never reached its server. The server words the answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Rejection {
    /// The body is longer than the server reads: 413.
    #[error("the body is longer than {limit_bytes} bytes")]
    BodyTooLarge {
        /// How much the server reads.
        limit_bytes: usize,
    },
    /// The header section is longer than the server reads: 431.
    #[error("the header section is too large")]
    HeadersTooLarge,
    /// The request cannot be read: 400.
    #[error("the request is malformed: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The client stopped sending in the middle of the body: 408.
    #[error("the body did not arrive in time")]
    BodyTimeout,
}

impl Rejection {
    /// The HTTP status that fits, for protocols that have no other view of it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Malformed { .. } => StatusCode::BAD_REQUEST,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

/// A server of the lab, without its port.
pub trait Service: Send + Sync + 'static {
    /// Answers one request.
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>>;

    /// Words the answer to a request that could not be read, in the server's own protocol: a 4xx.
    fn reject(&self, rejection: Rejection) -> Response<Bytes>;

    /// The answer when [`Service::call`] panicked: a bug of the lab, never the client's fault.
    fn broken(&self) -> Response<Bytes> {
        plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the server broke while answering: a bug in authlab",
        )
    }

    /// What the server's `date` header shows: its clock. `None` leaves the header out. The
    /// machine's date is never sent: clients would correct their clock by it.
    fn now(&self) -> Option<Timestamp> {
        None
    }
}

/// An answer of plain text.
fn plain(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

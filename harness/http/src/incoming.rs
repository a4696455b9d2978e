//! A request as a server gets it, and what a server is.

use std::net::SocketAddr;

use authlab_kernel::{Sequence, Timestamp};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use thiserror::Error;

use crate::address::normal_host;
use crate::evidence::Reason;
use crate::hop::Hop;
use crate::spelling::Spelling;

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
    /// How the names of the headers were spelled, where that is known.
    pub spelling: Option<Spelling>,
    /// The whole body, at most [`crate::Limits::body_bytes_max`] long.
    pub body: Bytes,
    /// Who connected.
    pub peer: SocketAddr,
    /// The event because of which the request was made, when a component of the lab made it.
    pub cause: Option<Sequence>,
    /// What that component's call is for; `None` for a request from anybody else.
    pub hop: Option<Hop>,
}

/// What a request says in a header. Unreadable is not absent, and of several none counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// It is not there.
    Absent,
    /// It is there once, and it is text.
    Text(&'a str),
    /// It is there once, and holds something else than visible ASCII characters and blanks.
    Unreadable,
    /// It is there more than once.
    Several,
}

impl<'a> Field<'a> {
    /// Reads the field `name` of `headers`.
    pub fn of(headers: &'a HeaderMap, name: impl header::AsHeaderName) -> Self {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(_), Some(_)) => Self::Several,
            (Some(value), None) => value.to_str().map_or(Self::Unreadable, Self::Text),
        }
    }

    /// The text, where absent counts as `None`.
    ///
    /// # Errors
    /// What is wrong with it: that it is unreadable, or there several times.
    pub fn text(self) -> Result<Option<&'a str>, &'static str> {
        match self {
            Self::Absent => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::Unreadable => Err("cannot be read"),
            Self::Several => Err("is there more than once"),
        }
    }
}

impl Incoming {
    /// Every header, its name as it was sent where that is known, else in lower case.
    pub fn spelled_headers(&self) -> impl Iterator<Item = (&str, &HeaderValue)> {
        self.headers.keys().flat_map(move |name| {
            let values = self.headers.get_all(name).iter().enumerate();
            values.map(move |(index, value)| {
                let spelling = self.spelling.as_ref();
                let spelled = spelling.and_then(|it| it.of_value(name, index));
                (spelled.unwrap_or(name.as_str()), value)
            })
        })
    }

    /// The host and port that the client addressed: the authority of an absolute request target,
    /// else the `Host` header (RFC 9112, section 3.2.2).
    pub fn host(&self) -> Option<&str> {
        let of_target = self.uri.authority().map(http::uri::Authority::as_str);
        of_target.or_else(|| self.header(&header::HOST))
    }

    /// The name in [`Incoming::host`]: in lower case, without the port and without the dot of the root.
    pub fn host_name(&self) -> Option<String> {
        let authority: http::uri::Authority = self.host()?.parse().ok()?;
        Some(normal_host(authority.host()))
    }

    /// What a header says, for everything that guards something.
    pub fn field(&self, name: impl header::AsHeaderName) -> Field<'_> {
        Field::of(&self.headers, name)
    }

    /// The first value of a header, if it is text: for what decides nothing. Where a decision hangs
    /// on it, [`Incoming::field`] tells what is unreadable or there twice from what is absent.
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
    /// The `Host` is no name of this port: 403.
    #[error(
        "the Host `{host}` is no name of this port: call it by 127.0.0.1 or localhost, or start the \
         lab with `--allow-host {host}`"
    )]
    ForeignHost {
        /// What was named, cut.
        host: String,
    },
    /// A page of another origin sent it: 403.
    #[error(
        "the Origin `{origin}` is foreign: pages of other origins may not call the lab, unless it \
         is started with `--allow-origin ORIGIN`"
    )]
    ForeignOrigin {
        /// What was sent, cut; why it cannot be read, where it cannot.
        origin: String,
    },
    /// A browser sent it for a page of another site, and without an `Origin` to be let in by: 403.
    #[error(
        "Sec-Fetch-Site is `{site}`: a browser sent this for a page of another site, which may not \
         call the lab, unless it is started with `--allow-origin ORIGIN` and the page sends its Origin"
    )]
    CrossSite {
        /// What the browser said, cut.
        site: String,
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
            Self::ForeignHost { .. } | Self::ForeignOrigin { .. } | Self::CrossSite { .. } => {
                StatusCode::FORBIDDEN
            }
        }
    }

    /// The reason in the journal.
    pub fn reason(&self) -> Reason {
        match self {
            Self::BodyTooLarge { .. } => Reason::BodyTooLarge,
            Self::HeadersTooLarge => Reason::HeadersTooLarge,
            Self::Malformed { .. } => Reason::MalformedRequest,
            Self::BodyTimeout => Reason::BodyTimeout,
            Self::ForeignHost { .. } => Reason::ForeignHost,
            Self::ForeignOrigin { .. } => Reason::ForeignOrigin,
            Self::CrossSite { .. } => Reason::CrossSite,
        }
    }
}

/// A server of the lab, without its port.
pub trait Service: Send + Sync + 'static {
    /// Answers one request.
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>>;

    /// Words the answer to a request that could not be read, in the server's own protocol: a 4xx.
    fn reject(&self, rejection: Rejection) -> Response<Bytes>;

    /// Words the answer to a request that a port turns away because of its Host or its Origin; its
    /// body was not read and stands empty. As [`Service::reject`] words it, unless one port speaks
    /// several protocols.
    fn turn_away(&self, _incoming: &Incoming, rejection: Rejection) -> Response<Bytes> {
        self.reject(rejection)
    }

    /// Whether pages of other origins are this server's own affair for such a request: then it answers
    /// preflights and says who may read. Else the port does both, for guests alone.
    fn answers_pages(&self, _incoming: &Incoming) -> bool {
        false
    }

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

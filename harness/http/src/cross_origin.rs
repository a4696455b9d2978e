//! What a page of a guest may read: the answers of the CORS protocol (Fetch standard, section
//! "CORS protocol") that a port gives for an origin which its gate lets in, and for no other.
//!
//! The origin that asked is named, never `*`, and no credentials of the browser are asked for: a lab
//! knows none. What the page may send is what it asks to send: whether it does any good is decided
//! by the request itself.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use crate::incoming::{Field, Incoming};

/// For how long a browser need not ask again, in seconds.
const MAX_AGE_SECONDS: u32 = 600;

/// What Chrome asks and is told where a page of the network calls this machine (Private Network
/// Access, sections 3.1 and 3.2).
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// A page that was let in, by its origin as the browser sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guest(pub(crate) HeaderValue);

impl Guest {
    /// The answer to a preflight; `None` when the request is none.
    pub(crate) fn preflight(&self, incoming: &Incoming) -> Option<Response<Bytes>> {
        let method = incoming.field(header::ACCESS_CONTROL_REQUEST_METHOD);
        if incoming.method != Method::OPTIONS || method == Field::Absent {
            return None;
        }
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        let wishes = [
            (
                header::ACCESS_CONTROL_REQUEST_METHOD,
                header::ACCESS_CONTROL_ALLOW_METHODS,
            ),
            (
                header::ACCESS_CONTROL_REQUEST_HEADERS,
                header::ACCESS_CONTROL_ALLOW_HEADERS,
            ),
        ];
        for (asked, allowed) in wishes {
            // What is no list of names is not granted, and the browser sends nothing.
            if let Field::Text(names) = incoming.field(&asked)
                && is_list(names)
                && let Ok(names) = HeaderValue::from_str(names)
            {
                headers.insert(allowed, names);
            }
            vary(headers, &asked);
        }
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from(MAX_AGE_SECONDS),
        );
        if incoming.field(REQUEST_PRIVATE_NETWORK) == Field::Text("true") {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        self.name_origin(headers);
        Some(response)
    }

    /// Lets the page read an answer and its headers.
    pub(crate) fn let_read(&self, headers: &mut HeaderMap) {
        let any = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, any);
        self.name_origin(headers);
    }

    fn name_origin(&self, headers: &mut HeaderMap) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.0.clone());
        vary(headers, &header::ORIGIN);
    }
}

/// Says that the answer depends on this header, too.
fn vary(headers: &mut HeaderMap, on: &HeaderName) {
    headers.append(header::VARY, HeaderValue::from(on.clone()));
}

/// Whether a text is a list of names, as RFC 9110, section 5.6.2, has them (`token`).
fn is_list(text: &str) -> bool {
    let is_token = |name: &str| {
        let of_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !name.is_empty() && name.bytes().all(of_token)
    };
    text.split(',').all(|name| is_token(name.trim()))
}

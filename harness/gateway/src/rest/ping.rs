//! `/ping` and `/sping`, which every REST API answers by itself, whatever its stages (reference section 3.12).

use authlab_http::Incoming;
use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};

use crate::address::Address;

/// The paths. No stage has such a name.
const PATHS: [&str; 2] = ["/ping", "/sping"];

/// Whether a request asks at the API's own host.
pub(crate) fn is_asked(incoming: &Incoming, address: &Address) -> bool {
    let is_host = address.stage.is_none() && address.reached.is_none();
    is_host && incoming.method == Method::GET && PATHS.contains(&address.path.as_str())
}

/// `healthy` (unverified, as is the content type).
pub(crate) fn answer() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"healthy"));
    let text = HeaderValue::from_static("text/plain");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}

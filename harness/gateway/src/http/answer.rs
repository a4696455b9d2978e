//! Answers that the gateway words by itself.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

/// `{"message":"…"}`, the body of every refusal of an HTTP API.
pub(crate) fn message(status: StatusCode, text: &str) -> Response<Bytes> {
    let body = serde_json::json!({ "message": text }).to_string();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

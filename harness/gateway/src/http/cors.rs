//! Cross-origin answers that an HTTP API gives by itself (API Gateway developer guide,
//! `http-api-cors.html`): preflights that no route takes are answered, and what an integration says
//! about origins is replaced.

use authlab_http::Incoming;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use crate::deployment::Cors;

/// The method that a browser asks leave for, if the request is a preflight.
pub(crate) fn asked_for(incoming: &Incoming) -> Option<&str> {
    let is_options = incoming.method == Method::OPTIONS;
    is_options.then(|| incoming.header(header::ACCESS_CONTROL_REQUEST_METHOD))?
}

/// The answer to a preflight, if the request is one and the API answers them.
pub(crate) fn preflight(cors: &Cors, incoming: &Incoming) -> Option<Response<Bytes>> {
    asked_for(incoming)?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    if origin_headers(cors, incoming.header(header::ORIGIN), headers) {
        preflight_headers(cors, headers);
    }
    Some(response)
}

/// What a browser may ask for.
fn preflight_headers(cors: &Cors, headers: &mut HeaderMap) {
    list(
        headers,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        &cors.allow_methods,
    );
    list(
        headers,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        &cors.allow_headers,
    );
    if let Some(seconds) = cors.max_age_seconds {
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(seconds));
    }
}

/// Sets the headers of an answer that a route gave, or that refuses. A preflight that a route took is told
/// what a browser may ask for (unverified).
pub(crate) fn decorate(cors: &Cors, incoming: &Incoming, headers: &mut HeaderMap) {
    let Some(origin) = incoming.header(header::ORIGIN) else {
        return;
    };
    for name in [
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
    ] {
        headers.remove(name);
    }
    if origin_headers(cors, Some(origin), headers) {
        list(
            headers,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            &cors.expose_headers,
        );
        if asked_for(incoming).is_some() {
            preflight_headers(cors, headers);
        }
    }
}

/// Whether the origin may read the answer, with the headers that say so.
fn origin_headers(cors: &Cors, origin: Option<&str>, headers: &mut HeaderMap) -> bool {
    let Some(origin) = origin else { return false };
    let any = cors.allow_origins.iter().any(|allowed| allowed == "*");
    let named = cors.allow_origins.iter().any(|allowed| {
        allowed == origin
            || allowed
                .strip_suffix('*')
                .is_some_and(|scheme| scheme.ends_with("://") && origin.starts_with(scheme))
    });
    if !any && !named {
        return false;
    }
    let shown = if any { "*" } else { origin };
    if let Ok(shown) = HeaderValue::from_str(shown) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, shown);
    }
    if cors.allow_credentials {
        let allowed = HeaderValue::from_static("true");
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, allowed);
    }
    true
}

fn list(headers: &mut HeaderMap, name: HeaderName, items: &[String]) {
    if let (false, Ok(value)) = (items.is_empty(), HeaderValue::from_str(&items.join(","))) {
        headers.insert(name, value);
    }
}

//! Wording answers.

use bytes::Bytes;
use http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Answer;
use crate::flavour::Flavour;
use crate::request::Operation;
use crate::response::{Envelope, Response, error_body, one_error};
use crate::router::Ending;

/// Endpoints that repeat the content of `data` beside it, for old clients.
fn is_flat(path: &str) -> bool {
    const EXACT: [&str; 7] = [
        "sys/mounts",
        "sys/auth",
        "sys/audit",
        "sys/policy",
        "sys/key-status",
        "sys/ha-status",
        "sys/remount",
    ];
    const BELOW: [&str; 7] = [
        "sys/mounts/",
        "sys/auth/",
        "sys/audit/",
        "sys/audit-hash/",
        "sys/policy/",
        "sys/capabilities",
        "sys/config/",
    ];
    EXACT.contains(&path) || BELOW.iter().any(|prefix| path.starts_with(prefix))
}

/// The body of an answer.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Body<'a> {
    /// The envelope.
    Envelope(Envelope<'a>),
    /// A body of the answer's own.
    Own(&'a Value),
    /// What had to be put together.
    Made(Value),
}

/// The status and the body of an answer.
pub(crate) fn worded(ending: &Ending, flavour: Flavour) -> (u16, Option<Body<'_>>) {
    let request = &ending.request;
    let empty = || (404, Some(Body::Made(error_body(None))));
    match &ending.result {
        Err(refusal) => {
            let message = refusal.message.as_ref().map(|message| {
                if refusal.wrapped && !ending.login {
                    one_error(message)
                } else {
                    message.clone()
                }
            });
            let body = error_body(message.as_deref());
            (refusal.status, Some(Body::Made(body)))
        }
        Ok(None) => match request.operation {
            Operation::Read | Operation::List | Operation::Scan => empty(),
            _ => (204, None),
        },
        Ok(Some(response)) => {
            let status = response.status.unwrap_or(200);
            if response.bodiless {
                return (status, None);
            }
            if let Some(raw) = &response.raw {
                return (status, Some(Body::Own(raw)));
            }
            let nothing = response.data.as_ref().is_none_or(Map::is_empty);
            let bare = nothing && response.warnings.is_empty() && response.wrap_info.is_none();
            if request.operation == Operation::List && bare && response.status.is_none() {
                return empty();
            }
            (status, Some(enveloped(ending, response, flavour)))
        }
    }
}

fn enveloped<'a>(ending: &'a Ending, response: &'a Response, flavour: Flavour) -> Body<'a> {
    let mut envelope = response.envelope(&ending.request.id);
    envelope.mount_type = flavour
        .rules()
        .mount_type
        .then_some(ending.mount_kind.as_str());
    let Some(data) = response
        .data
        .as_ref()
        .filter(|_| is_flat(&ending.request.path))
    else {
        return Body::Envelope(envelope);
    };
    let mut flat = envelope.to_value();
    if let Some(members) = flat.as_object_mut() {
        members.extend(data.clone());
    }
    Body::Made(flat)
}

/// An answer in JSON, ended by a line feed; without a body where there is none.
pub(crate) fn json_answer<B: Serialize>(status: u16, body: Option<&B>) -> Answer {
    let bytes = body.map_or_else(Bytes::new, |body| {
        let mut bytes = serde_json::to_vec(body).unwrap_or_default();
        bytes.push(b'\n');
        Bytes::from(bytes)
    });
    let mut answer = HttpResponse::new(bytes);
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// A refusal of what could not be read.
pub(super) fn refused(status: u16, message: &str) -> Box<Answer> {
    Box::new(json_answer(status, Some(&error_body(Some(message)))))
}

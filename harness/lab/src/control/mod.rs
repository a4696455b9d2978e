//! The lab's own API, on a port of its own: what no public API of the simulated systems offers.
//!
//! | request | body or query | answer |
//! |---|---|---|
//! | `GET /_lab/health` | | `{"status":"ready"}` |
//! | `GET /_lab/clock` | | `{"now","running"}` |
//! | `POST /_lab/clock` | `{"advance_seconds":n}`, `{"set":"<rfc3339>"}` or `{"component","offset_seconds"}` | the same, once everything that fell due has happened |
//! | `GET /_lab/journal` | `?request_id=`, `?since=` | JSON lines |
//! | `POST /_lab/reset` | | `{"now","running"}` of the start |
//! | `POST /_lab/oidc/token` | `{"issuer"?,"claims","ttl_seconds"?,"forge"?}` | `{"token"}` |
//!
//! A request that is wrong is answered with a 4xx and `{"error"}` that names the field; what no code
//! reads (another parameter, a member, one that is given twice) is such an error. The same body comes
//! with 500 when a reset fails, 502 when Vault's audit log cannot be read, and 503 while the lab stops.
//! The port's gate ([`authlab_http::Gate::own`])
//! lets in only who names loopback, whatever names the other ports were told to answer, and of foreign
//! pages only those of an origin that the lab was told to allow: no other page in a browser and no
//! rebound DNS name reaches it.

mod body;

use std::sync::Weak;

use authlab_http::{Field, Incoming, Rejection, Service};
use authlab_kernel::{Sequence, Timestamp};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use self::body::ClockMove;
use crate::running::Core;

/// The control port's server. It does not keep the lab alive.
pub(crate) struct Control {
    core: Weak<Core>,
}

/// An answer that is no success: the status and what `error` says.
struct Refusal(StatusCode, String);

impl Refusal {
    fn bad_request(what: impl std::fmt::Display) -> Self {
        Self(StatusCode::BAD_REQUEST, what.to_string())
    }
}

impl Control {
    pub(crate) fn new(core: Weak<Core>) -> Self {
        Self { core }
    }

    async fn answer(&self, incoming: Incoming) -> Result<Response<Bytes>, Refusal> {
        one_authorization(&incoming)?;
        let core = self.core.upgrade().ok_or_else(|| {
            Refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "the lab is stopping".to_owned(),
            )
        })?;
        let path = incoming.uri.path();
        let asked = Query::read(path, incoming.uri.query().unwrap_or_default())?;
        match (path, &incoming.method) {
            ("/_lab/health", &Method::GET) => {
                Ok(json_answer(StatusCode::OK, &json!({ "status": "ready" })))
            }
            ("/_lab/clock", &Method::GET) => Ok(clock_answer(&core)),
            ("/_lab/clock", &Method::POST) => {
                move_clock(&core, ClockMove::parse(&incoming.body)?).await?;
                Ok(clock_answer(&core))
            }
            ("/_lab/journal", &Method::GET) => {
                core.follow_audit().await.map_err(|error| {
                    Refusal(
                        StatusCode::BAD_GATEWAY,
                        format!("Vault's audit log: {error}"),
                    )
                })?;
                journal(&core, &asked)
            }
            ("/_lab/reset", &Method::POST) => {
                body::nothing(&incoming.body)?;
                core.reset().await.map_err(|error| {
                    Refusal(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
                })?;
                Ok(clock_answer(&core))
            }
            ("/_lab/oidc/token", &Method::POST) => {
                let request = body::mint_request(&incoming.body)?;
                let token = core.mint(&request).map_err(Refusal::bad_request)?;
                Ok(json_answer(StatusCode::OK, &json!({ "token": token })))
            }
            (
                "/_lab/health" | "/_lab/clock" | "/_lab/journal" | "/_lab/reset"
                | "/_lab/oidc/token",
                method,
            ) => Err(Refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("`{method}` is not a method of `{path}`"),
            )),
            _ => Err(Refusal(
                StatusCode::NOT_FOUND,
                format!(
                    "`{path}` is not here: give /_lab/health, /_lab/clock, /_lab/journal, \
                     /_lab/reset or /_lab/oidc/token"
                ),
            )),
        }
    }
}

impl Service for Control {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            self.answer(incoming)
                .await
                .unwrap_or_else(|Refusal(status, error)| {
                    json_answer(status, &json!({ "error": error }))
                })
        }
        .boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        json_answer(
            rejection.status(),
            &json!({ "error": rejection.to_string() }),
        )
    }

    fn now(&self) -> Option<Timestamp> {
        self.core.upgrade().map(|core| core.clock().now())
    }
}

/// Nothing here asks who calls; but a request of two callers is nobody's.
fn one_authorization(incoming: &Incoming) -> Result<(), Refusal> {
    match incoming.field(header::AUTHORIZATION) {
        Field::Several => Err(Refusal::bad_request(
            "the request has more than one Authorization header",
        )),
        Field::Absent | Field::Text(_) | Field::Unreadable => Ok(()),
    }
}

async fn move_clock(core: &Core, wanted: ClockMove) -> Result<(), Refusal> {
    match wanted {
        ClockMove::Advance(seconds) => {
            core.clock()
                .advance_seconds(seconds)
                .await
                .map_err(|error| Refusal::bad_request(format!("advance_seconds: {error}")))?;
        }
        ClockMove::Set(time) => {
            let set = core.clock().set(time).await;
            set.map_err(|error| Refusal::bad_request(format!("set: {error}")))?;
        }
        ClockMove::Offset(component, seconds) => {
            let set = core.clock().set_offset_seconds(component, seconds);
            set.map_err(|error| Refusal::bad_request(format!("offset_seconds: {error}")))?;
        }
    }
    core.record_clock_move(&wanted.evidence());
    Ok(())
}

/// What a query asks for: only the journal can be asked for less than all.
#[derive(Default)]
struct Query {
    request_id: Option<String>,
    since: Option<Sequence>,
}

impl Query {
    fn read(path: &str, query: &str) -> Result<Self, Refusal> {
        let known: &[&str] = match path {
            "/_lab/journal" => &["request_id", "since"],
            _ => &[],
        };
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let again = match known.iter().find(|known| **known == name) {
                Some(&"request_id") => asked.request_id.replace(value.into_owned()).is_some(),
                Some(_) => {
                    let number = value.parse().map_err(|_| {
                        Refusal::bad_request(format!("since: `{value}` is no event's number"))
                    })?;
                    asked.since.replace(number).is_some()
                }
                None => {
                    let what = match known {
                        [] => "`".to_owned() + path + "` takes no parameters",
                        _ => format!("give {}", known.join(" or ")),
                    };
                    return Err(Refusal::bad_request(format!(
                        "`{name}` is not known: {what}"
                    )));
                }
            };
            if again {
                return Err(Refusal::bad_request(format!("{name}: is given twice")));
            }
        }
        Ok(asked)
    }
}

fn journal(core: &Core, asked: &Query) -> Result<Response<Bytes>, Refusal> {
    let since = asked.since.unwrap_or(0);
    let events = match &asked.request_id {
        Some(id) => core.journal().events_of_request(id),
        None => core.journal().events_since(since),
    };
    let mut lines = Vec::new();
    for event in events.iter().filter(|event| event.seq > since) {
        // An event is plain data: it always serializes.
        if serde_json::to_writer(&mut lines, &**event).is_ok() {
            lines.push(b'\n');
        }
    }
    let mut response = Response::new(Bytes::from(lines));
    let kind = header::HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

fn clock_answer(core: &Core) -> Response<Bytes> {
    let clock = core.clock();
    let answer = json!({ "now": clock.now(), "running": clock.is_running() });
    json_answer(StatusCode::OK, &answer)
}

fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests;

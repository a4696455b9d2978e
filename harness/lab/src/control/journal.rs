//! The journal over HTTP: at once, or as soon as there is something to tell.

use std::sync::Arc;
use std::time::Duration;

use authlab_kernel::{Event, Sequence};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::Refusal;
use super::route::{Answer, Asked};
use crate::running::Core;

/// The parameters of the route.
pub(super) const PARAMETERS: &[&str] = &["request_id", "since", "limit", "wait_ms"];

/// How long a request may wait, in milliseconds. Somebody waits at the other end, so that it is the
/// machine's time that counts.
const WAIT_MS_MAX: u64 = 60_000;

/// The events that were asked for, as JSON lines.
pub(super) async fn read(asked: Asked<'_>) -> Answer {
    let wait_ms = asked.query.wait_ms.unwrap_or(0);
    if wait_ms > WAIT_MS_MAX {
        let what = format!("wait_ms: `{wait_ms}` is too long: give {WAIT_MS_MAX} or less");
        return Err(Refusal::bad_request(what));
    }
    follow_audit(asked.core).await?;
    let found = events(&asked);
    if !found.is_empty() || wait_ms == 0 {
        return Ok(lines(&found));
    }
    // Its place is free again when the wait ends, also because the client went away.
    let Some(_place) = asked.core.recorded().place() else {
        return Err(Refusal::of(
            StatusCode::SERVICE_UNAVAILABLE,
            "wait_ms: too many requests wait already: end one of them",
        ));
    };
    let found = tokio::time::timeout(Duration::from_millis(wait_ms), next(&asked)).await;
    Ok(lines(&found.unwrap_or_default()))
}

/// The events that were asked for, as soon as there are any; none when the journal is emptied.
async fn next(asked: &Asked<'_>) -> Vec<Arc<Event>> {
    let mut recorded = asked.core.recorded().of(asked.core.journal());
    let beginning = recorded.borrow().resets;
    loop {
        // Marked as seen before it is looked: what is recorded in between wakes at once.
        let is_other = recorded.borrow_and_update().resets != beginning;
        let found = events(asked);
        if is_other {
            return Vec::new();
        }
        if !found.is_empty() || recorded.changed().await.is_err() {
            return found;
        }
    }
}

fn events(asked: &Asked<'_>) -> Vec<Arc<Event>> {
    let since: Sequence = asked.query.since.unwrap_or(0);
    let journal = asked.core.journal();
    let mut found = match &asked.query.request_id {
        Some(id) => journal.events_of_request(id),
        None => journal.events_since(since),
    };
    found.retain(|event| event.seq > since);
    if let Some(limit) = asked.query.limit {
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    found
}

async fn follow_audit(core: &Core) -> Result<(), Refusal> {
    core.follow_audit().await.map_err(|error| {
        Refusal::of(
            StatusCode::BAD_GATEWAY,
            format!("Vault's audit log: {error}"),
        )
    })
}

fn lines(events: &[Arc<Event>]) -> Response<Bytes> {
    let mut lines = Vec::new();
    for event in events {
        // An event is plain data: it always serializes.
        if serde_json::to_writer(&mut lines, &**event).is_ok() {
            lines.push(b'\n');
        }
    }
    let mut response = Response::new(Bytes::from(lines));
    let kind = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

//! The journal over HTTP: at once, or as soon as there is something to tell.

use std::sync::Arc;
use std::time::Duration;

use authlab_kernel::{Event, Journal, Sequence};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::asked::{Answer, Asked};
use super::query::Query;
use super::refusal::Refusal;
use crate::running::{Core, Recorded};

/// The parameters of the route.
pub(super) const PARAMETERS: &[&str] = &[
    "request_id",
    "chain_of",
    "trace_id",
    "component",
    "outcome",
    "since",
    "limit",
    "last",
    "wait_ms",
];

/// How long a request may wait, in milliseconds. Somebody waits at the other end, so that it is the
/// machine's time that counts.
const WAIT_MS_MAX: u64 = 60_000;

/// The events that were asked for, as JSON lines.
pub(super) async fn read(asked: Asked<'_>) -> Answer {
    check(&asked.query)?;
    follow_audit(asked.core).await?;
    answer(asked.core.journal(), asked.core.recorded(), &asked.query).await
}

/// What contradicts itself, or would wait too long.
fn check(query: &Query) -> Result<(), Refusal> {
    let wait_ms = query.wait_ms.unwrap_or(0);
    if wait_ms > WAIT_MS_MAX {
        let what = format!("wait_ms: `{wait_ms}` is too long: give {WAIT_MS_MAX} or less");
        return Err(Refusal::bad_request(what));
    }
    for (one, other, is_both) in [
        (
            "request_id",
            "chain_of",
            query.request_id.is_some() && query.chain_of.is_some(),
        ),
        (
            "limit",
            "last",
            query.limit.is_some() && query.last.is_some(),
        ),
    ] {
        if is_both {
            let what = format!("{one}: stands beside {other}: give one of them");
            return Err(Refusal::bad_request(what));
        }
    }
    Ok(())
}

/// The events of a journal that were asked for, at once or once there are some.
pub(super) async fn answer(journal: &Journal, recorded: &Recorded, query: &Query) -> Answer {
    check(query)?;
    let found = events(journal, query);
    let wait_ms = query.wait_ms.unwrap_or(0);
    if !found.is_empty() || wait_ms == 0 {
        return Ok(lines(&found));
    }
    // Its place is free again when the wait ends, also because the client went away.
    let Some(_place) = recorded.place() else {
        return Err(Refusal::of(
            StatusCode::SERVICE_UNAVAILABLE,
            "wait_ms: too many requests wait already: end one of them",
        ));
    };
    let next = next(journal, recorded, query);
    let found = tokio::time::timeout(Duration::from_millis(wait_ms), next).await;
    Ok(lines(&found.unwrap_or_default()))
}

/// The events that were asked for, as soon as there are any; none when the journal is emptied.
async fn next(journal: &Journal, recorded: &Recorded, query: &Query) -> Vec<Arc<Event>> {
    let mut recorded = recorded.of(journal);
    let beginning = recorded.borrow().resets;
    loop {
        // Marked as seen before it is looked: what is recorded in between wakes at once.
        let is_other = recorded.borrow_and_update().resets != beginning;
        let found = events(journal, query);
        if is_other {
            return Vec::new();
        }
        if !found.is_empty() || recorded.changed().await.is_err() {
            return found;
        }
    }
}

fn events(journal: &Journal, query: &Query) -> Vec<Arc<Event>> {
    let since: Sequence = query.since.unwrap_or(0);
    let mut found = match (&query.request_id, &query.chain_of) {
        (Some(id), _) => journal.events_of_request(id),
        (None, Some(id)) => journal.chain_of(id),
        (None, None) => journal.events_since(since),
    };
    found.retain(|event| event.seq > since && is_asked_for(event, query));
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let Some(limit) = query.limit {
        found.truncate(count(limit));
    }
    if let Some(last) = query.last {
        let first = found.len().saturating_sub(count(last));
        found.drain(..first);
    }
    found
}

fn is_asked_for(event: &Event, query: &Query) -> bool {
    let trace = query.trace_id.as_deref();
    let outcomes = query.outcome.as_deref();
    trace.is_none_or(|trace| event.trace_id.as_deref() == Some(trace))
        && query
            .component
            .is_none_or(|component| event.is_by(component))
        && outcomes.is_none_or(|outcomes| outcomes.contains(&event.outcome))
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

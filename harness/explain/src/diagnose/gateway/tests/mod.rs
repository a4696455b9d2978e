//! Each class is found by the evidence of its cause, says both sides, and mends nothing by taking a check away.

use authlab_gateway::evidence::Reason;
use authlab_kernel::{Clock, Component, Event, EventDraft, Journal};
use serde_json::{Value, json};

use crate::case::Case;
use crate::diagnose::{Diagnosis, all};

mod address;
mod authorizer;
mod claim;
mod credential;
mod integration;
mod usage;

/// The diagnosis of a refusal of the gateway's, which follows from these events of its own.
fn diagnosis(
    before: &[(&'static str, Value)],
    kind: &'static str,
    reason: Reason,
    told: Value,
) -> Diagnosis {
    let journal = Journal::new(Clock::standing("2026-01-15T12:00:00Z".parse().unwrap()));
    for (kind, told) in before {
        journal.record(EventDraft::new(Component::Gateway, kind).detail(told.clone()));
    }
    journal.record(
        EventDraft::new(Component::Gateway, kind)
            .detail(told)
            .refused(reason),
    );
    let events: Vec<Event> = journal
        .events_since(0)
        .iter()
        .map(|event| (**event).clone())
        .collect();
    let last = events.last().map(|event| event.seq);
    all(&Case::new(&events, last)).swap_remove(0)
}

/// A row: the class, a piece of the cause and a piece of the fix.
type Row = (&'static str, &'static str, &'static str);

/// What no fix of the gateway's may say: it would take a check away (or is what only the lab knows).
const FORBIDDEN: [&str; 9] = [
    "wildcard",
    "`NONE`",
    "disable the authorizer",
    "remove the scope",
    "without a scope",
    "leeway of",
    "let the condition",
    "{port}",
    "add the audience",
];

fn check(found: &Diagnosis, (class, cause, fix): Row) {
    assert_eq!(found.class, class, "{found:?}");
    assert!(found.cause.contains(cause), "{class}: {}", found.cause);
    assert!(found.fix.contains(fix), "{class}: {}", found.fix);
    for phrase in FORBIDDEN {
        assert!(!found.fix.contains(phrase), "{class}: {}", found.fix);
    }
}

fn judged(issuer: (&str, Value), audience: (&[&str], Value), claims: Value) -> Value {
    json!({
        "type": "JWT",
        "authorizer": "corp",
        "token": {"kind": "jwt", "header": {"kid": "k"}, "claims": claims, "fingerprint": "f"},
        "issuer": {"configured": issuer.0, "token": issuer.1},
        "audience": {"configured": audience.0, "token": audience.1, "client_id": claims.get("client_id")},
    })
}

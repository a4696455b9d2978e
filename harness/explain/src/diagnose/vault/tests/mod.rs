//! Each class is found by the evidence of its cause, and by no other.

mod absent;
mod aws;
mod jwt;
mod policies;
mod tokens;

use std::collections::BTreeSet;

use authlab_kernel::{Clock, Component, EventDraft, Journal};
use authlab_vault::evidence::Request;
use serde_json::{Value, json};

use super::super::{Diagnosis, all};
use super::TABLES;
use crate::case::Case;

/// The reason, what the request tells, the class, and what its cause says.
type Row = (&'static str, Value, &'static str, &'static str);

/// A value with these members beside its own.
fn with(mut value: Value, more: Value) -> Value {
    let members = more.as_object().cloned().unwrap();
    value.as_object_mut().unwrap().extend(members);
    value
}

/// The most specific diagnosis of a request of Vault's that tells this beside method, path and status.
fn diagnosis(reason: &'static str, more: &Value) -> Option<Diagnosis> {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let mut detail =
        json!({"method": "update", "path": "auth/x/login", "mount": "auth/x/", "status": 403});
    let members = more.as_object().cloned().unwrap();
    detail.as_object_mut().unwrap().extend(members);
    let draft = EventDraft::new(Component::Vault, "request");
    journal.record(draft.refused(reason).detail(detail));
    let event = (*journal.events_since(0)[0]).clone();
    let read = event.read::<Request>().unwrap();
    let carries = more.get("because").is_some();
    assert_eq!(read.because.is_some(), carries, "{}", event.detail);
    all(&Case::new(&[event], Some(1))).into_iter().next()
}

fn because(what: &str, more: Value) -> Value {
    let because = with(json!({ "what": what }), more);
    json!({ "because": because })
}

fn ended(end: &str, life: Value) -> Value {
    let whole = with(
        json!({
            "issued_at": "2026-01-01T00:00:00Z", "ttl_seconds": 300, "kind": "service", "renewable": true,
        }),
        life,
    );
    json!({"creation_path": "auth/jwt/login", (end): "2026-01-01T00:05:00Z", "life": whole})
}

#[test]
fn the_evidence_of_a_refusal_names_the_class_and_stands_in_the_cause() {
    let mut found = BTreeSet::new();
    let rows = [
        policies::rows(),
        tokens::rows(),
        jwt::rows(),
        aws::rows(),
        absent::rows(),
    ];
    for (reason, detail, class, cause) in rows.into_iter().flatten() {
        let first = diagnosis(reason, &detail).unwrap_or_else(|| panic!("{class}: none"));
        assert_eq!(first.class, class, "{}", first.cause);
        assert!(first.cause.contains(cause), "{class}: {}", first.cause);
        found.insert(class);
    }
    let classes = TABLES
        .into_iter()
        .flatten()
        .chain(super::aws::FIRST)
        .map(|entry| entry.class);
    let untried: Vec<&str> = classes.filter(|class| !found.contains(class)).collect();
    assert!(untried.is_empty(), "without a row: {untried:?}");
}

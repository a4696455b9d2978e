//! Names and accessors of nothing, what could not be ended, and what a server behind the lab does not say.

use authlab_kernel::{Clock, Component, EventDraft, Journal};
use authlab_vault::evidence::{LeaseNotRevoked, Reason};
use serde_json::{Value, json};

use super::super::super::all;
use super::{Row, because, ended, with};
use crate::case::Case;

fn missing(more: Value) -> Value {
    let named = json!({"thing": "password policy", "name": "shrot"});
    because("missing", with(named, more))
}

fn accessor(of: &str, form: &str, more: Value) -> Value {
    because("accessor", with(json!({"of": of, "form": form}), more))
}

fn unseen(more: Value, beside: Value) -> Value {
    let unseen = with(json!({"is_looked_up": true}), more);
    with(because("unseen", unseen), beside)
}

fn revocation(more: Value) -> Value {
    let failed = json!({"lease_id": "db/creds/app/1", "mount": "db/", "attempts": 2, "error": "no such host",
        "engine": "database", "creation_path": "db/creds/app", "again_at": "2026-01-01T00:00:20Z"});
    because("revocation", with(failed, more))
}

pub(super) fn rows() -> Vec<Row> {
    let rule = json!({"rule": "secret/*", "rule_policies": ["app"], "capabilities": ["read"],
        "policies": ["app", "default"]});
    vec![
        (
            "not-found",
            missing(json!({"is_removed": true})),
            "vault-path-removed",
            "`auth/x/login` was a path",
        ),
        (
            "not-found",
            missing(json!({"near": ["short"]})),
            "vault-name-misspelt",
            "no password policy `shrot`; nearly that are `short`",
        ),
        (
            "not-found",
            missing(json!({"known": ["long"]})),
            "vault-name-unknown",
            "there are `long`",
        ),
        (
            "not-found",
            unseen(json!({}), json!({"message": "no value found"})),
            "vault-nothing-there",
            "404: `no value found`",
        ),
        (
            "accessor-unknown",
            accessor("token", "secret", json!({})),
            "vault-secret-as-accessor",
            "is a token itself",
        ),
        (
            "accessor-unknown",
            accessor(
                "token",
                "other",
                json!({"ended": ended("revoked_at", json!({})), "near": "a1"}),
            ),
            "vault-accessor-ended",
            "was revoked at `2026-01-01T00:05:00Z`",
        ),
        (
            "accessor-unknown",
            accessor(
                "secret-id",
                "other",
                json!({"role": "app", "owner": "other"}),
            ),
            "vault-accessor-other-role",
            "names the role `app`, and the secret id of the accessor is one of `other`",
        ),
        (
            "accessor-unknown",
            accessor("token", "other", json!({"near": "a1"})),
            "vault-accessor-misspelt",
            "`a1` is there",
        ),
        (
            "accessor-unknown",
            accessor("secret-id", "other", json!({"role": "app"})),
            "vault-accessor-unknown",
            "no secret id that is there",
        ),
        (
            "lease-not-revoked",
            revocation(json!({"target": "pg"})),
            "vault-lease-system-refused",
            "failed for the 2nd time, by its connection `pg`: no such host",
        ),
        (
            "lease-not-revoked",
            revocation(json!({})),
            "vault-lease-engine-refused",
            "the engine `database` at `db/` was to end the lease `db/creds/app/1`",
        ),
        (
            "permission-denied",
            unseen(json!({"is_looked_up": false}), json!({})),
            "vault-token-not-looked-up",
            "the update of `auth/x/login`",
        ),
        (
            "permission-denied",
            unseen(json!({"unread": ["team"]}), json!({"policies": ["team"]})),
            "vault-policy-not-read",
            "could not read `team`",
        ),
        (
            "permission-denied",
            unseen(json!({}), rule),
            "vault-denied-beyond-policies",
            "whose rule `secret/*` of `app` gives `read`",
        ),
        (
            "internal-error",
            unseen(
                json!({}),
                json!({"status": 503, "message": "Vault is sealed"}),
            ),
            "vault-sealed",
            "503: `Vault is sealed`",
        ),
        (
            "internal-error",
            unseen(json!({}), json!({"status": 502, "message": "no database"})),
            "vault-server-failed",
            "502: `no database`",
        ),
        (
            "internal-error",
            json!({"status": 500, "message": "nil response"}),
            "vault-fault",
            "500: `nil response`",
        ),
    ]
}

/// A revocation that Vault tries by itself is an event of its own.
#[test]
fn a_revocation_by_time_is_told_as_one_that_was_asked_for() {
    let failed = LeaseNotRevoked {
        lease_id: "db/creds/app/1".to_owned(),
        mount: "db/".to_owned(),
        attempts: 11,
        error: "no such host".to_owned(),
        target: Some("pg".to_owned()),
        ..LeaseNotRevoked::default()
    };
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let draft = EventDraft::of(Component::Vault, &failed);
    journal.record(draft.failed(Reason::LeaseNotRevoked));
    let event = (*journal.events_since(0)[0]).clone();
    let found = all(&Case::new(&[event], Some(1))).remove(0);
    assert_eq!(found.class, "vault-lease-system-refused");
    assert!(found.cause.contains("the 11th time"), "{}", found.cause);
    assert!(found.fix.contains("does not try again"), "{}", found.fix);
}

/// Where the journal has cut what stood against a request, the reason speaks by itself.
#[test]
fn without_evidence_the_reason_speaks_by_itself() {
    for reason in [
        "not-found",
        "accessor-unknown",
        "lease-not-revoked",
        "permission-denied",
    ] {
        let found = super::diagnosis(reason, &json!({})).unwrap();
        assert_eq!(found.class, reason);
    }
}

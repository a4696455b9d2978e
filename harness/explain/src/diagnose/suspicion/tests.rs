//! A suspicion is found on what was let through, and on nothing else.

use authlab_gateway::evidence::{Authentication, Authorization, Response};
use authlab_kernel::{Clock, Component, EventDraft, Journal};
use serde_json::{Value, json};

use crate::Chain;

/// The chain of a call with a token of these claims.
fn call(claims: Value, scopes: Option<&[&str]>, status: u16) -> Chain {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let record = |draft: EventDraft| journal.record(draft.request_id("g"));
    let judged: Authentication<'_> = serde_json::from_value(json!({
        "type": "JWT",
        "authorizer": "corp",
        "token": {"kind": "jwt", "header": {}, "claims": claims, "fingerprint": "f"},
    }))
    .unwrap();
    record(EventDraft::of(Component::Gateway, &judged).allowed());
    if let Some(scopes) = scopes {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let told = Authorization::Scopes {
            scopes_present: scopes.iter().cloned().map(Into::into).collect(),
            scopes_required: scopes.into(),
            enforcement: None,
        };
        record(EventDraft::of(Component::Gateway, &told).allowed());
    }
    let answer = EventDraft::of(Component::Gateway, &Response { status, bytes: 0 });
    record(if status < 400 {
        answer.allowed()
    } else {
        answer.refused("token-expired")
    });
    Chain::of_journal(&journal, "g").unwrap()
}

#[test]
fn an_id_token_is_suspicious_where_it_is_let_through_without_a_scope() {
    let suspicious = [
        json!({"sub": "u", "token_use": "id"}),
        json!({"sub": "u", "nonce": "n-1"}),
        json!({"sub": "u", "at_hash": "x"}),
    ];
    for claims in suspicious {
        let chain = call(claims.clone(), None, 200);
        let found = chain.diagnosis.as_ref();
        assert_eq!(
            found.map(|found| (found.class, found.is_suspicion)),
            Some(("id-token-accepted", true)),
            "{claims}"
        );
        let text = chain.to_string();
        assert!(text.contains("let through, and suspicious"), "{text}");
        let refused = call(claims, None, 401);
        let class = refused.diagnosis.map(|found| found.class);
        assert_ne!(class, Some("id-token-accepted"));
    }
    let twins = [
        (json!({"sub": "u", "token_use": "access"}), None),
        (json!({"sub": "u", "scope": "a", "nonce": "n-1"}), None),
        (json!({"sub": "u"}), None),
        (
            json!({"sub": "u", "token_use": "id"}),
            Some(["orders/read"].as_slice()),
        ),
    ];
    for (claims, scopes) in twins {
        let chain = call(claims.clone(), scopes, 200);
        assert_eq!(chain.diagnosis, None, "{claims}");
    }
}

/// The class of what is said of an allow that rests on an identity policy and on this beside it.
fn beside_identity(also: &Value) -> Option<&'static str> {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let decided = json!({
        "action": "sts:AssumeRole", "resource": "arn:aws:iam::1:role/r", "principal": "ana",
        "decision": "Allow", "also": also, "explanation": "",
        "decided_by": {"layer": "identity", "policy": "own", "statement": 0, "sid": null,
            "level": null, "principal_form": null},
    });
    let draft = EventDraft::new(Component::Aws, "decision").request_id("a");
    journal.record(draft.detail(decided).allowed());
    let answer = EventDraft::new(Component::Aws, "answer").request_id("a");
    journal.record(answer.detail(json!({"status": 200})).allowed());
    let chain = Chain::of_journal(&journal, "a").unwrap();
    chain.diagnosis.map(|found| found.class)
}

#[test]
fn a_condition_that_held_by_absence_is_suspicious_where_the_grant_needs_it() {
    let statement = |layer: &str, request: Value| {
        let standing = if request.is_null() {
            "absent"
        } else {
            "listed"
        };
        json!({"layer": layer, "policy": "p", "statement": 0, "sid": null, "level": null,
            "principal_form": null, "conditions": [{"operator": "ForAllValues:StringEquals",
                "key": "aws:TagKeys", "policy": ["a"], "request": request, "standing": standing,
                "holds": true}]})
    };
    let (absent, present) = (json!(null), json!(["a"]));
    let plain = json!({"layer": "session", "policy": "q", "statement": 0, "sid": null,
        "level": null, "principal_form": null});
    let suspicious = Some("condition-held-by-absence");
    for (also, class) in [
        (json!([statement("trust", absent.clone())]), suspicious),
        (json!([statement("boundary", absent.clone())]), suspicious),
        (json!([statement("trust", present)]), None),
        // Another document of the layer allows without it, or the identity policy alone does.
        (json!([statement("session", absent.clone()), plain]), None),
        (json!([statement("resource", absent)]), None),
    ] {
        assert_eq!(beside_identity(&also), class, "{also}");
    }
}

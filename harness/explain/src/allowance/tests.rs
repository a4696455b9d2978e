//! What lets a request through is told of each who was asked, and of nobody who refused.

use authlab_kernel::{Clock, Component, EventDraft, Evidence, Journal};
use serde_json::{Value, json};

use super::*;
use crate::Chain;

/// What a journal of these events says that let the request through.
fn told(events: &[(Component, &'static str, &str, Value)]) -> Vec<(&'static str, String)> {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    for (component, kind, outcome, detail) in events {
        let draft = EventDraft::new(*component, kind).request_id("r");
        let draft = match *outcome {
            "allowed" => draft.allowed(),
            "refused" => draft.refused("policy-denied"),
            _ => draft,
        };
        journal.record(draft.detail(detail.clone()));
    }
    let chain = Chain::of_journal(&journal, "r").unwrap();
    let told = chain.allowances.into_iter();
    told.map(|allowance| (allowance.kind, allowance.what))
        .collect()
}

fn decision(outcome: &str) -> Value {
    json!({
        "action": "sts:AssumeRole", "resource": "arn:aws:iam::1:role/r", "principal": "ana",
        "decision": outcome, "missing_keys": [], "near_misses": [], "explanation": "",
        "decided_by": {"layer": "trust", "policy": "trust", "statement": 0, "sid": "Partners",
            "level": null, "principal_form": null},
    })
}

#[test]
fn each_who_was_asked_says_by_what() {
    let token = json!({"kind": "jwt", "header": {}, "fingerprint": "f",
        "claims": {"iss": "https://login", "aud": ["a", "b"], "scope": "read", "email": "x@y"}});
    let route = json!({"route_key": "GET /a", "authorization": "JWT", "path_parameters": {}});
    let judged = json!({"type": "JWT", "authorizer": "corp", "token": token});
    let scopes = json!({"scopes_required": ["write", "read"], "scopes_present": ["read"]});
    let issued = json!({"token": token, "provider": "arn:p", "role": "arn:r"});
    let read = json!({"method": "read", "path": "secret/data/a", "mount": "secret/", "status": 200,
        "rule": "secret/*", "rule_policies": ["app"], "capabilities": ["read", "list"]});
    let by = |claims: &str| format!("by {claims}");
    let claims = by(r#"iss `https://login`, aud `["a","b"]`, scope `read`"#);
    let cases = [
        (
            Component::Gateway,
            "route",
            "info",
            route,
            "route",
            "`GET /a`, for bearers of a token".to_owned(),
        ),
        (
            Component::Gateway,
            "authentication",
            "allowed",
            judged,
            "token",
            format!("the authorizer `corp`, {claims}"),
        ),
        (
            Component::Gateway,
            "authorization",
            "allowed",
            scopes,
            "scope",
            "`read`, which the route asks for".to_owned(),
        ),
        (
            Component::Aws,
            aws::WebIdentity::KIND,
            "allowed",
            issued,
            "token",
            format!("the provider `arn:p`, {claims}"),
        ),
        (
            Component::Aws,
            "decision",
            "allowed",
            decision("Allow"),
            "policy",
            "sts:AssumeRole on arn:aws:iam::1:role/r: trust: statement `Partners` of `trust`"
                .to_owned(),
        ),
        (
            Component::Vault,
            "request",
            "allowed",
            read,
            "rule",
            "`secret/*` of the policy app, with read, list".to_owned(),
        ),
    ];
    for (component, kind, outcome, detail, told_kind, what) in cases {
        let event = [(component, kind, outcome, detail.clone())];
        assert_eq!(told(&event), [(told_kind, what)], "{kind}");
        // The twin: who refuses lets nothing through.
        let refused = [(component, kind, "refused", detail)];
        assert_eq!(told(&refused), [], "{kind}");
    }
}

#[test]
fn a_refusal_that_audit_lets_through_is_no_allowance() {
    let mut audited = decision("ImplicitDeny");
    audited["decided_by"] = json!({"layer": "trust", "level": null});
    audited["enforcement"] = json!("audit");
    let answer = json!({"status": 200});
    let events = [
        (Component::Aws, "decision", "refused", audited),
        (Component::Aws, "answer", "allowed", answer),
    ];
    assert_eq!(told(&events), []);
}

#[test]
fn every_statement_that_a_grant_rests_on_is_a_line() {
    let of = |layer: &str, level: Value| {
        json!({"layer": layer, "policy": layer, "statement": 0, "sid": null, "level": level,
            "principal_form": null})
    };
    let mut decided = decision("Allow");
    let mut limit = of("boundary", json!(null));
    limit["conditions"] = json!([{"operator": "StringEquals", "key": "aws:username",
        "policy": ["ana"], "request": ["ana"], "standing": "listed", "holds": true}]);
    decided["also"] = json!([limit, of("scp", json!(0)), of("scp", json!(1))]);
    decided["further"] = json!([{"layer": "scp", "level": 1, "count": 2}]);
    let expected = [
        "trust: statement `Partners` of `trust`",
        "boundary: statement 0 of `boundary`; StringEquals aws:username: policy [ana], request [ana]",
        "scp: statement 0 of `scp` at level 0 from the root",
        "scp: statement 0 of `scp` at level 1 from the root",
        "scp: and 2 more at level 1 from the root",
    ];
    let line = |text: &str| {
        (
            "policy",
            format!("sts:AssumeRole on arn:aws:iam::1:role/r: {text}"),
        )
    };
    let event = [(Component::Aws, "decision", "allowed", decided)];
    assert_eq!(told(&event), expected.map(line));
}

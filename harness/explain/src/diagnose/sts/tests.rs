//! Each class by what STS tells.

use authlab_aws::evidence::{Answer, Fault, TimesHeld};
use authlab_kernel::{Clock, EventDraft, Journal, Timestamp};
use authlab_token::evidence::SignatureSize;
use serde_json::{Value, json};

use super::*;
use crate::diagnose::{Certainty, Diagnosis, all};

/// The lab's time, 1767225600 in seconds.
const NOW: &str = "2026-01-01T00:00:00Z";

fn diagnosis(draft: EventDraft) -> Diagnosis {
    let journal = Journal::new(Clock::standing(NOW.parse().unwrap()));
    journal.record(draft);
    let event = (*journal.events_since(0)[0]).clone();
    all(&Case::new(&[event], Some(1))).remove(0)
}

/// What a web identity's refusal tells beside the token.
#[derive(Default)]
struct Beside {
    signature: Option<SignatureSize>,
    times: Option<TimesHeld>,
    fault: Option<Fault>,
}

fn web_identity(reason: Reason, claims: Value, beside: Beside) -> EventDraft {
    let header = json!({"alg": "RS256", "kid": "k-1"});
    let refused = WebIdentity::Refused {
        token: Some(json!({"kind": "jwt", "header": header, "claims": claims, "fingerprint": "f"})),
        shape: None,
        message: "no".to_owned(),
        evidence: "no".to_owned(),
        providers: Vec::new(),
        client_ids: None,
        signature: beside.signature,
        times: beside.times,
        fault: beside.fault.map(Box::new),
    };
    EventDraft::of(Component::Aws, &refused).refused(reason)
}

fn says(found: &Diagnosis, class: &str, shown: &[&str]) {
    assert_eq!(found.class, class, "{found:?}");
    let said = format!("{} {}", found.cause, found.fix);
    for part in shown {
        assert!(said.contains(part), "{class}: `{part}` in {said}");
    }
}

#[test]
fn a_role_that_is_not_there_is_told_with_those_that_are() {
    const ARN: &str = "arn:aws:iam::111111111111:role/reader";
    let deleted: Timestamp = "2025-12-31T00:00:00Z".parse().unwrap();
    let pathed = "arn:aws:iam::111111111111:role/apps/reader";
    let abroad = "arn:aws:iam::222222222222:role/reader";
    let near = "arn:aws:iam::111111111111:role/Reader";
    let rows: [(&[&str], Option<Timestamp>, &str, &str); 6] = [
        (&[abroad, near], Some(deleted), "role-deleted", "2025-12-31"),
        (&[abroad, pathed], None, "role-path", pathed),
        (&[abroad, near], None, "role-other-account", abroad),
        (&[near], None, "role-misspelt", near),
        (&[], None, "role-missing", "iam:ListRoles"),
        (&[], None, "role-missing", "no role `reader`"),
    ];
    for (others, deleted, class, shown) in rows {
        let fault = Fault::NotThere {
            what: "role".to_owned(),
            name: ARN.to_owned(),
            others: others.iter().map(|other| (*other).to_owned()).collect(),
            deleted,
        };
        let answer = Answer {
            status: 403,
            code: Some("AccessDenied".to_owned()),
            fault: Some(fault.clone()),
            ..Answer::default()
        };
        let answer = EventDraft::of(Component::Aws, &answer).refused(Reason::RoleNotFound);
        says(&diagnosis(answer), class, &[shown]);
        let beside = Beside {
            fault: Some(fault),
            ..Beside::default()
        };
        let found = diagnosis(web_identity(Reason::RoleNotFound, json!({}), beside));
        says(&found, class, &[shown]);
    }
    let cut = diagnosis(web_identity(
        Reason::RoleNotFound,
        json!({}),
        Beside::default(),
    ));
    assert_eq!(cut.class, "role-not-found");
}

#[test]
fn a_token_for_later_is_told_by_whose_clock_is_off() {
    let now = 1_767_225_600_i64;
    let found = |claims: Value, sts_now: i64| {
        let times = Some(TimesHeld {
            now: sts_now,
            leeway_seconds: 0,
        });
        let beside = Beside {
            times,
            ..Beside::default()
        };
        diagnosis(web_identity(Reason::NotYetValid, claims, beside))
    };
    let behind = found(json!({"nbf": now - 10, "iat": now - 20}), now - 90);
    says(
        &behind,
        "web-identity-sts-clock",
        &["`nbf`", "80 s after", "90 s behind"],
    );
    assert_eq!(behind.certainty, Certainty::Certain);
    let ahead = found(json!({"nbf": now, "iat": now + 30}), now);
    says(
        &ahead,
        "web-identity-issuer-clock",
        &["`iat`", "30 s after", "forgives nothing"],
    );
    assert_eq!(ahead.certainty, Certainty::Likely);
    let later = found(json!({"nbf": now + 3_600}), now);
    says(
        &later,
        "web-identity-not-yet-valid",
        &["3600 s after", "2026-01-01T01:00:00Z on"],
    );
    let cut = diagnosis(web_identity(
        Reason::NotYetValid,
        json!({}),
        Beside::default(),
    ));
    assert_eq!(cut.class, "not-yet-valid");
}

#[test]
fn a_signature_that_is_cut_off_is_none_that_is_forged() {
    let found = |size: Option<(usize, usize)>| {
        let signature = size.map(|(bytes, expected)| SignatureSize { bytes, expected });
        let beside = Beside {
            signature,
            ..Beside::default()
        };
        diagnosis(web_identity(Reason::Signature, json!({}), beside))
    };
    let shown = ["cut off", "200 bytes", "RS256", "`k-1` has 256"];
    says(&found(Some((200, 256))), "signature-cut-off", &shown);
    says(
        &found(Some((0, 256))),
        "signature-cut-off",
        &["has no bytes", "256"],
    );
    for whole in [Some((256, 256)), Some((300, 256)), None] {
        assert_eq!(found(whole).class, "signature-forged");
    }
}

//! Each class by the evidence of its cause, as the front door and as the gateway record it.

mod mismatch;

use std::collections::BTreeSet;

use authlab_aws::evidence::{
    Authentication, CredentialScope, Expected, Inspected, KeptIn, KeyFound, KeyState, Reason,
    Signature, TokenFound, TokenState, Unreadable, UnreadableKind,
};
use authlab_gateway::evidence as gateway;
use authlab_kernel::{Clock, Component, Event, EventDraft, Journal, Timestamp};
use serde_json::json;

use super::told::span;
use super::*;
use crate::case::Case;
use crate::diagnose::{Diagnosis, all};

const NOON: &str = "2026-01-01T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The refusal as the front door records it at noon.
fn by_aws(reason: Reason, key: &str, signature: Signature) -> EventDraft {
    let told = Authentication {
        principal: None,
        access_key_id: Some(key.to_owned()),
        code: Some("SignatureDoesNotMatch".to_owned()),
        message: Some("the words of AWS".to_owned()),
        signature,
    };
    EventDraft::of(Component::Aws, &told).refused(reason)
}

/// The same as the gateway does.
fn by_gateway(reason: Reason, key: &str, signature: Signature) -> EventDraft {
    let line = json!({
        "type": "AWS_IAM",
        "message": "the words of AWS",
        "evidence": gateway::Signature {
            access_key_id: Some(key.to_owned()),
            code: "InvalidSignatureException".to_owned(),
            expired: signature.expired,
            signed: signature.signed,
            now: signature.now,
            canonical_request: signature.canonical_request,
            inspected: signature.inspected,
        },
    });
    EventDraft::new(Component::Gateway, "authentication")
        .refused(reason)
        .detail(line)
}

fn recorded(drafts: impl IntoIterator<Item = EventDraft>) -> Vec<Event> {
    let journal = Journal::new(Clock::standing(at(NOON)));
    for draft in drafts {
        journal.record(draft);
    }
    let events = journal.events_since(0);
    events.iter().map(|event| Event::clone(event)).collect()
}

/// The most specific diagnosis, which both doors have to give alike.
#[track_caller]
fn diagnosed(reason: Reason, key: &str, signature: &Signature) -> Diagnosis {
    let [aws, gateway] = [by_aws, by_gateway].map(|by| {
        let events = recorded([by(reason, key, signature.clone())]);
        all(&Case::new(&events, Some(1))).remove(0)
    });
    assert_eq!(aws, gateway);
    aws
}

fn inspected(inspected: Inspected) -> Signature {
    Signature {
        inspected: Some(Box::new(inspected)),
        ..Signature::default()
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// What stands in cause and fix.
#[track_caller]
fn says(found: &Diagnosis, class: &str, cause: &[&str], fix: &[&str]) {
    assert_eq!(found.class, class, "{found:?}");
    for (text, parts) in [(&found.cause, cause), (&found.fix, fix)] {
        for part in parts {
            assert!(text.contains(part), "{class}: `{part}` is not in `{text}`");
        }
    }
    assert_eq!(found.mender, Mender::Caller, "{class}");
}

#[test]
fn keys_and_session_tokens() {
    let key = |state, owner, near| {
        inspected(Inspected {
            key: Some(KeyFound {
                state,
                owner,
                deleted: (state == KeyState::Deleted).then(|| at("2026-01-01T11:00:00Z")),
                near,
                kept_in: None,
            }),
            ..Inspected::default()
        })
    };
    let unknown = |id: &str| {
        diagnosed(
            Reason::CredentialUnknown,
            id,
            &key(KeyState::Unknown, None, None),
        )
    };
    for (id, kind, fix) in [
        ("ASIA1", "that of a session", "AssumeRole"),
        ("AKIA1", "that of a user", "ListAccessKeys"),
        ("AROA1", "the id of an entity", "`AKIA` or `ASIA`"),
        ("foo", "not the form", "placeholder"),
        ("é", "not the form", "placeholder"),
    ] {
        says(&unknown(id), "credential-unknown", &[kind, id], &[fix]);
    }
    let near = diagnosed(
        Reason::CredentialUnknown,
        "akia1",
        &key(KeyState::Unknown, None, some("AKIA1")),
    );
    says(
        &near,
        "credential-unknown",
        &["`akia1`", "`AKIA1`", "case"],
        &["sign as `AKIA1`"],
    );
    let inactive = key(KeyState::Inactive, some("arn:aws:iam::1:user/ci"), None);
    let inactive = diagnosed(Reason::CredentialUnknown, "AKIA1", &inactive);
    says(
        &inactive,
        "credential-inactive",
        &["Inactive", "user/ci"],
        &["active access key"],
    );

    let deleted = key(KeyState::Deleted, some("arn:aws:iam::1:user/ci"), None);
    let deleted = diagnosed(Reason::CredentialUnknown, "AKIA1", &deleted);
    says(
        &deleted,
        "credential-deleted",
        &["was deleted at `2026-01-01T11:00:00Z`", "user/ci"],
        &["CreateAccessKey"],
    );

    let token = |state, is_presigned, of: Option<&str>| {
        let signature = inspected(Inspected {
            is_presigned,
            token: Some(TokenFound {
                state,
                owner: "arn:owner".to_owned(),
                of: of.map(str::to_owned),
                of_access_key_id: of.map(|_| "ASIA2".to_owned()),
            }),
            ..Inspected::default()
        });
        diagnosed(Reason::SessionTokenMismatch, "ASIA1", &signature)
    };
    let missing = token(TokenState::Missing, false, None);
    says(
        &missing,
        "session-token-missing",
        &["ASIA1", "arn:owner"],
        &["header `X-Amz-Security-Token`"],
    );
    let missing = token(TokenState::Missing, true, None);
    says(
        &missing,
        "session-token-missing",
        &[],
        &["query's parameter"],
    );
    let other = token(TokenState::Other, false, Some("arn:other"));
    says(
        &other,
        "session-token-other",
        &["arn:owner", "arn:other", "ASIA2"],
        &["one answer of STS"],
    );
    let nobodys = token(TokenState::Other, false, None);
    says(
        &nobodys,
        "session-token-other",
        &["no session that is known"],
        &[],
    );
    assert_eq!((other.wants.len(), nobodys.wants.len()), (0, 1));
    let unexpected = token(TokenState::NotExpected, false, Some("arn:other"));
    says(
        &unexpected,
        "session-token-unexpected",
        &["arn:owner", "arn:other"],
        &["AWS_SESSION_TOKEN"],
    );

    let ended = Signature {
        expired: Some(at("2026-01-01T10:58:59Z")),
        now: Some(at(NOON)),
        ..inspected(Inspected {
            session: some("arn:session"),
            ..Inspected::default()
        })
    };
    let ended = diagnosed(Reason::CredentialExpired, "ASIA1", &ended);
    says(
        &ended,
        "session-expired",
        &["arn:session", "1 h 1 min 1 s"],
        &["before the old ones end"],
    );
}

#[test]
fn keys_that_a_secret_has() {
    let found = |state: KeyState, version: &str, labels: &[&str], pending: Option<&str>| {
        let kept_in = KeptIn {
            secret: "production/ci".to_owned(),
            version: version.to_owned(),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
            current: some("v2"),
            pending: pending.map(str::to_owned),
        };
        let key = KeyFound {
            state,
            owner: (state == KeyState::Inactive).then(|| "arn:aws:iam::1:user/ci".to_owned()),
            deleted: None,
            near: None,
            kept_in: Some(kept_in),
        };
        let signature = inspected(Inspected {
            key: Some(key),
            ..Inspected::default()
        });
        diagnosed(Reason::CredentialUnknown, "AKIA1", &signature)
    };
    let (inactive, deleted) = (KeyState::Inactive, KeyState::Deleted);
    for (state, labels, said) in [
        (
            inactive,
            &["AWSPREVIOUS"][..],
            "user/ci has the status Inactive",
        ),
        (deleted, &["AWSPREVIOUS"], "was deleted"),
        (deleted, &[], "has no label"),
    ] {
        says(
            &found(state, "v1", labels, None),
            "credential-of-earlier-version",
            &[
                "AKIA1",
                said,
                "`v1` of the secret `production/ci`",
                "AWSCURRENT is on `v2`",
            ],
            &["read the secret `production/ci` again"],
        );
    }
    let window = found(inactive, "v2", &["AWSCURRENT"], Some("v3"));
    assert_eq!(
        (window.class, window.mender),
        ("credential-in-rotation", Mender::Owner)
    );
    assert!(window.cause.contains("AWSPENDING is on `v3`"), "{window:?}");
    assert!(
        window.fix.contains("move `AWSCURRENT` to `v3`"),
        "{window:?}"
    );
    // No rotation has to do with it.
    for (version, labels, pending) in [
        ("v2", "AWSCURRENT", None),
        ("v2", "AWSCURRENT", Some("v2")),
        ("v3", "AWSPENDING", Some("v3")),
    ] {
        let class = found(inactive, version, &[labels], pending).class;
        assert_eq!(class, "credential-inactive", "{version} {pending:?}");
    }
}

fn scoped(scope: [&str; 4], service: &str, region: Option<&str>, host: &str) -> Signature {
    let [date, region_given, service_given, terminator] = scope.map(str::to_owned);
    inspected(Inspected {
        scope: Some(CredentialScope {
            date,
            region: region_given,
            service: service_given,
            terminator,
        }),
        expected: Some(Expected {
            service: service.to_owned(),
            region: region.map(str::to_owned),
        }),
        host: some(host),
        ..Inspected::default()
    })
}

#[test]
fn scopes() {
    let end = "aws4_request";
    let found = |signature: &Signature| diagnosed(Reason::CredentialScope, "AKIA1", signature);
    let region = scoped(
        ["20260101", "eu-west-1", "sts", end],
        "sts",
        Some("us-east-1"),
        "sts.amazonaws.com",
    );
    says(
        &found(&region),
        "credential-scope-region",
        &["`eu-west-1`", "`us-east-1`", "`sts.amazonaws.com`"],
        &["sign for the Region `us-east-1`"],
    );
    let host = "a.execute-api.eu-west-1.amazonaws.com";
    let label = scoped(
        ["20260101", "execute-api", "execute-api", end],
        "execute-api",
        Some("eu-west-1"),
        host,
    );
    says(
        &found(&label),
        "credential-scope-region",
        &["no Region"],
        &["`eu-west-1`", "part of the host"],
    );
    let service = scoped(
        ["20260101", "us-east-1", "es", end],
        "secretsmanager",
        None,
        "127.0.0.1",
    );
    says(
        &found(&service),
        "credential-scope-service",
        &["`es`"],
        &["sign for the service `secretsmanager`"],
    );
    let terminator = scoped(
        ["20260101", "us-east-1", "sts", "aws4"],
        "sts",
        None,
        "127.0.0.1",
    );
    says(
        &found(&terminator),
        "credential-scope-terminator",
        &["`aws4`"],
        &["`aws4_request`"],
    );
}

#[test]
fn clocks() {
    let of = |signed: &str, now: &str, inspected_: Inspected| Signature {
        signed: Some(at(signed)),
        now: Some(at(now)),
        ..inspected(inspected_)
    };
    let window = |seconds, is_presigned| Inspected {
        window_seconds: Some(seconds),
        is_presigned,
        ..Inspected::default()
    };
    let found = |signature: &Signature| diagnosed(Reason::ClockSkew, "AKIA1", signature);
    let behind = found(&of("2026-01-01T11:50:00Z", NOON, window(300, false)));
    says(
        &behind,
        "signing-clock-skew",
        &[
            "10 min before",
            "takes 5 min",
            "signer's clock is 10 min behind",
        ],
        &["NTP", "sign when sending"],
    );
    let ahead = found(&of("2026-01-01T12:20:01Z", NOON, window(900, false)));
    says(
        &ahead,
        "signing-clock-skew",
        &["20 min 1 s after", "15 min", "ahead"],
        &["ahead"],
    );
    assert_eq!((behind.wants.len(), ahead.wants.len()), (1, 0));
    let service = found(&of(NOON, "2026-01-01T12:20:00Z", window(900, false)));
    says(
        &service,
        "signing-clock-skew",
        &["service's clock that is off, 20 min ahead"],
        &["both clocks"],
    );
    let url = found(&of("2026-01-01T11:50:00Z", NOON, window(60, true)));
    says(
        &url,
        "presigned-url-expired",
        &["X-Amz-Expires=60", "10 min later"],
        &["new URL", "600"],
    );
    let early = found(&of("2026-01-01T12:50:00Z", NOON, window(300, true)));
    says(&early, "signing-clock-skew", &["50 min after"], &[]);
    let day = of(
        NOON,
        NOON,
        Inspected {
            scope: Some(CredentialScope {
                date: "20251231".to_owned(),
                region: "us-east-1".to_owned(),
                service: "sts".to_owned(),
                terminator: "aws4_request".to_owned(),
            }),
            ..Inspected::default()
        },
    );
    says(
        &found(&day),
        "credential-scope-date",
        &["`20251231`", "`20260101`"],
        &["`20260101`"],
    );
    for (seconds, text) in [
        (0, "0 s"),
        (-90, "1 min 30 s"),
        (90_061, "1 d 1 h 1 min 1 s"),
    ] {
        assert_eq!(span(seconds), text);
    }
}

#[test]
fn what_cannot_be_read_and_what_is_not_there() {
    use UnreadableKind as Kind;
    let found = |kind, scheme, parts: &[&str]| {
        let signature = inspected(Inspected {
            unreadable: Some(Unreadable {
                kind,
                scheme,
                parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            }),
            ..Inspected::default()
        });
        diagnosed(Reason::SignatureUnreadable, "AKIA1", &signature)
    };
    let scheme = found(Kind::OtherScheme, some("Bearer"), &[]);
    says(
        &scheme,
        "authorization-scheme",
        &["`Bearer`"],
        &["another route"],
    );
    let missing = found(Kind::Missing, None, &["Credential", "X-Amz-Date"]);
    says(
        &missing,
        "signature-incomplete",
        &["`Credential`, `X-Amz-Date`"],
        &["send `Credential`"],
    );
    let mut causes = BTreeSet::new();
    for (kind, fix) in [
        (Kind::Credential, "aws4_request"),
        (Kind::Date, "20261231T235959Z"),
        (Kind::Expires, "604800"),
        (Kind::HostNotSigned, "`host`"),
        (Kind::Algorithm, "AWS4-HMAC-SHA256"),
        (Kind::Repeated, "once"),
        (Kind::Unknown, "leave"),
        (Kind::NotText, "ASCII"),
        (Kind::Both, "sign once"),
        (Kind::SignedHeaders, "sorted"),
    ] {
        let found = found(kind, None, &["PART"]);
        says(
            &found,
            "signature-unreadable",
            &["the words of AWS"],
            &[fix],
        );
        assert!(causes.insert(found.cause), "{kind:?}");
    }
    let missing = diagnosed(Reason::SignatureMissing, "", &Signature::default());
    says(
        &missing,
        "signature-missing",
        &["neither"],
        &["sign the request"],
    );
}

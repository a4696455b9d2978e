//! Every reason that a producer can write is explained, and every row is somebody's reason, once.

use std::collections::BTreeSet;

use authlab_aws::evidence as aws;
use authlab_gateway::evidence as gateway;
use authlab_http::evidence as http;
use authlab_kernel::{Clock, EventDraft, Evidence, Journal};
use authlab_oidc::evidence as oidc;
use authlab_token::evidence as token;
use authlab_vault::evidence as vault;
use serde_json::json;

use super::*;
use crate::diagnose::all;

fn recorded(draft: EventDraft) -> Event {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    journal.record(draft);
    (*journal.events_since(0)[0]).clone()
}

/// Every reason, with a component that writes it.
fn reasons() -> Vec<(Component, &'static str)> {
    macro_rules! all_of {
        ($($component:expr => $reason:ty),* $(,)?) => {
            [$(<$reason>::ALL.iter().map(|reason| ($component, reason.as_str())).collect::<Vec<_>>()),*]
        };
    }
    let listed = all_of![
        Component::Gateway => gateway::Reason,
        Component::Aws => aws::Reason,
        Component::Vault => vault::Reason,
        Component::Oidc => oidc::Reason,
        Component::Gateway => token::Reason,
        Component::Aws => token::Reason,
        Component::Oidc => http::Reason,
    ];
    let denials = aws::Denial::all().map(|denial| (Component::Aws, denial.as_str()));
    listed.into_iter().flatten().chain(denials).collect()
}

/// Reasons that the services of AWS have for the gateway's calls: they stand in the gateway's events.
const OF_THE_GATEWAYS_CALLS: [aws::Reason; 3] = [
    aws::Reason::PathAmbiguous,
    aws::Reason::ExplicitDeny,
    aws::Reason::PermissionMissing,
];

#[test]
fn every_reason_has_a_title_a_fix_and_somebody_who_can_mend_it() {
    let reasons = reasons();
    assert!(reasons.len() > 200, "{} reasons", reasons.len());
    for (component, code) in reasons {
        let is_the_gateways = OF_THE_GATEWAYS_CALLS
            .iter()
            .any(|reason| reason.as_str() == code);
        let component = if is_the_gateways {
            Component::Gateway
        } else {
            component
        };
        let event = recorded(EventDraft::new(component, "request").refused(code));
        let found = all(&Case::new(&[event], Some(1)));
        let found = found.first();
        let told = found.is_some_and(|found| !found.title.is_empty() && !found.fix.is_empty());
        assert!(told, "{component} {code} has no row: {found:?}");
    }
}

#[test]
fn every_row_stands_once_and_is_told_in_one_way() {
    for (system, table) in TABLES.into_iter().chain(EVERYBODYS) {
        let mut seen = BTreeSet::new();
        for row in table {
            assert!(
                seen.insert(row.code),
                "{system:?} {} stands twice",
                row.code
            );
            for text in [row.title, row.fix] {
                let is_name = ["AWS", "STS", "Vault"]
                    .iter()
                    .any(|name| text.starts_with(name));
                let begins = is_name || !text.starts_with(char::is_uppercase);
                assert!(begins && !text.ends_with('.'), "{}: {text}", row.code);
            }
            let same = |other: &Row| {
                (other.code, other.title, other.fix) == (row.code, row.title, row.fix)
            };
            let mut everybodys = EVERYBODYS.into_iter().filter(|(other, _)| *other != system);
            let is_everybodys = everybodys.any(|(_, rows)| rows.iter().any(same));
            assert!(!is_everybodys, "{system:?} {} is everybody's row", row.code);
        }
    }
}

#[test]
fn a_refusal_is_explained_by_its_reason_and_what_its_producer_says() {
    let unclear = gateway::Route::Unclear {
        path: "/a//b".into(),
        problem: "two slashes follow one another".into(),
    };
    let malformed = gateway::Authentication::TokenMalformed(gateway::Malformed {
        problem: "it has two segments".into(),
        shape: None,
        scheme: None,
        segments: Some(2),
    });
    let authorizer = aws::Authorizer {
        authorizer: "a".to_owned(),
        issuer: "https://issuer".to_owned(),
        problem: "the document is answered 404".to_owned(),
    };
    let turned_away = http::TurnedAway {
        method: "GET".to_owned(),
        host: None,
        origin: Some("https://evil.example".to_owned()),
        error: "the Origin is foreign".to_owned(),
    };
    let answer = aws::Answer {
        status: 404,
        code: Some("ResourceNotFoundException".to_owned()),
        message: Some("it is not there".to_owned()),
        evidence: None,
        ..aws::Answer::default()
    };
    let denied = vault::Request {
        method: "read".to_owned(),
        path: "secret/a".to_owned(),
        message: Some("1 error occurred".to_owned()),
        ..vault::Request::default()
    };
    let of = EventDraft::of::<gateway::Route<'_>>;
    let cases = [
        (
            of(Component::Gateway, &unclear).refused(gateway::Reason::PathAmbiguous),
            (
                "path-ambiguous",
                "two slashes follow one another",
                "the caller",
            ),
            Certainty::Certain,
        ),
        (
            EventDraft::of(Component::Gateway, &malformed).refused(gateway::Reason::TokenMalformed),
            ("token-malformed", "it has two segments", "the caller"),
            Certainty::Certain,
        ),
        (
            EventDraft::of(Component::Aws, &authorizer).refused(token::Reason::DiscoveryStatus),
            (
                "discovery-status",
                "the document is answered 404",
                "the owner of what refused",
            ),
            Certainty::Certain,
        ),
        (
            EventDraft::of(Component::Vault, &turned_away).refused(http::Reason::ForeignOrigin),
            (
                "foreign-origin",
                "the Origin is foreign",
                "who starts the lab",
            ),
            Certainty::Certain,
        ),
        (
            EventDraft::of(Component::Aws, &answer).refused("resource-not-found-exception"),
            (
                "service-error",
                "ResourceNotFoundException: it is not there",
                "the caller",
            ),
            Certainty::Certain,
        ),
        (
            EventDraft::of(Component::Vault, &denied).refused(vault::Reason::PermissionDenied),
            (
                "permission-denied",
                "1 error occurred",
                "the owner of what refused",
            ),
            Certainty::Possible,
        ),
        (
            EventDraft::new(Component::Gateway, gateway::Throttle::KIND)
                .refused(gateway::Reason::Throttled)
                .detail(json!({})),
            (
                "throttled",
                "gateway refused a request, and tells no more of it than that",
                "the owner of what refused",
            ),
            Certainty::Certain,
        ),
    ];
    for (draft, told, certainty) in cases {
        let event = recorded(draft);
        let found = all(&Case::new(&[event], Some(1)));
        let [found] = found.as_slice() else {
            panic!("{told:?}: {found:?}");
        };
        let seen = (found.class, found.cause.as_str(), found.mender.as_str());
        assert_eq!(seen, told);
        assert_eq!(found.certainty, certainty, "{told:?}");
        assert_eq!(found.wants.is_empty(), certainty == Certainty::Certain);
    }
}

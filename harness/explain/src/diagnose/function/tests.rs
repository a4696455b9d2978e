//! Each class by what Lambda tells of the function.

use authlab_gateway::evidence::Integration;
use authlab_kernel::{Clock, EventDraft, Journal};

use super::*;
use crate::diagnose::{Diagnosis, all};

const ARN: &str = "arn:aws:lambda:eu-west-1:111111111111:function:orders";

/// The diagnosis of the last of these events.
fn diagnosis(drafts: impl IntoIterator<Item = EventDraft>) -> Diagnosis {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    for draft in drafts {
        journal.record(draft);
    }
    let events: Vec<_> = journal.events_since(0);
    let events: Vec<_> = events.iter().map(|event| (**event).clone()).collect();
    let last = events.last().map(|event| event.seq);
    all(&Case::new(&events, last)).remove(0)
}

fn not_found(missing: Option<MissingFunction>) -> EventDraft {
    let invoke = Invoke {
        function: "orders".to_owned(),
        invoked_by: "apigateway.amazonaws.com".to_owned(),
        error: Some("Function not found".to_owned()),
        missing: missing.map(Box::new),
        ..Invoke::default()
    };
    EventDraft::of(Component::Lambda, &invoke).failed(Reason::FunctionNotFound)
}

/// What the gateway makes of it.
fn passed_on(reason: &'static str) -> EventDraft {
    let told = Integration::Function {
        function: ARN.into(),
        source_arn: None,
        error: None,
        message: "it failed".into(),
    };
    EventDraft::of(Component::Gateway, &told).refused(reason)
}

#[test]
fn a_function_that_is_not_there_is_told_with_what_is() {
    let missing = |change: fn(&mut MissingFunction)| {
        let mut missing = MissingFunction {
            name: "orders".to_owned(),
            account: "111111111111".to_owned(),
            region: "eu-west-1".to_owned(),
            ..MissingFunction::default()
        };
        change(&mut missing);
        missing
    };
    let rows: [(MissingFunction, &str, &str); 5] = [
        (
            missing(|missing| missing.called_in = Some("us-east-1".to_owned())),
            "function-region",
            "call Lambda in `eu-west-1`",
        ),
        (
            missing(|missing| {
                (missing.is_there, missing.qualifier) = (true, Some("live".to_owned()));
            }),
            "function-qualifier-missing",
            "no version or alias `live`",
        ),
        (
            missing(|missing| missing.elsewhere = vec![ARN.replace("eu-west-1", "us-east-1")]),
            "function-elsewhere",
            "arn:aws:lambda:us-east-1:111111111111:function:orders",
        ),
        (
            missing(|missing| missing.near = vec!["order".to_owned()]),
            "function-misspelt",
            "name `order`",
        ),
        (missing(|_| ()), "function-missing", "no function `orders`"),
    ];
    for (missing, class, shown) in rows {
        let found = diagnosis([not_found(Some(missing.clone()))]);
        assert_eq!(found.class, class);
        let said = format!("{} {}", found.cause, found.fix);
        assert!(said.contains(shown), "{class}: {said}");
        let of_gateway = diagnosis([
            not_found(Some(missing)),
            passed_on(Reason::FunctionNotFound.as_str()),
        ]);
        assert_eq!(of_gateway.class, class);
    }
    assert_eq!(diagnosis([not_found(None)]).class, "function-missing");
}

#[test]
fn an_error_is_told_by_its_type_and_its_text() {
    let invoke = Invoke {
        function: ARN.to_owned(),
        handler: Some("checkout".to_owned()),
        invoked_by: "apigateway.amazonaws.com".to_owned(),
        ..Invoke::default()
    };
    let invoke = EventDraft::of(Component::Lambda, &invoke).allowed();
    let returned = |kind: Option<&str>| {
        let told = Return {
            function: ARN.to_owned(),
            duration_ms: 3_001,
            log: "written".to_owned(),
            error_type: kind.map(str::to_owned),
            error_message: kind.map(|_| "not today".to_owned()),
        };
        EventDraft::of(Component::Lambda, &told).failed(Reason::FunctionError)
    };
    for (kind, class, shown) in [
        ("Sandbox.Timedout", "function-timed-out", "after 3001 ms"),
        (
            "Runtime.ExitError",
            "function-exited",
            "the panic or the exit",
        ),
        (
            "Function.ResponseSizeTooLarge",
            "function-answer-too-large",
            "6 MB",
        ),
        ("ValueError", "function-raised", "catch `ValueError`"),
    ] {
        let found = diagnosis([invoke.clone(), returned(Some(kind))]);
        assert_eq!(found.class, class);
        let said = format!("{} {}", found.cause, found.fix);
        for part in [shown, "`checkout`", "`not today`", kind] {
            assert!(said.contains(part), "{class}: {said}");
        }
        let passed_on = passed_on(GatewayReason::FunctionFailed.as_str());
        let of_gateway = diagnosis([invoke.clone(), returned(Some(kind)), passed_on]);
        assert_eq!(of_gateway.class, class);
    }
    assert_eq!(diagnosis([returned(None)]).class, "function-error");
    let alone = diagnosis([passed_on(GatewayReason::FunctionFailed.as_str())]);
    assert_eq!(alone.class, "function-failed");
}

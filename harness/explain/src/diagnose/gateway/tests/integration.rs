//! What stands behind a route.

use authlab_aws::evidence::{self as aws, Denial};
use authlab_gateway::evidence::Integration;
use authlab_kernel::{Clock, Component, Event, EventDraft, Journal};
use authlab_policy::{Compared, case, decide, evidence::Decision};
use serde_json::{Value, json};

use super::{Diagnosis, check};
use crate::case::Case;
use crate::diagnose::all;

const ROUTE: &str = "arn:aws:execute-api:us-east-1:222222222222:api/$default/GET/a";

/// The diagnosis of an API's call whose function, version or alias has these statements as its policy; of the
/// decision itself, or of the gateway's answer to it.
fn diagnosis(function: &str, statements: &Value, is_of_gateway: bool) -> Diagnosis {
    let (request, policies) = case::decode(&json!({
        "request": {
            "principal": {"type": "service", "service": "apigateway.amazonaws.com"},
            "action": "lambda:InvokeFunction",
            "resource": function,
            "resource_account": "222222222222",
            "context": {"aws:SourceArn": [ROUTE]},
        },
        "policies": {"resource": {"Version": "2012-10-17", "Statement": statements}},
    }))
    .unwrap();
    let decided = decide(&request, &policies);
    let compared = Compared::of(&request, &policies, &decided);
    let denial = Denial::of(&decided).unwrap();
    let decision = aws::Decision {
        decision: Decision::new(&request, &decided, &compared),
        enforcement: None,
        telemetry: None,
    };
    let journal = Journal::new(Clock::standing("2026-01-15T12:00:00Z".parse().unwrap()));
    let decision = EventDraft::of(Component::Lambda, &decision).refused(denial);
    let decision = journal.record(decision);
    let failed = Integration::Function {
        function: function.into(),
        source_arn: Some(ROUTE.into()),
        error: None,
        message: "the policy of the function does not let it".into(),
    };
    let answer = EventDraft::of(Component::Gateway, &failed).failed(denial);
    let answer = journal.record(answer);
    let events = journal.events_since(0);
    let events: Vec<Event> = events.iter().map(|event| Event::clone(event)).collect();
    let culprit = if is_of_gateway { answer } else { decision };
    all(&Case::new(&events, Some(culprit))).swap_remove(0)
}

#[test]
fn a_permission_is_missing_for_what_the_address_names() {
    let function = "arn:aws:lambda:us-east-1:222222222222:function:f";
    let alias = "arn:aws:lambda:us-east-1:222222222222:function:f:live";
    let other = "arn:aws:execute-api:us-east-1:222222222222:api/*/GET/b";
    let nobody = json!([{"Effect": "Allow", "Principal": {"AWS": "111111111111"},
        "Action": "lambda:InvokeFunction", "Resource": alias}]);
    let for_other = |resource: &str| {
        json!([{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "lambda:InvokeFunction", "Resource": resource,
            "Condition": {"ArnLike": {"AWS:SourceArn": other}}}])
    };
    for (asked, statements, cause, fix) in [
        (
            alias,
            nobody,
            "no statement of the policy",
            "with `Qualifier` `live`",
        ),
        (
            alias,
            for_other(alias),
            "the route is",
            "with `Qualifier` `live`",
        ),
        (function, for_other(function), "the route is", ROUTE),
    ] {
        for is_of_gateway in [true, false] {
            let found = diagnosis(asked, &statements, is_of_gateway);
            check(&found, ("function-permission-missing", cause, fix));
            assert!(found.cause.contains(&format!("`{asked}`")), "{found:?}");
            assert!(found.cause.contains(ROUTE), "{found:?}");
            assert_eq!(found.fix.contains("Qualifier"), asked == alias, "{found:?}");
        }
    }
}

//! Claims that are no keys, functions that a service may not invoke, and what links do not share.

use authlab_aws::evidence as aws;
use authlab_kernel::{Clock, Component, EventDraft, Journal};

use super::*;
use crate::case::Case;
use crate::diagnose::all;

/// The class of a refusal by the front door beside which this is said.
fn class(request: &Value, policies: &Value, telemetry: Option<aws::Telemetry>) -> &'static str {
    let case = json!({"request": request, "policies": policies});
    let (request, policies) = case::decode(&case).unwrap();
    let decision = decide(&request, &policies);
    assert!(!decision.is_allowed(), "{case}");
    let compared = Compared::of(&request, &policies, &decision);
    let decision = aws::Decision::new(&request, &decision, &compared).beside(telemetry);
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let draft = EventDraft::of(Component::Aws, &decision);
    journal.record(draft.refused("resource-implicit-deny"));
    let event = (*journal.events_since(0)[0]).clone();
    let found = all(&Case::new(&[event], Some(1)));
    found.first().map(|found| found.class).unwrap()
}

#[test]
fn a_claim_of_which_sts_makes_no_key_is_the_owners_to_mend() {
    let rows = [
        ("login.corp.example:department", "trust-claim-not-a-key"),
        ("login.corp.example/tenant:groups", "trust-claim-not-a-key"),
        ("login.corp.example:amr", "trust-claim-mismatch"),
        ("accounts.google.com:hd", "trust-claim-mismatch"),
        (
            "token.actions.githubusercontent.com:repository_owner",
            "trust-claim-mismatch",
        ),
        ("login.corp.example:sub", "trust-subject-mismatch"),
    ];
    for (key, wanted) in rows {
        let condition = json!({"StringEquals": { key: "shop" }});
        let case = with_condition("trust", "Allow", &condition, &json!({}));
        let found = diagnosis(&case).unwrap();
        assert_eq!(found.class, wanted, "{key}");
    }
    // A value that is there is compared, whatever made a key of it.
    let condition = json!({"StringEquals": {"login.corp.example:department": "shop"}});
    let context = json!({"login.corp.example:department": "sales"});
    let case = with_condition("trust", "Allow", &condition, &context);
    assert_eq!(diagnosis(&case).unwrap().class, "trust-claim-mismatch");
}

#[test]
fn a_subscription_is_told_of_its_functions_policy() {
    let function = "arn:aws:lambda:us-east-1:222222222222:function:ship";
    let allow = |principal: &str, source: &str| {
        document(
            json!([{"Effect": "Allow", "Principal": {"Service": principal},
            "Action": "lambda:InvokeFunction", "Resource": function,
            "Condition": {"ArnLike": {"AWS:SourceArn": source}}}]),
        )
    };
    let group = "arn:aws:logs:us-east-1:222222222222:log-group:/app";
    let rows = [
        (
            "logs.amazonaws.com",
            json!({}),
            "subscription-not-invocable",
        ),
        (
            "logs.us-east-1.amazonaws.com",
            json!({"resource": allow("events.amazonaws.com", "*")}),
            "subscription-not-invocable",
        ),
        (
            "logs.amazonaws.com",
            json!({"resource": allow("logs.amazonaws.com", group)}),
            "source-not-granted",
        ),
        (
            "apigateway.amazonaws.com",
            json!({}),
            "function-permission-missing",
        ),
    ];
    for (principal, policies, wanted) in rows {
        let request = json!({"principal": {"type": "service", "service": principal},
            "action": "lambda:InvokeFunction", "resource": function,
            "resource_account": "222222222222",
            "context": {"aws:SourceArn": [format!("{group}:*")]}});
        assert_eq!(
            class(&request, &policies, None),
            wanted,
            "{principal} {policies}"
        );
    }
}

#[test]
fn a_link_shares_no_resource() {
    let telemetry = || aws::Telemetry {
        account: "333333333333".to_owned(),
        link: "arn:aws:oam:us-east-1:333333333333:link/l".to_owned(),
        types: vec!["AWS::CloudWatch::Metric".to_owned()],
    };
    let own = "oam-shares-no-resource";
    let rows = [
        ("lambda:GetFunction", Some(telemetry()), own),
        ("ec2:DescribeInstances", Some(telemetry()), own),
        ("lambda:GetFunction", None, "no-policy-allows"),
        (
            "lambda:DeleteFunction",
            Some(telemetry()),
            "no-policy-allows",
        ),
        (
            "secretsmanager:GetSecretValue",
            Some(telemetry()),
            "no-policy-allows",
        ),
    ];
    for (action, telemetry, wanted) in rows {
        let request = json!({"principal": session(), "action": action,
            "resource": "arn:aws:lambda:us-east-1:333333333333:function:f",
            "resource_account": "333333333333"});
        let policies = json!({"identity": [everything()]});
        let is_linked = telemetry.is_some();
        assert_eq!(
            class(&request, &policies, telemetry),
            wanted,
            "{action}, {is_linked}"
        );
    }
}

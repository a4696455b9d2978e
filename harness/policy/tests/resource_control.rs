//! For which actions a resource control policy that denies everything counts.
//!
//! Source: Organizations user guide, `orgs_manage_policies_rcps.html`, "List of AWS services that
//! support RCPs" and "Resources and entities not restricted by RCPs".

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use authlab_policy::{
    Document, DocumentKind, Layer, Outcome, Policy, PolicySet, Principal, Request, decide, verdict,
};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::222222222222:role/deploy";
const KEY: &str = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd";

/// Action, resource, whether RCPs have a say in it.
const TABLE: [(&str, &str, bool); 28] = [
    ("s3:GetObject", "arn:aws:s3:::bucket/key", true),
    ("S3:getobject", "arn:aws:s3:::bucket/key", true),
    ("sts:AssumeRole", ROLE, true),
    ("sts:AssumeRoleWithWebIdentity", ROLE, true),
    ("kms:Decrypt", KEY, true),
    ("kms:RevokeGrant", KEY, true),
    ("sqs:SendMessage", "*", true),
    ("secretsmanager:GetSecretValue", "*", true),
    ("cognito-idp:AdminGetUser", "*", true),
    ("cognito-identity:GetId", "*", true),
    ("logs:PutLogEvents", "*", true),
    ("xray:PutTraceSegments", "*", true),
    ("dynamodb:GetItem", "*", true),
    ("ecr:BatchGetImage", "*", true),
    ("aoss:APIAccessAll", "*", true),
    ("events:PutEvents", "*", true),
    ("cloudtrail-data:PutAuditEvents", "*", true),
    // No services of the list.
    ("execute-api:Invoke", "*", false),
    ("apigateway:GET", "*", false),
    ("lambda:InvokeFunction", "*", false),
    ("oam:CreateLink", "*", false),
    ("sns:Publish", "*", false),
    ("iam:PassRole", ROLE, false),
    ("organizations:DescribeOrganization", "*", false),
    ("cloudwatch:PutMetricData", "*", false),
    ("cloudtrail:LookupEvents", "*", false),
    // Only its beginning is that of one.
    ("s3express:CreateSession", "*", false),
    // The one action of a listed service that RCPs do not restrict.
    ("kms:RetireGrant", KEY, false),
];

fn policy(kind: DocumentKind, statement: Value) -> Policy {
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    Policy::new("p", Document::parse(kind, &document.to_string()).unwrap())
}

#[test]
fn a_resource_control_policy_binds_the_listed_services_alone() {
    let everyone = |action: &str, effect: &str| json!({ "Effect": effect, "Principal": "*", "Action": action, "Resource": "*" });
    let policies = PolicySet {
        identity: vec![policy(
            DocumentKind::Identity,
            json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
        )],
        resource: Some(policy(DocumentKind::Resource, everyone("*", "Allow"))),
        trust: Some(policy(
            DocumentKind::Trust,
            json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:*" }),
        )),
        resource_control: vec![vec![policy(
            DocumentKind::ResourceControl,
            everyone("*", "Deny"),
        )]],
        ..PolicySet::default()
    };
    let user = Principal::user(
        "arn:aws:iam::111111111111:user/ana",
        "AIDAANAEXAMPLE0000000",
    );
    for (action, resource, is_bound) in TABLE {
        let mut request = Request::new(user.clone(), action, resource);
        request.resource_account = Some("222222222222".to_owned());
        let expected = if is_bound {
            (Outcome::ExplicitDeny, Some(Layer::ResourceControl))
        } else {
            (Outcome::Allow, Some(Layer::Identity))
        };
        let decision = decide(&request, &policies);
        assert_eq!((decision.outcome, decision.layer()), expected, "{action}");
        let verdict = verdict(&request, &policies);
        assert_eq!(verdict.outcome, expected.0, "{action}");
        assert_eq!(verdict.decided_by.to_decided_by(), decision.decided_by);
    }
}

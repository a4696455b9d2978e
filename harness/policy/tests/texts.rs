//! The texts that people and clients read: access-denied messages, explanations, traces, findings.

#![expect(clippy::expect_used, reason = "a test ends at the first surprise")]

use authlab_policy::{
    ApiAuthorization, ApiRequest, Context, Document, DocumentKind, Finding, MessageStyle, Policy,
    PolicySet, Principal, Request, Severity, decide, lint, trace, verdict,
};
use serde_json::{Value, json};

fn policy(kind: DocumentKind, name: &str, statements: Value) -> Policy {
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    Policy::new(
        name,
        Document::from_value(kind, &document).expect("a valid document"),
    )
}

fn allow_all() -> Value {
    json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }])
}

fn nothing() -> Value {
    json!([{ "Effect": "Allow", "Action": "ec2:*", "Resource": "*" }])
}

fn request() -> Request {
    let principal = Principal::user("arn:aws:iam::111111111111:user/ana", "AIDAANA0000000000");
    let mut request = Request::new(principal, "s3:GetObject", "arn:aws:s3:::bkt/k");
    request.context = Context::for_principal(&request.principal, [("team", "red")], None);
    request
}

/// What a policy set adds to an identity policy that allows everything.
type Change = fn(&mut PolicySet);

#[test]
fn each_layer_has_its_own_words() {
    let head = "User: arn:aws:iam::111111111111:user/ana is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::bkt/k";
    let cases: [(Change, &str); 8] = [
        (
            |set| set.identity.clear(),
            " because no identity-based policy allows the s3:GetObject action",
        ),
        (
            |set| set.boundary = Some(policy(DocumentKind::Boundary, "b", nothing())),
            " because no permissions boundary allows the s3:GetObject action",
        ),
        (
            |set| set.session = vec![policy(DocumentKind::Session, "s", nothing())],
            " because no session policy allows the s3:GetObject action",
        ),
        (
            |set| {
                set.service_control =
                    vec![vec![policy(DocumentKind::ServiceControl, "c", nothing())]]
            },
            " with an explicit deny in a service control policy",
        ),
        (
            |set| {
                let deny = json!([{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" }]);
                set.resource_control = vec![vec![policy(DocumentKind::ResourceControl, "r", deny)]];
            },
            " with an explicit deny in a resource control policy",
        ),
        (
            |set| {
                let deny = json!([{ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }]);
                set.identity.push(policy(DocumentKind::Identity, "d", deny));
            },
            " with an explicit deny in an identity-based policy",
        ),
        (
            |set| {
                let other = json!([{ "Effect": "Allow", "Principal": "*", "Action": "ec2:*", "Resource": "*" }]);
                set.endpoint = Some(policy(DocumentKind::VpcEndpoint, "e", other));
            },
            " because no VPC endpoint policy allows the s3:GetObject action",
        ),
        (
            |set| {
                let deny = json!([{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" }]);
                set.resource = Some(policy(DocumentKind::Resource, "p", deny));
            },
            " with an explicit deny in a resource-based policy",
        ),
    ];
    for (change, tail) in cases {
        let mut policies = PolicySet {
            identity: vec![policy(DocumentKind::Identity, "i", allow_all())],
            ..PolicySet::default()
        };
        assert!(decide(&request(), &policies).is_allowed());
        change(&mut policies);
        let decision = decide(&request(), &policies);
        let found = decision.message(&request(), MessageStyle::Style2025);
        assert_eq!(found, format!("{head}{tail}"));
    }
}

#[test]
fn a_trust_policy_that_is_silent() {
    let principal = Principal::user("arn:aws:iam::222222222222:user/bob", "AIDABOB0000000000");
    let mut request = Request::new(
        principal,
        "sts:AssumeRole",
        "arn:aws:iam::111111111111:role/ops",
    );
    request.resource_account = Some("111111111111".to_owned());
    let policies = PolicySet {
        identity: vec![policy(DocumentKind::Identity, "i", allow_all())],
        ..PolicySet::default()
    };
    let found = decide(&request, &policies).message(&request, MessageStyle::Style2025);
    assert!(
        found.ends_with(" because no role trust policy allows the sts:AssumeRole action"),
        "{found}"
    );

    request.principal = Principal::WebIdentity {
        provider: "accounts.google.com".to_owned(),
    };
    request.action = "sts:AssumeRoleWithWebIdentity".to_owned();
    let found = decide(&request, &policies).message(&request, MessageStyle::Style2025);
    assert_eq!(
        found,
        "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
}

#[test]
fn api_gateway_masks_the_account_and_knows_two_styles() {
    let arn = "arn:aws:execute-api:us-east-1:111122223333:a1b2/prod/GET/";
    let silent = json!([{ "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/test/*" }]);
    let mut request = Request::new(Principal::Anonymous, "execute-api:Invoke", arn);
    request.api = Some(ApiRequest::new(ApiAuthorization::None, "a1b2"));
    let policies = PolicySet {
        resource: Some(policy(DocumentKind::ExecuteApi, "p", silent)),
        ..PolicySet::default()
    };
    let decision = decide(&request, &policies);
    let head = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********3333:a1b2/prod/GET/";
    assert_eq!(
        decision.message(&request, MessageStyle::Style2025),
        format!("{head} because no resource-based policy allows the execute-api:Invoke action")
    );
    assert_eq!(decision.message(&request, MessageStyle::Style2023), head);

    request.api = Some(ApiRequest::new(ApiAuthorization::Custom, "a1b2"));
    let deny = json!([{ "Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*" }]);
    let policies = PolicySet {
        identity: vec![policy(DocumentKind::Identity, "authorizer", deny)],
        ..PolicySet::default()
    };
    let decision = decide(&request, &policies);
    assert_eq!(
        decision.message(&request, MessageStyle::Style2025),
        "User is not authorized to access this resource with an explicit deny in an identity-based policy"
    );
    assert_eq!(
        decision.message(&request, MessageStyle::Style2023),
        "User is not authorized to access this resource with an explicit deny"
    );
}

#[test]
fn an_explanation_names_policy_statement_form_and_absent_keys() {
    let statements = json!([
        { "Sid": "Readers", "Effect": "Allow", "Principal": { "AWS": "111111111111" },
          "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bkt/*" },
        { "Sid": "OnlyOrg", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
          "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-a" } } },
    ]);
    let policies = PolicySet {
        resource: Some(policy(
            DocumentKind::Resource,
            "bucket policy of `bkt`",
            statements,
        )),
        ..PolicySet::default()
    };
    let found = trace(&request(), &policies);
    assert_eq!(
        found.summary,
        "explicitly denied by statement `OnlyOrg` of resource-based policy `bucket policy of `bkt``, which names everyone; absent keys: aws:PrincipalOrgID"
    );
    let expected = "\
explicitly denied by statement `OnlyOrg` of resource-based policy `bucket policy of `bkt``, which names everyone; absent keys: aws:PrincipalOrgID
caller: arn:aws:iam::111111111111:user/ana
check:  s3:GetObject on arn:aws:s3:::bkt/k
  resource denies
    bucket policy of `bkt`
    =>[0] Allow `Readers`, names the account, matches
    =>[1] Deny `OnlyOrg`, names everyone, matches
         holds StringNotEquals aws:PrincipalOrgID: policy [o-a], request absent
";
    assert_eq!(found.to_string(), expected);
    let json = serde_json::to_value(&found).expect("a trace is JSON");
    let condition =
        &json["checks"][0]["layers"][0]["policies"][0]["statements"][1]["conditions"][0];
    assert_eq!(condition["request"], Value::Null);
    assert_eq!(condition["holds"], true);
}

fn findings(kind: DocumentKind, statement: Value) -> Vec<(Severity, &'static str)> {
    let document = json!({ "Version": "2012-10-17", "Statement": statement });
    let document = Document::from_value(kind, &document).expect("a valid document");
    lint(&document)
        .into_iter()
        .map(|Finding { severity, code, .. }| (severity, code))
        .collect()
}

#[test]
fn findings_and_their_clean_twins() {
    let identity = |action: &str, resource: &str, condition: Value| json!([{ "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition }]);
    let object = "arn:aws:s3:::bkt/*";
    let cases = [
        (
            "wildcard-in-equals",
            identity(
                "s3:GetObject",
                object,
                json!({ "StringEquals": { "aws:PrincipalArn": "arn:aws:iam::1:role/*" } }),
            ),
            identity(
                "s3:GetObject",
                object,
                json!({ "StringLike": { "aws:PrincipalArn": "arn:aws:iam::1:role/*" } }),
            ),
        ),
        (
            "for-all-without-null",
            identity(
                "sqs:TagQueue",
                "*",
                json!({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } }),
            ),
            identity(
                "sqs:TagQueue",
                "*",
                json!({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] }, "Null": { "aws:TagKeys": "false" } }),
            ),
        ),
        (
            "for-all-single",
            identity(
                "s3:GetObject",
                object,
                json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": ["o-a"] } }),
            ),
            identity(
                "s3:GetObject",
                object,
                json!({ "StringEquals": { "aws:PrincipalOrgID": ["o-a"] } }),
            ),
        ),
        (
            "key-never-present",
            identity(
                "oam:ListLinks",
                "*",
                json!({ "ForAnyValue:StringEquals": { "oam:ResourceTypes": "AWS::XRay::Trace" } }),
            ),
            identity(
                "oam:CreateLink",
                "*",
                json!({ "ForAnyValue:StringEquals": { "oam:ResourceTypes": "AWS::XRay::Trace" } }),
            ),
        ),
        (
            "resource-type",
            identity("s3:GetObject", "arn:aws:s3:::bkt", json!({})),
            identity("s3:ListBucket", "arn:aws:s3:::bkt", json!({})),
        ),
        (
            "wildcard-only-action",
            identity("s3:ListAllMyBuckets", object, json!({})),
            identity("s3:ListAllMyBuckets", "*", json!({})),
        ),
        (
            "unreachable",
            json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": object },
                   { "Effect": "Deny", "Action": "s3:*", "Resource": "*" }]),
            json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": object },
                   { "Effect": "Deny", "Action": "s3:Put*", "Resource": "*" }]),
        ),
        (
            "pass-any-role",
            identity("iam:PassRole", "*", json!({})),
            identity(
                "iam:PassRole",
                "*",
                json!({ "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } }),
            ),
        ),
        (
            "unknown-service",
            identity("s4:GetObject", "*", json!({})),
            identity("s3:GetObject", "*", json!({})),
        ),
        (
            "missing-set-operator",
            identity(
                "sqs:TagQueue",
                "*",
                json!({ "StringEquals": { "aws:TagKeys": "a" } }),
            ),
            identity(
                "sqs:TagQueue",
                "*",
                json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }),
            ),
        ),
        (
            "operator-type",
            identity(
                "s3:GetObject",
                object,
                json!({ "IpAddress": { "aws:PrincipalArn": "203.0.113.0/24" } }),
            ),
            identity(
                "s3:GetObject",
                object,
                json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
            ),
        ),
    ];
    for (rule, bad, clean) in cases {
        let found = findings(DocumentKind::Identity, bad);
        assert!(
            found.iter().any(|(_, name)| *name == rule),
            "{rule}: {found:?}"
        );
        let found = findings(DocumentKind::Identity, clean);
        assert!(
            found.iter().all(|(_, name)| *name != rule),
            "{rule} twin: {found:?}"
        );
    }
    let open = |condition: Value| json!([{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": object, "Condition": condition }]);
    let bare = findings(DocumentKind::Resource, open(json!({})));
    assert_eq!(bare, [(Severity::Warning, "open-principal")]);
    let narrowed = open(json!({ "StringEquals": { "aws:PrincipalOrgID": "o-a" } }));
    assert!(findings(DocumentKind::Resource, narrowed).is_empty());
}

/// A grant is enough inside the account, needs the caller's side across accounts, is named as the
/// statement that decided, and takes nothing from a Deny. Both answers agree.
#[test]
fn a_grant_speaks_for_the_key_as_its_policy_does() {
    let grant = |principal: &str| {
        policy(
            DocumentKind::KmsKey,
            "grant g",
            json!([{ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "kms:Decrypt", "Resource": "*" }]),
        )
    };
    let key_policy = |effect: &str| {
        policy(
            DocumentKind::KmsKey,
            "policy of key k",
            json!([{ "Effect": effect, "Principal": { "AWS": "arn:aws:iam::333333333333:root" }, "Action": "kms:*", "Resource": "*" }]),
        )
    };
    let deny_all = policy(
        DocumentKind::KmsKey,
        "policy of key k",
        json!([{ "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*" }]),
    );
    let bob = "arn:aws:iam::222222222222:user/bob";
    for (owner, key, grants, has_identity, is_allowed) in [
        (
            "222222222222",
            key_policy("Allow"),
            vec![grant(bob)],
            false,
            true,
        ),
        ("222222222222", key_policy("Allow"), vec![], true, false),
        (
            "222222222222",
            key_policy("Allow"),
            vec![grant("arn:aws:iam::222222222222:user/ana")],
            true,
            false,
        ),
        (
            "222222222222",
            key_policy("Allow"),
            vec![grant("arn:aws:iam::222222222222:user/ana"), grant(bob)],
            false,
            true,
        ),
        (
            "111111111111",
            key_policy("Allow"),
            vec![grant(bob)],
            true,
            true,
        ),
        (
            "111111111111",
            key_policy("Allow"),
            vec![grant(bob)],
            false,
            false,
        ),
        ("222222222222", deny_all, vec![grant(bob)], true, false),
    ] {
        let principal = Principal::user(bob, "AIDABOB0000000000");
        let arn = format!("arn:aws:kms:eu-central-1:{owner}:key/k");
        let mut request = Request::new(principal, "kms:Decrypt", arn);
        request.resource_account = Some(owner.to_owned());
        let identity = policy(DocumentKind::Identity, "i", allow_all());
        let policies = PolicySet {
            identity: if has_identity {
                vec![identity]
            } else {
                Vec::new()
            },
            resource: Some(key),
            grants,
            ..PolicySet::default()
        };
        let decision = decide(&request, &policies);
        assert_eq!(decision.is_allowed(), is_allowed, "{}", decision.explain());
        let short = verdict(&request, &policies);
        assert_eq!(short.outcome, decision.outcome);
        assert_eq!(short.decided_by.to_decided_by(), decision.decided_by);
        if is_allowed && !has_identity {
            let statement = decision.statement().unwrap();
            assert_eq!(&*statement.policy_name, "grant g");
            assert_eq!(statement.policy_index, policies.grants.len());
        }
    }
}

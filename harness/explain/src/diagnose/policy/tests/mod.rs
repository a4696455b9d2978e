//! The cause and the fix of every way in which a policy can refuse.

mod operator;
mod security;
mod service;

use authlab_policy::{Compared, case, decide, evidence};
use serde_json::{Value, json};

use crate::diagnose::{Diagnosis, Mender, of_decision};

const ANA: &str = "arn:aws:iam::222222222222:role/service/ana";
const KEY: &str = "arn:aws:s3:::bucket/key";

/// The diagnosis of a case in the format of `authlab decide`; none where it is allowed.
fn diagnosis(case: &Value) -> Option<Diagnosis> {
    let (request, policies) = case::decode(case).unwrap();
    let decision = decide(&request, &policies);
    if decision.is_allowed() {
        return None;
    }
    let compared = Compared::of(&request, &policies, &decision);
    of_decision(evidence::Decision::new(&request, &decision, &compared))
}

fn session() -> Value {
    json!({"type": "role-session", "arn": "arn:aws:sts::222222222222:assumed-role/ana/s",
        "account": "222222222222", "role_arn": ANA, "session_name": "s",
        "unique_id": "AROAANAEXAMPLE000000"})
}

fn document(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn everything() -> Value {
    document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))
}

/// A case whose statement in this layer has this condition; nothing else stands in the way.
fn with_condition(layer: &str, effect: &str, condition: &Value, context: &Value) -> Value {
    let mut statement = json!({"Sid": "Fence", "Effect": effect, "Action": "s3:GetObject",
        "Resource": "*", "Condition": condition});
    let listed = context.as_object().unwrap().iter().map(|(key, value)| {
        let values = if value.is_array() {
            value.clone()
        } else {
            json!([value])
        };
        (key.clone(), values)
    });
    let context: serde_json::Map<String, Value> = listed.collect();
    let request = json!({"principal": session(), "action": "s3:GetObject", "resource": KEY,
        "resource_account": "222222222222", "context": context});
    let mut case = json!({"request": request, "policies": {"identity": [everything()]}});
    if layer == "trust" {
        case["request"]["action"] = json!("sts:AssumeRole");
        case["request"]["resource"] = json!("arn:aws:iam::222222222222:role/target");
        statement["Action"] = json!("sts:AssumeRole");
        statement.as_object_mut().unwrap().remove("Resource");
    }
    if matches!(layer, "trust" | "resource" | "rcp" | "endpoint") {
        statement["Principal"] = json!("*");
    }
    let mut statements = vec![statement];
    if effect == "Deny" {
        let mut allow = statements[0].clone();
        allow["Effect"] = json!("Allow");
        allow["Sid"] = json!("Rest");
        allow.as_object_mut().unwrap().remove("Condition");
        statements.push(allow);
    }
    let written = document(json!(statements));
    let policies = &mut case["policies"];
    match layer {
        "identity" => policies["identity"] = json!([written]),
        "resource" => {
            // Across accounts the resource has to allow, too.
            policies["resource"] = written;
            case["request"]["resource_account"] = json!("333333333333");
        }
        "session" => policies["session"] = json!([written]),
        "scp" => policies["scps"] = json!([[written]]),
        "rcp" => policies["rcps"] = json!([[written]]),
        other => policies[other] = written,
    }
    case
}

#[track_caller]
fn tells(found: &Diagnosis, class: &str, parts: &[&str]) {
    assert_eq!(found.class, class, "{found:#?}");
    for part in parts {
        assert!(
            found.cause.contains(part),
            "no `{part}` in: {}",
            found.cause
        );
    }
    assert!(found.cause.contains("statement `Fence`"), "{}", found.cause);
    assert!(!found.fix.is_empty());
}

/// What is to be done names values and whose turn it is.
#[test]
fn the_fix_names_what_to_pass_or_to_tag() {
    let of = |layer: &str, effect: &str, condition: Value, context: Value| {
        diagnosis(&with_condition(layer, effect, &condition, &context)).unwrap()
    };
    let external = json!({"StringEquals": {"sts:ExternalId": "acme-42"}});
    let tag = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
    let fence = json!({"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}});
    let mfa = json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}});
    let org = json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-corp000001"}});
    let rows = [
        (
            of("trust", "Allow", external.clone(), json!({})),
            "external-id-missing",
            Mender::Caller,
            "pass `ExternalId` = `acme-42`",
        ),
        (
            of("trust", "Allow", external, json!({"sts:ExternalId": "x"})),
            "external-id-mismatch",
            Mender::Caller,
            "not `x`",
        ),
        (
            of(
                "identity",
                "Allow",
                tag.clone(),
                json!({"aws:ResourceTag/team": "shop"}),
            ),
            "principal-tag-missing",
            Mender::Caller,
            "tag `arn:aws:iam::222222222222:role/service/ana` with `team` = `shop`",
        ),
        (
            of(
                "identity",
                "Allow",
                tag.clone(),
                json!({"aws:PrincipalTag/team": "shop"}),
            ),
            "resource-tag-missing",
            Mender::Owner,
            "tag `arn:aws:s3:::bucket/key` with `team` = `shop`",
        ),
        (
            of(
                "identity",
                "Allow",
                tag,
                json!({"aws:PrincipalTag/team": "shop", "aws:ResourceTag/team": "bank"}),
            ),
            "resource-tag-mismatch",
            Mender::Caller,
            "whose tag `team` is `shop`",
        ),
        (
            of(
                "scp",
                "Deny",
                fence,
                json!({"aws:RequestedRegion": "us-east-1"}),
            ),
            "region-fenced",
            Mender::Caller,
            "`eu-west-1` or `eu-central-1`",
        ),
        (
            of("identity", "Deny", mfa, json!({})),
            "mfa-missing",
            Mender::Caller,
            "sts:GetSessionToken",
        ),
        (
            of("rcp", "Deny", org, json!({})),
            "perimeter-organization",
            Mender::Owner,
            "`aws:PrincipalAccount`",
        ),
    ];
    for (found, class, mender, fix) in rows {
        assert_eq!((found.class, found.mender), (class, mender), "{found:#?}");
        assert!(found.fix.contains(fix), "{class}: {}", found.fix);
    }
}

#[test]
fn whoever_is_named_is_shown_beside_who_calls() {
    let of = |principal: Value, layer: &str| {
        let mut case = with_condition(layer, "Allow", &json!({}), &json!({}));
        let policies = &mut case["policies"];
        policies[layer]["Statement"][0]["Principal"] = principal;
        diagnosis(&case).unwrap()
    };
    let recreated = of(json!({"AWS": "AROAGONEEXAMPLE00000"}), "trust");
    tells(
        &recreated,
        "trust-principal-recreated",
        &["AROAGONEEXAMPLE00000", "AROAANAEXAMPLE000000", "made again"],
    );
    assert!(recreated.fix.contains("anew"), "{}", recreated.fix);
    let path = of(
        json!({"AWS": "arn:aws:iam::222222222222:role/ana"}),
        "trust",
    );
    tells(
        &path,
        "trust-principal-missing",
        &["differ in the path", ANA],
    );
    let account = of(
        json!({"AWS": "arn:aws:iam::444444444444:role/service/ana"}),
        "resource",
    );
    tells(
        &account,
        "resource-principal-missing",
        &["differ in the account", "444444444444"],
    );
}

#[test]
fn the_layer_that_is_silent_is_named_with_its_document() {
    let mut boundary = with_condition("boundary", "Allow", &json!({}), &json!({}));
    boundary["policies"]["boundary"] = document(
        json!({"Sid": "Logs", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}),
    );
    let found = diagnosis(&boundary).unwrap();
    assert_eq!(found.class, "boundary-silent", "{found:#?}");
    assert!(
        found.cause.contains("the permissions boundary `boundary`"),
        "{}",
        found.cause
    );
    assert!(found.cause.contains("`Logs`"), "{}", found.cause);
}

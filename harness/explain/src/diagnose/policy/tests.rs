//! The cause and the fix of every way in which a policy can refuse.

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

/// Every operator: a value of the policy and one that meets it, and what differs from that.
struct Row {
    operator: &'static str,
    policy: &'static str,
    different: &'static str,
    /// In case only, where that counts.
    case: Option<&'static str>,
    /// A pattern, and a text that would match it.
    wildcard: Option<(&'static str, &'static str)>,
    /// What the operator cannot read, in the policy.
    wrong_type: Option<&'static str>,
}

const fn row(operator: &'static str, policy: &'static str, different: &'static str) -> Row {
    Row {
        operator,
        policy,
        different,
        case: None,
        wildcard: None,
        wrong_type: None,
    }
}

const STAR: Option<(&str, &str)> = Some(("sh*", "shop"));

const ROWS: &[Row] = &[
    Row {
        case: Some("Shop"),
        wildcard: STAR,
        ..row("StringEquals", "shop", "bank")
    },
    Row {
        wildcard: STAR,
        ..row("StringEqualsIgnoreCase", "shop", "bank")
    },
    Row {
        case: Some("SHop"),
        ..row("StringLike", "sh*", "bank")
    },
    row("StringNotEquals", "shop", "shop"),
    row("StringNotEqualsIgnoreCase", "shop", "SHOP"),
    row("StringNotLike", "sh*", "shop"),
    Row {
        wrong_type: Some("five"),
        ..row("NumericEquals", "5", "6")
    },
    row("NumericNotEquals", "5", "5"),
    Row {
        wrong_type: Some("five"),
        ..row("NumericLessThan", "5", "6")
    },
    Row {
        wrong_type: Some("five"),
        ..row("NumericLessThanEquals", "5", "6")
    },
    Row {
        wrong_type: Some("five"),
        ..row("NumericGreaterThan", "5", "4")
    },
    Row {
        wrong_type: Some("five"),
        ..row("NumericGreaterThanEquals", "5", "4")
    },
    Row {
        wrong_type: Some("soon"),
        ..row("DateEquals", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
    },
    row(
        "DateNotEquals",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
    ),
    Row {
        wrong_type: Some("soon"),
        ..row(
            "DateLessThan",
            "2026-01-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
        )
    },
    Row {
        wrong_type: Some("soon"),
        ..row(
            "DateLessThanEquals",
            "2026-01-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
        )
    },
    Row {
        wrong_type: Some("soon"),
        ..row(
            "DateGreaterThan",
            "2026-01-01T00:00:00Z",
            "2025-01-01T00:00:00Z",
        )
    },
    Row {
        wrong_type: Some("soon"),
        ..row(
            "DateGreaterThanEquals",
            "2026-01-01T00:00:00Z",
            "2025-01-01T00:00:00Z",
        )
    },
    Row {
        wrong_type: Some("yes"),
        ..row("Bool", "true", "false")
    },
    Row {
        wrong_type: Some("%"),
        ..row("BinaryEquals", "c2hvcA==", "YmFuaw==")
    },
    Row {
        wrong_type: Some("shop"),
        ..row("IpAddress", "203.0.113.0/24", "198.51.100.7")
    },
    row("NotIpAddress", "203.0.113.0/24", "203.0.113.7"),
    Row {
        case: Some("arn:aws:s3:::Bucket/key"),
        wrong_type: Some("bucket"),
        ..row(
            "ArnEquals",
            "arn:aws:s3:::bucket/*",
            "arn:aws:s3:::other/key",
        )
    },
    Row {
        case: Some("arn:aws:s3:::Bucket/key"),
        wrong_type: Some("bucket"),
        ..row("ArnLike", "arn:aws:s3:::bucket/*", "arn:aws:s3:::other/key")
    },
    row(
        "ArnNotEquals",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/k",
    ),
    row(
        "ArnNotLike",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/k",
    ),
];

/// A key that no class of its own is about.
const PLAIN: &str = "s3:prefix";

fn allow_on(operator: &str, policy: &str, context: &Value) -> Option<Diagnosis> {
    // Values that today's validation refuses are stored in some accounts.
    let condition = json!({operator: {PLAIN: policy}});
    diagnosis(&with_condition("identity", "Allow", &condition, context))
}

#[test]
fn every_operator_tells_absent_from_different_from_misread() {
    for row in ROWS {
        let Row {
            operator, policy, ..
        } = row;
        let is_negated = operator.contains("Not");
        let absent = allow_on(operator, policy, &json!({}));
        assert_eq!(absent.is_none(), is_negated, "{operator}");
        if let Some(found) = absent {
            tells(
                &found,
                "condition-not-met",
                &["the request has no `s3:prefix`", policy],
            );
        }

        let found = allow_on(operator, policy, &json!({PLAIN: row.different})).unwrap();
        tells(
            &found,
            "condition-not-met",
            &[row.different, policy, operator],
        );

        if let Some(other_case) = row.case {
            let found = allow_on(operator, policy, &json!({PLAIN: other_case})).unwrap();
            tells(
                &found,
                "condition-not-met",
                &[other_case, "capital and small letters only"],
            );
        }
        if let Some((pattern, text)) = row.wildcard {
            let found = allow_on(operator, pattern, &json!({PLAIN: text})).unwrap();
            tells(
                &found,
                "condition-wildcard-literal",
                &[text, "as they stand"],
            );
            assert!(
                found.fix.contains("StringLike"),
                "{operator}: {}",
                found.fix
            );
            assert_eq!(found.mender, Mender::Owner);
        }
        if let Some(unreadable) = row.wrong_type {
            let found = allow_on(operator, unreadable, &json!({PLAIN: row.different}));
            // What is refused when it is written is never compared.
            if let Some(found) = found {
                tells(
                    &found,
                    "condition-operator-mismatch",
                    &[unreadable, "be read"],
                );
                assert_eq!(found.mender, Mender::Owner);
            }
        }
    }
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

#[test]
fn set_operators_and_ranges_are_told_apart() {
    let of = |operator: &str, key: &str, policy: Value, had: Value| {
        let condition = json!({operator: {key: policy}});
        let case = with_condition("identity", "Allow", &condition, &json!({key: had}));
        diagnosis(&case).unwrap()
    };
    let several = of("StringEquals", PLAIN, json!("a"), json!(["a", "b"]));
    tells(
        &several,
        "condition-several-values",
        &["`a`, `b`", "several values"],
    );
    let one_too_many = of(
        "ForAllValues:StringEquals",
        PLAIN,
        json!(["a"]),
        json!(["a", "b"]),
    );
    tells(
        &one_too_many,
        "condition-not-met",
        &["of which `b` is not listed"],
    );
    let empty = of("ForAnyValue:StringEquals", PLAIN, json!(["a"]), json!([]));
    tells(&empty, "condition-not-met", &["without a value"]);
    let range = of(
        "StringEquals",
        "aws:SourceIp",
        json!("203.0.113.0/24"),
        json!("203.0.113.7"),
    );
    tells(&range, "condition-operator-mismatch", &["letter by letter"]);
    assert!(range.fix.contains("IpAddress"), "{}", range.fix);
    let null = json!({"Null": {PLAIN: "false"}});
    let null = diagnosis(&with_condition("identity", "Allow", &null, &json!({}))).unwrap();
    tells(
        &null,
        "condition-not-met",
        &["the request has no `s3:prefix`"],
    );
}

/// Keys that protect: one that the request has another value of, and the class of each.
const SECURITY: &[(&str, &str, &str, &str)] = &[
    ("sts:ExternalId", "StringEquals", "acme-42", "acme-43"),
    ("aws:MultiFactorAuthPresent", "Bool", "true", "false"),
    (
        "aws:SourceIp",
        "IpAddress",
        "203.0.113.0/24",
        "198.51.100.7",
    ),
    ("aws:SourceVpce", "StringEquals", "vpce-1", "vpce-2"),
    ("aws:SourceVpc", "StringEquals", "vpc-1", "vpc-2"),
    ("aws:SecureTransport", "Bool", "true", "false"),
    (
        "aws:PrincipalOrgID",
        "StringEquals",
        "o-corp000001",
        "o-other00001",
    ),
    (
        "aws:PrincipalArn",
        "ArnLike",
        "arn:aws:iam::222222222222:role/ops",
        ANA,
    ),
    (
        "aws:PrincipalAccount",
        "StringEquals",
        "111111111111",
        "222222222222",
    ),
    (
        "aws:SourceArn",
        "ArnLike",
        "arn:aws:sns:eu-west-1:222222222222:a",
        "arn:aws:sns:eu-west-1:222222222222:b",
    ),
    (
        "aws:SourceAccount",
        "StringEquals",
        "111111111111",
        "222222222222",
    ),
    (
        "aws:RequestedRegion",
        "StringEquals",
        "eu-west-1",
        "us-east-1",
    ),
    ("aws:PrincipalTag/team", "StringEquals", "shop", "bank"),
    ("aws:ResourceTag/team", "StringEquals", "shop", "bank"),
    ("aws:RequestTag/team", "StringEquals", "shop", "bank"),
    (
        "iam:PermissionsBoundary",
        "ArnEquals",
        "arn:aws:iam::222222222222:policy/fence",
        "arn:aws:iam::222222222222:policy/open",
    ),
    (
        "iam:PassedToService",
        "StringEquals",
        "lambda.amazonaws.com",
        "ec2.amazonaws.com",
    ),
    (
        "kms:ViaService",
        "StringEquals",
        "secretsmanager.eu-west-1.amazonaws.com",
        "s3.eu-west-1.amazonaws.com",
    ),
    ("sts:RoleSessionName", "StringEquals", "ana", "eve"),
    ("sts:SourceIdentity", "StringEquals", "ana", "eve"),
    (
        "token.actions.githubusercontent.com:sub",
        "StringEquals",
        "repo:corp/orders:ref:refs/heads/main",
        "repo:corp/orders:environment:prod",
    ),
    (
        "token.actions.githubusercontent.com:aud",
        "StringEquals",
        "sts.amazonaws.com",
        "https://github.com/corp",
    ),
    (
        "token.actions.githubusercontent.com:repository_owner",
        "StringEquals",
        "corp",
        "eve",
    ),
];

const LAYERS: [&str; 8] = [
    "identity", "resource", "trust", "boundary", "session", "scp", "rcp", "endpoint",
];

/// What no fix may say of a condition that protects: each would open it.
const FORBIDDEN: &[&str] = &[
    "let the condition",
    "name another value",
    "remove the condition",
    "remove the statement",
    "drop the",
    "without the condition",
    "weaken",
    "loosen",
    "disable",
    "ifexists",
    "0.0.0.0/0",
    "::/0",
    "principal \"*\"",
    "`*`",
    "full access",
    "administratoraccess",
    "forallvalues",
    "detach",
];

#[test]
fn no_fix_opens_a_condition_that_protects() {
    let mut count = 0;
    for (key, operator, wanted, had) in SECURITY {
        for layer in LAYERS {
            for effect in ["Allow", "Deny"] {
                for context in [json!({}), json!({ *key: had })] {
                    let operator = if effect == "Allow" {
                        (*operator).to_owned()
                    } else {
                        negated(operator)
                    };
                    let policy = if *operator == *"Bool" && effect == "Deny" {
                        "false"
                    } else {
                        wanted
                    };
                    let condition = json!({ operator.as_str(): { *key: policy } });
                    let case = with_condition(layer, effect, &condition, &context);
                    let Some(found) = diagnosis(&case) else {
                        continue;
                    };
                    count += 1;
                    let fix = found.fix.to_lowercase();
                    for phrase in FORBIDDEN {
                        assert!(
                            !fix.contains(phrase),
                            "{key} {layer} {effect}: {}",
                            found.fix
                        );
                    }
                    let is_general = ["condition-not-met", "no-policy-allows", "policy-denies"];
                    assert!(
                        !is_general.contains(&found.class),
                        "{key} {layer} {effect}: {found:#?}"
                    );
                    assert!(
                        found.cause.contains("`Fence`"),
                        "{key} {layer} {effect}: {}",
                        found.cause
                    );
                }
            }
        }
    }
    assert!(count > 400, "{count}");
}

fn negated(operator: &str) -> String {
    match operator {
        "Bool" => "Bool".to_owned(),
        "IpAddress" => "NotIpAddress".to_owned(),
        "ArnLike" => "ArnNotLike".to_owned(),
        "ArnEquals" => "ArnNotEquals".to_owned(),
        other => other.replace("Equals", "NotEquals"),
    }
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

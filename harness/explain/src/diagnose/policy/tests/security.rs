//! Conditions that protect, on every layer: no fix opens one.

use serde_json::json;

use super::{ANA, diagnosis, with_condition};

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

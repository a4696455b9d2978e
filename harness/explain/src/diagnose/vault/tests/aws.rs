//! Logins of AWS's principals, and by name and secret.

use serde_json::{Value, json};

use super::{Row, because, with};

fn aws(arn: &str, bound: &str, resolve: bool) -> Value {
    json!({
        "role": "reader",
        "arn": "arn:aws:sts::222222222222:assumed-role/reader/s",
        "canonical_arn": arn,
        "full_arn": null,
        "unique_id": "AROANEW",
        "bound_iam_principal_arn": [bound],
        "bound_iam_principal_id": ["AROAOLD"],
        "resolve_aws_unique_ids": resolve,
    })
}

const READER: &str = "arn:aws:iam::222222222222:role/reader";

pub(super) fn rows() -> Vec<Row> {
    let id = |more: Value| with(json!({"expected_server_id": "vault.corp.example"}), more);
    let principal = |more: Value| {
        let one = with(
            json!({"arn": READER, "account": "222222222222", "has_sts_role": false, "error": "AccessDenied: no"}),
            more,
        );
        because("principal", one)
    };
    let sts = |more: Value| {
        let one = with(
            json!({"endpoint": "https://sts.amazonaws.com", "host": "sts.amazonaws.com", "region": "us-east-1"}),
            more,
        );
        because("sts", one)
    };
    let wrong = |fault: &str| because("credential", json!({"fault": fault, "name": "ci"}));
    let unresolved = "aws-principal-unresolved";
    let unbound = "aws-principal-not-bound";
    vec![
        (
            "aws-server-id",
            id(json!({})),
            "vault-aws-server-id-absent",
            "the login has none",
        ),
        (
            "aws-server-id",
            id(json!({"given_server_id": "vault.test"})),
            "vault-aws-server-id-other",
            "signed for `vault.test`, the mount wants `vault.corp.example`",
        ),
        (
            "aws-server-id",
            id(json!({"given_server_id": "vault.corp.example", "signed_headers": ["host"]})),
            "vault-aws-server-id-unsigned",
            "over `host` without it",
        ),
        (
            "aws-header",
            because("header", json!({"name": "X-Amz-Foo", "allowed": []})),
            "vault-aws-header",
            "X-Amz-Foo",
        ),
        (
            "aws-sts-refused",
            sts(json!({"region": "eu-west-1", "code": "SignatureDoesNotMatch", "message": "m"})),
            "vault-aws-sts-region",
            "signed for `eu-west-1`",
        ),
        (
            "aws-sts-refused",
            sts(json!({"message": "connection refused"})),
            "vault-aws-sts",
            "connection refused",
        ),
        (
            unresolved,
            principal(json!({"own_account": "111111111111"})),
            "vault-aws-account",
            "no `config/sts/222222222222`",
        ),
        (
            unresolved,
            principal(json!({"has_sts_role": true})),
            "vault-aws-sts-role",
            "config/sts/222222222222",
        ),
        (
            unresolved,
            principal(json!({"error": "NoSuchEntity: x\n\tstatus"})),
            "vault-aws-principal-missing",
            "NoSuchEntity: x",
        ),
        (
            unresolved,
            principal(json!({})),
            "vault-aws-lookup",
            "AccessDenied",
        ),
        (
            "aws-principal-kind",
            json!({"path": "auth/aws/role/r", "message": "m"}),
            "vault-aws-session-bound",
            "binds a session",
        ),
        (
            unbound,
            aws(READER, READER, true),
            "vault-principal-recreated",
            "by the unique id `AROAOLD`, the caller's is `AROANEW`",
        ),
        (
            unbound,
            aws(READER, "arn:aws:iam::222222222222:role/team/reader", false),
            "vault-arn-with-path",
            "role/team/reader` as a text",
        ),
        (
            unbound,
            aws(
                READER,
                "arn:aws:sts::222222222222:assumed-role/reader/s",
                false,
            ),
            "vault-session-bound",
            "binds the session",
        ),
        (
            unbound,
            aws(READER, "arn:aws:iam::333333333333:role/reader", false),
            "vault-role-account",
            "differ in the account",
        ),
        (
            unbound,
            aws(READER, "arn:aws:iam::222222222222:role/writer", true),
            "vault-role-mismatch",
            "is bound to `arn:aws:iam::222222222222:role/writer`",
        ),
        (
            "aws-role-unknown",
            because("role", json!({"role": "x", "known": []})),
            "vault-role-missing",
            "there are none",
        ),
        (
            "invalid-credentials",
            json!({"secret_id_accessor": "s1", "secret_id_expired_at": "2026-01-01T00:00:00Z"}),
            "vault-secret-id-ended",
            "accessor `s1` ended at `2026-01-01T00:00:00Z`",
        ),
        (
            "invalid-credentials",
            wrong("secret-id-of-another-role"),
            "vault-secret-id-other-role",
            "for another role",
        ),
        (
            "invalid-credentials",
            wrong("secret-id-unknown"),
            "vault-secret-id-unknown",
            "`ci`",
        ),
        (
            "invalid-credentials",
            wrong("role-id-unknown"),
            "vault-role-id-unknown",
            "no role of the mount",
        ),
        (
            "invalid-credentials",
            wrong("user-unknown"),
            "vault-user-unknown",
            "no user `ci`",
        ),
        (
            "invalid-credentials",
            wrong("password-wrong"),
            "vault-password-wrong",
            "`ci` is there",
        ),
        (
            "user-locked-out",
            because(
                "lockout",
                json!({"user": "ci", "failures": 5, "threshold": 5, "until": "2026-01-01T00:15:00Z"}),
            ),
            "vault-user-locked-out",
            "failed 5 times, 5 are too many",
        ),
    ]
}

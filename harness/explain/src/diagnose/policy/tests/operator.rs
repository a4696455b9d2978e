//! Every operator by every way in which a request's value may stand to the policy's.

use serde_json::{Value, json};

use super::{diagnosis, tells, with_condition};
use crate::diagnose::{Diagnosis, Mender};

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

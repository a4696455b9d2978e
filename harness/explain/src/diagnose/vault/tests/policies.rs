//! Refusals by policies.

use serde_json::{Value, json};

use super::{Row, with};

/// A request whose policies refuse it: for this path, with these members of the decision.
fn read(path: &str, method: &str, more: Value) -> Value {
    with(
        json!({
            "method": method, "path": path, "mount": "secret/",
            "policies": ["default", "app"], "rule": null, "rule_policies": [], "capabilities": [],
            "lacking": null, "why": "no-rule-matches",
        }),
        more,
    )
}

/// Without a rule that matches, and one that nearly does.
fn near(path: &str, method: &str, rule: &str, miss: &str) -> Value {
    let capabilities = ["read", "list", "update"];
    let near =
        json!([{"rule": rule, "policies": ["app"], "capabilities": capabilities, "miss": miss}]);
    read(path, method, json!({ "near": near }))
}

/// Refused by this rule of the policy `app`.
fn ruled(rule: &str, why: &str, more: Value) -> Value {
    let of_rule = with(
        json!({
            "rule": rule, "rule_policies": ["app"], "capabilities": ["list"], "why": why,
        }),
        more,
    );
    read("secret/data/staging/db", "read", of_rule)
}

pub(super) fn rows() -> Vec<Row> {
    let path = "secret/data/staging/db";
    let denied = "policy-denied";
    let rows = [
        (
            near(path, "read", "secret/staging/*", "rule-without-data"),
            "vault-kv-rule-without-data",
            "secret/staging/*",
        ),
        (
            near(
                "secret/metadata/staging/",
                "list",
                "secret/data/*",
                "other-kv-path",
            ),
            "vault-kv-list-without-metadata",
            "below `metadata/`",
        ),
        (
            near(
                "secret/data/staging/",
                "list",
                "secret/metadata/*",
                "other-kv-path",
            ),
            "vault-kv-list-on-data",
            "secret/metadata/*",
        ),
        (
            near(
                "secret/staging/db",
                "read",
                "secret/data/*",
                "request-without-data",
            ),
            "vault-kv-request-without-data",
            "right below its mount",
        ),
        (
            near(path, "read", "secret/metadata/*", "other-kv-path"),
            "vault-kv-other-path",
            "each needs a rule",
        ),
        (
            near(path, "read", "secret/data/*/db", "star-inside"),
            "vault-rule-wildcard-inside",
            "at the end of a rule only",
        ),
        (
            near(path, "read", "secret/data/stag+/db", "plus-inside"),
            "vault-rule-wildcard-inside",
            "whole segment",
        ),
        (
            near(path, "read", "secret/data/staging", "below-exact"),
            "vault-rule-exact",
            "one below it",
        ),
        (
            near(path, "read", "secret/data/production/db", "one-segment"),
            "vault-rule-segment",
            "`production` where the path has `staging`",
        ),
        (
            ruled(
                "secret/data/*",
                "rule-denies",
                json!({"passed_over": [{"rule": "secret/*", "policies": ["b"], "capabilities": ["read"]}]}),
            ),
            "vault-rule-denies",
            "`secret/*` of `b` has `read`, and matches less well",
        ),
        (
            ruled(
                "secret/data/*",
                "capability-missing",
                json!({"lacking": "read"}),
            ),
            "vault-capability-missing",
            "the rule `secret/data/*` of `app` matches best and has `list`",
        ),
        (
            ruled(
                "sys/audit/*",
                "capability-missing",
                json!({"lacking": "sudo"}),
            ),
            "vault-sudo-missing",
            "without `sudo`",
        ),
        (
            ruled(
                "kv/*",
                "required-parameter-missing:ttl",
                json!({"parameters": ["ttl"]}),
            ),
            "vault-parameter-missing",
            "`ttl` is missing",
        ),
        (
            ruled(
                "secret/data/*",
                "parameter-not-allowed:data",
                json!({"parameters": ["password"]}),
            ),
            "vault-parameter-refused",
            "allows `password` only",
        ),
        (
            ruled(
                "kv/*",
                "parameter-denied:admin",
                json!({"parameters": ["admin"]}),
            ),
            "vault-parameter-refused",
            "denies `admin`",
        ),
        (
            ruled(
                "secret/*",
                "wrapping-ttl-out-of-bounds",
                json!({"wrapping": {"min_seconds": 60, "max_seconds": 3_600}}),
            ),
            "vault-wrapping-bounds",
            "at least 1 min and at most 1 h",
        ),
        (
            ruled("secret/*", "pagination-limit-exceeded:10", json!({})),
            "vault-list-too-long",
            "gives 10 names",
        ),
        (
            read(
                path,
                "read",
                json!({"why": "template-unresolved", "unresolved": [{"policy": "tm", "path": "secret/data/{{identity.entity.metadata.team}}/*", "template": "identity.entity.metadata.team", "has_entity": true}]}),
            ),
            "vault-template-unresolved",
            "of `tm` might match",
        ),
        (
            read(path, "read", json!({"unwritten": ["prodution"]})),
            "vault-policy-unwritten",
            "`prodution`, which does not exist",
        ),
        (
            read(path, "read", json!({})),
            "vault-policy-path",
            "no rule of theirs matches it",
        ),
    ];
    let rows = rows.into_iter();
    rows.map(|(detail, class, cause)| (denied, detail, class, cause))
        .collect()
}

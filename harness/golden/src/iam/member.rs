//! The members that a row of the table `iam` may have: another one is a rule that nobody would apply.

use serde_json::Value;

/// What a row asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request and its policies.
    Decision,
    /// A document, as submitted.
    Document,
    /// A document, and IAM's words for what is wrong with it.
    Words,
}

const DECISION: &[&str] = &["request", "policies", "expect"];
const DOCUMENT: &[&str] = &["document", "kind", "level", "expect_error"];
const WORDS: &[&str] = &["document", "refused"];

/// Members of every row.
const EVERY: &[&str] = &["id", "topic", "why", "grade", "dispute", "alternatives"];

const REQUEST: &[&str] = &[
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
    "resource_org",
    "api",
    "additional",
];
const PRINCIPAL: &[&str] = &[
    "type",
    "arn",
    "account",
    "unique_id",
    "name",
    "role_arn",
    "session_name",
    "user_arn",
    "service",
    "provider",
    "org",
    "tags",
    "session_tags",
    "service_linked_role",
];
const ORGANIZATION: &[&str] = &["id", "path", "management_account"];
const API: &[&str] = &["authorization", "api_id", "endpoint_type"];
const ADDITIONAL: &[&str] = &["action", "resource", "resource_account", "context"];
const POLICIES: &[&str] = &[
    "identity", "resource", "trust", "boundary", "session", "scps", "rcps", "endpoint",
];
const EXPECT: &[&str] = &[
    "decision",
    "decided_by",
    "also",
    "also_missing",
    "missing_keys",
];
const DECIDED_BY: &[&str] = &[
    "layer",
    "policy_index",
    "statement_index",
    "level_index",
    "missing_layer",
    "action",
    "always_allowed",
    "open",
    "root_user_default",
];

/// What the row asks, if it asks one thing that is known.
pub fn kind(row: &Value) -> Option<Kind> {
    let kinds = [
        (Kind::Decision, DECISION),
        (Kind::Document, &DOCUMENT[..3]),
        (Kind::Words, WORDS),
    ];
    let has_all = |members: &[&str]| members.iter().all(|name| row.get(name).is_some());
    let mut found = kinds.iter().filter(|(_, members)| has_all(members));
    let (kind, _) = found.next()?;
    found.next().is_none().then_some(*kind)
}

/// The members that nobody knows, each with its place.
pub fn unknown(row: &Value) -> Vec<String> {
    let Some(kind) = kind(row) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut check = |place: &str, value: Option<&Value>, known: &[&[&str]]| {
        let value = value.filter(|value| !value.is_null());
        let Some(value) = value else { return };
        let Value::Object(members) = value else {
            found.push(format!("`{place}` is no object"));
            return;
        };
        let unknown = members
            .keys()
            .filter(|name| !known.iter().any(|it| it.contains(&name.as_str())));
        found.extend(unknown.map(|name| format!("nobody knows the member `{place}.{name}`")));
    };
    match kind {
        Kind::Decision => {
            check("row", Some(row), &[EVERY, DECISION]);
            let request = &row["request"];
            check("request", Some(request), &[REQUEST]);
            let principal = &request["principal"];
            check("request.principal", Some(principal), &[PRINCIPAL]);
            check(
                "request.principal.org",
                principal.get("org"),
                &[ORGANIZATION],
            );
            check(
                "request.resource_org",
                request.get("resource_org"),
                &[ORGANIZATION],
            );
            check("request.api", request.get("api"), &[API]);
            for additional in request["additional"].as_array().into_iter().flatten() {
                check("request.additional", Some(additional), &[ADDITIONAL]);
            }
            check("policies", row.get("policies"), &[POLICIES]);
            let expect = &row["expect"];
            check("expect", Some(expect), &[EXPECT]);
            check("expect.decided_by", expect.get("decided_by"), &[DECIDED_BY]);
            for also in expect["also"].as_array().into_iter().flatten() {
                check("expect.also", Some(also), &[DECIDED_BY]);
            }
        }
        Kind::Document => check("row", Some(row), &[EVERY, DOCUMENT]),
        Kind::Words => check("row", Some(row), &[EVERY, WORDS]),
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_of_one_kind_and_has_the_members_of_it() {
        let decision = json!({"id": "a", "request": {"principal": {"type": "root"}}, "policies": {}, "expect": {}});
        let document = json!({"id": "a", "document": "{}", "kind": "trust", "level": "none"});
        let words = json!({"document": {}, "refused": null});
        for (row, expected) in [
            (&decision, Kind::Decision),
            (&document, Kind::Document),
            (&words, Kind::Words),
        ] {
            assert_eq!(kind(row), Some(expected), "{row}");
            assert_eq!(unknown(row), Vec::<String>::new(), "{row}");
            let mut other = row.clone();
            other["replay"] = json!(1);
            assert_eq!(unknown(&other), ["nobody knows the member `row.replay`"]);
        }
        let mut both = decision.clone();
        both["document"] = json!("{}");
        both["refused"] = json!("x");
        for row in [
            json!({}),
            json!([]),
            json!({"id": "a", "document": "{}"}),
            both,
        ] {
            assert_eq!(kind(&row), None, "{row}");
        }
        for (place, name) in [
            ("/request", "request.zone"),
            ("/request/principal", "request.principal.zone"),
            ("/policies", "policies.zone"),
            ("/expect", "expect.zone"),
        ] {
            let mut other = decision.clone();
            other.pointer_mut(place).unwrap()["zone"] = json!(1);
            assert_eq!(
                unknown(&other),
                [format!("nobody knows the member `{name}`")]
            );
        }
    }
}

//! What let a request through: every layer that took part, by the statements that the grant rests on and by
//! no other.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

mod allowed_rows;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use allowed_rows::{Row, rows};
use authlab_policy::evidence::{self, Statement};
use authlab_policy::{
    Compared, DecidedBy, Document, DocumentKind, Outcome, Policy, PolicySet, Request, case, decide,
};
use serde_json::{Value, json};

/// The request and the policies of a case, with the grants that cases of the table have none of.
fn decoded(case: &Value) -> (Request, PolicySet) {
    let (request, mut policies) =
        case::decode(case).unwrap_or_else(|error| panic!("{error}: {case}"));
    let grants = case["policies"]["grants"].as_array().into_iter().flatten();
    policies.grants = grants
        .enumerate()
        .map(|(index, document)| {
            let document = Document::from_value(DocumentKind::KmsKey, document)
                .unwrap_or_else(|error| panic!("{error}: {case}"));
            Policy::new(format!("grants[{index}]"), document)
        })
        .collect();
    (request, policies)
}

fn evidence_of(case: &Value) -> evidence::Decision {
    let (request, policies) = decoded(case);
    let decision = decide(&request, &policies);
    let compared = Compared::of(&request, &policies, &decision);
    evidence::Decision::new(&request, &decision, &compared)
}

/// `identity identity[0]#Read`, and its conditions.
fn short(statement: &Statement) -> String {
    let position = statement.statement.to_string();
    let name = statement.sid.as_ref().unwrap_or(&position);
    let mut text = format!("{} {}#{name}", statement.layer, statement.policy);
    if let Some(action) = &statement.action {
        text = format!("{text} for {action}");
    }
    let conditions = statement.conditions.iter();
    conditions.fold(text, |text, condition| format!("{text}; {condition}"))
}

/// The statements of a document, by the name that the case gave it: `scps[0][1]`.
fn statements_of<'c>(case: &'c mut Value, policy: &str) -> &'c mut Vec<Value> {
    let place = policy.replace('[', "/").replace(']', "");
    let document = case.pointer_mut(&format!("/policies/{place}"));
    let statements = document.and_then(|document| document.get_mut("Statement"));
    statements
        .and_then(Value::as_array_mut)
        .unwrap_or_else(|| panic!("no list of statements in `{policy}`"))
}

/// The case with these statements speaking of an action that no case asks for.
fn without(case: &Value, listed: &BTreeSet<(String, usize)>) -> Value {
    let mut case = case.clone();
    for (policy, index) in listed {
        let statement = &mut statements_of(&mut case, policy)[*index];
        if let Some(members) = statement.as_object_mut() {
            members.retain(|name, _| name != "NotAction");
        }
        statement["Action"] = json!("sts:DecodeAuthorizationMessage");
    }
    case
}

/// Every Allow of every document of the case.
fn allows(case: &Value) -> BTreeSet<(String, usize)> {
    let (_, policies) = decoded(case);
    let levels = policies.service_control.iter();
    let levels = levels.chain(&policies.resource_control).flatten();
    let all = policies.identity.iter().chain(&policies.session);
    let all = all.chain(&policies.grants).chain(levels);
    let single = [
        &policies.resource,
        &policies.trust,
        &policies.boundary,
        &policies.endpoint,
    ];
    let names: Vec<_> = all
        .chain(single.into_iter().flatten())
        .map(|policy| policy.name.to_string())
        .collect();
    let mut case = case.clone();
    let mut found = BTreeSet::new();
    for name in names {
        let statements = statements_of(&mut case, &name).iter().enumerate();
        let allowing = statements.filter(|(_, statement)| statement["Effect"] == "Allow");
        found.extend(allowing.map(|(index, _)| (name.clone(), index)));
    }
    found
}

fn places(decision: &evidence::Decision) -> BTreeSet<(String, usize)> {
    let statements = decision.statements();
    statements
        .map(|statement| (statement.policy.clone(), statement.statement))
        .collect()
}

/// What is listed is enough: nothing else that allows is needed. And it is needed: without it, and what
/// comes up in its place, the request is refused.
fn is_enough_and_needed(case: &Value, name: &str) {
    let listed = places(&evidence_of(case));
    let others: BTreeSet<_> = allows(case).difference(&listed).cloned().collect();
    let only = evidence_of(&without(case, &others));
    assert_eq!(only.decision, Outcome::Allow, "{name}: {listed:?}");
    assert_eq!(places(&only), listed, "{name}");
    let mut left = case.clone();
    loop {
        let found = evidence_of(&left);
        let by = places(&found);
        if found.decision != Outcome::Allow {
            return;
        }
        assert!(!by.is_empty(), "{name}: {found:?}");
        left = without(&left, &by);
    }
}

#[test]
fn each_combination_of_layers_names_what_allowed() {
    for Row {
        name,
        case,
        allowed_by,
        further,
    } in rows()
    {
        let found = evidence_of(&case);
        assert_eq!(found.decision, Outcome::Allow, "{name}: {found}");
        let listed: Vec<_> = found.statements().map(short).collect();
        assert_eq!(listed, allowed_by, "{name}");
        let counted: usize = found.further.iter().map(|further| further.count).sum();
        assert_eq!(counted, further, "{name}");
        let lines = found.allowed_by();
        assert_eq!(
            lines.len(),
            usize::max(listed.len() + found.further.len(), 1),
            "{name}"
        );
        let text = serde_json::to_string(&found).unwrap_or_else(|error| panic!("{error}"));
        let read: evidence::Decision =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, found, "{name}");
        // The twin, and nothing but the listed counts.
        if further == 0 && !listed.is_empty() {
            is_enough_and_needed(&case, name);
        }
    }
}

/// Cases of the table that allow: what is listed is the grant, and the decision's statement is its first.
#[test]
fn every_case_that_allows_rests_on_what_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{error}")) {
        let path = entry.unwrap_or_else(|error| panic!("{error}")).path();
        if path.extension().is_none_or(|found| found != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
        let cases: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
        for case in cases.iter().filter(|case| case.get("request").is_some()) {
            let (request, policies) = decoded(case);
            let decision = decide(&request, &policies);
            let found = evidence_of(case);
            if !decision.is_allowed() {
                assert!(found.also.is_empty() && found.allowed_by().is_empty());
                continue;
            }
            if let DecidedBy::Statement(_) = decision.decided_by {
                is_enough_and_needed(&as_lists(case), &case["id"].to_string());
                count += 1;
            }
        }
    }
    assert!(count > 150, "{count}");
}

/// The case with its statements in lists.
fn as_lists(case: &Value) -> Value {
    let mut case = case.clone();
    listed(&mut case["policies"]);
    case
}

fn listed(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(listed),
        Value::Object(members) => {
            if let Some(statement) = members.get_mut("Statement") {
                if statement.is_object() {
                    *statement = json!([statement]);
                }
            } else {
                members.values_mut().for_each(listed);
            }
        }
        _ => {}
    }
}

//! Every golden case: decision, reason and missing keys; see `tests/golden/README.md`.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use authlab_policy::{case, decide, verdict};
use serde_json::Value;

/// Cases whose answer differs, with the reason. The goal is an empty list.
const KNOWN_DIFFERENCES: [(&str, &str); 0] = [];

fn cases(topic: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(topic);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

const TOPICS: [&str; 11] = [
    "conditions.json",
    "cross-account.json",
    "effects-matching.json",
    "execute-api.json",
    "oam.json",
    "organizations.json",
    "principals.json",
    "same-account.json",
    "service-specials.json",
    "trust.json",
    "variables.json",
];

/// Whether every member of `wanted` but the action is in `found`.
fn contains(found: &Value, wanted: &Value) -> bool {
    wanted.as_object().is_some_and(|members| {
        members
            .iter()
            .all(|(name, value)| name == "action" || found.get(name) == Some(value))
    })
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

fn keys(value: Option<&Value>) -> BTreeSet<String> {
    list(value)
        .iter()
        .filter_map(|key| Some(key.as_str()?.to_ascii_lowercase()))
        .collect()
}

/// What is wrong with the answer to one case; `None` when nothing is.
fn difference(case: &Value) -> Option<String> {
    let found = case::answer(case, true).json;
    let expected = &case["expect"];
    if found["decision"] != expected["decision"] {
        return Some(format!("decision: {found}"));
    }
    let by = &found["decided_by"];
    let reason_fits = if expected["decision"] == "ImplicitDeny" {
        let mut layers = list(expected.get("also_missing"));
        layers.push(expected["decided_by"]["missing_layer"].clone());
        layers.contains(&by["missing_layer"])
    } else {
        let mut statements = list(expected.get("also"));
        statements.push(expected["decided_by"].clone());
        statements.iter().any(|wanted| contains(by, wanted))
    };
    if !reason_fits {
        return Some(format!("reason: {found}"));
    }
    let action = &expected["decided_by"]["action"];
    if action.is_string() && *action != by["action"] {
        return Some(format!("check: {found}"));
    }
    if keys(found.get("missing_keys")) != keys(expected.get("missing_keys")) {
        return Some(format!("missing keys: {found}"));
    }
    None
}

#[test]
fn every_decision_has_the_expected_reason() {
    let mut differences = Vec::new();
    let mut count = 0;
    for case in TOPICS.iter().flat_map(|topic| cases(topic)) {
        let id = case["id"].as_str().unwrap_or_default().to_owned();
        count += 1;
        if KNOWN_DIFFERENCES.iter().any(|(known, _)| *known == id) {
            continue;
        }
        if let Some(difference) = difference(&case) {
            differences.push(format!("{id}: {difference}"));
        }
    }
    assert_eq!(count, 444, "the corpus is complete");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_verdict_says_what_the_decision_says() {
    for case in TOPICS.iter().flat_map(|topic| cases(topic)) {
        let (request, policies) =
            case::decode(&case).unwrap_or_else(|error| panic!("{error}: {case}"));
        let decision = decide(&request, &policies);
        let verdict = verdict(&request, &policies);
        assert_eq!(
            (
                verdict.outcome,
                verdict.decided_by.to_decided_by(),
                verdict.check
            ),
            (decision.outcome, decision.decided_by, decision.check),
            "{case}"
        );
    }
}

#[test]
fn the_first_reason_is_the_one_the_corpus_names_first() {
    for case in TOPICS.iter().flat_map(|topic| cases(topic)) {
        let found = case::answer(&case, false).json;
        let wanted = &case["expect"]["decided_by"];
        assert!(
            contains(&found["decided_by"], wanted),
            "{}: {found}",
            case["id"]
        );
    }
}

/// Open questions never count, but each has one of the answers that may be right.
#[test]
fn disputed_cases_get_one_of_the_answers() {
    for case in cases("disputed.json") {
        let found = case::answer(&case, false);
        assert!(!found.failed, "{}: {}", case["id"], found.json);
        if case.get("document").is_some() {
            continue;
        }
        let mut accepted = list(case.get("alternatives"));
        accepted.push(case["expect"]["decision"].clone());
        assert!(
            accepted.contains(&found.json["decision"]),
            "{}: {}",
            case["id"],
            found.json
        );
    }
}

#[test]
fn malformed_documents_are_refused_or_found() {
    for case in cases("malformed.json") {
        let found = case::answer(&case, false).json;
        let objected = found.get("error").is_some() || found.get("findings").is_some();
        assert_eq!(objected, case["level"] != "none", "{}: {found}", case["id"]);
        if case["level"] == "syntax" {
            assert!(
                found.get("error").is_some(),
                "{} is refused: {found}",
                case["id"]
            );
        }
    }
}

#[test]
fn what_is_no_case_is_named_and_the_others_go_on() {
    let text = "{\"id\": \"a\"}\nno json\n\n{\"id\": \"b\", \"kind\": \"identity\", \"document\": \"{}\"}\n";
    let answers = case::answer_text(text, false);
    assert_eq!(answers.len(), 3);
    assert!(answers[0].failed && answers[0].json["id"] == "a");
    assert!(answers[1].failed);
    assert!(
        answers[1].json["error"]
            .as_str()
            .is_some_and(|error| error.starts_with("line 2 "))
    );
    assert!(!answers[2].failed && answers[2].json["error"].is_string());
}

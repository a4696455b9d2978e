//! Decisions of policies, and documents that are none: the table `iam`.
//!
//! A file is a list of rows. A row is a decision (`request`, `policies`, `expect`), a document that has to
//! be refused or taken (`document`, `kind`, `level`), or a document with IAM's own words for what is wrong
//! with it (`document`, `refused`). A disputed one has `alternatives`.

mod member;

use std::collections::BTreeSet;

use authlab_policy::case::{self, Answer};
use authlab_policy::words::{Use, read as read_words};
use serde_json::Value;

use crate::row::Row;

/// Reads the rows of a file.
pub fn read(_topic: &str, text: &str) -> Result<Vec<Row>, String> {
    let rows: Vec<Value> =
        serde_json::from_str(text).map_err(|error| format!("no list of rows: {error}"))?;
    Ok(rows
        .into_iter()
        .enumerate()
        .map(|(at, row)| of(at, row))
        .collect())
}

fn of(at: usize, row: Value) -> Row {
    let id = row.get("id").and_then(Value::as_str);
    let id = id.map_or_else(|| format!("row {}", at + 1), str::to_owned);
    let unknown = member::unknown(&row);
    if let Some(first) = unknown.first() {
        return Row::wrong(id, first);
    }
    let grade = row
        .get("grade")
        .map(|grade| grade.as_str().unwrap_or_default().to_owned());
    let judge: fn(&Value) -> Vec<String> = match member::kind(&row) {
        Some(member::Kind::Decision) => decision,
        Some(member::Kind::Document) => document,
        Some(member::Kind::Words) => words,
        None => return Row::wrong(id, "a row of no known kind"),
    };
    Row::new(id, grade.as_deref(), move || judge(&row))
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A decision, its reason, and the keys that were looked up.
fn decision(row: &Value) -> Vec<String> {
    let answer = case::answer(row, true);
    let (found, expected) = (&answer.json, &row["expect"]);
    if answer.failed {
        return vec![format!("no answer: {}", found["error"])];
    }
    if let Some(alternatives) = row.get("alternatives") {
        return disputed(found, expected, &list(Some(alternatives)));
    }
    if found["decision"] != expected["decision"] {
        return vec![format!(
            "decision: {} expected, got {}, decided by {}",
            expected["decision"], found["decision"], found["decided_by"]
        )];
    }
    let mut differences = Vec::new();
    let by = &found["decided_by"];
    if !is_reason(by, expected) {
        let wanted = &expected["decided_by"];
        differences.push(format!("decided_by: {wanted} expected, got {by}"));
    }
    let action = &expected["decided_by"]["action"];
    if action.is_string() && *action != by["action"] {
        differences.push(format!(
            "decided_by.action: {action} expected, got {}",
            by["action"]
        ));
    }
    let (looked_up, wanted) = (keys(found), keys(expected));
    if looked_up != wanted {
        differences.push(format!(
            "missing_keys: {wanted:?} expected, got {looked_up:?}"
        ));
    }
    differences
}

/// Whether the statement or the layer is one of those that may be named.
fn is_reason(by: &Value, expected: &Value) -> bool {
    if expected["decision"] == "ImplicitDeny" {
        let mut layers = list(expected.get("also_missing"));
        layers.push(expected["decided_by"]["missing_layer"].clone());
        return layers.contains(&by["missing_layer"]);
    }
    let mut statements = list(expected.get("also"));
    statements.push(expected["decided_by"].clone());
    let fits = |wanted: &Value| {
        wanted.as_object().is_some_and(|members| {
            let mut members = members.iter();
            members.all(|(name, value)| name == "action" || by.get(name) == Some(value))
        })
    };
    statements.iter().any(fits)
}

/// Names ignore case.
fn keys(of: &Value) -> BTreeSet<String> {
    let keys = list(of.get("missing_keys"));
    let keys = keys.iter().filter_map(Value::as_str);
    keys.map(str::to_ascii_lowercase).collect()
}

/// Open questions have one of the answers that may be right.
fn disputed(found: &Value, expected: &Value, alternatives: &[Value]) -> Vec<String> {
    let decision = &found["decision"];
    if *decision == expected["decision"] || alternatives.contains(decision) {
        return Vec::new();
    }
    let expected = &expected["decision"];
    vec![format!(
        "decision: {expected} or one of {} expected, got {decision}",
        Value::from(alternatives)
    )]
}

/// A document that has to be refused, found fault with, or taken.
fn document(row: &Value) -> Vec<String> {
    let Answer { json, failed, .. } = case::answer(row, true);
    if failed {
        return vec![format!("no answer: {}", json["error"])];
    }
    if row.get("alternatives").is_some() {
        return Vec::new();
    }
    let (refused, found) = (json.get("error"), json.get("findings"));
    let level = row["level"].as_str().unwrap_or_default();
    let is_right = match level {
        "none" => refused.is_none() && found.is_none(),
        "syntax" => refused.is_some(),
        "check" | "limit" => refused.is_some() || found.is_some(),
        other => return vec![format!("nobody knows the level `{other}`")],
    };
    let said = refused
        .or(found)
        .map_or_else(|| "it is taken".to_owned(), Value::to_string);
    let wanted = row["expect_error"].as_str().unwrap_or("a valid document");
    (!is_right)
        .then(|| format!("level {level} expected ({wanted}), got: {said}"))
        .into_iter()
        .collect()
}

/// A managed policy, and what IAM says of it.
fn words(row: &Value) -> Vec<String> {
    let answer = read_words(Use::Managed, &row["document"].to_string());
    let said = answer.err().map(|refused| refused.words);
    let (said, wanted) = (said.as_deref(), row["refused"].as_str());
    (said != wanted)
        .then(|| format!("{wanted:?} expected, got {said:?}"))
        .into_iter()
        .collect()
}

//! Cases in the format of `tests/golden/README.md`: JSON in, the decision as JSON out.
//!
//! This is what `authlab decide` reads and writes.

mod decode;

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::decide::{DecidedBy, Decision, Outcome, decide};
use crate::document::{Document, DocumentKind};
use crate::evidence;
use crate::lint::{Severity, lint};
use crate::message::MessageStyle;
use crate::request::{PolicySet, Request};
use crate::trace::{Compared, trace};

/// The answer to one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// One JSON object: `id` and `decision`, `decided_by`, `missing_keys`, `message`; or `error`;
    /// or `findings`.
    pub json: Value,
    /// The input was no case; the caller ends with exit status 1.
    pub failed: bool,
    /// What a journal would keep of the decision, where it refuses and is to be explained.
    pub refusal: Option<Box<evidence::Decision>>,
}

/// Why a text is no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a case: {message}")]
pub struct CaseError {
    /// What is missing or wrong.
    pub message: String,
}

/// The request and the policies of a decision case.
///
/// # Errors
/// When a member is missing or has the wrong form, or a policy cannot be read.
pub fn decode(case: &Value) -> Result<(Request, PolicySet), CaseError> {
    decode::RawCase::deserialize(case)
        .map_err(|error| error.to_string())
        .and_then(decode::RawCase::into_case)
        .map_err(|message| CaseError { message })
}

/// Answers everything in `text`: one JSON list of cases, or a case per line. Empty lines are passed
/// over; a line that is no case gets an error that names it, the others go on.
#[must_use]
pub fn answer_text(text: &str, explain: bool) -> Vec<Answer> {
    if text.trim_start().starts_with('[') {
        return match serde_json::from_str::<Vec<Value>>(text) {
            Ok(cases) => {
                let numbered = cases.iter().enumerate();
                numbered
                    .map(|(index, case)| answer_named(case, explain, &format!("case {index}")))
                    .collect()
            }
            Err(error) => vec![failure(None, format!("not a list of cases: {error}"))],
        };
    }
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            let name = format!("line {}", index + 1);
            match serde_json::from_str(line) {
                Ok(case) => answer_named(&case, explain, &name),
                Err(error) => failure(None, format!("{name} is not JSON: {error}")),
            }
        })
        .collect()
}

/// Answers one line.
#[must_use]
pub fn answer_line(line: &str, explain: bool) -> Answer {
    match serde_json::from_str(line) {
        Ok(case) => answer(&case, explain),
        Err(error) => failure(None, format!("the line is not JSON: {error}")),
    }
}

/// Answers one case.
#[must_use]
pub fn answer(case: &Value, explain: bool) -> Answer {
    answer_named(case, explain, "the line")
}

fn answer_named(case: &Value, explain: bool, name: &str) -> Answer {
    let id = case.get("id");
    if let Some(document) = case.get("document") {
        return match document_kind(case) {
            Ok(kind) => answer_document(id, kind, document),
            Err(message) => failure(id, format!("{name}: {message}")),
        };
    }
    match decode(case) {
        Ok((request, policies)) => {
            let decision = decide(&request, &policies);
            let mut json = decision_json(&request, &decision);
            if let Some(id) = id {
                json.insert("id".to_owned(), id.clone());
            }
            let mut refusal = None;
            if explain {
                let compared = Compared::of(&request, &policies, &decision);
                let kept = evidence::Decision::new(&request, &decision, &compared);
                let mut explanation = trace(&request, &policies).to_string();
                if decision.is_allowed() {
                    explanation.push_str("allowed by:\n");
                    let lines = kept.allowed_by();
                    lines
                        .iter()
                        .for_each(|line| explanation += &format!("  {line}\n"));
                } else {
                    refusal = Some(Box::new(kept));
                }
                json.insert("explanation".to_owned(), Value::String(explanation));
            }
            Answer {
                json: Value::Object(json),
                failed: false,
                refusal,
            }
        }
        Err(error) => failure(id, format!("{name} is {error}")),
    }
}

/// The decision in the words of the cases.
#[must_use]
pub fn decision_json(request: &Request, decision: &Decision) -> Map<String, Value> {
    let mut decided_by = match &decision.decided_by {
        DecidedBy::Statement(statement) => json!(statement),
        DecidedBy::Missing { layer, level_index } => {
            let mut missing = json!({ "missing_layer": layer });
            if let Some(level) = level_index {
                missing["level_index"] = json!(level);
            }
            missing
        }
        DecidedBy::RootUserDefault => json!({ "layer": "identity", "root_user_default": true }),
        DecidedBy::AlwaysAllowed => json!({ "always_allowed": true }),
        DecidedBy::Open => json!({ "open": true }),
    };
    if !request.additional.is_empty() {
        decided_by["action"] = json!(decision.action(request));
    }
    let mut json = Map::new();
    json.insert("decision".to_owned(), json!(decision.outcome));
    json.insert("decided_by".to_owned(), decided_by);
    if let Some(also) = &decision.also {
        json.insert("also".to_owned(), json!([also]));
    }
    if !decision.also_missing.is_empty() {
        json.insert("also_missing".to_owned(), json!(decision.also_missing));
    }
    json.insert("missing_keys".to_owned(), json!(decision.missing_keys));
    if decision.outcome != Outcome::Allow {
        let message = decision.message(request, MessageStyle::Style2025);
        json.insert("message".to_owned(), Value::String(message));
    }
    json
}

fn answer_document(id: Option<&Value>, kind: DocumentKind, document: &Value) -> Answer {
    let parsed = match document {
        Value::String(text) => Document::parse(kind, text),
        value => Document::from_value(kind, value),
    };
    let mut json = Map::new();
    if let Some(id) = id {
        json.insert("id".to_owned(), id.clone());
    }
    match parsed {
        Err(error) => {
            json.insert("error".to_owned(), Value::String(error.to_string()));
        }
        Ok(document) => {
            let mut findings = lint(&document);
            findings.retain(|finding| finding.severity == Severity::Error);
            if findings.is_empty() {
                json.insert("decision".to_owned(), json!("Valid"));
            } else {
                json.insert("findings".to_owned(), json!(findings));
            }
        }
    }
    Answer {
        json: Value::Object(json),
        failed: false,
        refusal: None,
    }
}

fn document_kind(case: &Value) -> Result<DocumentKind, String> {
    let name = case
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or("identity");
    name.parse()
        .map_err(|error: crate::document::UnknownKind| error.to_string())
}

fn failure(id: Option<&Value>, message: String) -> Answer {
    let json = json!({ "id": id, "error": message });
    Answer {
        json,
        failed: true,
        refusal: None,
    }
}

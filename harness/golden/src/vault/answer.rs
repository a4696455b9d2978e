//! An answer beside what was recorded.

use serde_json::Value;

use super::case::Expect;
use super::context::Context;
use crate::wire::Answer;

/// How much of an unexpected body is shown.
const BODY_SHOWN: usize = 200;

/// What differs between status, body and headers and what is expected.
pub fn differences(context: &mut Context, expected: &Expect, answer: &Answer) -> Vec<String> {
    let mut differences = Vec::new();
    if answer.headers.contains_key("transfer-encoding") {
        differences.push("header transfer-encoding: an answer has a length".to_owned());
    }
    let status = expected.status.filter(|status| *status != answer.status);
    if let Some(status) = status {
        let body: String = answer.body.chars().take(BODY_SHOWN).collect();
        differences.push(format!(
            "status {status} expected, got {} {body}",
            answer.status
        ));
    } else {
        differences.extend(of_body(context, expected, answer));
    }
    for (name, value) in &expected.headers {
        let actual = answer.headers.get(&name.to_lowercase());
        match (value, actual) {
            (Value::Null, None) => {}
            (Value::Null, Some(actual)) => {
                differences.push(format!("header {name}: none expected, got {actual}"));
            }
            (_, None) => differences.push(format!("header {name}: missing")),
            (value, Some(actual)) => {
                let actual = Value::String(actual.clone());
                differences.extend(context.differences(value, &actual, name));
            }
        }
    }
    differences
}

fn of_body(context: &mut Context, expected: &Expect, answer: &Answer) -> Vec<String> {
    let mut differences = Vec::new();
    if let Some(body) = &expected.body {
        match answer.json() {
            Some(actual) => differences.extend(context.differences(body, &actual, "")),
            None => differences.push(format!("no JSON: {}", answer.body)),
        }
    }
    if let Some(text) = &expected.body_text {
        let actual = Value::String(answer.body.clone());
        differences.extend(context.differences(text, &actual, "text"));
    }
    differences
}

//! Texts of refusals as CloudTrail, clients and access logs hold them, and what each says; `null` where
//! it is none of the access-denied texts.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

use authlab_policy::message::{Denied, parse};
use serde_json::{Map, Value, json};

fn rows() -> Vec<(String, Value)> {
    let rows: Vec<Value> = match serde_json::from_str(include_str!("messages.json")) {
        Ok(rows) => rows,
        Err(error) => panic!("messages.json: {error}"),
    };
    let row = |row: &Value| {
        let text = row["text"].as_str().unwrap_or_default().to_owned();
        (text, row["denied"].clone())
    };
    rows.iter().map(row).collect()
}

/// The members that are there.
fn told(denied: &Denied) -> Value {
    let all = json!({
        "principal": denied.principal,
        "action": denied.action,
        "resource": denied.resource,
        "effect": denied.effect,
        "layer": denied.layer,
        "policy_arn": denied.policy_arn,
        "authorization_id": denied.authorization_id(),
        "encoded": denied.encoded,
    });
    let members = all.as_object().cloned().unwrap_or_default();
    let there: Map<String, Value> = members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    there.into()
}

#[test]
fn every_text_is_read_and_printed_again() {
    let (mut read, mut other) = (0, 0);
    for (text, expected) in rows() {
        let found = parse(&text);
        let shown = found.as_ref().map_or(Value::Null, told);
        assert_eq!(shown, expected, "{text}");
        match found {
            Some(denied) => {
                read += 1;
                let sentence = "You are not authorized to perform this operation. ";
                let text = text.strip_prefix(sentence).unwrap_or(&text);
                assert_eq!(denied.to_string(), text);
            }
            None => other += 1,
        }
    }
    assert!(read >= 30 && other >= 15, "{read} read, {other} not");
}

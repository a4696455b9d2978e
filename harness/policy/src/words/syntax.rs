//! The first reading: elements, and what type each has.

use serde_json::{Map, Value};

use super::{Refused, SYNTAX, Statement};
use crate::condition::Operator;

const TOP_ELEMENTS: [&str; 4] = ["Version", "Id", "Statement", "Conditions"];

const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Condition",
];

fn refused(why: impl Into<String>) -> Refused {
    Refused::new(SYNTAX, why)
}

/// The statements of a document whose elements are known and of the right types.
pub(super) fn check(document: &Value) -> Result<Vec<&Statement>, Refused> {
    let Value::Object(top) = document else {
        return Err(refused("a policy document is a JSON object"));
    };
    if let Some(name) = unknown(top, &TOP_ELEMENTS) {
        return Err(refused(format!("unknown top-level element `{name}`")));
    }
    if let Some(version) = top.get("Version")
        && version != "2008-10-17"
        && version != "2012-10-17"
    {
        return Err(refused(format!("Version: `{version}` is none")));
    }
    if top.get("Id").is_some_and(|id| !id.is_string()) {
        return Err(refused("Id: it is a text"));
    }
    let list: Vec<&Value> = match top.get("Statement") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    };
    if list.is_empty() {
        return Err(refused("Statement: there is none"));
    }
    list.into_iter().map(statement).collect()
}

fn unknown<'d>(members: &'d Map<String, Value>, known: &[&str]) -> Option<&'d String> {
    members.keys().find(|name| !known.contains(&name.as_str()))
}

fn statement(value: &Value) -> Result<&Statement, Refused> {
    let Value::Object(members) = value else {
        return Err(refused("Statement: a statement is an object"));
    };
    if let Some(name) = unknown(members, &STATEMENT_ELEMENTS) {
        return Err(refused(format!("unknown statement element `{name}`")));
    }
    for (one, other) in [
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
    ] {
        if members.contains_key(one) && members.contains_key(other) {
            return Err(refused(format!("{one} and {other} exclude each other")));
        }
    }
    let effect = members.get("Effect").and_then(Value::as_str);
    let is_effect = |text: &str| ["allow", "deny"].contains(&text.to_ascii_lowercase().as_str());
    if !effect.is_some_and(is_effect) {
        return Err(refused("Effect: it is missing, or neither Allow nor Deny"));
    }
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        if members
            .get(name)
            .is_some_and(|element| !is_texts(name, element))
        {
            return Err(refused(format!("{name}: it is a text or a list of texts")));
        }
    }
    for name in ["Principal", "NotPrincipal"] {
        if members
            .get(name)
            .is_some_and(|element| !is_principal(element))
        {
            return Err(refused(format!("{name}: it is `*` or a map of texts")));
        }
    }
    if let Some(condition) = members.get("Condition") {
        check_condition(condition)?;
    }
    if members.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(refused("Sid: it is a text"));
    }
    Ok(members)
}

/// A text or a list of texts; in a list of resources `null` passes.
fn is_texts(name: &str, element: &Value) -> bool {
    match element {
        Value::String(_) => true,
        Value::Array(list) => list
            .iter()
            .all(|each| each.is_string() || each.is_null() && name.ends_with("Resource")),
        _ => false,
    }
}

fn is_principal(element: &Value) -> bool {
    match element {
        Value::String(_) => true,
        Value::Object(kinds) => kinds.values().all(|named| is_texts("", named)),
        _ => false,
    }
}

fn check_condition(condition: &Value) -> Result<(), Refused> {
    let Value::Object(operators) = condition else {
        return Err(refused("Condition: it is an object: operator, key, values"));
    };
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return Err(refused(format!(
                "Condition.{operator}: it is an object: key, values"
            )));
        };
        let is_value = |value: &Value| !value.is_object() && !value.is_null();
        if let Some((key, _)) = keys.iter().find(|(_, value)| !is_value(value)) {
            let why = format!("Condition.{operator}.{key}: it is a text or a list of texts");
            return Err(refused(why));
        }
        if let (Err(why), false) = (Operator::parse(operator), keys.is_empty()) {
            return Err(refused(format!("Condition.{operator}: {why}")));
        }
    }
    Ok(())
}

/// An operator without what stands before and after it: `ForAllValues:`, `IfExists`.
pub(super) fn bare_operator(operator: &str) -> &str {
    let bare = operator
        .strip_prefix("ForAnyValue:")
        .or_else(|| operator.strip_prefix("ForAllValues:"))
        .unwrap_or(operator);
    bare.strip_suffix("IfExists").unwrap_or(bare)
}

//! What API Gateway says where a document does not fit (`$context.error.validationErrorString`).
//!
//! Of these texts that for properties that are missing is known from answers in public; the others are
//! unverified: they are those of the Java library whose texts the known ones are.

use serde_json::{Value, json};

use super::node::{Bound, Type};

pub(super) fn wrong_type(found: Type, allowed: &[Type]) -> String {
    // Whatever is a number may be an integer.
    let is_allowed = |it: &&Type| {
        allowed.contains(it) || (**it == Type::Integer && allowed.contains(&Type::Number))
    };
    let names = Type::ALL.iter().filter(is_allowed).map(|it| it.as_str());
    let names: Vec<&str> = names.collect();
    format!(
        "instance type ({}) does not match any allowed primitive type (allowed: {})",
        found.as_str(),
        json!(names)
    )
}

pub(super) fn not_listed(document: &Value, values: &[Value]) -> String {
    format!(
        "instance value ({document}) not found in enum (possible values: {})",
        json!(values)
    )
}

pub(super) fn not_multiple(document: &Value, of: f64) -> String {
    format!("remainder of division is not zero ({document} / {of})")
}

pub(super) fn too_low(document: &Value, bound: Bound) -> String {
    let Bound {
        value,
        is_exclusive,
    } = bound;
    if is_exclusive {
        format!("numeric instance is not strictly greater than the required minimum {value}")
    } else {
        format!(
            "numeric instance is lower than the required minimum (minimum: {value}, found: {document})"
        )
    }
}

pub(super) fn too_high(document: &Value, bound: Bound) -> String {
    let Bound {
        value,
        is_exclusive,
    } = bound;
    if is_exclusive {
        format!("numeric instance is not strictly lower than the required maximum {value}")
    } else {
        format!(
            "numeric instance is greater than the required maximum (maximum: {value}, found: {document})"
        )
    }
}

pub(super) fn too_short(text: &str, length: u64, least: u64) -> String {
    let text = json!(text);
    format!("string {text} is too short (length: {length}, required minimum: {least})")
}

pub(super) fn too_long(text: &str, length: u64, most: u64) -> String {
    let text = json!(text);
    format!("string {text} is too long (length: {length}, maximum allowed: {most})")
}

pub(super) fn no_match(text: &str, pattern: &str) -> String {
    let (text, pattern) = (json!(text), json!(pattern));
    format!("ECMA 262 regex {pattern} does not match input string {text}")
}

pub(super) fn too_few_items(found: u64, least: u64) -> String {
    format!(
        "array is too short: must have at least {least} elements but instance has {found} elements"
    )
}

pub(super) fn too_many_items(found: u64, most: u64) -> String {
    format!(
        "array is too long: must have at most {most} elements but instance has {found} elements"
    )
}

pub(super) const REPEATED: &str = "array must not contain duplicate elements";

pub(super) fn missing(names: &[&str]) -> String {
    format!("object has missing required properties ({})", json!(names))
}

pub(super) fn not_allowed(names: &[&str]) -> String {
    format!(
        "object instance has properties which are not allowed by the schema: {}",
        json!(names)
    )
}

pub(super) fn too_few_properties(found: u64, least: u64) -> String {
    format!("object has too few properties (found {found} but schema requires at least {least})")
}

pub(super) fn too_many_properties(found: u64, most: u64) -> String {
    format!("object has too many properties (found {found} but schema requires at most {most})")
}

pub(super) fn unmet(property: &str, names: &[&str]) -> String {
    let (property, names) = (json!(property), json!(names));
    format!("property {property} of object has missing property dependencies (missing: {names})")
}

pub(super) fn not_all(matched: usize, of: usize) -> String {
    format!("instance failed to match all required schemas (matched only {matched} out of {of})")
}

pub(super) fn not_any(of: usize) -> String {
    format!("instance failed to match at least one required schema among {of}")
}

pub(super) fn not_one(matched: usize, of: usize) -> String {
    format!("instance failed to match exactly one schema (matched {matched} out of {of})")
}

pub(super) const MATCHED: &str = "instance matched a schema which it should not have";

/// In our words: AWS is not known to stop.
pub(super) const TOO_MUCH: &str = "the schema takes more steps than the lab takes for one body";

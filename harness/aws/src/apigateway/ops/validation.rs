//! How API Gateway tells that an input breaks its model (recorded).
//!
//! Members of the body stand below `createRestApiInput` and come before those of the path; the values
//! of an enum come in the order of a hash table.

use authlab_wire::{Location, Models, Rule, ValidationFailure, Violation, WireError};

/// What every list's elements are told beside, and here are not.
const NOT_NULL: &str = ", Member must not be null";
/// How many buckets the hash table has.
const BUCKETS: u32 = 32;

/// The sentence in API Gateway's order and with its names.
pub(in crate::apigateway) fn in_other_words(
    operation: &str,
    failure: &ValidationFailure,
) -> Option<WireError> {
    let model = Models::service("apigateway")?.operation(operation)?;
    let shape = model.input_shape()?;
    let input = format!("{}Input", lower_first(operation));
    let told = |violation: &Violation| {
        let mut told = violation.clone();
        let first = violation.at.split('.').next().unwrap_or_default();
        let member = shape.members().iter().find(|member| member.name == first);
        let is_of_body = member.is_some_and(|member| member.location == Location::Body);
        if is_of_body {
            told.at = format!("{input}.{}", violation.at);
        }
        told.constraint = in_hash_order(&violation.constraint.replace(NOT_NULL, ""));
        (!is_of_body, !violation.at.ends_with(".types"), told)
    };
    let mut all: Vec<(bool, bool, Violation)> = failure.violations.iter().map(told).collect();
    all.sort_by_key(|(is_of_path, is_later, _)| (*is_of_path, *is_later));
    // What a JWT authorizer has is refused by the service itself (M).
    let is_of_service = |violation: &Violation| {
        violation.at.contains("jwtConfiguration") && violation.rule != Rule::Required
    };
    let is_of_service = failure.violations.iter().any(is_of_service);
    let code = if is_of_service {
        "BadRequestException"
    } else {
        "ValidationException"
    };
    let violations = all.into_iter().map(|(.., violation)| violation).collect();
    let failure = ValidationFailure { violations };
    Some(WireError::new(400, code, failure.to_string()))
}

/// A constraint with the values of its enum as a hash table lists them: by bucket, what came later
/// first.
fn in_hash_order(constraint: &str) -> String {
    let start = "enum value set: [";
    let Some((head, rest)) = constraint.split_once(start) else {
        return constraint.to_owned();
    };
    let Some((values, tail)) = rest.split_once(']') else {
        return constraint.to_owned();
    };
    let mut values: Vec<&str> = values.split(", ").collect();
    values.reverse();
    values.sort_by_key(|value| hash(value) % BUCKETS);
    format!("{head}{start}{}]{tail}", values.join(", "))
}

/// `String.hashCode` of Java.
fn hash(text: &str) -> u32 {
    let units = text.encode_utf16();
    units.fold(0, |hash: u32, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    })
}

/// `CreateRestApi` -> `createRestApi`.
fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(characters).collect()
}

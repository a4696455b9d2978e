//! Decode, call, encode.
//!
//! - [`function`]: functions and their configuration.
//! - [`version`]: versions that are published. [`alias`]: names for them.
//! - [`permission`]: resource policies.
//! - [`invoke`]: the operation Invoke.

pub(super) mod alias;
pub(super) mod function;
pub(super) mod invoke;
pub(super) mod permission;
pub(super) mod version;

use authlab_wire::{Rule, ValidationFailure, WireError};

use super::error::Error;
use super::fault;
use super::runtime;

/// The only place where the service's errors meet codes and statuses, as the model states them.
pub(super) fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::FunctionExists(_)
        | Error::AliasExists(_)
        | Error::VersionInUse { .. }
        | Error::StatementExists(_) => (409, "ResourceConflictException"),
        Error::NoSuchFunction(_)
        | Error::NoSuchAlias(_)
        | Error::NoAliasToUpdate(_)
        | Error::OtherRegion { .. }
        | Error::NoPolicy
        | Error::NothingToRemove
        | Error::NoPolicyFound(_)
        | Error::NoSuchStatement(_) => (404, "ResourceNotFoundException"),
        Error::RoleNotAssumable
        | Error::OtherCode { .. }
        | Error::Principal
        | Error::Value(_)
        | Error::Key(_) => (400, "InvalidParameterValueException"),
        Error::CrossAccountRole | Error::OtherAccount => (403, "AccessDeniedException"),
        Error::PolicyTooLong(_) => (400, "PolicyLengthExceededException"),
        Error::TooLarge(_) => (413, "RequestEntityTooLargeException"),
        Error::Revision | Error::PolicyRevision => (412, "PreconditionFailedException"),
        Error::NotSimulated(_) => (501, "NotImplemented"),
    };
    let kind = if status < 500 { "User" } else { "Service" };
    let answer = WireError::new(status, code, error.to_string()).with_field("Type", kind);
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// What Lambda says of a failed validation in its own words: the runtime is checked last, and its
/// refusal has another code and other words (recorded).
pub(super) fn in_other_words(_: &str, failure: &ValidationFailure) -> Option<WireError> {
    let is_runtime = |at: &str, rule: Rule| at == "runtime" && rule == Rule::Enum;
    let (runtimes, others): (Vec<_>, Vec<_>) = failure
        .violations
        .iter()
        .cloned()
        .partition(|violation| is_runtime(&violation.at, violation.rule));
    let runtime = runtimes.first()?;
    if others.is_empty() {
        let value = runtime.value.as_deref().unwrap_or_default();
        return Some(wire(runtime::unknown(value.trim_matches('\''))));
    }
    let rest = ValidationFailure { violations: others };
    Some(WireError::new(400, "ValidationException", rest.to_string()))
}

//! Decode, call, encode.
//!
//! - [`group`]: log groups and their tags.
//! - [`event`]: streams and events.
//! - [`policy`]: resource policies.
//! - [`subscription`]: subscription filters.

pub(super) mod event;
pub(super) mod group;
pub(super) mod policy;
pub(super) mod subscription;

use authlab_wire::{Rule, ValidationFailure, WireError};

use super::error::Error;
use super::fault;

/// Names that are too long are told in other words (recorded).
pub(super) fn in_other_words(_: &str, failure: &ValidationFailure) -> Option<WireError> {
    let is_name = |at: &str| matches!(at, "logGroupName" | "logStreamName");
    let too_long = failure
        .violations
        .iter()
        .any(|violation| violation.rule == Rule::Max && is_name(&violation.at));
    too_long.then(|| {
        let text =
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.";
        WireError::new(400, "InvalidParameterException", text)
    })
}

/// The only place where the service's errors meet codes and statuses: every error of awsJson is a
/// 400.
pub(super) fn wire(error: Error) -> WireError {
    let code = match &error {
        Error::GroupExists | Error::StreamExists => "ResourceAlreadyExistsException",
        Error::NoSuchGroup
        | Error::NoSuchStream
        | Error::NoSuchResource
        | Error::NoSuchSubscription
        | Error::NoSuchPolicy(_) => "ResourceNotFoundException",
        Error::Protected => "OperationAbortedException",
        Error::NameAndArn => "ValidationException",
        Error::TooManyPolicies | Error::TooManySubscriptions | Error::PolicyTooLong(_) => {
            "LimitExceededException"
        }
        Error::FunctionOfOtherAccount { .. } => "AccessDeniedException",
        Error::TooManyTags(_) => "TooManyTagsException",
        Error::FunctionNotInvocable
        | Error::StreamWithoutRole
        | Error::NotChronological
        | Error::BatchTooLong
        | Error::BatchTooLarge(_)
        | Error::Retention(_)
        | Error::Pattern { .. }
        | Error::Parameter(_)
        | Error::Policy(_) => "InvalidParameterException",
    };
    let answer = WireError::new(400, code, error.to_string());
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

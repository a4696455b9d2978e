//! Decode, call, encode.
//!
//! - [`group`]: log groups and their tags.
//! - [`event`]: streams and events.
//! - [`policy`]: resource policies.

pub(super) mod event;
pub(super) mod group;
pub(super) mod policy;

use authlab_wire::WireError;

use super::error::Error;

/// The only place where the service's errors meet codes and statuses: every error of awsJson is a
/// 400.
pub(super) fn wire(error: Error) -> WireError {
    let code = match &error {
        Error::GroupExists | Error::StreamExists => "ResourceAlreadyExistsException",
        Error::NoSuchGroup
        | Error::NoSuchStream
        | Error::NoSuchResource
        | Error::NoSuchPolicy(_) => "ResourceNotFoundException",
        Error::TooManyPolicies => "LimitExceededException",
        Error::TooManyTags(_) => "TooManyTagsException",
        Error::NotChronological
        | Error::BatchTooLong
        | Error::BatchTooLarge(_)
        | Error::Retention(_)
        | Error::Pattern { .. }
        | Error::Parameter(_)
        | Error::Policy(_) => "InvalidParameterException",
    };
    WireError::new(400, code, error.to_string())
}

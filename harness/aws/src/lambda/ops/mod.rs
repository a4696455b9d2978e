//! Decode, call, encode.
//!
//! - [`function`]: functions and their configuration.
//! - [`permission`]: resource policies.
//! - [`invoke`]: the operation Invoke.

pub(super) mod function;
pub(super) mod invoke;
pub(super) mod permission;

use authlab_wire::WireError;

use super::error::Error;

/// The only place where the service's errors meet codes and statuses, as the model states them.
pub(super) fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::FunctionExists(_) | Error::StatementExists(_) => (409, "ResourceConflictException"),
        Error::NoSuchFunction(_)
        | Error::OtherRegion { .. }
        | Error::NoPolicy
        | Error::NoSuchStatement(_) => (404, "ResourceNotFoundException"),
        Error::RoleNotAssumable | Error::Principal | Error::Value(_) => {
            (400, "InvalidParameterValueException")
        }
        Error::CrossAccountRole => (403, "AccessDeniedException"),
        Error::PolicyTooLong(_) => (400, "PolicyLengthExceededException"),
        Error::Revision => (412, "PreconditionFailedException"),
        Error::NotSimulated(_) => (501, "NotImplemented"),
    };
    let kind = if status < 500 { "User" } else { "Service" };
    WireError::new(status, code, error.to_string()).with_field("Type", kind)
}

//! The kind of an error that says no more than its code and its text.
//!
//! Every service has codes of its own for the same few kinds, so that a class here covers as many codes as
//! there are services: what the text says is the cause, and the fix is that of the kind.

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::answer::Refused;
use crate::case::Case;

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Aws,
        class: "input-refused",
        mender: Mender::Caller,
        title: "the service does not take a value of the call, or not with the others",
        find: |case| {
            told(case, INPUT, |refused| match refused.named() {
                Some(named) => format!(
                    "change what the message names (the call has {named}) and repeat {}",
                    refused.call()
                ),
                None => format!(
                    "change what the message names and repeat {}",
                    refused.call()
                ),
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "limit-exceeded",
        mender: Mender::Owner,
        title: "the service has a limit that the call would exceed",
        find: |case| {
            told(case, LIMIT, |refused| {
                format!(
                    "make {} fit the limit that the message names, or delete what is not needed any more",
                    refused.call()
                )
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "operation-unknown",
        mender: Mender::Caller,
        title: "the request names no operation of the service",
        find: |case| {
            told(case, OPERATION, |_| {
                "send `Action` and `Version` (query protocol), `X-Amz-Target` (JSON) or the path and method \
                 that the service's model has: an SDK of the service does"
                    .to_owned()
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "body-unreadable",
        mender: Mender::Caller,
        title: "the service cannot read the request",
        find: |case| {
            told(case, BODY, |refused| {
                format!(
                    "send the members of {} with the types of its model",
                    refused.call()
                )
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "service-not-simulated",
        mender: Mender::Nobody,
        title: "the lab does not have the operation",
        find: |case| {
            told(case, NOT_SIMULATED, |_| {
                "leave it out of what is tried here: it says nothing about what real AWS answers"
                    .to_owned()
            })
        },
    },
    Entry {
        system: System::Aws,
        class: "caller-not-entitled",
        mender: Mender::Caller,
        title: "the service does not do this for such a caller, whatever policies say",
        find: |case| {
            told(case, NOT_ENTITLED, |_| {
                "call as a principal of the kind and the account that the message names: no policy \
                 changes this"
                    .to_owned()
            })
        },
    },
];

/// Codes by which services refuse a value or a combination.
const INPUT: &[&str] = &[
    "BadRequestException",
    "InvalidInput",
    "InvalidInputException",
    "InvalidParameterCombinationException",
    "InvalidParameterException",
    "InvalidParameterValueException",
    "InvalidParameterValue",
    "InvalidRequestException",
    "PasswordPolicyViolation",
    "MalformedCertificate",
    "KeyPairMismatch",
    "DuplicateCertificate",
    "InvalidUserType",
    "TagException",
    "ValidationError",
    "ValidationException",
    "RequestEntityTooLargeException",
];

/// Codes of limits.
const LIMIT: &[&str] = &[
    "LimitExceeded",
    "LimitExceededException",
    "ServiceQuotaExceededException",
];

/// Codes of requests that name no operation.
const OPERATION: &[&str] = &[
    "MissingAction",
    "UnknownOperationException",
    "InvalidAction",
];

/// Codes of requests that cannot be read.
const BODY: &[&str] = &[
    "SerializationException",
    "MalformedRequest",
    "MalformedInput",
];

/// The lab's own code.
const NOT_SIMULATED: &[&str] = &["NotImplemented"];

/// Codes that look like a policy's refusal and are none.
const NOT_ENTITLED: &[&str] = &[
    "AccessDeniedException",
    "AccessDenied",
    "NotAuthorizedException",
];

fn told(case: &Case<'_>, codes: &[&str], fix: fn(&Refused) -> String) -> Option<Finding> {
    let refused = Refused::of(case)?;
    if !codes.contains(&refused.code.as_str()) {
        return None;
    }
    let fix = fix(&refused);
    Some(Finding::certain(refused.said(), fix))
}

//! Decode, call, encode; the one mapping from IAM's errors to codes. The table of operations is
//! `table`.

mod account;
mod certificate;
mod check;
mod credential;
mod grant;
mod group;
mod instance_profile;
mod mfa;
mod policy;
mod provider;
mod role;
mod service_linked;
mod simulate;
mod table;
mod user;

use authlab_policy::Principal;
use authlab_wire::{Rule, ValidationFailure, WireError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::Error;
use super::fault;
use crate::evidence::Reason;
use crate::operation::{Call, Tag, Tags, tag};

pub use table::SERVICE;

/// What IAM says of an input in words of its own (recorded on AWS).
fn in_other_words(operation: &str, failure: &ValidationFailure) -> Option<WireError> {
    let violation = failure.violations.first()?;
    let text = match operation {
        "CreateVirtualMFADevice" if violation.at == "path" && violation.rule == Rule::Pattern => {
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.".to_owned()
        }
        // Of the elements of these lists AWS does not say that they must be there.
        "CreateOpenIDConnectProvider" | "UpdateOpenIDConnectProviderThumbprint" => {
            let text = failure.clone().without_values().to_string();
            text.replace(", Member must not be null]", "]")
        }
        _ => return None,
    };
    Some(WireError::new(400, "ValidationError", text))
}

/// Codes and statuses as the model states them.
fn wire(error: Error) -> WireError {
    let (status, code, reason) = match &error {
        Error::NotFound(_) => (404, "NoSuchEntity", None),
        Error::Exists(_) => (409, "EntityAlreadyExists", None),
        Error::InUse { .. } => (409, "DeleteConflict", None),
        Error::Quota(_) => (409, "LimitExceeded", None),
        Error::Invalid(_) => (400, "InvalidInput", None),
        Error::Validation(_) => (400, "ValidationError", None),
        Error::Document(_) => (400, "MalformedPolicyDocument", None),
        Error::Principal(_) => (
            400,
            "MalformedPolicyDocument",
            Some(Reason::TrustPrincipalUnknown),
        ),
        Error::Unmodifiable(_) => (400, "UnmodifiableEntity", None),
        Error::Unknown { .. } => (404, "NoSuchEntity", Some(Reason::NotInTheLab)),
        Error::AuthenticationCode(_) => (403, "InvalidAuthenticationCode", Some(Reason::MfaCode)),
        Error::Password(_) => (400, "PasswordPolicyViolation", None),
        Error::ProviderUrl { .. } => (400, "ValidationError", None),
        Error::Certificate(_) => (400, "MalformedCertificate", None),
        Error::DuplicateCertificate(_) => (409, "DuplicateCertificate", None),
        Error::KeyPair => (400, "KeyPairMismatch", None),
        Error::NoKeyToTell { .. } => (403, "AccessDenied", None),
    };
    let answer = WireError::new(status, code, error.to_string());
    let answer = match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    };
    let answer = match &error {
        Error::Document(refused) => answer.with_evidence(refused.why.as_str()),
        Error::Unknown { why, .. } => answer.with_evidence(why.as_str()),
        Error::ProviderUrl { why } => answer.with_evidence(*why),
        _ => answer,
    };
    match reason {
        Some(reason) => answer.because(reason),
        None => answer,
    }
}

/// The user that is named, else the caller if it is one.
fn user_or_caller<'a>(named: Option<&'a str>, call: &'a Call) -> Result<&'a str, WireError> {
    match (named, &call.caller.principal) {
        (Some(name), _) => Ok(name),
        (None, Principal::User { name, .. }) => Ok(name),
        (None, _) => Err(wire(Error::no_user_named())),
    }
}

/// Tags on the wire as they are kept; no two keys are equal but for case.
fn tags(given: Vec<Tag>) -> Result<Tags, WireError> {
    tag::distinct(given, str::eq_ignore_ascii_case).ok_or_else(|| {
        let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        wire(Error::Invalid(text.to_owned()))
    })
}

/// IAM answers documents percent-encoded by RFC 3986.
fn encoded(document: &str) -> String {
    const SET: AsciiSet = NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(document, &SET).to_string()
}

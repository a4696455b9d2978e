//! Decode, call, encode; the only place where the service's errors meet codes and statuses.
//!
//! - [`key`]: keys as a whole: make, describe, list, enable, delete, tag.
//! - [`policy`]: key policies.
//! - [`alias`]: names for keys.
//! - [`rotation`]: new material for a key.
//! - [`grant`]: permissions beside the policy.
//! - [`crypto`]: what keys are for.
//! - [`mac`]: what other keys are for.

pub(super) mod alias;
pub(super) mod crypto;
pub(super) mod grant;
pub(super) mod key;
pub(super) mod mac;
pub(super) mod policy;
pub(super) mod rotation;

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::cipher::EncryptionContext;
use super::error::Error;
use super::fault;
use crate::evidence::Reason;
use crate::operation::{Call, page};

/// Codes as the model states them; every one is a 400, as awsJson has it.
pub(super) fn wire(error: Error) -> WireError {
    let code = match &error {
        Error::NoSuchKey(_)
        | Error::KeyId(_)
        | Error::AliasForKey(_)
        | Error::ForeignRegion(_)
        | Error::NoSuchAlias(_)
        | Error::NoSuchPolicy
        | Error::NoSuchGrant(_) => "NotFoundException",
        Error::AliasExists(_) => "AlreadyExistsException",
        Error::AliasPrefix
        | Error::AliasCharacters(_)
        | Error::Identifier
        | Error::UsageMissing
        | Error::Usage { .. }
        | Error::DataKeySize
        | Error::NumberOfBytes
        | Error::PendingWindow
        | Error::Parameter(_)
        | Error::AliasForAlias
        | Error::PolicyName => "ValidationException",
        Error::AliasReserved => "NotAuthorizedException",
        Error::KeyUsage { .. } | Error::Algorithm { .. } => "InvalidKeyUsageException",
        Error::Mac => "KMSInvalidMacException",
        Error::NoRotation(_) => "UnsupportedOperationException",
        Error::Disabled(_) => "DisabledException",
        Error::PendingDeletion(_) | Error::NotPendingDeletion(_) => "KMSInvalidStateException",
        Error::Ciphertext => "InvalidCiphertextException",
        Error::IncorrectKey => "IncorrectKeyException",
        Error::Lockout | Error::Principal | Error::Policy(_) => "MalformedPolicyDocumentException",
        Error::ReservedTag | Error::TooManyTags | Error::DuplicateTags => "TagException",
        Error::Marker => "InvalidMarkerException",
        Error::GrantToken => "InvalidGrantTokenException",
        Error::Grantee(_) => "InvalidArnException",
        Error::DryRun => "DryRunOperationException",
        Error::RotationLimit => "LimitExceededException",
        Error::NotImplemented(_) => {
            return WireError::new(501, "NotImplemented", error.to_string());
        }
    };
    let answer = WireError::new(400, code, error.to_string());
    let answer = match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    };
    match error {
        Error::Policy(_) => answer.because(Reason::KeyPolicyMalformed),
        Error::Lockout => answer.because(Reason::KeyPolicyLockout),
        Error::Ciphertext => answer.because(Reason::CiphertextInvalid),
        _ => answer,
    }
}

/// What a caller of another account is told when the key's side does not let them in: the same as
/// when there is no such key (public reports of 2024).
pub(super) fn unreachable(call: &Call, action: &str, on: &str) -> WireError {
    let message = format!(
        "User: {} is not authorized to perform: kms:{action} on {on} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
        call.caller.principal.label()
    );
    WireError::new(400, "AccessDeniedException", message)
}

/// The same for a ciphertext whose key is not there.
pub(super) fn unreachable_ciphertext(call: &Call) -> WireError {
    let on = "the resource associated with this ciphertext";
    unreachable(call, "Decrypt", on).because(Reason::CiphertextKeyUnknown)
}

/// The encryption context that a member holds; none and an empty one are the same.
pub(super) fn context(input: &Value, member: &str) -> EncryptionContext {
    let Some(Value::Map(pairs)) = input.get(member) else {
        return EncryptionContext::new();
    };
    pairs
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_text()?.to_owned())))
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyInput {
    key_id: String,
}

/// What an operation answers that tells the key and no more.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyIdOutput<'a> {
    key_id: &'a str,
}

/// A page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PageInput {
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    marker: Option<String>,
}

/// One page of `items` and the marker of the next.
fn page<T>(
    items: Vec<T>,
    size: usize,
    marker: Option<String>,
) -> Result<(Vec<T>, Option<String>), Error> {
    page::numbered_within(items, marker.as_deref(), size).map_err(|_| Error::Marker)
}

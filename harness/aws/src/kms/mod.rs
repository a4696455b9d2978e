//! AWS Key Management Service: keys, who may use them, what they encrypt and what they vouch for.
//!
//! Simulated: symmetric keys (AES-256-GCM under material from the seed), HMAC keys, key policies with the
//! lockout check, aliases, AWS's own keys for the services here, grants with constraints and tokens,
//! encryption contexts, data keys, random bytes, states and deletion by the lab's clock, rotation,
//! tags, dry runs. The key's policy decides: identity policies count where it leaves the decision to
//! the account; a grant speaks for the key as its policy does; across accounts both sides allow.
//! [`via`] is what other services ask on their callers' behalf.
//!
//! Deliberately not (501): HMAC_224, asymmetric and multi-Region keys, imported material, key stores,
//! recipients in enclaves, grants for service principals. A grant is in force at once: a grant token
//! is checked and adds nothing.
//!
//! Sources: API reference and developer guide of the Key Management Service; service authorization
//! reference, `list_awskeymanagementservice.html`.

mod check;
mod cipher;
mod error;
mod fault;
mod grant;
mod identifier;
mod key;
mod mac;
mod ops;
mod policy;
mod state;
#[cfg(test)]
pub(crate) mod tests;
pub mod via;

pub use cipher::EncryptionContext;
pub use error::Error;
pub use grant::{Constraint, Grant, NewGrant};
pub use identifier::Identifier;
pub use key::{Alias, Deletion, Keeper, Key, Kind, Rotation, Schedule};
pub use mac::MacSpec;
pub use state::{Ctx, State};

use authlab_wire::{Rule, ValidationFailure, WireError};

use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};

/// A row whose handler works under the lock.
macro_rules! locked {
    ($name:literal, $check:path, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks($check),
            handler: Locked($handler),
        }
    };
}

/// The algorithms of codes stand in AWS's answer in an order of its own (recorded).
fn in_other_words(_: &str, failure: &ValidationFailure) -> Option<WireError> {
    let violation = match failure.violations.as_slice() {
        [violation] if violation.rule == Rule::Enum => violation,
        _ => return None,
    };
    let value = violation.value.as_deref()?;
    (violation.at == "macAlgorithm").then(|| {
        let text = format!("1 validation error detected: Value {value} at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]");
        WireError::new(400, "ValidationException", text)
    })
}

/// The service and its operations. The clock window is that of SIG-01's public reports: 5 minutes.
pub const SERVICE: Service = Service {
    name: "kms",
    clock_skew_seconds: 5 * 60,
    validation: Validation::with_code("ValidationException").or(in_other_words),
    token_refused: |_| ops::wire(Error::Marker),
    passing: None,
    rows: &[
        locked!(
            "CancelKeyDeletion",
            check::cancel_deletion,
            ops::key::cancel_deletion
        ),
        locked!("CreateAlias", check::create_alias, ops::alias::create_alias),
        locked!("CreateGrant", check::create_grant, ops::grant::create_grant),
        locked!("CreateKey", check::create_key, ops::key::create_key),
        locked!("Decrypt", check::decrypt, ops::crypto::decrypt),
        locked!("DeleteAlias", check::delete_alias, ops::alias::delete_alias),
        locked!("DescribeKey", check::describe_key, ops::key::describe_key),
        locked!("DisableKey", check::disable_key, ops::key::disable_key),
        locked!(
            "DisableKeyRotation",
            check::disable_rotation,
            ops::rotation::disable_rotation
        ),
        locked!("EnableKey", check::enable_key, ops::key::enable_key),
        locked!(
            "EnableKeyRotation",
            check::enable_rotation,
            ops::rotation::enable_rotation
        ),
        locked!("Encrypt", check::encrypt, ops::crypto::encrypt),
        locked!(
            "GenerateDataKey",
            check::generate_data_key,
            ops::crypto::generate_data_key
        ),
        locked!(
            "GenerateDataKeyWithoutPlaintext",
            check::generate_data_key_only,
            ops::crypto::generate_data_key_only
        ),
        locked!("GenerateMac", check::generate_mac, ops::mac::generate),
        locked!(
            "GenerateRandom",
            check::generate_random,
            ops::crypto::generate_random
        ),
        locked!("GetKeyPolicy", check::get_policy, ops::policy::get_policy),
        locked!(
            "GetKeyRotationStatus",
            check::get_rotation,
            ops::rotation::get_rotation
        ),
        locked!("ListAliases", check::list_aliases, ops::alias::list_aliases),
        locked!("ListGrants", check::list_grants, ops::grant::list_grants),
        locked!(
            "ListKeyPolicies",
            check::list_policies,
            ops::policy::list_policies
        ),
        locked!(
            "ListKeyRotations",
            check::list_rotations,
            ops::rotation::list_rotations
        ),
        locked!("ListKeys", check::list_keys, ops::key::list_keys),
        locked!("ListResourceTags", check::list_tags, ops::key::list_tags),
        locked!(
            "ListRetirableGrants",
            check::list_retirable,
            ops::grant::list_retirable
        ),
        locked!("PutKeyPolicy", check::put_policy, ops::policy::put_policy),
        locked!("ReEncrypt", check::re_encrypt, ops::crypto::re_encrypt),
        locked!("RetireGrant", check::retire_grant, ops::grant::retire_grant),
        locked!("RevokeGrant", check::revoke_grant, ops::grant::revoke_grant),
        locked!(
            "RotateKeyOnDemand",
            check::rotate_now,
            ops::rotation::rotate_now
        ),
        locked!(
            "ScheduleKeyDeletion",
            check::schedule_deletion,
            ops::key::schedule_deletion
        ),
        locked!("TagResource", check::tag_resource, ops::key::tag_resource),
        locked!(
            "UntagResource",
            check::untag_resource,
            ops::key::untag_resource
        ),
        locked!("UpdateAlias", check::update_alias, ops::alias::update_alias),
        locked!(
            "UpdateKeyDescription",
            check::update_description,
            ops::key::update_description
        ),
        locked!("VerifyMac", check::verify_mac, ops::mac::verify),
    ],
};

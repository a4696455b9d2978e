//! What stood against what where the Key Management Service refuses.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error; what the texts do not name stands in the input.
pub(super) fn of(error: &Error) -> Option<Fault> {
    thing(error).or_else(|| member(error))
}

/// What is or is not there, and its state.
fn thing(error: &Error) -> Option<Fault> {
    let state = |key: &str, is: &str, wants: &str| Fault::State {
        what: format!("the key {key}"),
        is: is.to_owned(),
        wants: wants.to_owned(),
    };
    Some(match error {
        Error::NoSuchKey(key) => Fault::not_there("key", key),
        Error::NoSuchAlias(alias) => Fault::not_there("alias", alias),
        Error::NoSuchPolicy => Fault::not_there("key policy", "another than default"),
        Error::NoSuchGrant(id) => Fault::not_there("grant", id),
        Error::AliasExists(alias) => Fault::taken("alias", alias),
        Error::Disabled(key) => state(key, "disabled", "an enabled key (`kms:EnableKey`)"),
        Error::PendingDeletion(key) => state(
            key,
            "waiting for its deletion",
            "a key that is not (`kms:CancelKeyDeletion`, then `kms:EnableKey`)",
        ),
        Error::NotPendingDeletion(key) => state(key, "not waiting for deletion", "a key that is"),
        Error::NoRotation(key) => state(
            key,
            "no symmetric encryption key of AWS's material",
            "one, for only those are rotated",
        ),
        Error::KeyUsage {
            arn,
            usage,
            operation,
        } => state(
            arn,
            &format!("for {usage}"),
            &format!("a key whose `KeyUsage` is that of {operation}"),
        ),
        Error::RotationLimit => Fault::quota("on-demand rotations of a key", 10, None),
        Error::TooManyTags => Fault::quota("tags of a key", 50, None),
        Error::DryRun => Fault::State {
            what: "the call".to_owned(),
            is: "a dry run".to_owned(),
            wants: "`DryRun` to be left out: permissions and input are right".to_owned(),
        },
        Error::NotImplemented(what) => Fault::NotSimulated { what: what.clone() },
        _ => return None,
    })
}

/// A value that does not fit.
fn member(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::KeyId(id) | Error::AliasForKey(id) => Fault::value(
            "KeyId",
            Some(id.clone()),
            "the id or the ARN of a key, or an alias where the operation takes one",
        ),
        Error::ForeignRegion(arn) => Fault::value(
            "KeyId",
            Some(arn.clone()),
            "an ARN of the Region of the call",
        ),
        Error::AliasPrefix => Fault::value("AliasName", None, "begun with `alias/`"),
        Error::AliasCharacters(name) => Fault::value(
            "AliasName",
            Some(name.clone()),
            "letters, digits, `/`, `_` and `-` after `alias/`",
        ),
        Error::AliasReserved => Fault::value(
            "AliasName",
            None,
            "another than `alias/aws/…`, which AWS keeps",
        ),
        Error::AliasForAlias => Fault::value("TargetKeyId", None, "a key, no alias"),
        Error::IncorrectKey => Fault::value("KeyId", None, "the key that encrypted the ciphertext"),
        Error::Principal => Fault::value(
            "Policy",
            None,
            "a policy whose principals are users and roles that exist",
        ),
        Error::PolicyName => Fault::value("PolicyName", None, "`default`"),
        Error::ReservedTag => Fault::value("Tags", None, "keys that do not begin with `aws:`"),
        Error::DuplicateTags => Fault::value("Tags", None, "each key once"),
        Error::UsageMissing => Fault::Absent {
            member: "KeyUsage".to_owned(),
        },
        Error::NumberOfBytes => Fault::Absent {
            member: "NumberOfBytes".to_owned(),
        },
        Error::Usage { usage, spec } => Fault::value(
            "KeyUsage",
            Some(usage.clone()),
            format!("a usage that keys of the spec {spec} have"),
        ),
        Error::Algorithm { algorithm, spec } => Fault::value(
            "MacAlgorithm",
            Some(algorithm.clone()),
            format!("the algorithm of the spec {spec}"),
        ),
        Error::Mac => Fault::value("Mac", None, "the code of this message by this key"),
        Error::DataKeySize => {
            Fault::value("KeySpec", None, "given, or `NumberOfBytes`, and not both")
        }
        Error::PendingWindow => Fault::value("PendingWindowInDays", None, "7 to 30"),
        Error::Marker => Fault::value("Marker", None, "the one that the page before answered"),
        Error::GrantToken => Fault::value("GrantTokens", None, "tokens that CreateGrant answered"),
        Error::Grantee(arn) => Fault::value(
            "GranteePrincipal",
            Some(arn.clone()),
            "the ARN of a user, role or account that exists",
        ),
        _ => return None,
    })
}

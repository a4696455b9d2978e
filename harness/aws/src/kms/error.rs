//! Why the Key Management Service refuses.

use thiserror::Error;

/// Why an operation is refused, in the service's own words.
///
/// Texts without a remark stand in recorded answers of AWS or in public reports; the others carry
/// the word `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// No key has this id in the caller's account and Region.
    #[error("Key '{0}' does not exist")]
    NoSuchKey(String),
    /// What is neither a key id, an alias nor an ARN.
    #[error("Invalid keyId '{0}'")]
    KeyId(String),
    /// An operation that takes keys only was given an alias.
    #[error("Invalid keyId {0}")]
    AliasForKey(String),
    /// The ARN is of another Region than the endpoint.
    #[error("Invalid arn {0}")]
    ForeignRegion(String),
    /// No alias has this name.
    #[error("Alias {0} is not found.")]
    NoSuchAlias(String),
    /// The alias is taken.
    #[error("An alias with the name {0} already exists")]
    AliasExists(String),
    /// An alias has its prefix.
    #[error(
        "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
    )]
    AliasPrefix,
    /// A colon in an alias.
    #[error("{0} contains invalid characters for an alias")]
    AliasCharacters(String),
    /// `alias/aws/` belongs to AWS, which sends no text (M: moto).
    #[error("")]
    AliasReserved,
    /// An alias for an alias (M: moto).
    #[error("Aliases must refer to keys. Not aliases")]
    AliasForAlias,
    /// What names no alias where one is to be deleted.
    #[error("Invalid identifier")]
    Identifier,
    /// The key is disabled.
    #[error("{0} is disabled.")]
    Disabled(String),
    /// The key waits for its deletion.
    #[error("{0} is pending deletion.")]
    PendingDeletion(String),
    /// Only a key that waits for its deletion can be kept (`unverified`).
    #[error("{0} is not pending deletion.")]
    NotPendingDeletion(String),
    /// The ciphertext is none of this service, was changed, or has another context. AWS sends no
    /// text.
    #[error("")]
    Ciphertext,
    /// The ciphertext is of another key than the one that was named.
    #[error("The key ID in the request does not identify a CMK that can perform this operation.")]
    IncorrectKey,
    /// A new policy that its author could not change any more.
    #[error("The new key policy will not allow you to update the key policy in the future.")]
    Lockout,
    /// A policy that names a user or role that does not exist.
    #[error("Policy contains a statement with one or more invalid principals.")]
    Principal,
    /// What is no key policy. The text is the model's description of the error (`unverified` what
    /// AWS says of each fault); which fault it is stands in the journal.
    #[error(
        "The request was rejected because the specified policy is not syntactically or semantically correct."
    )]
    Policy(String),
    /// Keys have one policy, called `default` (`unverified`).
    #[error("No such policy exists")]
    NoSuchPolicy,
    /// The name of a policy that is put (`unverified`).
    #[error("Invalid policy name: only default is valid")]
    PolicyName,
    /// A tag of AWS's own.
    #[error("Tags beginning with aws: are reserved")]
    ReservedTag,
    /// More than fifty tags.
    #[error("Too many tags")]
    TooManyTags,
    /// A tag key twice in a request (`unverified`).
    #[error("Duplicate tag keys")]
    DuplicateTags,
    /// No key usage where there is more than one.
    #[error(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    )]
    UsageMissing,
    /// A usage that the key's spec does not have.
    #[error("KeyUsage {usage} is not compatible with KeySpec {spec}")]
    Usage {
        /// `SIGN_VERIFY` and the like.
        usage: String,
        /// `SYMMETRIC_DEFAULT` and the like.
        spec: String,
    },
    /// A key that is for something else than the operation.
    #[error("{arn} key usage is {usage} which is not valid for {operation}.")]
    KeyUsage {
        /// The key.
        arn: String,
        /// `ENCRYPT_DECRYPT` and the like.
        usage: &'static str,
        /// `Encrypt` and the like.
        operation: String,
    },
    /// An algorithm that is not the key's.
    #[error("Algorithm {algorithm} is incompatible with key spec {spec}.")]
    Algorithm {
        /// `HMAC_SHA_256` and the like.
        algorithm: String,
        /// `HMAC_384` and the like.
        spec: &'static str,
    },
    /// A code that is not the message's (`unverified` text).
    #[error("The HMAC is not that of the message.")]
    Mac,
    /// A key that cannot have new material (`unverified` text).
    #[error("The key {0} does not encrypt: only symmetric encryption keys are rotated.")]
    NoRotation(String),
    /// Neither or both of a data key's two sizes (`unverified`).
    #[error("Please specify either number of bytes or key spec.")]
    DataKeySize,
    /// GenerateRandom without a size.
    #[error("NumberOfBytes is required.")]
    NumberOfBytes,
    /// The member that says how long a key waits is between 7 and 30 (`unverified`).
    #[error("PendingWindowInDays must be between 7 and 30 (inclusive)")]
    PendingWindow,
    /// A page token that was not given out.
    #[error("Could not deserialize marker")]
    Marker,
    /// No grant has this id (`unverified`).
    #[error("Grant ID {0} not found")]
    NoSuchGrant(String),
    /// A token that was not given out (`unverified`).
    #[error("Invalid grant token.")]
    GrantToken,
    /// A grant needs a grantee that exists (`unverified`).
    #[error("The arn {0} is not a valid principal")]
    Grantee(String),
    /// Members that exclude each other, or of which one is needed (`unverified`).
    #[error("{0}")]
    Parameter(String),
    /// All was well, and nothing was to be done.
    #[error("The request would have succeeded, but the DryRun option is set.")]
    DryRun,
    /// On-demand rotations are limited to ten (`unverified`).
    #[error("The on-demand rotation limit has been reached for the given keyId.")]
    RotationLimit,
    /// What the lab does not have.
    #[error("`{0}` is not implemented by this lab")]
    NotImplemented(String),
}

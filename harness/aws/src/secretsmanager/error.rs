//! Why Secrets Manager refuses.

use thiserror::Error;

/// Why an operation of Secrets Manager is refused, in the service's own words.
///
/// AWS documents the codes, not the texts. Texts without a remark stand in answers of AWS that users
/// and other emulators' tests against AWS have published; the others carry the word `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// No secret has this name or ARN.
    #[error("Secrets Manager can't find the specified secret.")]
    NoSuchSecret,
    /// No version has this staging label.
    #[error("Secrets Manager can't find the specified secret value for staging label: {0}")]
    NoSuchStage(String),
    /// There is no version of this id.
    #[error("Secrets Manager can't find the specified secret value for VersionId: {0}")]
    NoSuchVersion(String),
    /// The version has another label than the one that was asked for.
    #[error("You provided a VersionStage that is not associated to the provided VersionId.")]
    StageOfOtherVersion,
    /// The secret is in its recovery window.
    #[error("You can't perform this operation on the secret because it was marked for deletion.")]
    MarkedForDeletion,
    /// The name belongs to a secret in its recovery window.
    #[error(
        "You can't create this secret because a secret with this name is already scheduled for deletion."
    )]
    NameScheduledForDeletion,
    /// The name is taken.
    #[error("The operation failed because the secret {0} already exists.")]
    SecretExists(String),
    /// The token made a version with another content before.
    #[error(
        "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {arn}."
    )]
    TokenInUse {
        /// The token.
        token: String,
        /// The secret's ARN.
        arn: String,
    },
    /// A name is letters, digits and some signs.
    #[error(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
    )]
    Name,
    /// SDKs fill the token in; a request without one has none.
    #[error("You must provide a ClientRequestToken value. We recommend a UUID-type value.")]
    NoToken,
    /// The page size of a batch counts with filters only.
    #[error(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided."
    )]
    BatchSize,
    /// A batch is of a list or of a filter (`unverified`: an assertion of moto).
    #[error("Either 'SecretIdList' or 'Filters' must be provided, but not both.")]
    BatchOfWhat,
    /// A filter without its key.
    #[error("Invalid filter key")]
    FilterKey,
    /// A filter without values (`unverified`: an assertion of moto).
    #[error("Invalid filter values for key: {0}")]
    FilterValues(String),
    /// A replica where the secret is (`unverified`: an assertion of moto).
    #[error("Invalid replica region.")]
    ReplicaRegion,
    /// A rotation needs a function.
    #[error("No Lambda rotation function ARN is associated with this secret.")]
    NoRotationFunction,
    /// The same as [`Error::NoToken`], which RotateSecret tells with another code.
    #[error("You must provide a ClientRequestToken value. We recommend a UUID-type value.")]
    NoRotationToken,
    /// The token of a rotation has made a version before, by another request (text and code
    /// `unverified`: they are those of the other operations, as far as this one's model has them).
    #[error(
        "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {arn}."
    )]
    RotationTokenInUse {
        /// The token.
        token: String,
        /// The secret's ARN.
        arn: String,
    },
    /// The version of an earlier rotation waits to become current.
    #[error("A previous rotation isn't complete. That rotation will be reattempted.")]
    RotationUnderWay,
    /// There is no such function, or its policy does not let the service in: AWS tells neither
    /// apart (recorded).
    #[error(
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com."
    )]
    FunctionNotInvocable,
    /// What should name a function names none (`unverified`).
    #[error("RotationLambdaARN `{0}` is not the ARN of a function.")]
    FunctionArn(String),
    /// No schedule (`unverified`).
    #[error("{0}")]
    Schedule(String),
    /// A token that no rotation under way was given (`unverified`).
    #[error("The RotationToken is not that of a rotation of this secret that is under way.")]
    RotationToken,
    /// The key's state keeps it from encrypting. The text is the model's description of the error
    /// (`unverified`).
    #[error(
        "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state."
    )]
    Encryption,
    /// The same for decrypting.
    #[error("Secrets Manager can't decrypt the protected secret text using the provided KMS key.")]
    Decryption,
    /// A version has one content.
    #[error(
        "You can't specify both a binary secret value and a string secret value in the same secret."
    )]
    TwoContents,
    /// A new version needs a content.
    #[error("You must provide either SecretString or SecretBinary.")]
    NoContent,
    /// The window is 7 to 30 days.
    #[error("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")]
    RecoveryWindow,
    /// Either a window or none.
    #[error("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")]
    ForceWithWindow,
    /// A label that a version has is moved only by naming that version.
    #[error(
        "The parameter RemoveFromVersionId can't be empty. Staging label {stage} is currently attached to version {version}, so you must explicitly reference that version in RemoveFromVersionId."
    )]
    StageHeld {
        /// The label.
        stage: String,
        /// Who has it.
        version: String,
    },
    /// `unverified`.
    #[error(
        "The parameter RemoveFromVersionId: staging label {stage} is not attached to version {version}."
    )]
    StageNotHeld {
        /// The label.
        stage: String,
        /// Who was said to have it.
        version: String,
    },
    /// There is always a current version.
    #[error(
        "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed."
    )]
    CurrentRemoved,
    /// `unverified`.
    #[error("You must provide RemoveFromVersionId, MoveToVersionId or both.")]
    NoVersionNamed,
    /// The default key of an account opens nothing for another account.
    #[error(
        "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key."
    )]
    DefaultKey,
    /// The policy is no policy of a secret (`unverified`: AWS says `This resource policy contains
    /// invalid Json` and the like, one text for each of its checks).
    #[error("This resource policy is invalid: {0}")]
    Policy(String),
    /// The policy names a user or role that does not exist.
    #[error("This resource policy contains an unsupported principal.")]
    Principal,
    /// The policy lets everybody in (`unverified`).
    #[error(
        "This resource policy grants public access to the secret, which BlockPublicPolicy refuses."
    )]
    PublicPolicy,
    /// `unverified`.
    #[error("A secret has at most 50 tags, this one would have {0}.")]
    TooManyTags(usize),
    /// `unverified`.
    #[error("A version has at most 20 staging labels, this one would have {0}.")]
    TooManyStages(usize),
    /// The page token was not given out (`unverified`).
    #[error("The NextToken is invalid.")]
    NextToken,
    /// A combination that is not taken (`unverified`).
    #[error("{0}")]
    Parameter(String),
    /// What the lab does not have.
    #[error("`{0}` is not implemented by this lab")]
    NotImplemented(String),
}

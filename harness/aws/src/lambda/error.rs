//! Why Lambda refuses.

use thiserror::Error;

/// Why an operation of Lambda is refused. Texts are those that AWS is known to send, unless they
/// are marked `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// A function of this name is there.
    #[error("Function already exist: {0}")]
    FunctionExists(String),
    /// No such function, version or alias.
    #[error("Function not found: {0}")]
    NoSuchFunction(String),
    /// No such alias.
    #[error("Cannot find alias arn: {0}")]
    NoSuchAlias(String),
    /// No such alias to change.
    #[error("Alias not found: {0}")]
    NoAliasToUpdate(String),
    /// The function has an alias of this name.
    #[error("Alias already exists: {0}")]
    AliasExists(String),
    /// Aliases name the version (text `unverified`).
    #[error(
        "Unable to delete version {version} because the following aliases reference it: [{}]",
        aliases.join(", ")
    )]
    VersionInUse {
        /// The version's number.
        version: String,
        /// The aliases.
        aliases: Vec<String>,
    },
    /// The code has changed since (text `unverified`).
    #[error(
        "CodeSHA256 ({meant}) is different from current CodeSHA256 in $LATEST ({current}). Please try \
         again with the CodeSHA256 in $LATEST."
    )]
    OtherCode {
        /// What was meant to be published.
        meant: String,
        /// What would be.
        current: String,
    },
    /// An ARN of another Region.
    #[error("Functions from '{region}' are not reachable in this region ('{here}')")]
    OtherRegion {
        /// The ARN's Region.
        region: String,
        /// The call's Region.
        here: String,
    },
    /// The execution role does not trust Lambda, or is not there.
    #[error("The role defined for the function cannot be assumed by Lambda.")]
    RoleNotAssumable,
    /// A new function in another account; AWS says nothing more.
    #[error("")]
    OtherAccount,
    /// A role of another account.
    #[error("Cross-account pass role is not allowed.")]
    CrossAccountRole,
    /// A statement of this id is there.
    #[error(
        "The statement id ({0}) provided already exists. Please provide a new statement id, or \
         remove the existing statement."
    )]
    StatementExists(String),
    /// The function has no policy to read.
    #[error("The resource you requested does not exist.")]
    NoPolicy,
    /// The function has no policy to take a statement from.
    #[error("No policy is associated with the given resource.")]
    NothingToRemove,
    /// There is no function to take a statement from.
    #[error("No policy found for: {0}")]
    NoPolicyFound(String),
    /// No statement of this id.
    #[error("Statement {0} is not found in resource policy.")]
    NoSuchStatement(String),
    /// The principal is no service, account or ARN.
    #[error("The provided principal was invalid. Please check the principal and try again.")]
    Principal,
    /// The policy is longer than 20 kB (text `unverified`).
    #[error("the policy of the function would have {0} bytes, at most 20480 are allowed")]
    PolicyTooLong(usize),
    /// The revision has changed.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the \
         GetFunction/GetAlias API to retrieve the latest Revision Id"
    )]
    Revision,
    /// The revision of the policy has changed.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to \
         retrieve the latest Revision Id"
    )]
    PolicyRevision,
    /// The package is larger than a request may bring.
    #[error("{0}")]
    TooLarge(String),
    /// A value that the service does not take (texts `unverified`).
    #[error("{0}")]
    Value(String),
    /// The key of the variables cannot be used.
    #[error("{0}")]
    Key(String),
    /// Not simulated.
    #[error("{0}")]
    NotSimulated(String),
}

//! Why Cognito refuses.

use thiserror::Error;

/// Why an operation of Cognito is refused, in the service's own words.
///
/// AWS documents the codes, not the texts. Texts without a remark stand in answers of AWS that users
/// have published; the others carry the word `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// There is no such pool in the caller's account and Region.
    #[error("User pool {0} does not exist.")]
    NoPool(String),
    /// There is no such app client.
    #[error("User pool client {0} does not exist.")]
    NoClient(String),
    /// There is no such user.
    #[error("User does not exist.")]
    NoUser(String),
    /// There is no such group.
    #[error("Group not found.")]
    NoGroup(String),
    /// There is no such resource server.
    #[error("Resource server does not exist.")]
    NoResourceServer(String),
    /// The pool does not have this domain.
    #[error("No such domain or user pool exists.")]
    NoDomain(String),
    /// What should be a pool's ARN is none (`unverified`).
    #[error("Invalid ARN: {0}")]
    Arn(String),
    /// A pool goes only without its domain.
    #[error(
        "User pool cannot be deleted. It has a domain configured that should be deleted first."
    )]
    DomainLeft(String),
    /// A pool that is protected does not go.
    #[error(
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first."
    )]
    Protected(String),
    /// The name of the domain is taken, by whichever pool of the Region.
    #[error("Domain already associated with another user pool.")]
    DomainTaken(String),
    /// A pool has one domain.
    #[error("User pool already has a domain configured.")]
    SecondDomain(String),
    /// A user of the name is there (AdminCreateUser).
    #[error("User account already exists")]
    UserExists(String),
    /// The same (SignUp).
    #[error("User already exists")]
    UserSignedUp(String),
    /// The address belongs to another user.
    #[error("An account with the given {0} already exists.")]
    AliasExists(&'static str),
    /// A group of the name is there.
    #[error("A group with the name already exists.")]
    GroupExists(String),
    /// A resource server of the identifier is there.
    #[error("{0} already exists in user pool {1}.")]
    ResourceServerExists(String, String),
    /// A scope that no resource server of the pool has.
    #[error("Invalid scope requested: {0}")]
    Scope(String),
    /// A value or a combination of values that is not taken; those without a remark at their place are
    /// `unverified`.
    #[error("{text}")]
    Parameter {
        /// The member.
        member: &'static str,
        /// The sentence.
        text: String,
    },
    /// Grants that do not go together.
    #[error("{0}")]
    OauthFlow(&'static str),
    /// A password that the pool's policy does not take.
    #[error("Password did not conform with policy: {0}")]
    Password(&'static str),
    /// Name or password is wrong.
    #[error("Incorrect username or password.")]
    Credentials,
    /// The user is disabled.
    #[error("User is disabled.")]
    Disabled,
    /// The user was not confirmed yet.
    #[error("User is not confirmed.")]
    NotConfirmed,
    /// The user cannot be confirmed any more.
    #[error("User cannot be confirmed. Current status is {0}")]
    AlreadyConfirmed(&'static str),
    /// The time of the temporary password is over.
    #[error("Temporary password has expired and must be reset by an administrator.")]
    TemporaryPasswordExpired,
    /// The code is another.
    #[error("Invalid verification code provided, please try again.")]
    Code,
    /// The code is too old, or there is none.
    #[error("Invalid code provided, please request a code again.")]
    CodeExpired,
    /// The client may not write an attribute, or nobody may who is no administrator.
    #[error("A client attempted to write unauthorized attribute")]
    Unwritable(String),
    /// The pool lets administrators make users, nobody else.
    #[error("SignUp is not permitted for this user pool")]
    SignUpClosed,
    /// The client has a secret, and the request shows nothing of it.
    #[error("Client {0} is configured with secret but SECRET_HASH was not received")]
    SecretHashMissing(String),
    /// The hash is another.
    #[error("Unable to verify secret hash for client {0}")]
    SecretHash(String),
    /// The client does not let users in that way: `USER_PASSWORD_AUTH`, or `Auth` for an administrator's.
    #[error("{0} flow not enabled for this client")]
    FlowClosed(&'static str),
    /// The session of a challenge is not that of the client and the user, or was used.
    #[error("Invalid session for the user.")]
    Session,
    /// The session of a challenge is too old.
    #[error("Invalid session for the user, session is expired.")]
    SessionExpired,
    /// The access token is none of the pool's.
    #[error("Invalid Access Token")]
    AccessToken,
    /// Its time is over.
    #[error("Access Token has expired")]
    AccessTokenExpired,
    /// It was revoked, or the user signed out everywhere.
    #[error("Access Token has been revoked")]
    AccessTokenRevoked,
    /// It does not have `aws.cognito.signin.user.admin`.
    #[error("Access Token does not have required scopes")]
    AccessTokenScope,
    /// The refresh token is none of the client's.
    #[error("Invalid Refresh Token")]
    RefreshToken,
    /// Its time is over.
    #[error("Refresh Token has expired")]
    RefreshTokenExpired,
    /// It was revoked.
    #[error("Refresh Token has been revoked")]
    RefreshTokenRevoked,
    /// The client's tokens cannot be revoked (`unverified`).
    #[error("Token revocation is not enabled for the client {0}")]
    NoRevocation(String),
    /// The token was given to another client, or the secret is another (`unverified`).
    #[error("Unauthorized")]
    Unauthorized,
    /// What is to be revoked is an access token or an ID token (`unverified`).
    #[error("Unsupported token type")]
    TokenType,
    /// The trigger's function raised an error.
    #[error("{trigger} failed with error {problem}.")]
    Trigger {
        /// `PreTokenGeneration`.
        trigger: &'static str,
        /// What the function said.
        problem: String,
    },
    /// The trigger's function was not run.
    #[error("{trigger} invocation failed due to error {problem}.")]
    TriggerNotRun {
        /// `PreTokenGeneration`.
        trigger: &'static str,
        /// The code of what stood against it.
        problem: String,
    },
    /// What the trigger's function answers is no answer of a trigger.
    #[error("Unrecognizable lambda output")]
    TriggerOutput(String),
    /// What the lab does not have.
    #[error("`{0}` is not implemented by this lab")]
    NotImplemented(String),
}

impl Error {
    /// A value of a member that is not taken.
    pub fn parameter(member: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Parameter { member, text }
    }
}

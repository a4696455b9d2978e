//! What STS refuses. Texts are those of the reference, 2.1 and 2.2.

use authlab_policy::words::Refused;
use authlab_token::{AudienceError, KeySourceError, SignatureError, TimeError, TokenError};

use crate::evidence::{Fault, Reason, Why};

/// Why no session was issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The duration is beyond the role's own maximum (unverified text, reference 2.1).
    #[error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")]
    BeyondRoleMaximum {
        /// The seconds that were asked for.
        asked: i64,
        /// The seconds that the role allows.
        max: i64,
    },
    /// A session that assumes a role gets an hour at most.
    #[error(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )]
    BeyondChainingLimit {
        /// The seconds that were asked for.
        asked: i64,
    },
    /// A session policy that is none.
    #[error("{0}")]
    Policy(#[from] Refused),
    /// More than a session takes of elements, or of characters (STS, AssumeRole; unverified text).
    #[error(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {max}"
    )]
    TooLong {
        /// The member, as AWS spells it there.
        member: &'static str,
        /// How many it may have.
        max: usize,
    },
    /// A managed policy that is not there (unverified text).
    #[error("Policy arn {0} does not exist or is not attachable.")]
    NoSuchPolicy(String),
    /// Session tags contradict themselves or those that are inherited (recorded).
    #[error("{0}")]
    Tags(String),
    /// Source identity cannot change once it is set (unverified text).
    #[error("SourceIdentity cannot be changed once it is set.")]
    SourceIdentity,
    /// The token is no JWT.
    #[error(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
    )]
    NotJwt(#[source] TokenError),
    /// The token lacks a claim, or has one of another type (unverified text).
    #[error("{0}")]
    Claim(String),
    /// The account has no provider for the issuer.
    #[error("No OpenIDConnect provider found in your account for {issuer}")]
    NoProvider {
        /// What the token says.
        issuer: String,
    },
    /// The issuer's documents cannot be had.
    #[error(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    )]
    Keys(#[source] KeySourceError),
    /// The key set has no such key.
    #[error(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    )]
    NoKey(#[source] SignatureError),
    /// Another key signed, the token was altered, or its algorithm is not taken. AWS's text is not
    /// known; this one is the lab's own (unverified).
    #[error("{0}")]
    Signature(SignatureError),
    /// The token is for somebody else.
    #[error("Incorrect token audience")]
    Audience(#[source] AudienceError),
    /// The token has expired.
    #[error("Token expired: current date/time {now} must be before the expiration date/time {at}")]
    Expired {
        /// STS's time, in seconds since 1970.
        now: i64,
        /// The token's `exp`.
        at: i64,
    },
    /// The token is not valid yet, or a time is no integer (unverified text).
    #[error("{0}")]
    Times(TimeError),
    /// The role is not there, or its trust policy does not let the bearer in.
    #[error("Not authorized to perform sts:AssumeRoleWithWebIdentity")]
    NotTrusted {
        /// [`Reason::RoleNotFound`] or [`Reason::TrustPolicy`].
        reason: Reason,
        /// What is there in place of a role that is not.
        fault: Option<Fault>,
    },
}

impl Error {
    /// The reason for the journal: a rule of STS, or what the check of the signature found.
    pub fn reason(&self) -> Why<'static> {
        Why::Rule(match self {
            Self::BeyondRoleMaximum { .. } => Reason::DurationBeyondRoleMaximum,
            Self::BeyondChainingLimit { .. } => Reason::DurationBeyondChainingLimit,
            Self::Policy(_) => Reason::SessionPolicyMalformed,
            Self::TooLong { .. } => Reason::SessionPolicyTooLong,
            Self::NoSuchPolicy(_) => Reason::SessionPolicyUnknown,
            Self::Tags(_) => Reason::SessionTags,
            Self::SourceIdentity => Reason::SourceIdentity,
            Self::NotJwt(_) => Reason::NotAJwt,
            Self::Claim(_) => Reason::Claim,
            Self::NoProvider { .. } => Reason::ProviderUnknown,
            Self::Keys(error) if error.is_discovery() => match error {
                KeySourceError::IssuerMismatch { .. } => Reason::DiscoveryIssuerMismatch,
                _ => Reason::DiscoveryUnreachable,
            },
            Self::Keys(KeySourceError::UnknownKid { .. }) => Reason::UnknownKid,
            Self::Keys(_) => Reason::JwksUnreachable,
            Self::NoKey(SignatureError::UnknownKid { .. }) => Reason::UnknownKid,
            Self::NoKey(_) => Reason::NoKey,
            Self::Signature(SignatureError::Mismatch(_)) => Reason::Signature,
            Self::Signature(error) => return Why::Code(error.code()),
            Self::Audience(_) => Reason::Audience,
            Self::Expired { .. } => Reason::Expired,
            Self::Times(TimeError::NotYetValid { .. } | TimeError::IssuedInFuture { .. }) => {
                Reason::NotYetValid
            }
            Self::Times(_) => Reason::Times,
            Self::NotTrusted { reason, .. } => *reason,
        })
    }

    /// What lies behind AWS's text, in the lab's own words.
    pub fn evidence(&self) -> String {
        match self {
            Self::Policy(refused) => return refused.why.clone(),
            Self::BeyondRoleMaximum { asked, max } => {
                return format!("{asked} seconds were asked for, the role allows {max}");
            }
            Self::BeyondChainingLimit { asked } => {
                return format!(
                    "{asked} seconds were asked for by the session of a role, whose sessions of other \
                     roles last 3600 at most"
                );
            }
            _ => {}
        }
        std::error::Error::source(self).map_or_else(|| self.to_string(), ToString::to_string)
    }
}

//! What IAM refuses.

use authlab_policy::words::Refused;

/// Why an operation of IAM did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such thing; the text is AWS's.
    #[error("{0}")]
    NotFound(String),
    /// The name is taken; the text is AWS's.
    #[error("{0}")]
    Exists(String),
    /// Something still depends on it; the text is AWS's.
    #[error("{text}")]
    InUse {
        /// AWS's text.
        text: String,
        /// What depends on it, for the journal.
        by: Vec<String>,
    },
    /// A quota; the text is AWS's.
    #[error("{0}")]
    Quota(String),
    /// The input contradicts itself or a rule.
    #[error("{0}")]
    Invalid(String),
    /// The input breaks a rule that AWS reports as a validation error.
    #[error("{0}")]
    Validation(String),
    /// A policy that is none, in AWS's words; the place and the reason are for the journal.
    #[error("{0}")]
    Document(#[from] Refused),
    /// What AWS may have and the lab does not know.
    #[error("{text}")]
    Unknown {
        /// What AWS answers to what it does not have.
        text: String,
        /// That it is a gap of the lab, for the journal.
        why: String,
    },
    /// The URL of an OpenID Connect provider that AWS does not take; the text is AWS's.
    #[error("Invalid Open ID Connect Provider URL")]
    ProviderUrl {
        /// What is wrong with it, for the journal.
        why: &'static str,
    },
    /// What is no certificate or no key.
    #[error("{0}")]
    Certificate(String),
    /// A certificate that the user has.
    #[error("{0}")]
    DuplicateCertificate(String),
    /// A private key that is not the certificate's (unverified text).
    #[error("The certificate and the private key do not belong together.")]
    KeyPair,
    /// A key of nobody's: AWS says that the caller may not ask for it. The text is AWS's.
    #[error(
        "User: {caller} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}"
    )]
    NoKeyToTell {
        /// Who asks.
        caller: String,
        /// The key.
        id: String,
    },
    /// A code of an MFA device that is wrong or was used; the text is AWS's.
    #[error("{0}")]
    AuthenticationCode(String),
    /// A password that the account's policy refuses.
    #[error("{0}")]
    Password(String),
    /// A principal of a trust policy that does not exist.
    #[error("Invalid principal in policy: \"AWS\":\"{0}\"")]
    Principal(String),
    /// AWS's own policies, and other things that nobody may change.
    #[error("{0}")]
    Unmodifiable(String),
}

impl Error {
    /// Something still depends on it, in AWS's words.
    pub(super) fn in_use(text: &str, by: impl IntoIterator<Item = String>) -> Self {
        Self::InUse {
            text: text.to_owned(),
            by: by.into_iter().collect(),
        }
    }

    /// An operation that is about the caller, of a caller that is no user.
    pub(super) fn no_user_named() -> Self {
        let text = "Must specify userName when calling with non-User credentials";
        Self::Validation(text.to_owned())
    }

    /// A role, user or group that is not there.
    pub(super) fn no_owner(owner: super::Owner<'_>) -> Self {
        Self::NotFound(format!(
            "The {} with name {} cannot be found.",
            owner.kind(),
            owner.name()
        ))
    }

    /// A managed policy that is not there.
    pub(super) fn no_policy(arn: &str) -> Self {
        Self::NotFound(format!("Policy {arn} was not found."))
    }
}

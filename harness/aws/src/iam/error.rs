//! What IAM refuses.

use authlab_policy::DocumentError;

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
    #[error("{0}")]
    InUse(String),
    /// A quota; the text is AWS's.
    #[error("{0}")]
    Quota(String),
    /// The input contradicts itself or a rule.
    #[error("{0}")]
    Invalid(String),
    /// The input breaks a rule that AWS reports as a validation error.
    #[error("{0}")]
    Validation(String),
    /// A policy that is none. AWS's own texts are not public in full; ours name the place.
    #[error("{0}")]
    Document(#[from] DocumentError),
    /// A principal of a trust policy that does not exist.
    #[error("Invalid principal in policy: \"AWS\":\"{0}\"")]
    Principal(String),
    /// AWS's own policies, and other things that nobody may change.
    #[error("{0}")]
    Unmodifiable(String),
}

impl Error {
    /// A role or user that is not there.
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

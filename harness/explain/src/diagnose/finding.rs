//! What an entry finds in a case, and what becomes of it.

use serde::Serialize;

/// Whose rules refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Tokens, whoever reads them.
    Token,
    /// API Gateway.
    Gateway,
    /// STS, as far as it takes web identities.
    Sts,
    /// The policies of AWS, whoever asks them.
    Policy,
    /// The front door and the services of AWS.
    Aws,
    /// Vault.
    Vault,
    /// The OpenID Connect provider.
    Oidc,
    /// The ports, and the calls of components.
    Http,
}

impl System {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "tokens",
            Self::Gateway => "API Gateway",
            Self::Sts => "STS",
            Self::Policy => "policies of AWS",
            Self::Aws => "services of AWS",
            Self::Vault => "Vault",
            Self::Oidc => "the OpenID Connect provider",
            Self::Http => "ports and calls",
        }
    }
}

/// Who can mend what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mender {
    /// Who sent the request: it has to be another one.
    Caller,
    /// Who owns the configuration that refused: a policy, a role, an authorizer, an issuer.
    Owner,
    /// Who starts the lab.
    Lab,
    /// Nobody: it is as it should be, or not to be had.
    Nobody,
}

impl Mender {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Caller => "the caller",
            Self::Owner => "the owner of what refused",
            Self::Lab => "who starts the lab",
            Self::Nobody => "nobody",
        }
    }
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The evidence allows nothing else.
    Certain,
    /// The evidence fits it better than anything else.
    Likely,
    /// The evidence does not speak against it.
    Possible,
}

impl Certainty {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// What would settle a diagnosis that is not certain: something to look at, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Ask(String);

impl Ask {
    /// In words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Ask {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What an entry finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The evidence: which value stood against which.
    pub cause: String,
    /// What to change.
    pub fix: String,
    /// How sure that is.
    pub certainty: Certainty,
    /// What would settle it.
    pub wants: Vec<Ask>,
}

impl Finding {
    /// A finding that the evidence leaves no doubt of.
    pub fn certain(cause: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            fix: fix.into(),
            certainty: Certainty::Certain,
            wants: Vec::new(),
        }
    }

    /// The same, less sure, and what would settle it.
    #[must_use]
    pub fn with_doubt(self, certainty: Certainty, wants: &[&str]) -> Self {
        Self {
            certainty,
            wants: wants.iter().map(|want| Ask::from(*want)).collect(),
            ..self
        }
    }
}

/// What went wrong, in words of the person who has to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Whose rules refused.
    pub system: System,
    /// The class, kebab case: `issuer-trailing-slash`.
    pub class: &'static str,
    /// One line.
    pub title: &'static str,
    /// The evidence: which value stood against which.
    pub cause: String,
    /// What to change.
    pub fix: String,
    /// Who can change it.
    pub mender: Mender,
    /// How sure that is.
    pub certainty: Certainty,
    /// What would settle it.
    pub wants: Vec<Ask>,
    /// Whether it is about a request that was let through.
    pub is_suspicion: bool,
}

/// A class of cause, for a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Whose rules refuse.
    pub system: System,
    /// Its name; of a reason that is known by itself, the reason's code.
    pub class: &'static str,
    /// One line.
    pub title: &'static str,
    /// Who can mend it.
    pub mender: Mender,
    /// Whether it is about requests that were let through.
    #[serde(rename = "suspicion")]
    pub is_suspicion: bool,
}

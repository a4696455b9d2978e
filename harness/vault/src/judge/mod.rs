//! The judges: what a Vault decides about a login or a path, as functions of what is known. Nothing is
//! fetched here and nothing remembered: the server asks them with its own state, a relay with what a
//! foreign server shows, and whoever explains a refusal with what was exported.
//!
//! What is not known is a third answer beside yes and no: [`Verdict::Open`] says what would settle it.
//! A refusal that stands whatever the unknown turns out to be is a refusal.
//!
//! - [`login_jwt`]: a token of an identity provider. [`login_aws`]: a principal of AWS.
//! - [`path`]: what policies say.

mod aws;
mod jwt;
mod path;
#[cfg(test)]
mod tests;

use crate::evidence::Reason;

pub use aws::{AwsRole, FullArn, login_aws};
pub use jwt::{JwtConfig, JwtRole, Keys, login_jwt};
pub use path::{PathRequest, UnreadPolicy, path};

pub use crate::auth::aws::AwsCaller;
pub use crate::request::Operation;

/// What was decided, with its evidence.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict<E> {
    /// It is let through.
    Allowed(E),
    /// It is not.
    Refused {
        /// Why.
        reason: Reason,
        /// The server's text.
        message: String,
        /// What it was decided by.
        evidence: E,
    },
    /// It hangs on what is not known.
    Open {
        /// What would settle it.
        wants: Want,
        /// What is known.
        evidence: E,
    },
}

impl<E> Verdict<E> {
    /// What it was decided by.
    pub fn evidence(&self) -> &E {
        match self {
            Self::Allowed(evidence)
            | Self::Refused { evidence, .. }
            | Self::Open { evidence, .. } => evidence,
        }
    }
}

/// What would settle an open verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The issuer's keys, as they were then.
    Keys,
    /// The principal's ARN with its path, as IAM has it.
    FullArn,
    /// The entity of the token, for which a policy has a template.
    Entity,
}

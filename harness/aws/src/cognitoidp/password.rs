//! Which passwords a pool takes.

use serde::{Deserialize, Serialize};

use super::error::Error;

/// What counts as a symbol (Cognito developer guide, `user-pool-settings-policies.html`), beside a blank
/// in the middle.
const SYMBOLS: &str = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+=";

/// How a pool's passwords have to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordPolicy {
    /// The least length, in characters.
    #[serde(default = "length_default")]
    pub minimum_length: usize,
    /// With a capital letter.
    #[serde(default)]
    pub require_uppercase: bool,
    /// With a small letter.
    #[serde(default)]
    pub require_lowercase: bool,
    /// With a digit.
    #[serde(default)]
    pub require_numbers: bool,
    /// With a symbol.
    #[serde(default)]
    pub require_symbols: bool,
    /// How long a temporary password may be used, in days.
    #[serde(default = "validity_default_days")]
    pub temporary_password_validity_days: i64,
}

fn length_default() -> usize {
    8
}

fn validity_default_days() -> i64 {
    7
}

/// Of a pool that says nothing (API reference, `PasswordPolicyType`).
impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: length_default(),
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            temporary_password_validity_days: validity_default_days(),
        }
    }
}

impl PasswordPolicy {
    /// Whether a password may be set.
    ///
    /// # Errors
    /// What it lacks.
    pub fn check(&self, password: &str) -> Result<(), Error> {
        let has = |is: fn(char) -> bool| password.chars().any(is);
        let lacks = [
            (
                password.chars().count() < self.minimum_length,
                "Password not long enough",
            ),
            (
                self.require_uppercase && !has(|it| it.is_ascii_uppercase()),
                "Password must have uppercase characters",
            ),
            (
                self.require_lowercase && !has(|it| it.is_ascii_lowercase()),
                "Password must have lowercase characters",
            ),
            (
                self.require_numbers && !has(|it| it.is_ascii_digit()),
                "Password must have numeric characters",
            ),
            (
                self.require_symbols && !has(|it| SYMBOLS.contains(it)),
                "Password must have symbol characters",
            ),
        ];
        match lacks.iter().find(|(is_lacking, _)| *is_lacking) {
            Some((_, text)) => Err(Error::Password(text)),
            None => Ok(()),
        }
    }
}

//! Logins to Vault.

use authlab::Secret;

use super::{Kind, Thing};

/// A login to Vault, by the name of the session or of the issuer's token that logged in.
#[derive(Clone, Debug)]
pub struct VaultSession {
    /// Who logged in.
    pub name: String,
    /// The client token.
    pub token: Secret,
}

impl Thing for VaultSession {
    fn kind() -> Kind {
        Kind::unseen("login to Vault of")
    }

    fn name(&self) -> &str {
        &self.name
    }
}

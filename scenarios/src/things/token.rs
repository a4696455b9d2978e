//! Tokens of the lab's issuers.

use authlab::Secret;

use super::{Kind, Thing};

/// A token of an issuer.
#[derive(Clone, Debug)]
pub struct Token {
    /// The name that the scenario gives it.
    pub name: String,
    /// The token.
    pub token: Secret,
}

impl Thing for Token {
    fn kind() -> Kind {
        Kind::unseen("token")
    }

    fn name(&self) -> &str {
        &self.name
    }
}

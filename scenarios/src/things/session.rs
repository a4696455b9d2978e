//! Sessions of AWS.

use authlab::Credentials;

use super::{Kind, Thing};

/// The credentials that somebody got, by the name of the role whose they are.
#[derive(Clone, Debug)]
pub struct Session {
    /// The name of the role.
    pub role: String,
    /// What its calls are signed with.
    pub credentials: Credentials,
}

impl Thing for Session {
    fn kind() -> Kind {
        Kind::unseen("session")
    }

    fn name(&self) -> &str {
        &self.role
    }
}

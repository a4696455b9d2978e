//! Who calls AWS.

use authlab_kernel::Secret;

/// An access key, with a session token when it is temporary.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `AKIA…`, `ASIA…`, or an account id for that account's root user.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The session token of temporary credentials.
    pub session_token: Option<Secret>,
}

impl Credentials {
    /// The root user of an account: its id with the secret `test`.
    pub fn root(account_id: &str) -> Self {
        Self {
            access_key_id: account_id.to_owned(),
            secret_access_key: Secret::new("test"),
            session_token: None,
        }
    }
}

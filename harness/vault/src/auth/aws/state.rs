//! What one mount of the AWS method keeps.

use std::collections::BTreeMap;

use super::account::Access;
use super::{Client, Identity, Role};

/// The state of one mount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aws {
    pub(crate) client: Option<Client>,
    pub(crate) identity: Identity,
    /// By the name in lower case.
    pub(crate) roles: BTreeMap<String, Role>,
    /// How other accounts are got into, by their number.
    pub(crate) accounts: BTreeMap<String, Access>,
    /// The full ARN of a principal by its unique id, looked up once.
    pub(crate) full_arns: BTreeMap<String, String>,
}

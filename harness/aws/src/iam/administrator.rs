//! The administrator that a lab makes in each account that it states: an IAM user with AWS's
//! `AdministratorAccess`.
//!
//! AWS lets nobody assume a role as root, and advises against the root user's keys for daily work
//! (IAM user guide, `root-user-best-practices.html`). Who wants to begin with something begins with
//! the administrator; its key comes from the seed.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Timestamp};

use super::entity::{AccessKey, Owner};
use super::error::Error;
use super::state::State;

/// The administrator's name, the same in each account.
pub const ADMINISTRATOR: &str = "administrator";

/// The policy of AWS that makes it one.
const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl State {
    /// Makes the administrator of an account, with an access key.
    ///
    /// # Errors
    /// The account has a user of that name.
    pub fn create_administrator(
        &mut self,
        account: &AccountId,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<AccessKey, Error> {
        let (name, when) = (ADMINISTRATOR, (now, ids));
        self.create_user(account, (name, "/"), None, BTreeMap::new(), when)?;
        self.attach(account, Owner::User(name), ADMINISTRATOR_ACCESS)?;
        self.create_access_key(account, name, now, ids)
    }
}

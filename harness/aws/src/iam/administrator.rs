//! Those who administer an account from the beginning, with AWS's `AdministratorAccess`: the IAM user
//! that a lab makes in each account that it states, and the role that an organization makes in each
//! account of its own.
//!
//! AWS lets nobody assume a role as root, and advises against the root user's keys for daily work
//! (IAM user guide, `root-user-best-practices.html`). Who wants to begin with something begins with
//! the administrator; its key comes from the seed.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Timestamp};

use serde_json::json;

use super::entity::{AccessKey, Owner};
use super::error::Error;
use super::role::NewRole;
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

    /// Makes the role by which an organization's management account comes into an account (Organizations
    /// user guide, `orgs_manage_accounts_access.html`).
    ///
    /// # Errors
    /// The account has a role of that name.
    pub fn create_access_role(
        &mut self,
        (account, management): (&AccountId, &AccountId),
        name: &str,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<(), Error> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": management.root_arn()},
                "Action": "sts:AssumeRole",
            }],
        });
        let new = NewRole {
            name: name.to_owned(),
            path: "/".to_owned(),
            trust: trust.to_string(),
            ..NewRole::default()
        };
        self.create_role(account, new, now, ids)?;
        self.attach(account, Owner::Role(name), ADMINISTRATOR_ACCESS)
    }
}

//! Users and their access keys.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Secret, Timestamp};

use super::entity::{AccessKey, Grants, Owner, User};
use super::error::Error;
use super::role::{arn, check_bare, path_or_root};
use super::state::State;

/// How many access keys a user may have (IAM user guide, `reference_iam-quotas`).
const KEYS_MAX: usize = 2;

impl State {
    /// Makes a user.
    ///
    /// # Errors
    /// The name is taken, or the boundary is not there.
    pub fn create_user(
        &mut self,
        account: &AccountId,
        (name, path): (&str, &str),
        boundary: Option<String>,
        tags: BTreeMap<String, String>,
        (now, ids): (Timestamp, &Ids),
    ) -> Result<User, Error> {
        let taken = self.account(account).is_some_and(|account| {
            account
                .users
                .keys()
                .any(|user| user.eq_ignore_ascii_case(name))
        });
        if taken {
            return Err(Error::Exists(format!(
                "User with name {name} already exists."
            )));
        }
        self.check_boundary(boundary.as_deref())?;
        let user = User {
            name: name.to_owned(),
            path: path_or_root(path),
            id: ids.user_id(account.as_str(), name),
            arn: arn(account, "user", path, name),
            account: account.clone(),
            created: now,
            access_keys: BTreeMap::new(),
            grants: Grants {
                boundary,
                tags,
                ..Grants::default()
            },
        };
        self.account_mut(account)
            .users
            .insert(name.to_owned(), user.clone());
        Ok(user)
    }

    /// A user by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn get_user(&self, account: &AccountId, name: &str) -> Result<&User, Error> {
        self.user(account, name)
            .ok_or_else(|| Error::no_owner(Owner::User(name)))
    }

    fn user_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut User, Error> {
        let user = self.account_mut(account).users.get_mut(name);
        user.ok_or_else(|| Error::no_owner(Owner::User(name)))
    }

    /// The users of an account whose path begins so, by name.
    pub fn users(&self, account: &AccountId, path_prefix: &str) -> Vec<&User> {
        let users = self
            .account(account)
            .into_iter()
            .flat_map(|account| account.users.values());
        users
            .filter(|user| user.path.starts_with(path_prefix))
            .collect()
    }

    /// Deletes a user without keys and policies.
    ///
    /// # Errors
    /// No such user, or it has keys or policies.
    pub fn delete_user(&mut self, account: &AccountId, name: &str) -> Result<(), Error> {
        let user = self.get_user(account, name)?;
        check_bare(&user.grants)?;
        if !user.access_keys.is_empty() {
            let text = "Cannot delete entity, must delete access keys first.";
            return Err(Error::InUse(text.to_owned()));
        }
        self.account_mut(account).users.remove(name);
        Ok(())
    }

    /// Makes an access key.
    ///
    /// # Errors
    /// No such user, or it has two.
    pub fn create_access_key(
        &mut self,
        account: &AccountId,
        user: &str,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<AccessKey, Error> {
        let owner = self.user_mut(account, user)?;
        if owner.access_keys.len() >= KEYS_MAX {
            let text = format!("Cannot exceed quota for AccessKeysPerUser: {KEYS_MAX}");
            return Err(Error::Quota(text));
        }
        let key = AccessKey {
            id: ids.access_key_id(account.as_str(), user),
            secret: Secret::new(ids.secret_access_key(account.as_str(), user)),
            is_active: true,
            created: now,
        };
        owner.access_keys.insert(key.id.clone(), key.clone());
        Ok(key)
    }

    /// Switches an access key on or off.
    ///
    /// # Errors
    /// No such user or key.
    pub fn set_access_key_active(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
        is_active: bool,
    ) -> Result<(), Error> {
        let key = self.user_mut(account, user)?.access_keys.get_mut(id);
        key.ok_or_else(|| no_key(id))?.is_active = is_active;
        Ok(())
    }

    /// Deletes an access key.
    ///
    /// # Errors
    /// No such user or key.
    pub fn delete_access_key(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
    ) -> Result<(), Error> {
        let removed = self.user_mut(account, user)?.access_keys.remove(id);
        removed.map(drop).ok_or_else(|| no_key(id))
    }
}

fn no_key(id: &str) -> Error {
    Error::NotFound(format!("The Access Key with id {id} cannot be found."))
}

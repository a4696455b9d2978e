//! Users and their access keys.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Secret, Timestamp};

use super::entity::{AccessKey, Grants, Owner, User};
use super::error::Error;
use super::role::{arn, check_bare, is_taken, path_or_root};
use super::state::{DeletedKey, State};

/// How many access keys a user may have (IAM user guide, `reference_iam-quotas`).
const KEYS_MAX: usize = 2;
/// How many users an account may have (the same).
const USERS_MAX: usize = 5_000;

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
        self.check_user_name(account, name, None)?;
        if self.users(account, "").len() >= USERS_MAX {
            let text = format!("Cannot exceed quota for UsersPerAccount: {USERS_MAX}");
            return Err(Error::Quota(text));
        }
        self.check_boundary(account, boundary.as_deref())?;
        let user = User {
            name: name.to_owned(),
            path: path_or_root(path),
            id: ids.user_id(account.as_str(), name),
            arn: arn(account, "user", path, name),
            account: account.clone(),
            created: now,
            access_keys: BTreeMap::new(),
            login: None,
            service_credentials: BTreeMap::new(),
            certificates: Vec::new(),
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

    fn check_user_name(
        &self,
        account: &AccountId,
        name: &str,
        but: Option<&str>,
    ) -> Result<(), Error> {
        let own = self.account(account);
        if own.is_some_and(|own| is_taken(own.users.keys(), name, but)) {
            let text = format!("User with name {name} already exists.");
            return Err(Error::Exists(text));
        }
        Ok(())
    }

    /// Gives a user another name or path; whoever named it by its unique id means it still. Returns
    /// its ARN before and after.
    ///
    /// # Errors
    /// No such user, or the new name is taken.
    pub fn update_user(
        &mut self,
        account: &AccountId,
        name: &str,
        new_name: Option<&str>,
        new_path: Option<&str>,
    ) -> Result<(String, String), Error> {
        let before = self.get_user(account, name)?.arn.clone();
        let new_name = new_name.unwrap_or(name);
        self.check_user_name(account, new_name, Some(name))?;
        let own = self.account_mut(account);
        for group in own.groups.values_mut() {
            if group.members.remove(name) {
                group.members.insert(new_name.to_owned());
            }
        }
        for device in own.mfa_devices.values_mut() {
            if device.user.as_deref() == Some(name) {
                device.user = Some(new_name.to_owned());
            }
        }
        let Some(mut user) = own.users.remove(name) else {
            return Err(Error::no_owner(Owner::User(name)));
        };
        user.name = new_name.to_owned();
        user.path = new_path.map_or(user.path, path_or_root);
        user.arn = arn(account, "user", &user.path, new_name);
        user.grants.relabel(Owner::User(new_name));
        let after = user.arn.clone();
        own.users.insert(new_name.to_owned(), user);
        Ok((before, after))
    }

    /// A user by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn get_user(&self, account: &AccountId, name: &str) -> Result<&User, Error> {
        self.user(account, name)
            .ok_or_else(|| Error::no_owner(Owner::User(name)))
    }

    pub(super) fn user_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut User, Error> {
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

    /// Deletes a user that has nothing any more, and returns it.
    ///
    /// # Errors
    /// No such user, or it has policies, keys, a password, devices, groups or credentials.
    pub fn delete_user(&mut self, account: &AccountId, name: &str) -> Result<User, Error> {
        let user = self.get_user(account, name)?.clone();
        check_bare(&user.grants)?;
        if let Some((what, by)) = self.left_of(account, &user) {
            return Err(Error::in_use(&format!("Cannot delete entity, {what}"), by));
        }
        self.account_mut(account).users.remove(name);
        Ok(user)
    }

    /// What keeps a user without policies from being deleted: what AWS says, and what it is.
    fn left_of(&self, account: &AccountId, user: &User) -> Option<(&'static str, Vec<String>)> {
        let devices = self.mfa_devices(account);
        let devices = devices.filter(|device| device.user.as_deref() == Some(&user.name));
        let devices = devices.map(|device| format!("the MFA device {}", device.serial));
        let keys = user.access_keys.keys();
        let keys = keys.map(|id| format!("the access key {id}"));
        let groups = self.groups_of(account, &user.name);
        let groups = groups.map(|group| format!("the group {}", group.name));
        let login = user.login.iter().map(|_| "the login profile".to_owned());
        let credentials = user.service_credentials.iter();
        let credentials = credentials.map(|_| "a service-specific credential".to_owned());
        let certificates = user.certificates.iter();
        let certificates = certificates.map(|_| "a signing certificate".to_owned());
        let rest: [(&str, Vec<String>); 6] = [
            ("must delete access keys first.", keys.collect()),
            ("must delete login profile first.", login.collect()),
            ("must delete MFA device first.", devices.collect()),
            ("must remove users from group first.", groups.collect()),
            // Recorded on AWS.
            (
                "must remove referenced objects first.",
                credentials.collect(),
            ),
            // Unverified text.
            (
                "must delete signing certificates first.",
                certificates.collect(),
            ),
        ];
        rest.into_iter().find(|(_, by)| !by.is_empty())
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
            last_used: None,
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
        now: Timestamp,
    ) -> Result<(), Error> {
        let user = self.user_mut(account, user)?;
        let key = user.access_keys.remove(id).ok_or_else(|| no_key(id))?;
        let owner = user.arn.clone();
        let deleted = DeletedKey { owner, at: now };
        let account = self.account_mut(account);
        account.deleted_keys.insert(key.id, deleted);
        Ok(())
    }
}

fn no_key(id: &str) -> Error {
    Error::NotFound(format!("The Access Key with id {id} cannot be found."))
}

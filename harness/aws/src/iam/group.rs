//! Groups and who is in them.

use std::collections::BTreeSet;

use authlab_kernel::{AccountId, Ids, Timestamp};

use super::entity::{Grants, Group, Owner};
use super::error::Error;
use super::role::{arn, check_bare, is_taken, path_or_root};
use super::state::State;

/// Groups that a user may be in (IAM user guide, `reference_iam-quotas`).
const GROUPS_PER_USER_MAX: usize = 10;

impl State {
    /// Makes a group.
    ///
    /// # Errors
    /// The name is taken.
    pub fn create_group(
        &mut self,
        account: &AccountId,
        (name, path): (&str, &str),
        (now, ids): (Timestamp, &Ids),
    ) -> Result<Group, Error> {
        self.check_group_name(account, name, None)?;
        let group = Group {
            name: name.to_owned(),
            path: path_or_root(path),
            id: ids.group_id(account.as_str(), name),
            arn: arn(account, "group", path, name),
            created: now,
            members: BTreeSet::new(),
            grants: Grants::default(),
        };
        self.account_mut(account)
            .groups
            .insert(name.to_owned(), group.clone());
        Ok(group)
    }

    fn check_group_name(
        &self,
        account: &AccountId,
        name: &str,
        but: Option<&str>,
    ) -> Result<(), Error> {
        let own = self.account(account);
        if own.is_some_and(|own| is_taken(own.groups.keys(), name, but)) {
            let text = format!("Group with name {name} already exists.");
            return Err(Error::Exists(text));
        }
        Ok(())
    }

    /// A group by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn group(&self, account: &AccountId, name: &str) -> Result<&Group, Error> {
        let found = self.account(account).and_then(|own| own.groups.get(name));
        found.ok_or_else(|| Error::no_owner(Owner::Group(name)))
    }

    fn group_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut Group, Error> {
        let found = self.account_mut(account).groups.get_mut(name);
        found.ok_or_else(|| Error::no_owner(Owner::Group(name)))
    }

    /// The groups of an account, by name.
    pub fn groups(&self, account: &AccountId) -> impl Iterator<Item = &Group> {
        self.account(account)
            .into_iter()
            .flat_map(|own| own.groups.values())
    }

    /// The groups that a user is in, by name.
    pub fn groups_of<'a>(
        &'a self,
        account: &AccountId,
        user: &'a str,
    ) -> impl Iterator<Item = &'a Group> {
        self.groups(account)
            .filter(move |group| group.members.contains(user))
    }

    /// Gives a group another name or path.
    ///
    /// # Errors
    /// No such group, or the new name is taken.
    pub fn update_group(
        &mut self,
        account: &AccountId,
        name: &str,
        new_name: Option<&str>,
        new_path: Option<&str>,
    ) -> Result<(), Error> {
        self.group(account, name)?;
        if let Some(new_name) = new_name {
            self.check_group_name(account, new_name, Some(name))?;
        }
        let groups = &mut self.account_mut(account).groups;
        let Some(mut group) = groups.remove(name) else {
            return Ok(());
        };
        group.name = new_name.unwrap_or(name).to_owned();
        group.path = new_path.map_or(group.path, path_or_root);
        group.arn = arn(account, "group", &group.path, &group.name);
        group.grants.relabel(Owner::Group(&group.name));
        groups.insert(group.name.clone(), group);
        Ok(())
    }

    /// Deletes a group without members and policies.
    ///
    /// # Errors
    /// No such group, or it has members or policies.
    pub fn delete_group(&mut self, account: &AccountId, name: &str) -> Result<(), Error> {
        let group = self.group(account, name)?;
        if !group.members.is_empty() {
            let text = "Cannot delete entity, must remove users from group first.";
            let members = group.members.iter();
            return Err(Error::in_use(
                text,
                members.map(|name| format!("the member {name}")),
            ));
        }
        check_bare(&group.grants)?;
        self.account_mut(account).groups.remove(name);
        Ok(())
    }

    /// Puts a user into a group; one that is in it stays.
    ///
    /// # Errors
    /// No such group or user, or the user is in as many groups as it may be.
    pub fn add_to_group(
        &mut self,
        account: &AccountId,
        group: &str,
        user: &str,
    ) -> Result<(), Error> {
        // The user is asked for first (recorded on AWS).
        self.get_user(account, user)?;
        let is_member = self.group(account, group)?.members.contains(user);
        if !is_member && self.groups_of(account, user).count() >= GROUPS_PER_USER_MAX {
            let text = format!("Cannot exceed quota for GroupsPerUser: {GROUPS_PER_USER_MAX}");
            return Err(Error::Quota(text));
        }
        self.group_mut(account, group)?
            .members
            .insert(user.to_owned());
        Ok(())
    }

    /// Takes a user out of a group.
    ///
    /// # Errors
    /// No such group or user.
    pub fn remove_from_group(
        &mut self,
        account: &AccountId,
        group: &str,
        user: &str,
    ) -> Result<(), Error> {
        self.get_user(account, user)?;
        self.group_mut(account, group)?.members.remove(user);
        Ok(())
    }
}

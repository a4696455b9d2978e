//! Instance profiles: a role in a wrapper, for machines.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Timestamp};

use super::entity::InstanceProfile;
use super::error::Error;
use super::grant::merge_tags;
use super::role::{arn, is_taken, path_or_root};
use super::state::State;

impl State {
    /// Makes an instance profile without role.
    ///
    /// # Errors
    /// The name is taken.
    pub fn create_instance_profile(
        &mut self,
        account: &AccountId,
        (name, path): (&str, &str),
        tags: BTreeMap<String, String>,
        (now, ids): (Timestamp, &Ids),
    ) -> Result<InstanceProfile, Error> {
        let profiles = &mut self.account_mut(account).instance_profiles;
        if is_taken(profiles.keys(), name, None) {
            return Err(Error::Exists(format!(
                "Instance Profile {name} already exists."
            )));
        }
        let profile = InstanceProfile {
            name: name.to_owned(),
            path: path_or_root(path),
            id: ids.instance_profile_id(account.as_str(), name),
            arn: arn(account, "instance-profile", path, name),
            created: now,
            role: None,
            tags,
        };
        profiles.insert(name.to_owned(), profile.clone());
        Ok(profile)
    }

    /// An instance profile by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn instance_profile(
        &self,
        account: &AccountId,
        name: &str,
    ) -> Result<&InstanceProfile, Error> {
        let found = self
            .account(account)
            .and_then(|own| own.instance_profiles.get(name));
        found.ok_or_else(|| no_profile(name))
    }

    fn instance_profile_mut(
        &mut self,
        account: &AccountId,
        name: &str,
    ) -> Result<&mut InstanceProfile, Error> {
        let found = self.account_mut(account).instance_profiles.get_mut(name);
        found.ok_or_else(|| no_profile(name))
    }

    /// The instance profiles of an account, by name.
    pub fn instance_profiles(&self, account: &AccountId) -> impl Iterator<Item = &InstanceProfile> {
        self.account(account)
            .into_iter()
            .flat_map(|own| own.instance_profiles.values())
    }

    /// Puts a role into an instance profile, which takes one.
    ///
    /// # Errors
    /// No such profile or role, or there is a role in it.
    pub fn add_role_to_profile(
        &mut self,
        account: &AccountId,
        profile: &str,
        role: &str,
    ) -> Result<(), Error> {
        let is_taken = self.instance_profile(account, profile)?.role.is_some();
        self.get_role(account, role)?;
        if is_taken {
            let text = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
            return Err(Error::Quota(text.to_owned()));
        }
        self.instance_profile_mut(account, profile)?.role = Some(role.to_owned());
        Ok(())
    }

    /// Takes a role out of an instance profile.
    ///
    /// # Errors
    /// No such profile or role, or the role is not in it.
    pub fn remove_role_from_profile(
        &mut self,
        account: &AccountId,
        profile: &str,
        role: &str,
    ) -> Result<(), Error> {
        self.get_role(account, role)?;
        let found = self.instance_profile_mut(account, profile)?;
        if found.role.take_if(|held| held == role).is_none() {
            // Unverified text.
            let text = format!("Role {role} is not in instance profile {profile}.");
            return Err(Error::NotFound(text));
        }
        Ok(())
    }

    /// Deletes an instance profile without role.
    ///
    /// # Errors
    /// No such profile, or there is a role in it.
    pub fn delete_instance_profile(
        &mut self,
        account: &AccountId,
        name: &str,
    ) -> Result<(), Error> {
        if let Some(role) = &self.instance_profile(account, name)?.role {
            let text = "Cannot delete entity, must remove roles from instance profile first.";
            return Err(Error::in_use(text, [format!("the role {role}")]));
        }
        self.account_mut(account).instance_profiles.remove(name);
        Ok(())
    }

    /// Adds tags to an instance profile, or takes them away.
    ///
    /// # Errors
    /// No such profile, or more than fifty.
    pub fn tag_instance_profile(
        &mut self,
        account: &AccountId,
        name: &str,
        add: BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), Error> {
        let profile = self.instance_profile_mut(account, name)?;
        profile.tags.retain(|key, _| !remove.contains(key));
        merge_tags(&mut profile.tags, add)
    }
}

fn no_profile(name: &str) -> Error {
    Error::NotFound(format!("Instance Profile {name} cannot be found."))
}

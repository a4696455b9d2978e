//! Roles.

use std::collections::BTreeMap;

use authlab_kernel::near::nearest;
use authlab_kernel::{AccountId, Ids, Timestamp};
use authlab_policy::Policy;

use super::entity::{Grants, Owner, Role};
use super::error::Error;
use super::service_linked::check_unlinked;
use super::state::{State, arn_account_and_name};
use crate::evidence::Fault;

/// How many deleted roles of an account are remembered.
const DELETED_MAX: usize = 1_024;

/// How many roles are told in place of one that is not there.
const OTHERS_MAX: usize = 6;

/// What CreateRole is told.
#[derive(Clone, Debug, Default)]
pub struct NewRole {
    /// The name.
    pub name: String,
    /// The path; `/` when empty.
    pub path: String,
    /// The trust policy.
    pub trust: String,
    /// The description.
    pub description: Option<String>,
    /// The longest session, in seconds; an hour when absent.
    pub max_session_duration_seconds: Option<i64>,
    /// ARN of the boundary.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// The longest session of a role that says none, in seconds.
const DEFAULT_SESSION_SECONDS: i64 = 3_600;
/// How many roles an account may have (IAM user guide, `reference_iam-quotas`).
const ROLES_MAX: usize = 1_000;

/// `/` for an empty path.
pub(super) fn path_or_root(path: &str) -> String {
    if path.is_empty() {
        "/".to_owned()
    } else {
        path.to_owned()
    }
}

/// `arn:aws:iam::ACCOUNT:KIND/PATH/NAME`; the path has a slash at both ends.
pub fn arn(account: &AccountId, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{kind}{}{name}", path_or_root(path))
}

/// Whether a name is taken by another than `but`: names differ by more than case.
pub(super) fn is_taken<'n>(
    names: impl IntoIterator<Item = &'n String>,
    name: &str,
    but: Option<&str>,
) -> bool {
    let mut others = names
        .into_iter()
        .filter(|known| Some(known.as_str()) != but);
    others.any(|known| known.eq_ignore_ascii_case(name))
}

impl State {
    /// Makes a role.
    ///
    /// # Errors
    /// The name is taken (names differ by more than case), the trust policy is none or names nobody,
    /// the boundary is not there.
    pub fn create_role(
        &mut self,
        account: &AccountId,
        asked: NewRole,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<Role, Error> {
        let own = self.account(account);
        if own.is_some_and(|own| is_taken(own.roles.keys(), &asked.name, None)) {
            return Err(Error::Exists(format!(
                "Role with name {} already exists.",
                asked.name
            )));
        }
        if self.roles(account, "").len() >= ROLES_MAX {
            let text = format!("Cannot exceed quota for RolesPerAccount: {ROLES_MAX}");
            return Err(Error::Quota(text));
        }
        self.check_boundary(account, asked.boundary.as_deref())?;
        let role_arn = arn(account, "role", &asked.path, &asked.name);
        let trust = self.trust_of(&role_arn, &asked.trust)?;
        let role = Role {
            arn: role_arn,
            id: ids.role_id(account.as_str(), &asked.name),
            path: path_or_root(&asked.path),
            account: account.clone(),
            created: now,
            trust,
            description: asked.description,
            max_session_duration_seconds: asked
                .max_session_duration_seconds
                .unwrap_or(DEFAULT_SESSION_SECONDS),
            grants: Grants {
                boundary: asked.boundary,
                tags: asked.tags,
                ..Grants::default()
            },
            name: asked.name,
        };
        self.account_mut(account)
            .roles
            .insert(role.name.clone(), role.clone());
        Ok(role)
    }

    fn trust_of(&self, role_arn: &str, text: &str) -> Result<Policy, Error> {
        Ok(Policy::new(
            format!("trust policy of role {role_arn}"),
            self.save_trust(text)?,
        ))
    }

    /// A role by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn get_role(&self, account: &AccountId, name: &str) -> Result<&Role, Error> {
        self.role(account, name)
            .ok_or_else(|| Error::no_owner(Owner::Role(name)))
    }

    fn role_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut Role, Error> {
        let role = self.account_mut(account).roles.get_mut(name);
        role.ok_or_else(|| Error::no_owner(Owner::Role(name)))
    }

    /// The roles of an account whose path begins so, by name.
    pub fn roles(&self, account: &AccountId, path_prefix: &str) -> Vec<&Role> {
        let roles = self
            .account(account)
            .into_iter()
            .flat_map(|account| account.roles.values());
        roles
            .filter(|role| role.path.starts_with(path_prefix))
            .collect()
    }

    /// Replaces who may assume a role.
    ///
    /// # Errors
    /// No such role, or the document is none or names nobody.
    pub fn update_trust(
        &mut self,
        account: &AccountId,
        name: &str,
        text: &str,
    ) -> Result<(), Error> {
        let role = self.get_role(account, name)?;
        check_unlinked(role)?;
        let trust = self.trust_of(&role.arn, text)?;
        self.role_mut(account, name)?.trust = trust;
        Ok(())
    }

    /// Changes the description and the longest session where they are given. The API reference says
    /// that a session that is left out goes back to an hour; recorded on AWS in 2026, it stays.
    ///
    /// # Errors
    /// No such role, or it is a service's.
    pub fn update_role(
        &mut self,
        account: &AccountId,
        name: &str,
        description: Option<String>,
        max_session_duration_seconds: Option<i64>,
    ) -> Result<(), Error> {
        check_unlinked(self.get_role(account, name)?)?;
        let role = self.role_mut(account, name)?;
        role.description = description.or(role.description.take());
        role.max_session_duration_seconds =
            max_session_duration_seconds.unwrap_or(role.max_session_duration_seconds);
        Ok(())
    }

    /// Changes the description, also that of a service's role.
    ///
    /// # Errors
    /// No such role.
    pub fn describe_role(
        &mut self,
        account: &AccountId,
        name: &str,
        description: String,
    ) -> Result<(), Error> {
        self.role_mut(account, name)?.description = Some(description);
        Ok(())
    }

    /// Deletes a role that grants nothing any more, and returns it.
    ///
    /// # Errors
    /// No such role, a service's, or it has policies or is in an instance profile.
    pub fn delete_role(
        &mut self,
        account: &AccountId,
        name: &str,
        now: Timestamp,
    ) -> Result<Role, Error> {
        let role = self.get_role(account, name)?.clone();
        check_unlinked(&role)?;
        let profiles = self.instance_profiles(account);
        let holding = profiles.filter(|profile| profile.role.as_deref() == Some(name));
        let holding: Vec<String> = holding
            .map(|profile| format!("the instance profile {}", profile.name))
            .collect();
        if !holding.is_empty() {
            let text = "Cannot delete entity, must remove roles from instance profile first.";
            return Err(Error::in_use(text, holding));
        }
        check_bare(&role.grants)?;
        let account = self.account_mut(account);
        account.roles.remove(name);
        if account.deleted_roles.len() >= DELETED_MAX {
            account.deleted_roles.pop_first();
        }
        account.deleted_roles.insert(role.arn.clone(), now);
        Ok(role)
    }

    /// What is there in place of a role of this ARN that is not: roles of its name first, then those of
    /// names that are nearly that.
    pub fn no_role(&self, arn: &str) -> Fault {
        let Some((account, name)) = arn_account_and_name(arn, "role/") else {
            return Fault::not_there("role", arn);
        };
        let named = self.accounts.values();
        let same = named.filter_map(|account| Some(&account.roles.get(name)?.arn));
        let here = self.account(&account).map(|account| &account.roles);
        let known = here.into_iter().flatten().map(|(name, _)| name.as_str());
        let near = nearest(name, known, OTHERS_MAX).into_iter();
        let near = near.filter_map(|name| Some(&self.role(&account, name)?.arn));
        let deleted = self.account(&account).map(|account| &account.deleted_roles);
        Fault::NotThere {
            what: "role".to_owned(),
            name: arn.to_owned(),
            others: same.chain(near).take(OTHERS_MAX).cloned().collect(),
            deleted: deleted.and_then(|deleted| deleted.get(arn)).copied(),
        }
    }
}

/// Roles and users are deleted only without policies.
pub(super) fn check_bare(grants: &Grants) -> Result<(), Error> {
    if !grants.attached.is_empty() {
        let text = "Cannot delete entity, must detach all policies first.";
        let attached = grants.attached.iter();
        return Err(Error::in_use(
            text,
            attached.map(|arn| format!("the attached policy {arn}")),
        ));
    }
    if !grants.inline.is_empty() {
        let text = "Cannot delete entity, must delete policies first.";
        let inline = grants.inline.keys();
        return Err(Error::in_use(
            text,
            inline.map(|name| format!("the inline policy {name}")),
        ));
    }
    Ok(())
}

//! Managed policies and their versions.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Timestamp};
use authlab_policy::Policy;
use authlab_policy::words::{self, Use};

use super::aws_managed;
use super::entity::{Grants, ManagedPolicy, Owner, PolicyVersion, Stored};
use super::error::Error;
use super::grant::merge_tags;
use super::role::{arn, path_or_root};
use super::state::State;

/// How many versions a policy may have (IAM user guide, `access_policies_managed-versioning.html`).
const VERSIONS_MAX: usize = 5;
/// How long a managed policy may be, white space not counted (`reference_iam-quotas`).
const SIZE_MAX: usize = 6_144;
/// How many policies an account may have (`reference_iam-quotas`).
const POLICIES_MAX: usize = 1_500;

fn version(arn: &str, number: u32, text: &str, now: Timestamp) -> Result<PolicyVersion, Error> {
    let document = words::read(Use::Managed, text)?;
    if document.size_chars() > SIZE_MAX {
        return Err(Error::Quota(format!(
            "Cannot exceed quota for PolicySize: {SIZE_MAX}"
        )));
    }
    Ok(PolicyVersion {
        id: format!("v{number}"),
        created: now,
        stored: Stored {
            text: text.to_owned(),
            policy: Policy::new(arn, document),
        },
    })
}

impl State {
    /// Makes a managed policy with one version.
    ///
    /// # Errors
    /// The name is taken, or the document is none.
    pub fn create_policy(
        &mut self,
        account: &AccountId,
        (name, path): (&str, &str),
        text: &str,
        (description, tags): (Option<String>, BTreeMap<String, String>),
        (now, ids): (Timestamp, &Ids),
    ) -> Result<ManagedPolicy, Error> {
        let taken = self.account(account).is_some_and(|account| {
            account
                .policies
                .values()
                .any(|policy| policy.name.eq_ignore_ascii_case(name))
        });
        if taken {
            let text =
                format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(Error::Exists(text));
        }
        if self.policies(account).count() >= POLICIES_MAX {
            let text = format!("Cannot exceed quota for PoliciesPerAccount: {POLICIES_MAX}");
            return Err(Error::Quota(text));
        }
        let arn = arn(account, "policy", path, name);
        let policy = ManagedPolicy {
            name: name.to_owned(),
            path: path_or_root(path),
            id: ids.policy_id(account.as_str(), name),
            versions: vec![version(&arn, 1, text, now)?],
            default_version: "v1".to_owned(),
            versions_made: 1,
            description,
            created: now,
            updated: now,
            tags,
            arn,
        };
        self.account_mut(account)
            .policies
            .insert(policy.arn.clone(), policy.clone());
        Ok(policy)
    }

    /// A policy of the account's own.
    ///
    /// # Errors
    /// It has none of this ARN.
    pub fn get_policy(&self, account: &AccountId, arn: &str) -> Result<&ManagedPolicy, Error> {
        let own = self.account(account).and_then(|own| own.policies.get(arn));
        own.ok_or_else(|| Error::no_policy(arn))
    }

    fn policy_mut(&mut self, account: &AccountId, arn: &str) -> Result<&mut ManagedPolicy, Error> {
        if aws_managed::is_arn(arn) {
            // Unverified text.
            let text = format!("Policy {arn} is managed by AWS and cannot be changed.");
            return Err(Error::Invalid(text));
        }
        self.account_mut(account)
            .policies
            .get_mut(arn)
            .ok_or_else(|| Error::no_policy(arn))
    }

    /// The customer's policies of an account.
    pub fn policies(&self, account: &AccountId) -> impl Iterator<Item = &ManagedPolicy> {
        self.account(account)
            .into_iter()
            .flat_map(|account| account.policies.values())
    }

    /// Adds a version, and makes it the one in force if so asked.
    ///
    /// # Errors
    /// No such policy, AWS's, five versions, or the document is none.
    pub fn create_version(
        &mut self,
        account: &AccountId,
        arn: &str,
        text: &str,
        set_default: bool,
        now: Timestamp,
    ) -> Result<PolicyVersion, Error> {
        let policy = self.policy_mut(account, arn)?;
        if policy.versions.len() >= VERSIONS_MAX {
            let text = format!(
                "A managed policy can have up to {VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version."
            );
            return Err(Error::Quota(text));
        }
        let made = version(arn, policy.versions_made + 1, text, now)?;
        policy.versions_made += 1;
        policy.versions.push(made.clone());
        if set_default {
            policy.default_version = made.id.clone();
            policy.updated = now;
        }
        Ok(made)
    }

    /// Makes a version the one in force.
    ///
    /// # Errors
    /// No such policy or version, or AWS's.
    pub fn set_default_version(
        &mut self,
        account: &AccountId,
        arn: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let policy = self.policy_mut(account, arn)?;
        policy.version(id).ok_or_else(|| no_version(arn, id))?;
        policy.default_version = id.to_owned();
        policy.updated = now;
        Ok(())
    }

    /// Deletes a version that is not in force.
    ///
    /// # Errors
    /// No such policy or version, AWS's, or the version in force.
    pub fn delete_version(
        &mut self,
        account: &AccountId,
        arn: &str,
        id: &str,
    ) -> Result<(), Error> {
        let policy = self.policy_mut(account, arn)?;
        policy.version(id).ok_or_else(|| no_version(arn, id))?;
        if policy.default_version == id {
            let text = "Cannot delete the default version of a policy.";
            return Err(Error::in_use(text, [format!("the default version {id}")]));
        }
        policy.versions.retain(|version| version.id != id);
        Ok(())
    }

    /// Deletes a policy that nobody has.
    ///
    /// # Errors
    /// No such policy, AWS's, one that is attached or a boundary, or one with further versions.
    pub fn delete_policy(&mut self, account: &AccountId, arn: &str) -> Result<(), Error> {
        let policy = self.policy_mut(account, arn)?;
        let default = policy.default_version.clone();
        let versions = policy.versions.iter().map(|version| version.id.clone());
        let versions: Vec<String> = versions.filter(|id| *id != default).collect();
        let attached = self.attached_to(account, arn).into_iter();
        let attached = attached.map(|(owner, _)| format!("the {} {}", owner.kind(), owner.name()));
        let bounded = self.bounded_by(account, arn).into_iter();
        let bounded = bounded
            .map(|(owner, _)| format!("the {} {}, as its boundary", owner.kind(), owner.name()));
        let holding: Vec<String> = attached.chain(bounded).collect();
        if !holding.is_empty() {
            let text = "Cannot delete a policy attached to entities.";
            return Err(Error::in_use(text, holding));
        }
        if !versions.is_empty() {
            let text = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
            let versions = versions.into_iter().map(|id| format!("the version {id}"));
            return Err(Error::in_use(text, versions));
        }
        self.account_mut(account).policies.remove(arn);
        Ok(())
    }

    /// The roles and users of an account whose boundary a policy is, with their unique ids.
    pub fn bounded_by(&self, account: &AccountId, arn: &str) -> Vec<(Owner<'_>, &str)> {
        let Some(own) = self.account(account) else {
            return Vec::new();
        };
        let is_bound = |grants: &Grants| grants.boundary.as_deref() == Some(arn);
        let roles = own.roles.values().filter(|role| is_bound(&role.grants));
        let users = own.users.values().filter(|user| is_bound(&user.grants));
        roles
            .map(|role| (Owner::Role(&role.name), role.id.as_str()))
            .chain(users.map(|user| (Owner::User(&user.name), user.id.as_str())))
            .collect()
    }

    /// The path of a role, user or group; empty when there is none.
    pub fn path_of(&self, account: &AccountId, owner: Owner<'_>) -> &str {
        let path = match owner {
            Owner::Role(name) => self.role(account, name).map(|role| &role.path),
            Owner::User(name) => self.user(account, name).map(|user| &user.path),
            Owner::Group(name) => self.group(account, name).ok().map(|group| &group.path),
        };
        path.map_or("", String::as_str)
    }

    /// How many roles and users of an account have a policy as their boundary.
    pub fn boundary_uses(&self, account: &AccountId, arn: &str) -> usize {
        self.bounded_by(account, arn).len()
    }

    /// The roles, users and groups of an account that have a policy attached, with their unique ids.
    pub fn attached_to(&self, account: &AccountId, arn: &str) -> Vec<(Owner<'_>, &str)> {
        let Some(account) = self.account(account) else {
            return Vec::new();
        };
        let roles = account
            .roles
            .values()
            .filter(|role| role.grants.attached.contains(arn));
        let users = account
            .users
            .values()
            .filter(|user| user.grants.attached.contains(arn));
        let roles = roles.map(|role| (Owner::Role(&role.name), role.id.as_str()));
        let groups = account
            .groups
            .values()
            .filter(|group| group.grants.attached.contains(arn));
        roles
            .chain(users.map(|user| (Owner::User(&user.name), user.id.as_str())))
            .chain(groups.map(|group| (Owner::Group(&group.name), group.id.as_str())))
            .collect()
    }

    /// Adds tags to a policy, or takes them away.
    ///
    /// # Errors
    /// No such policy, AWS's, or more than fifty.
    pub fn tag_policy(
        &mut self,
        account: &AccountId,
        arn: &str,
        add: BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), Error> {
        let policy = self.policy_mut(account, arn)?;
        policy.tags.retain(|key, _| !remove.contains(key));
        merge_tags(&mut policy.tags, add)
    }
}

pub(super) fn no_version(arn: &str, id: &str) -> Error {
    Error::NotFound(format!(
        "Policy {arn} version {id} does not exist or is not attachable."
    ))
}

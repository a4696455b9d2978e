//! IAM's state, and what authorization asks of it.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{AccountId, Timestamp};
use authlab_policy::{Policy, Principal};

use super::aws_managed;
use super::entity::{
    AccessKey, Grants, Group, InstanceProfile, LastUsed, ManagedPolicy, MfaDevice, OidcProvider,
    Owner, PasswordPolicy, Role, ServerCertificate, User,
};
use super::error::Error;
use crate::operation::Call;

/// One account's principals, policies and providers.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Roles by name.
    pub(super) roles: BTreeMap<String, Role>,
    /// Users by name.
    pub(super) users: BTreeMap<String, User>,
    /// Customer-managed policies by ARN.
    pub(super) policies: BTreeMap<String, ManagedPolicy>,
    /// OpenID Connect providers by ARN.
    pub(super) providers: BTreeMap<String, OidcProvider>,
    /// Groups by name.
    pub(super) groups: BTreeMap<String, Group>,
    /// Instance profiles by name.
    pub(super) instance_profiles: BTreeMap<String, InstanceProfile>,
    /// Server certificates by name.
    pub(super) server_certificates: BTreeMap<String, ServerCertificate>,
    /// Virtual MFA devices by serial number.
    pub(super) mfa_devices: BTreeMap<String, MfaDevice>,
    /// The alias.
    pub(super) alias: Option<String>,
    /// The password policy, if there is one of the account's own.
    pub(super) password_policy: Option<PasswordPolicy>,
    /// Deletions of service-linked roles that were asked for.
    pub(super) deletion_tasks: BTreeSet<String>,
    /// Access keys that were deleted: their account is still told.
    pub(super) deleted_keys: BTreeMap<String, DeletedKey>,
    /// When roles were deleted, by ARN.
    pub(super) deleted_roles: BTreeMap<String, Timestamp>,
}

/// An access key that was.
#[derive(Clone, Debug)]
pub struct DeletedKey {
    /// The ARN of the user.
    pub owner: String,
    /// When it was deleted.
    pub at: Timestamp,
}

/// Every account's principals, policies and providers.
#[derive(Debug, Default)]
pub struct State {
    pub(super) accounts: BTreeMap<AccountId, Account>,
}

impl State {
    pub(super) fn account(&self, account: &AccountId) -> Option<&Account> {
        self.accounts.get(account)
    }

    pub(super) fn account_mut(&mut self, account: &AccountId) -> &mut Account {
        self.accounts.entry(account.clone()).or_default()
    }

    /// A role by its name.
    pub fn role(&self, account: &AccountId, name: &str) -> Option<&Role> {
        self.account(account)?.roles.get(name)
    }

    /// A role by its ARN, path included.
    pub fn role_by_arn(&self, arn: &str) -> Option<&Role> {
        let (account, name) = arn_account_and_name(arn, "role/")?;
        self.role(&account, name).filter(|role| role.arn == arn)
    }

    /// A role by its unique id.
    pub fn role_by_id(&self, account: &AccountId, id: &str) -> Option<&Role> {
        self.account(account)?
            .roles
            .values()
            .find(|role| role.id == id)
    }

    /// A user by its name.
    pub fn user(&self, account: &AccountId, name: &str) -> Option<&User> {
        self.account(account)?.users.get(name)
    }

    /// A user by its ARN, path included.
    pub fn user_by_arn(&self, arn: &str) -> Option<&User> {
        let (account, name) = arn_account_and_name(arn, "user/")?;
        self.user(&account, name).filter(|user| user.arn == arn)
    }

    /// The user and the key of a long-term access key id.
    pub fn access_key(&self, id: &str) -> Option<(&User, &AccessKey)> {
        let users = self
            .accounts
            .values()
            .flat_map(|account| account.users.values());
        users
            .filter_map(|user| Some((user, user.access_keys.get(id)?)))
            .next()
    }

    /// The id of an access key that differs from this one in case only.
    pub fn access_key_in_other_case(&self, id: &str) -> Option<&str> {
        let accounts = self.accounts.values();
        let users = accounts.flat_map(|account| account.users.values());
        let mut ids = users.flat_map(|user| user.access_keys.keys());
        ids.find(|known| known.eq_ignore_ascii_case(id))
            .map(String::as_str)
    }

    /// What is known of an access key that was deleted.
    pub fn deleted_access_key(&self, id: &str) -> Option<&DeletedKey> {
        let mut accounts = self.accounts.values();
        accounts.find_map(|account| account.deleted_keys.get(id))
    }

    /// The provider of an account for this issuer: the same URL, its case and the slash at its end
    /// included.
    pub fn provider_of_issuer(&self, account: &AccountId, issuer: &str) -> Option<&OidcProvider> {
        self.account(account)?
            .providers
            .values()
            .find(|provider| provider.issuer == issuer)
    }

    /// The account of a long-term access key id, active, inactive or deleted (STS,
    /// GetAccessKeyInfo).
    pub fn account_of_key(&self, id: &str) -> Option<&AccountId> {
        let has_key = |account: &Account| {
            account.deleted_keys.contains_key(id)
                || account
                    .users
                    .values()
                    .any(|user| user.access_keys.contains_key(id))
        };
        self.accounts
            .iter()
            .find(|(_, account)| has_key(account))
            .map(|(id, _)| id)
    }

    /// When the lab first heard of an account that stands in no organization: when its first user or
    /// role was made, else now.
    pub fn first_use(&self, account: &AccountId, now: Timestamp) -> Timestamp {
        let own = self.account(account).into_iter();
        let made = own.flat_map(|own| {
            let roles = own.roles.values().map(|role| role.created);
            roles.chain(own.users.values().map(|user| user.created))
        });
        made.min().unwrap_or(now)
    }

    /// Keeps when and where the long-term access key of a call was used.
    pub fn record_use(&mut self, call: &Call) {
        let Principal::User { name, .. } = &call.caller.principal else {
            return;
        };
        let own = self.accounts.get_mut(call.account());
        let user = own.and_then(|own| own.users.get_mut(name));
        let key = user.and_then(|user| user.access_keys.get_mut(&call.caller.access_key_id));
        if let Some(key) = key {
            key.last_used = Some(LastUsed {
                at: call.now,
                service: call.service.to_owned(),
                region: call.scope.region.to_string(),
            });
        }
    }

    /// The identity policies of a principal: inline, then managed, its own and for a user those of
    /// its groups. A session of a role that is gone
    /// or was recreated has none.
    pub fn identity_policies(&self, principal: &Principal) -> Vec<Policy> {
        let Some(grants) = self.grants_of(principal) else {
            return Vec::new();
        };
        let mut policies = self.policies_in(grants);
        for group in self.groups_of_principal(principal) {
            policies.extend(self.policies_in(&group.grants));
        }
        policies
    }

    fn policies_in(&self, grants: &Grants) -> Vec<Policy> {
        let inline = grants.inline.values().map(|stored| stored.policy.clone());
        let attached = grants.attached.iter().filter_map(|arn| self.managed(arn));
        inline.chain(attached).collect()
    }

    /// The groups of a user, also behind a federated session.
    fn groups_of_principal(&self, principal: &Principal) -> Vec<&Group> {
        let arn = match principal {
            Principal::User { arn, .. } => arn,
            Principal::FederatedUser { user_arn, .. } => user_arn,
            _ => return Vec::new(),
        };
        let user = self.user_by_arn(arn);
        user.map(|user| self.groups_of(&user.account, &user.name).collect())
            .unwrap_or_default()
    }

    /// The permissions boundary of a principal.
    pub fn boundary(&self, principal: &Principal) -> Option<Policy> {
        let arn = self.grants_of(principal)?.boundary.as_deref()?;
        self.managed(arn)
    }

    /// The managed policy in force under an ARN, customer's or AWS's.
    pub fn managed(&self, arn: &str) -> Option<Policy> {
        if let Some(policy) = aws_managed::policy(arn) {
            return Some(policy);
        }
        Some(self.customer_policy(arn)?.in_force()?.stored.policy.clone())
    }

    pub(super) fn customer_policy(&self, arn: &str) -> Option<&ManagedPolicy> {
        let (account, _) = arn_account_and_name(arn, "policy/")?;
        self.account(&account)?.policies.get(arn)
    }

    /// What a principal's own policies, boundary and tags are; `None` for root, services, strangers.
    pub fn grants_of(&self, principal: &Principal) -> Option<&Grants> {
        match principal {
            Principal::User { arn, unique_id, .. } => self
                .user_by_arn(arn)
                .filter(|user| user.id == *unique_id)
                .map(|user| &user.grants),
            Principal::RoleSession {
                role_arn,
                unique_id,
                ..
            } => self
                .role_by_arn(role_arn)
                .filter(|role| role.id == *unique_id)
                .map(|role| &role.grants),
            Principal::FederatedUser { user_arn, .. } => {
                self.user_by_arn(user_arn).map(|user| &user.grants)
            }
            _ => None,
        }
    }

    pub(super) fn grants(&self, account: &AccountId, owner: Owner<'_>) -> Result<&Grants, Error> {
        let found = match owner {
            Owner::Role(name) => self.role(account, name).map(|role| &role.grants),
            Owner::User(name) => self.user(account, name).map(|user| &user.grants),
            Owner::Group(name) => self.group(account, name).ok().map(|group| &group.grants),
        };
        found.ok_or_else(|| Error::no_owner(owner))
    }

    pub(super) fn grants_mut(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
    ) -> Result<&mut Grants, Error> {
        let account = self.account_mut(account);
        let found = match owner {
            Owner::Role(name) => account.roles.get_mut(name).map(|role| &mut role.grants),
            Owner::User(name) => account.users.get_mut(name).map(|user| &mut user.grants),
            Owner::Group(name) => account.groups.get_mut(name).map(|group| &mut group.grants),
        };
        found.ok_or_else(|| Error::no_owner(owner))
    }
}

/// Account and last name of `arn:aws:iam::ACCOUNT:{kind}PATH/NAME`.
pub(super) fn arn_account_and_name<'a>(arn: &'a str, kind: &str) -> Option<(AccountId, &'a str)> {
    let rest = arn.strip_prefix("arn:aws:iam::")?;
    let (account, resource) = rest.split_once(':')?;
    let path = resource.strip_prefix(kind)?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    Some((account.parse().ok()?, name))
}

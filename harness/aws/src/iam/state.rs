//! IAM's state, and what authorization asks of it.

use std::collections::BTreeMap;

use authlab_kernel::AccountId;
use authlab_policy::{Policy, Principal};

use super::aws_managed;
use super::entity::{AccessKey, Grants, ManagedPolicy, OidcProvider, Owner, Role, User};
use super::error::Error;

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

    /// The provider of an account for this issuer: the same URL, its case and the slash at its end
    /// included.
    pub fn provider_of_issuer(&self, account: &AccountId, issuer: &str) -> Option<&OidcProvider> {
        self.account(account)?
            .providers
            .values()
            .find(|provider| provider.issuer == issuer)
    }

    /// The identity policies of a principal: inline, then managed. A session of a role that is gone
    /// or was recreated has none.
    pub fn identity_policies(&self, principal: &Principal) -> Vec<Policy> {
        let Some(grants) = self.grants_of(principal) else {
            return Vec::new();
        };
        let inline = grants.inline.values().map(|stored| stored.policy.clone());
        let attached = grants.attached.iter().filter_map(|arn| self.managed(arn));
        inline.chain(attached).collect()
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

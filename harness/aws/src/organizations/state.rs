//! The organizations of a lab, and what authorization asks of them.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{AccountId, Ids, Timestamp};
use authlab_policy::{Organization as Membership, Policy};

use super::account::AccountRequest;
use super::error::Error;
use super::organization::{self, Account, Organization, SeedError};
use super::policy::{ControlPolicy, PolicyType};
use crate::operation::Tags;

/// An organization, with what was made in it.
#[derive(Debug)]
pub struct Realm {
    /// Root, units and accounts.
    pub organization: Organization,
    /// Customer's policies by id.
    pub(super) policies: BTreeMap<String, ControlPolicy>,
    /// Policy ids by target (root, unit or account), in the order of attaching.
    pub(super) attached: BTreeMap<String, Vec<String>>,
    /// The types that are switched on in the root.
    pub(super) enabled: Vec<PolicyType>,
    /// Tags by the id of a root, unit, account or policy.
    pub(super) tags: BTreeMap<String, Tags>,
    /// The services that are trusted, with the time since when.
    pub(super) services: BTreeMap<String, Timestamp>,
    /// The delegated administrators: what for, and since when.
    pub(super) delegated: BTreeMap<AccountId, BTreeMap<String, Timestamp>>,
    /// What CreateAccount was asked for, in order.
    pub(super) requests: Vec<AccountRequest>,
}

impl Realm {
    /// An organization in which every level has AWS's full-access policies of the types that are on.
    fn new(organization: Organization, enabled: Vec<PolicyType>) -> Self {
        let targets = std::iter::once(organization.root.clone())
            .chain(organization.units.iter().map(|unit| unit.id.clone()))
            .chain(organization.accounts.iter().map(|it| it.id.to_string()));
        let full = full_access(&enabled);
        Self {
            attached: targets.map(|target| (target, full.clone())).collect(),
            organization,
            policies: BTreeMap::new(),
            enabled,
            tags: BTreeMap::new(),
            services: BTreeMap::new(),
            delegated: BTreeMap::new(),
            requests: Vec::new(),
        }
    }

    /// A new root, unit or account has the full-access policies, and its tags.
    pub(super) fn enter(&mut self, id: &str, tags: Tags) {
        self.attached
            .insert(id.to_owned(), full_access(&self.enabled));
        if !tags.is_empty() {
            self.tags.insert(id.to_owned(), tags);
        }
    }

    /// Forgets what is known of a unit or account that is gone.
    pub(super) fn leave(&mut self, id: &str) {
        self.attached.remove(id);
        self.tags.remove(id);
    }

    fn levels(&self, account: &Account, kind: PolicyType) -> Vec<Vec<Policy>> {
        if !self.enabled.contains(&kind) {
            return Vec::new();
        }
        let mut targets = self.organization.lineage(&account.parent);
        targets.push(account.id.to_string());
        targets
            .iter()
            .map(|target| self.policies_of(target, kind))
            .collect()
    }

    fn policies_of(&self, target: &str, kind: PolicyType) -> Vec<Policy> {
        let attached = self.attached_of_kind(target, kind).unwrap_or_default();
        let policies = attached.into_iter().map(|policy| policy.policy.clone());
        policies.collect()
    }
}

fn full_access(enabled: &[PolicyType]) -> Vec<String> {
    let ids = enabled.iter().map(|kind| kind.full_access_id().to_owned());
    ids.collect()
}

/// The organizations of the lab. An account is in one at most.
#[derive(Debug, Default)]
pub struct State {
    realms: Vec<Realm>,
    /// The accounts that CreateAccount made: a number is drawn once.
    pub(super) made: BTreeSet<AccountId>,
}

impl State {
    /// Makes `organization` that of the lab. Service control policies are switched on, resource
    /// control policies too; every level has AWS's full-access policies only.
    ///
    /// # Errors
    /// The statement contradicts itself.
    pub fn seed(&mut self, organization: Organization) -> Result<(), SeedError> {
        organization::check(&organization)?;
        self.realms = vec![Realm::new(organization, PolicyType::ALL.to_vec())];
        Ok(())
    }

    /// Makes the caller's account the management account of a new organization, in which no type of
    /// policy is switched on (Organizations user guide, `orgs_manage_policies_enable-disable.html`).
    ///
    /// # Errors
    /// The account is in an organization.
    pub(super) fn create(
        &mut self,
        caller: &AccountId,
        now: Timestamp,
        ids: &Ids,
    ) -> Result<&Realm, Error> {
        if self.of(caller).is_some() {
            return Err(Error::InOrganization);
        }
        let id = format!(
            "o-{}",
            ids.draw("organization-id", caller.as_str(), "").base36(10)
        );
        let root = format!(
            "r-{}",
            ids.draw("organization-root-id", &id, "root").base36(4)
        );
        let management = Account {
            id: caller.clone(),
            name: caller.to_string(),
            email: format!("{caller}@example.com"),
            parent: root.clone(),
            joined: now,
        };
        let organization = Organization {
            id,
            root,
            management: caller.clone(),
            units: Vec::new(),
            accounts: vec![management],
        };
        self.realms.push(Realm::new(organization, Vec::new()));
        self.of_member(caller)
    }

    /// Dissolves the caller's organization.
    ///
    /// # Errors
    /// The caller does not manage one, or something is left in it.
    pub(super) fn dissolve(&mut self, caller: &AccountId) -> Result<(), Error> {
        let realm = self.managed(caller)?;
        let organization = &realm.organization;
        if organization.accounts.len() > 1 || !organization.units.is_empty() {
            return Err(Error::NotEmpty);
        }
        if !realm.policies.is_empty() {
            return Err(Error::NotEmpty);
        }
        self.realms
            .retain(|realm| realm.organization.management != *caller);
        Ok(())
    }

    /// The organization that the lab states, or else the first that was made.
    pub fn organization(&self) -> Option<&Organization> {
        self.realms.first().map(|realm| &realm.organization)
    }

    /// The organization of an account.
    pub fn of(&self, account: &AccountId) -> Option<&Realm> {
        self.realms
            .iter()
            .find(|realm| realm.organization.account(account).is_some())
    }

    /// An account of an organization.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.of(id)?.organization.account(id)
    }

    /// An account's place in its organization, for policies; `None` outside of any.
    pub fn membership(&self, id: &AccountId) -> Option<Membership> {
        let organization = &self.of(id)?.organization;
        let account = organization.account(id)?;
        let mut path = format!("{}/", organization.id);
        for level in organization.lineage(&account.parent) {
            path.push_str(&level);
            path.push('/');
        }
        Some(Membership {
            id: organization.id.clone(),
            path,
            management_account: organization.management == *id,
        })
    }

    /// The service control policies that bind an account's principals, level by level from the
    /// root down to the account; empty outside of an organization.
    pub fn service_control_levels(&self, id: &AccountId) -> Vec<Vec<Policy>> {
        self.levels(id, PolicyType::ServiceControl)
    }

    /// The resource control policies that bind an account's resources, level by level.
    pub fn resource_control_levels(&self, id: &AccountId) -> Vec<Vec<Policy>> {
        self.levels(id, PolicyType::ResourceControl)
    }

    fn levels(&self, id: &AccountId, kind: PolicyType) -> Vec<Vec<Policy>> {
        let found = self
            .of(id)
            .and_then(|realm| Some((realm, realm.organization.account(id)?)));
        found.map_or_else(Vec::new, |(realm, account)| realm.levels(account, kind))
    }

    /// The caller's organization.
    pub(super) fn of_member(&self, caller: &AccountId) -> Result<&Realm, Error> {
        self.of(caller).ok_or(Error::NotInOrganization)
    }

    /// The same, for a caller that may read it: the management account, and those that administer
    /// something for it (API reference: every `List` and `Describe` but DescribeOrganization).
    pub(super) fn read_by(&self, caller: &AccountId) -> Result<&Realm, Error> {
        let realm = self.of_member(caller)?;
        let is_reader =
            realm.organization.management == *caller || realm.delegated.contains_key(caller);
        if is_reader {
            Ok(realm)
        } else {
            Err(Error::NotManagement)
        }
    }

    /// The same, for a caller that manages it.
    pub(super) fn managed(&self, caller: &AccountId) -> Result<&Realm, Error> {
        let realm = self.of_member(caller)?;
        if realm.organization.management == *caller {
            Ok(realm)
        } else {
            Err(Error::NotManagement)
        }
    }

    /// The same, to be changed.
    pub(super) fn managed_mut(&mut self, caller: &AccountId) -> Result<&mut Realm, Error> {
        self.managed(caller)?;
        let mut realms = self.realms.iter_mut();
        let found = realms.find(|realm| realm.organization.management == *caller);
        found.ok_or(Error::NotInOrganization)
    }

    /// The same for any member, who may leave it.
    pub(super) fn of_member_mut(&mut self, caller: &AccountId) -> Result<&mut Realm, Error> {
        let mut realms = self.realms.iter_mut();
        let found = realms.find(|realm| realm.organization.account(caller).is_some());
        found.ok_or(Error::NotInOrganization)
    }
}

//! The organization, and what authorization asks of it.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Timestamp};
use authlab_policy::{Organization as Membership, Policy};

use super::error::Error;
use super::policy::{ControlPolicy, PolicyType};

/// An organizational unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// `ou-…`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The id of the root or of the unit above.
    pub parent: String,
}

/// An account of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The twelve digits.
    pub id: AccountId,
    /// The name.
    pub name: String,
    /// The address of its root user.
    pub email: String,
    /// The id of the root or of the unit that it is in.
    pub parent: String,
    /// When it joined.
    pub joined: Timestamp,
}

/// An organization, as a lab states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// `o-…`.
    pub id: String,
    /// `r-…`.
    pub root: String,
    /// The management account; it must be among the accounts.
    pub management: AccountId,
    /// The units, in any order.
    pub units: Vec<Unit>,
    /// The accounts, in any order.
    pub accounts: Vec<Account>,
}

impl Organization {
    /// An organization without units, with ids from the lab's seed. The first account manages it.
    pub fn flat(
        accounts: &[(AccountId, &str)],
        joined: Timestamp,
        ids: &authlab_kernel::Ids,
    ) -> Option<Self> {
        let (management, _) = accounts.first()?;
        let root = format!(
            "r-{}",
            ids.draw("organization-root-id", "", "root").base36(4)
        );
        let account = |(id, name): &(AccountId, &str)| Account {
            id: id.clone(),
            name: (*name).to_owned(),
            email: format!("{name}@example.com"),
            parent: root.clone(),
            joined,
        };
        Some(Self {
            id: format!(
                "o-{}",
                ids.draw("organization-id", "", "organization").base36(10)
            ),
            management: management.clone(),
            units: Vec::new(),
            accounts: accounts.iter().map(account).collect(),
            root: root.clone(),
        })
    }

    /// A unit's id under this root, from the lab's seed.
    pub fn unit_id(&self, name: &str, ids: &authlab_kernel::Ids) -> String {
        let root = self.root.trim_start_matches("r-");
        format!(
            "ou-{root}-{}",
            ids.draw("organizational-unit-id", &self.id, name).base36(8)
        )
    }
}

/// Why an organization cannot be what was stated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// The management account is not among the accounts.
    #[error("the management account `{0}` is not among the organization's accounts: add it")]
    Management(AccountId),
    /// Two accounts or units with one id.
    #[error("`{0}` is stated twice: give each account and unit its own id")]
    Twice(String),
    /// A parent that is no unit and not the root, or a chain of units that never ends at the root.
    #[error("the parent `{parent}` of `{child}` does not lead to the root: state it as a unit")]
    Parent {
        /// The account or unit.
        child: String,
        /// What it names.
        parent: String,
    },
}

/// The organization of the lab, if it has one.
#[derive(Debug, Default)]
pub struct State {
    pub(super) organization: Option<Organization>,
    /// Customer's policies by id.
    pub(super) policies: BTreeMap<String, ControlPolicy>,
    /// Policy ids by target (root, unit or account), in the order of attaching.
    pub(super) attached: BTreeMap<String, Vec<String>>,
    /// The types that are switched on in the root.
    pub(super) enabled: Vec<PolicyType>,
}

impl State {
    /// Makes `organization` that of the lab. Service control policies are switched on, resource
    /// control policies too; every level has AWS's full-access policies only.
    ///
    /// # Errors
    /// The statement contradicts itself.
    pub fn seed(&mut self, organization: Organization) -> Result<(), SeedError> {
        check(&organization)?;
        let targets = std::iter::once(organization.root.clone())
            .chain(organization.units.iter().map(|unit| unit.id.clone()))
            .chain(
                organization
                    .accounts
                    .iter()
                    .map(|account| account.id.to_string()),
            );
        let full = || {
            PolicyType::ALL
                .map(|kind| kind.full_access_id().to_owned())
                .to_vec()
        };
        self.attached = targets.map(|target| (target, full())).collect();
        self.policies.clear();
        self.enabled = PolicyType::ALL.to_vec();
        self.organization = Some(organization);
        Ok(())
    }

    /// The organization, if there is one.
    pub fn organization(&self) -> Option<&Organization> {
        self.organization.as_ref()
    }

    /// An account of the organization.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.organization
            .as_ref()?
            .accounts
            .iter()
            .find(|account| account.id == *id)
    }

    /// An account's place in the organization, for policies; `None` outside of it.
    pub fn membership(&self, id: &AccountId) -> Option<Membership> {
        let organization = self.organization.as_ref()?;
        let account = self.account(id)?;
        let mut path = format!("{}/", organization.id);
        for level in self.lineage(&account.parent) {
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
        let Some(account) = self.account(id) else {
            return Vec::new();
        };
        if !self.enabled.contains(&kind) {
            return Vec::new();
        }
        let mut targets = self.lineage(&account.parent);
        targets.push(account.id.to_string());
        targets
            .iter()
            .map(|target| self.policies_of(target, kind))
            .collect()
    }

    fn policies_of(&self, target: &str, kind: PolicyType) -> Vec<Policy> {
        let attached = self
            .attached
            .get(target)
            .map(Vec::as_slice)
            .unwrap_or_default();
        attached
            .iter()
            .filter_map(|id| self.control_policy(id))
            .filter(|policy| policy.kind == kind)
            .map(|policy| policy.policy.clone())
            .collect()
    }

    /// The root and the units from it down to `id`, `id` included.
    pub(super) fn lineage(&self, id: &str) -> Vec<String> {
        let mut lineage = vec![id.to_owned()];
        let units = self
            .organization
            .as_ref()
            .map(|organization| organization.units.as_slice());
        let mut parent = id;
        while let Some(unit) = units
            .unwrap_or_default()
            .iter()
            .find(|unit| unit.id == parent)
        {
            parent = &unit.parent;
            lineage.push(parent.to_owned());
        }
        lineage.reverse();
        lineage
    }

    /// The organization, for a caller of this account.
    pub(super) fn of_member(&self, caller: &AccountId) -> Result<&Organization, Error> {
        self.account(caller).ok_or(Error::NotInOrganization)?;
        self.organization.as_ref().ok_or(Error::NotInOrganization)
    }

    /// The organization, for a caller that may write.
    pub(super) fn of_management(&self, caller: &AccountId) -> Result<&Organization, Error> {
        let organization = self.of_member(caller)?;
        if organization.management == *caller {
            Ok(organization)
        } else {
            Err(Error::NotManagement)
        }
    }

    /// Whether `id` is the root, a unit or an account of the organization.
    pub(super) fn is_target(&self, id: &str) -> bool {
        self.attached.contains_key(id)
    }

    /// Whether `id` is the root or a unit.
    pub(super) fn is_parent(&self, id: &str) -> bool {
        self.is_target(id) && id.parse::<AccountId>().is_err()
    }
}

fn check(organization: &Organization) -> Result<(), SeedError> {
    let Organization {
        root,
        units,
        accounts,
        management,
        ..
    } = organization;
    if !accounts.iter().any(|account| account.id == *management) {
        return Err(SeedError::Management(management.clone()));
    }
    let mut seen = std::collections::BTreeSet::from([root.as_str()]);
    let ids = units.iter().map(|unit| unit.id.as_str());
    for id in ids.chain(accounts.iter().map(|account| account.id.as_str())) {
        if !seen.insert(id) {
            return Err(SeedError::Twice(id.to_owned()));
        }
    }
    let children = units
        .iter()
        .map(|unit| (unit.id.as_str(), unit.parent.as_str()));
    let children = children.chain(
        accounts
            .iter()
            .map(|account| (account.id.as_str(), account.parent.as_str())),
    );
    for (child, parent) in children {
        let mut above = parent;
        // A chain longer than there are units is a ring.
        for _ in 0..=units.len() {
            match units.iter().find(|unit| unit.id == above) {
                Some(unit) => above = &unit.parent,
                None => break,
            }
        }
        if above != root {
            let (child, parent) = (child.to_owned(), parent.to_owned());
            return Err(SeedError::Parent { child, parent });
        }
    }
    Ok(())
}

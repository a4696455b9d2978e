//! An organization, as a lab states it and as it is kept.

use authlab_kernel::{AccountId, Timestamp};

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

impl Organization {
    /// An account by its id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == *id)
    }

    /// A unit by its id.
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    /// Whether `id` is the root or a unit.
    pub(super) fn is_parent(&self, id: &str) -> bool {
        self.root == id || self.unit(id).is_some()
    }

    /// Whether `id` is the root, a unit or an account: what policies are attached to.
    pub(super) fn is_target(&self, id: &str) -> bool {
        self.is_parent(id) || self.accounts.iter().any(|it| it.id.as_str() == id)
    }

    /// The root and the units from it down to `id`, `id` included.
    pub(super) fn lineage(&self, id: &str) -> Vec<String> {
        let mut lineage = vec![id.to_owned()];
        let mut parent = id;
        while let Some(unit) = self.unit(parent) {
            parent = &unit.parent;
            lineage.push(parent.to_owned());
        }
        lineage.reverse();
        lineage
    }

    /// `arn:aws:organizations::MANAGEMENT:KIND/ORGANIZATION/ID`.
    pub(super) fn arn(&self, kind: &str, id: &str) -> String {
        let (owner, organization) = (&self.management, &self.id);
        format!("arn:aws:organizations::{owner}:{kind}/{organization}/{id}")
    }
}

/// Whether a statement holds together.
pub(super) fn check(organization: &Organization) -> Result<(), SeedError> {
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

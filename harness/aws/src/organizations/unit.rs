//! Organizational units, and which account is in which.

use authlab_kernel::{AccountId, Ids};

use super::error::Error;
use super::organization::Unit;
use super::state::Realm;
use crate::operation::Tags;

/// How deep units may lie below the root (Organizations user guide, `orgs_reference_limits.html`).
const DEPTH_MAX: usize = 5;

impl Realm {
    /// Makes a unit below the root or another unit.
    ///
    /// # Errors
    /// No such parent, one that lies too deep, or the name is taken in it.
    pub(super) fn create_unit(
        &mut self,
        parent: &str,
        name: &str,
        tags: Tags,
        ids: &Ids,
    ) -> Result<Unit, Error> {
        if !self.organization.is_parent(parent) {
            return Err(Error::NoParent(parent.to_owned()));
        }
        // The lineage begins at the root.
        if self.organization.lineage(parent).len() > DEPTH_MAX {
            return Err(Error::UnitTooDeep);
        }
        self.check_unit_name(parent, name)?;
        let unit = Unit {
            id: self.organization.unit_id(&format!("{parent}/{name}"), ids),
            name: name.to_owned(),
            parent: parent.to_owned(),
        };
        self.organization.units.push(unit.clone());
        self.enter(&unit.id, tags);
        Ok(unit)
    }

    fn check_unit_name(&self, parent: &str, name: &str) -> Result<(), Error> {
        let mut beside = self.organization.units.iter();
        if beside.any(|unit| unit.parent == parent && unit.name == name) {
            return Err(Error::DuplicateUnit);
        }
        Ok(())
    }

    fn unit_mut(&mut self, id: &str) -> Result<&mut Unit, Error> {
        let mut units = self.organization.units.iter_mut();
        let found = units.find(|unit| unit.id == id);
        found.ok_or_else(|| Error::NoUnit(id.to_owned()))
    }

    /// Gives a unit another name.
    ///
    /// # Errors
    /// No such unit, or the name is taken beside it: its own as well (M: moto).
    pub(super) fn rename_unit(&mut self, id: &str, name: Option<&str>) -> Result<Unit, Error> {
        let parent = self.unit_mut(id)?.parent.clone();
        if let Some(name) = name {
            self.check_unit_name(&parent, name)?;
            name.clone_into(&mut self.unit_mut(id)?.name);
        }
        self.unit_mut(id).cloned()
    }

    /// Deletes a unit in which nothing is.
    ///
    /// # Errors
    /// No such unit, or something is in it.
    pub(super) fn delete_unit(&mut self, id: &str) -> Result<(), Error> {
        self.unit_mut(id)?;
        let (units, accounts) = (&self.organization.units, &self.organization.accounts);
        let is_parent = units.iter().any(|unit| unit.parent == id)
            || accounts.iter().any(|account| account.parent == id);
        if is_parent {
            return Err(Error::UnitNotEmpty);
        }
        self.organization.units.retain(|unit| unit.id != id);
        self.leave(id);
        Ok(())
    }

    /// Moves an account from its parent to another.
    ///
    /// # Errors
    /// No such account, source or destination; the account is in the destination.
    pub(super) fn move_account(
        &mut self,
        account: &str,
        source: &str,
        destination: &str,
    ) -> Result<(), Error> {
        let missing = || Error::NoAccount(account.to_owned());
        let id: AccountId = account.parse().map_err(|_| missing())?;
        let at = self.organization.account(&id).ok_or_else(missing)?;
        let at = at.parent.clone();
        // Which of the two AWS answers where the source is there and holds another is unverified.
        if !self.organization.is_parent(source) || (source != at && destination != at) {
            return Err(Error::NoSourceParent(source.to_owned()));
        }
        if !self.organization.is_parent(destination) {
            return Err(Error::NoDestinationParent(destination.to_owned()));
        }
        if destination == at {
            return Err(Error::DuplicateAccount);
        }
        let accounts = self.organization.accounts.iter_mut();
        for account in accounts.filter(|account| account.id == id) {
            destination.clone_into(&mut account.parent);
        }
        Ok(())
    }
}

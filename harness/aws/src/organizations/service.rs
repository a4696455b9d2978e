//! Services that an organization trusts, and members that administer them for it.

use authlab_kernel::{AccountId, Timestamp};

use super::error::Error;
use super::state::Realm;

/// The services that can be trusted (Organizations user guide, `orgs_integrate_services_list.html`).
const TRUSTED: &str = include_str!("trusted.txt");

/// Whether a name is that of a service that can be trusted.
///
/// # Errors
/// It is not.
pub(super) fn check_service(principal: &str) -> Result<(), Error> {
    if TRUSTED.lines().any(|known| known == principal) {
        Ok(())
    } else {
        Err(Error::NoService(principal.to_owned()))
    }
}

impl Realm {
    /// Trusts a service; one that is trusted stays so.
    ///
    /// # Errors
    /// No such service.
    pub(super) fn trust(&mut self, principal: &str, now: Timestamp) -> Result<(), Error> {
        check_service(principal)?;
        self.services.entry(principal.to_owned()).or_insert(now);
        Ok(())
    }

    /// Trusts a service no more; nobody administers it then.
    ///
    /// # Errors
    /// No such service.
    pub(super) fn distrust(&mut self, principal: &str) -> Result<(), Error> {
        check_service(principal)?;
        self.services.remove(principal);
        for services in self.delegated.values_mut() {
            services.remove(principal);
        }
        self.delegated.retain(|_, services| !services.is_empty());
        Ok(())
    }

    fn member(&self, account: &str) -> Result<AccountId, Error> {
        let missing = || Error::NoAccount(account.to_owned());
        let id: AccountId = account.parse().map_err(|_| missing())?;
        self.organization.account(&id).ok_or_else(missing)?;
        Ok(id)
    }

    /// Lets a member administer a service.
    ///
    /// # Errors
    /// No such member or service, the management account, or the member does so already.
    pub(super) fn delegate(
        &mut self,
        account: &str,
        principal: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = self.member(account)?;
        if self.organization.management == id {
            return Err(Error::ManagementDelegated);
        }
        check_service(principal)?;
        let services = self.delegated.entry(id).or_default();
        if services.contains_key(principal) {
            return Err(Error::DelegatedTwice);
        }
        services.insert(principal.to_owned(), now);
        Ok(())
    }

    /// Lets a member administer a service no more.
    ///
    /// # Errors
    /// No such member or service, the management account, or the member does not.
    pub(super) fn undelegate(&mut self, account: &str, principal: &str) -> Result<(), Error> {
        let id = self.member(account)?;
        if self.organization.management == id {
            return Err(Error::ManagementDelegated);
        }
        check_service(principal)?;
        let services = self.delegated.get_mut(&id).ok_or(Error::NotDelegated)?;
        // One that it does not administer is as one that there is not (M: moto).
        let was = services.remove(principal);
        self.delegated.retain(|_, services| !services.is_empty());
        was.map(|_| ())
            .ok_or_else(|| Error::NoService(principal.to_owned()))
    }

    /// What a member administers.
    ///
    /// # Errors
    /// No such member, or it administers nothing.
    pub(super) fn delegated_services(
        &self,
        account: &str,
    ) -> Result<&std::collections::BTreeMap<String, Timestamp>, Error> {
        let id = self.member(account)?;
        self.delegated.get(&id).ok_or(Error::NotDelegated)
    }
}

//! Accounts that an organization makes, and those that leave it.
//!
//! An account is there when CreateAccount answers: what AWS needs minutes for is done, and the status
//! says so at once. It has the role by which the management account comes in, and its root user.

use authlab_kernel::{AccountId, Ids, Timestamp};

use super::error::Error;
use super::organization::Account;
use super::state::{Realm, State};
use crate::operation::Tags;

/// What CreateAccount was asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRequest {
    /// `car-…`.
    pub id: String,
    /// The name of the account.
    pub name: String,
    /// When it was asked for, and done.
    pub at: Timestamp,
    /// The account, or why there is none.
    pub outcome: Result<AccountId, &'static str>,
}

impl AccountRequest {
    /// `SUCCEEDED` or `FAILED`.
    pub fn state(&self) -> &'static str {
        match self.outcome {
            Ok(_) => "SUCCEEDED",
            Err(_) => "FAILED",
        }
    }
}

impl State {
    /// Makes an account in the root of the caller's organization.
    ///
    /// # Errors
    /// The caller does not manage an organization. That the address is somebody's is an outcome. How
    /// many accounts there may be is what AWS was asked for: there is no bound here.
    pub(super) fn create_account(
        &mut self,
        caller: &AccountId,
        (name, email): (&str, &str),
        tags: Tags,
        (now, ids): (Timestamp, &Ids),
    ) -> Result<AccountRequest, Error> {
        let realm = self.managed(caller)?;
        let organization = &realm.organization;
        let mut accounts = organization.accounts.iter();
        let outcome = if accounts.any(|account| account.email.eq_ignore_ascii_case(email)) {
            Err("EMAIL_ALREADY_EXISTS")
        } else {
            Ok(self.new_account_id(ids))
        };
        let request = AccountRequest {
            id: format!(
                "car-{}",
                ids.draw("create-account-request", &organization.id, name)
                    .hex(32)
            ),
            name: name.to_owned(),
            at: now,
            outcome,
        };
        if let Ok(id) = &request.outcome {
            self.made.insert(id.clone());
        }
        let realm = self.managed_mut(caller)?;
        if let Ok(id) = &request.outcome {
            let account = Account {
                id: id.clone(),
                name: name.to_owned(),
                email: email.to_owned(),
                parent: realm.organization.root.clone(),
                joined: now,
            };
            realm.organization.accounts.push(account);
            realm.enter(id.as_str(), tags);
        }
        realm.requests.push(request.clone());
        Ok(request)
    }

    /// Twelve digits that are no account of any organization.
    fn new_account_id(&self, ids: &Ids) -> AccountId {
        loop {
            let drawn = ids.draw("organization-account-id", "", "").digits(12);
            if let Ok(id) = drawn.parse()
                && self.of(&id).is_none()
                && !self.made.contains(&id)
            {
                return id;
            }
        }
    }
}

impl Realm {
    /// Takes an account out; it goes on by itself.
    ///
    /// # Errors
    /// No such account, or it manages the organization or administers something for it.
    pub(super) fn remove_account(&mut self, account: &str) -> Result<(), Error> {
        let missing = || Error::NoAccount(account.to_owned());
        let id: AccountId = account.parse().map_err(|_| missing())?;
        self.organization.account(&id).ok_or_else(missing)?;
        if self.organization.management == id {
            return Err(Error::ManagementLeaves);
        }
        if self.delegated.contains_key(&id) {
            return Err(Error::DelegatedLeaves);
        }
        self.organization
            .accounts
            .retain(|account| account.id != id);
        self.leave(account);
        Ok(())
    }

    /// A request of CreateAccount.
    ///
    /// # Errors
    /// There was none of this id.
    pub(super) fn request(&self, id: &str) -> Result<&AccountRequest, Error> {
        let mut requests = self.requests.iter();
        let found = requests.find(|request| request.id == id);
        found.ok_or_else(|| Error::NoRequest(id.to_owned()))
    }
}

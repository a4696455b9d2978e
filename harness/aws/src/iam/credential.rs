//! Credentials of a user that AWS's API does not take: passwords of the console, and those of single
//! services. They are kept and told; nothing of the lab takes them.

use authlab_kernel::{AccountId, Ids, Secret, Timestamp};

use super::entity::{LoginProfile, ServiceCredential};
use super::error::Error;
use super::state::State;

/// Services that have credentials of their own (IAM, CreateServiceSpecificCredential): with a password, or with a key.
const WITH_PASSWORD: [&str; 2] = ["codecommit.amazonaws.com", "cassandra.amazonaws.com"];
const WITH_SECRET: [&str; 2] = ["bedrock.amazonaws.com", "logs.amazonaws.com"];

/// Credentials for one service that a user may have (IAM user guide, `reference_iam-quotas`).
const PER_SERVICE_MAX: usize = 2;

fn check_service(service: &str) -> Result<(), Error> {
    if WITH_PASSWORD.contains(&service) || WITH_SECRET.contains(&service) {
        return Ok(());
    }
    Err(Error::NotFound(format!(
        "No such service {service} is supported for Service Specific Credentials"
    )))
}

impl State {
    /// Makes a credential for one service.
    ///
    /// # Errors
    /// No such user or service, or the user has two.
    pub fn create_service_credential(
        &mut self,
        account: &AccountId,
        user: &str,
        (service, age_days): (&str, Option<i64>),
        (now, ids): (Timestamp, &Ids),
    ) -> Result<ServiceCredential, Error> {
        self.get_user(account, user)?;
        check_service(service)?;
        let owner = self.user_mut(account, user)?;
        let before = owner
            .service_credentials
            .values()
            .filter(|own| own.service == service)
            .count();
        if before >= PER_SERVICE_MAX {
            let text = format!(
                "Cannot exceed quota for ServiceSpecificCredentialsPerUser: {PER_SERVICE_MAX}"
            );
            return Err(Error::Quota(text));
        }
        let scope = account.as_str();
        let name = format!("{user}/{service}");
        let takes_password = WITH_PASSWORD.contains(&service);
        let suffix = if before == 0 {
            String::new()
        } else {
            format!("+{before}")
        };
        let expires = age_days.and_then(|days| {
            now.checked_add(authlab_kernel::SignedDuration::from_hours(days * 24))
                .ok()
        });
        let credential = ServiceCredential {
            id: format!(
                "ACCA{}",
                ids.draw("service-credential-id", scope, &name).base32(16)
            ),
            service: service.to_owned(),
            service_user: format!("{user}{suffix}-at-{account}"),
            takes_password,
            secret: Secret::new(ids.draw("service-password", scope, &name).base62(44)),
            is_active: true,
            created: now,
            expires,
        };
        owner
            .service_credentials
            .insert(credential.id.clone(), credential.clone());
        Ok(credential)
    }

    /// A user's credentials for services.
    ///
    /// # Errors
    /// No such user or service.
    pub fn service_credentials(
        &self,
        account: &AccountId,
        user: &str,
        service: Option<&str>,
    ) -> Result<Vec<&ServiceCredential>, Error> {
        let owner = self.get_user(account, user)?;
        service.map_or(Ok(()), check_service)?;
        let all = owner.service_credentials.values();
        Ok(all
            .filter(|own| service.is_none_or(|service| own.service == service))
            .collect())
    }

    /// A credential, by whom it is of.
    ///
    /// # Errors
    /// No such user or credential.
    pub fn service_credential_mut(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
    ) -> Result<&mut ServiceCredential, Error> {
        let owner = self.user_mut(account, user)?;
        owner
            .service_credentials
            .get_mut(id)
            .ok_or_else(|| no_credential(id))
    }

    /// Whose credential it is.
    pub fn user_of_service_credential(&self, account: &AccountId, id: &str) -> Option<&str> {
        let users = self.account(account)?.users.values();
        let mut users = users.filter(|user| user.service_credentials.contains_key(id));
        users.next().map(|user| user.name.as_str())
    }

    /// Deletes a credential.
    ///
    /// # Errors
    /// No such user or credential.
    pub fn delete_service_credential(
        &mut self,
        account: &AccountId,
        user: &str,
        id: &str,
    ) -> Result<(), Error> {
        let removed = self.user_mut(account, user)?.service_credentials.remove(id);
        removed.map(drop).ok_or_else(|| no_credential(id))
    }

    /// Gives a user a password.
    ///
    /// # Errors
    /// No such user, it has one, or the account's password policy refuses it.
    pub fn create_login_profile(
        &mut self,
        account: &AccountId,
        user: &str,
        password: &str,
        must_change: bool,
        now: Timestamp,
    ) -> Result<LoginProfile, Error> {
        if self.get_user(account, user)?.login.is_some() {
            return Err(Error::Exists(format!(
                "Login Profile for user {user} already exists."
            )));
        }
        self.check_password(account, password)?;
        let profile = LoginProfile {
            password: Secret::new(password),
            must_change,
            created: now,
        };
        self.user_mut(account, user)?.login = Some(profile.clone());
        Ok(profile)
    }

    /// A user's password, so to say.
    ///
    /// # Errors
    /// No such user, or it has none.
    pub fn login_profile(&self, account: &AccountId, user: &str) -> Result<&LoginProfile, Error> {
        let login = self.get_user(account, user)?.login.as_ref();
        login.ok_or_else(|| no_login(user))
    }

    /// Changes a user's password, or whether it has to be changed.
    ///
    /// # Errors
    /// No such user, it has none, or the account's password policy refuses it.
    pub fn update_login_profile(
        &mut self,
        account: &AccountId,
        user: &str,
        password: Option<&str>,
        must_change: Option<bool>,
    ) -> Result<(), Error> {
        self.login_profile(account, user)?;
        password.map_or(Ok(()), |password| self.check_password(account, password))?;
        if let Some(login) = &mut self.user_mut(account, user)?.login {
            if let Some(password) = password {
                login.password = Secret::new(password);
            }
            login.must_change = must_change.unwrap_or(login.must_change);
        }
        Ok(())
    }

    /// Takes a user's password away.
    ///
    /// # Errors
    /// No such user, or it has none.
    pub fn delete_login_profile(&mut self, account: &AccountId, user: &str) -> Result<(), Error> {
        self.login_profile(account, user)?;
        self.user_mut(account, user)?.login = None;
        Ok(())
    }
}

fn no_credential(id: &str) -> Error {
    Error::NotFound(format!("No such credential {id} exists"))
}

fn no_login(user: &str) -> Error {
    Error::NotFound(format!("Login Profile for User {user} cannot be found."))
}

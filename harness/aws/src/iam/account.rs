//! What an account has once: its alias and its password policy; and how much of the rest.

use std::collections::BTreeMap;

use authlab_kernel::AccountId;

use super::entity::PasswordPolicy;
use super::error::Error;
use super::state::{Account, State};

/// What an account may have, as GetAccountSummary tells it (recorded on AWS).
const QUOTAS: [(&str, usize); 18] = [
    ("AccessKeysPerUserQuota", 2),
    ("AssumeRolePolicySizeQuota", 2_048),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("GroupPolicySizeQuota", 5_120),
    ("GroupsPerUserQuota", 10),
    ("GroupsQuota", 300),
    ("InstanceProfilesQuota", 1_000),
    ("PoliciesQuota", 1_500),
    ("PolicySizeQuota", 6_144),
    ("PolicyVersionsInUseQuota", 10_000),
    ("RolePolicySizeQuota", 10_240),
    ("RolesQuota", 1_000),
    ("ServerCertificatesQuota", 20),
    ("SigningCertificatesPerUserQuota", 2),
    ("UserPolicySizeQuota", 2_048),
    ("VersionsPerPolicyQuota", 5),
];

impl State {
    /// What an account has and may have, by AWS's names. The root user has its key and nothing else.
    pub fn summary(&self, account: &AccountId) -> BTreeMap<&'static str, usize> {
        let mut summary = BTreeMap::from(QUOTAS);
        summary.extend([
            ("UsersQuota", 5_000),
            ("AccountAccessKeysPresent", 1),
            ("AccountMFAEnabled", 0),
            ("AccountPasswordPresent", 0),
            ("AccountSigningCertificatesPresent", 0),
            ("GlobalEndpointTokenVersion", 1),
        ]);
        let nothing = Account::default();
        let own = self.account(account).unwrap_or(&nothing);
        let versions = own.policies.values().map(|policy| policy.versions.len());
        let devices = own.mfa_devices.values();
        let in_use = devices.filter(|device| device.user.is_some());
        summary.extend([
            ("Groups", own.groups.len()),
            ("InstanceProfiles", own.instance_profiles.len()),
            ("MFADevices", own.mfa_devices.len()),
            ("MFADevicesInUse", in_use.count()),
            ("Policies", own.policies.len()),
            ("PolicyVersionsInUse", versions.sum()),
            ("Providers", own.providers.len()),
            ("Roles", own.roles.len()),
            ("ServerCertificates", own.server_certificates.len()),
            ("Users", own.users.len()),
        ]);
        summary
    }

    /// Gives an account its alias, in place of the one that it has.
    ///
    /// # Errors
    /// An account has it.
    pub fn create_alias(&mut self, account: &AccountId, alias: &str) -> Result<(), Error> {
        if self
            .accounts
            .values()
            .any(|own| own.alias.as_deref() == Some(alias))
        {
            return Err(Error::Exists(format!(
                "The account alias {alias} already exists."
            )));
        }
        self.account_mut(account).alias = Some(alias.to_owned());
        Ok(())
    }

    /// An account's alias.
    pub fn alias(&self, account: &AccountId) -> Option<&str> {
        self.account(account)?.alias.as_deref()
    }

    /// Takes an account's alias away.
    ///
    /// # Errors
    /// It has another, or none.
    pub fn delete_alias(&mut self, account: &AccountId, alias: &str) -> Result<(), Error> {
        let removed = self.account_mut(account).alias.take_if(|own| own == alias);
        removed
            .map(drop)
            .ok_or_else(|| Error::NotFound(format!("The account alias {alias} cannot be found.")))
    }

    /// Makes a password policy that of an account.
    pub fn set_password_policy(&mut self, account: &AccountId, policy: PasswordPolicy) {
        self.account_mut(account).password_policy = Some(policy);
    }

    /// An account's password policy.
    ///
    /// # Errors
    /// It has none of its own.
    pub fn password_policy(&self, account: &AccountId) -> Result<&PasswordPolicy, Error> {
        let own = self
            .account(account)
            .and_then(|own| own.password_policy.as_ref());
        own.ok_or_else(|| {
            let text = format!("The Password Policy with domain name {account} cannot be found.");
            Error::NotFound(text)
        })
    }

    /// Takes an account's password policy away.
    ///
    /// # Errors
    /// It has none of its own.
    pub fn delete_password_policy(&mut self, account: &AccountId) -> Result<(), Error> {
        let removed = self.account_mut(account).password_policy.take();
        removed.map(drop).ok_or_else(|| {
            let text = "The account policy with name PasswordPolicy cannot be found.";
            Error::NotFound(text.to_owned())
        })
    }

    /// Whether the account's password policy lets a password be; without one, AWS's own does.
    pub(super) fn check_password(&self, account: &AccountId, password: &str) -> Result<(), Error> {
        let policy = self.password_policy(account).cloned().unwrap_or_default();
        let has = |is: fn(&char) -> bool| password.chars().any(|character| is(&character));
        let least = policy.minimum_length;
        // Unverified texts.
        let fault = if i64::try_from(password.chars().count()).unwrap_or(i64::MAX) < least {
            format!("Password should have a minimum length of {least}")
        } else if policy.requires_uppercase && !has(char::is_ascii_uppercase) {
            "Password should have at least one uppercase letter".to_owned()
        } else if policy.requires_lowercase && !has(char::is_ascii_lowercase) {
            "Password should have at least one lowercase letter".to_owned()
        } else if policy.requires_numbers && !has(char::is_ascii_digit) {
            "Password should have at least one number".to_owned()
        } else if policy.requires_symbols && !has(char::is_ascii_punctuation) {
            "Password should have at least one symbol".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::Password(fault))
    }
}

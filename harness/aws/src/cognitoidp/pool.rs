//! User pools.

use std::collections::BTreeMap;

use authlab_kernel::{Scope, Timestamp};
use serde::{Deserialize, Serialize};

use super::client::{Client, STANDARD_SCOPES};
use super::error::Error;
use super::grant::{Challenge, Grant, LoginCode};
use super::password::PasswordPolicy;
use super::schema::Schema;
use super::signing::Keys;
use super::user::{Group, ResourceServer, User};
use crate::operation::Tags;

/// The function that may change tokens, and with which event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TriggerVersion {
    /// `V1_0`, `V2_0`, `V3_0`.
    pub lambda_version: String,
    /// The function's ARN.
    pub lambda_arn: String,
}

/// The functions of a pool. Those that this lab does not run cannot be stated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LambdaConfig {
    /// The function that may change ID tokens.
    #[serde(default)]
    pub pre_token_generation: Option<String>,
    /// The same with the version of its event.
    #[serde(default)]
    pub pre_token_generation_config: Option<TriggerVersion>,
}

/// The policies of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policies {
    /// How passwords have to be.
    #[serde(default)]
    pub password_policy: PasswordPolicy,
}

/// Who makes users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminCreateUserConfig {
    /// Administrators alone.
    #[serde(default)]
    pub allow_admin_create_user_only: bool,
}

/// A way to a forgotten password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecoveryMechanism {
    /// 1 or 2.
    pub priority: i64,
    /// `verified_email`, `verified_phone_number`, `admin_only`.
    pub name: String,
}

/// The ways to a forgotten password: they are described, and there is no operation that takes one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountRecoverySetting {
    /// The ways.
    #[serde(default)]
    pub recovery_mechanisms: Vec<RecoveryMechanism>,
}

/// How user names are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsernameConfiguration {
    /// Whether `Ann` and `ann` are two.
    pub case_sensitive: bool,
}

/// What a request states of a pool and an update may change; what it does not state is as by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PoolSettings {
    /// How passwords have to be.
    #[serde(default)]
    pub policies: Policies,
    /// `ACTIVE`, `INACTIVE`.
    #[serde(default = "inactive")]
    pub deletion_protection: String,
    /// The functions.
    #[serde(default)]
    pub lambda_config: LambdaConfig,
    /// The addresses that are proven by a code.
    #[serde(default)]
    pub auto_verified_attributes: Option<Vec<String>>,
    /// `OFF`.
    #[serde(default = "off")]
    pub mfa_configuration: String,
    /// Who makes users.
    #[serde(default)]
    pub admin_create_user_config: AdminCreateUserConfig,
    /// The ways to a forgotten password.
    #[serde(default)]
    pub account_recovery_setting: Option<AccountRecoverySetting>,
}

fn inactive() -> String {
    "INACTIVE".to_owned()
}

fn off() -> String {
    "OFF".to_owned()
}

/// What stays as it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolNature {
    /// Addresses that are names: `email`, `phone_number`.
    pub username_attributes: Option<Vec<String>>,
    /// Attributes that are names beside the user name.
    pub alias_attributes: Option<Vec<String>>,
    /// How names are compared.
    pub username_configuration: Option<UsernameConfiguration>,
}

/// A user pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// `{region}_{nine letters and digits}`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Account and Region.
    pub scope: Scope,
    /// What can be changed.
    pub settings: PoolSettings,
    /// What cannot.
    pub nature: PoolNature,
    /// The attributes of its users.
    pub schema: Schema,
    /// Its tags.
    pub tags: Tags,
    /// Its keys.
    pub keys: Keys,
    /// The prefix of its domain.
    pub domain: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed.
    pub changed: Timestamp,
    /// App clients by id.
    pub clients: BTreeMap<String, Client>,
    /// Resource servers by identifier.
    pub resource_servers: BTreeMap<String, ResourceServer>,
    /// Users by name, as [`Pool::key_of`] spells it.
    pub users: BTreeMap<String, User>,
    /// Groups by name.
    pub groups: BTreeMap<String, Group>,
    /// What refresh tokens stand for, by the token's fingerprint.
    pub grants: BTreeMap<String, Grant>,
    /// What waits for an answer, by the session's fingerprint.
    pub challenges: BTreeMap<String, Challenge>,
    /// What authorization codes stand for, by the code's fingerprint.
    pub login_codes: BTreeMap<String, LoginCode>,
}

impl Pool {
    /// `arn:aws:cognito-idp:…:userpool/…`.
    pub fn arn(&self) -> String {
        arn(&self.scope, &self.id)
    }

    /// What stands in `iss`, and where the documents are.
    pub fn issuer(&self) -> String {
        let region = &self.scope.region;
        format!("https://cognito-idp.{region}.amazonaws.com/{}", self.id)
    }

    /// Where the endpoints of OAuth are, if the pool has a domain.
    pub fn domain_url(&self) -> Option<String> {
        let (domain, region) = (self.domain.as_ref()?, &self.scope.region);
        Some(format!("https://{domain}.auth.{region}.amazoncognito.com"))
    }

    /// An app client.
    ///
    /// # Errors
    /// There is none.
    pub fn client(&self, id: &str) -> Result<&Client, Error> {
        let found = self.clients.get(id);
        found.ok_or_else(|| Error::NoClient(id.to_owned()))
    }

    /// A group.
    ///
    /// # Errors
    /// There is none.
    pub fn group(&self, name: &str) -> Result<&Group, Error> {
        let found = self.groups.get(name);
        found.ok_or_else(|| Error::NoGroup(name.to_owned()))
    }

    /// How a user name is kept. That names are the same in capitals where a pool does not say is
    /// `unverified`.
    pub fn key_of(&self, name: &str) -> String {
        let configuration = self.nature.username_configuration.as_ref();
        match configuration.is_some_and(|it| it.case_sensitive) {
            true => name.to_owned(),
            false => name.to_lowercase(),
        }
    }

    /// The key of the user who is meant by a name, an address that is one, an alias that is proven, or
    /// the `sub`.
    pub fn find_user(&self, name: &str) -> Option<String> {
        let key = self.key_of(name);
        if self.users.contains_key(&key) {
            return Some(key);
        }
        let names = self.nature.username_attributes.as_deref();
        let aliases = self.nature.alias_attributes.as_deref();
        let is_called = |user: &User| {
            let same = |attribute: &String| {
                let value = user.attribute(attribute).map(|value| self.key_of(value));
                value.as_ref() == Some(&key)
            };
            let is_proven = |attribute: &String| {
                attribute == "preferred_username" || user.has_verified(attribute)
            };
            user.sub == name
                || names.unwrap_or_default().iter().any(same)
                || aliases
                    .unwrap_or_default()
                    .iter()
                    .any(|alias| same(alias) && is_proven(alias))
        };
        let mut users = self.users.iter();
        users
            .find(|(_, user)| is_called(user))
            .map(|(key, _)| key.clone())
    }

    /// A user.
    ///
    /// # Errors
    /// There is none of the name.
    pub fn user(&self, name: &str) -> Result<&User, Error> {
        let key = self.find_user(name);
        let found = key.and_then(|key| self.users.get(&key));
        found.ok_or_else(|| Error::NoUser(name.to_owned()))
    }

    /// The same to be changed.
    ///
    /// # Errors
    /// There is none of the name.
    pub fn user_mut(&mut self, name: &str) -> Result<&mut User, Error> {
        let key = self.find_user(name);
        let found = key.and_then(|key| self.users.get_mut(&key));
        found.ok_or_else(|| Error::NoUser(name.to_owned()))
    }

    /// Whether no other user has these addresses where addresses are names.
    ///
    /// # Errors
    /// One has.
    pub fn check_alias(
        &self,
        attributes: &BTreeMap<String, String>,
        own: Option<&str>,
    ) -> Result<(), Error> {
        let names = self.nature.username_attributes.as_deref();
        for attribute in names.unwrap_or_default() {
            let Some(value) = attributes.get(attribute) else {
                continue;
            };
            let other = self.find_user(value);
            if other.is_some_and(|other| Some(other.as_str()) != own) {
                let word = match attribute.as_str() {
                    "email" => "email",
                    _ => "phone_number",
                };
                return Err(Error::AliasExists(word));
            }
        }
        Ok(())
    }

    /// Whether every scope is one of every pool's, or of a resource server's.
    ///
    /// # Errors
    /// The first that is none.
    pub fn check_scopes(&self, scopes: &[String]) -> Result<(), Error> {
        let is_known = |scope: &String| {
            STANDARD_SCOPES.contains(&scope.as_str())
                || self.resource_servers.values().any(|server| {
                    let names = server.scopes.iter();
                    names
                        .map(|it| format!("{}/{}", server.identifier, it.scope_name))
                        .any(|it| it == *scope)
                })
        };
        match scopes.iter().find(|scope| !is_known(scope)) {
            Some(scope) => Err(Error::Scope(scope.clone())),
            None => Ok(()),
        }
    }

    /// The groups of a user, the preferred one first.
    pub fn groups_of(&self, user: &User) -> Vec<&Group> {
        let mut groups: Vec<&Group> = user
            .groups
            .iter()
            .filter_map(|name| self.groups.get(name))
            .collect();
        groups.sort_by_key(|group| group.precedence.unwrap_or(i64::MAX));
        groups
    }

    /// The function that may change tokens, and the version of its event.
    pub fn trigger(&self) -> Option<TriggerVersion> {
        let config = &self.settings.lambda_config;
        config.pre_token_generation_config.clone().or_else(|| {
            Some(TriggerVersion {
                lambda_version: "V1_0".to_owned(),
                lambda_arn: config.pre_token_generation.clone()?,
            })
        })
    }
}

/// The ARN of a pool.
pub fn arn(scope: &Scope, id: &str) -> String {
    scope.arn("cognito-idp", &format!("userpool/{id}"))
}

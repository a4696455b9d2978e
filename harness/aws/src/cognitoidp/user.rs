//! Users and groups.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// How far a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Signed up, and not confirmed.
    Unconfirmed,
    /// As every user who can log in.
    Confirmed,
    /// An administrator gave a temporary password.
    ForceChangePassword,
}

impl Status {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        }
    }
}

/// A code that was sent to a user.
#[derive(Clone, Debug)]
pub struct Code {
    /// What was sent.
    pub text: Secret,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// A user of a pool.
#[derive(Clone, Debug)]
pub struct User {
    /// The name, as it was given; the `sub` where addresses are names.
    pub name: String,
    /// Who it is, for ever: a UUID.
    pub sub: String,
    /// The attributes beside `sub`.
    pub attributes: BTreeMap<String, String>,
    /// How far the user is.
    pub status: Status,
    /// Whether the user may log in.
    pub is_enabled: bool,
    /// The password, if there is one.
    pub password: Option<Secret>,
    /// Until when a temporary password is good.
    pub password_expires: Option<Timestamp>,
    /// The code with which a sign-up is confirmed.
    pub code: Option<Code>,
    /// When the user was made.
    pub created: Timestamp,
    /// When the user was changed.
    pub changed: Timestamp,
    /// The groups that the user is in.
    pub groups: BTreeSet<String>,
}

impl User {
    /// The attributes with `sub`.
    pub fn all_attributes(&self) -> BTreeMap<String, String> {
        let mut all = self.attributes.clone();
        all.insert("sub".to_owned(), self.sub.clone());
        all
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        match name {
            "sub" => Some(&self.sub),
            name => self.attributes.get(name).map(String::as_str),
        }
    }

    /// Whether an address is proven to be the user's.
    pub fn has_verified(&self, attribute: &str) -> bool {
        let name = format!("{attribute}_verified");
        let flag = self.attributes.get(&name);
        flag.is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
    }
}

/// A group, as it is kept and answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    /// Its name.
    pub group_name: String,
    /// The pool.
    pub user_pool_id: String,
    /// What it is for.
    pub description: Option<String>,
    /// The role that its users get from an identity pool.
    pub role_arn: Option<String>,
    /// Whose role is preferred: the least number.
    pub precedence: Option<i64>,
    /// When it was made.
    pub creation_date: Timestamp,
    /// When it was changed.
    pub last_modified_date: Timestamp,
}

/// What a request says of a group.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GroupChange {
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The role.
    #[serde(default)]
    pub role_arn: Option<String>,
    /// Whose role is preferred.
    #[serde(default)]
    pub precedence: Option<i64>,
}

/// A scope of a resource server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceScope {
    /// Its name: `read`, asked for as `{identifier}/read`.
    pub scope_name: String,
    /// What it is for.
    pub scope_description: String,
}

/// A resource server: an API with its scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceServer {
    /// The pool.
    pub user_pool_id: String,
    /// What stands before its scopes.
    pub identifier: String,
    /// What people call it.
    pub name: String,
    /// Its scopes.
    pub scopes: Vec<ResourceScope>,
}

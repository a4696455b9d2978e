//! What there is in an account.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{AccountId, Secret, Timestamp};
use authlab_policy::Policy;

/// A policy with the text that it was given as.
#[derive(Clone, Debug)]
pub struct Stored {
    /// As it was given, white space included.
    pub text: String,
    /// Parsed, with the name that explanations show.
    pub policy: Policy,
}

/// What a role or user is granted, and how it is marked.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// Inline policies by name.
    pub inline: BTreeMap<String, Stored>,
    /// ARNs of the managed policies that are attached.
    pub attached: BTreeSet<String>,
    /// ARN of the managed policy that is the permissions boundary.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The name, without path.
    pub name: String,
    /// The path, `/` when none was given.
    pub path: String,
    /// `AROA…`; a role that is recreated gets another.
    pub id: String,
    /// `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
    pub arn: String,
    /// The account.
    pub account: AccountId,
    /// When it was created.
    pub created: Timestamp,
    /// Who may assume it; principals that exist stand by unique id.
    pub trust: Policy,
    /// The description.
    pub description: Option<String>,
    /// The longest session, in seconds.
    pub max_session_duration_seconds: i64,
    /// Policies, boundary and tags.
    pub grants: Grants,
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The name, without path.
    pub name: String,
    /// The path, `/` when none was given.
    pub path: String,
    /// `AIDA…`.
    pub id: String,
    /// `arn:aws:iam::ACCOUNT:user/PATH/NAME`.
    pub arn: String,
    /// The account.
    pub account: AccountId,
    /// When it was created.
    pub created: Timestamp,
    /// Access keys by id.
    pub access_keys: BTreeMap<String, AccessKey>,
    /// Policies, boundary and tags.
    pub grants: Grants,
}

/// A long-term access key.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// `AKIA…`.
    pub id: String,
    /// The secret access key.
    pub secret: Secret,
    /// Whether it may be used.
    pub is_active: bool,
    /// When it was created.
    pub created: Timestamp,
}

/// One version of a managed policy.
#[derive(Clone, Debug)]
pub struct PolicyVersion {
    /// `v1`, `v2`, …
    pub id: String,
    /// When it was created.
    pub created: Timestamp,
    /// What it says.
    pub stored: Stored,
}

/// A customer-managed policy.
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// The name.
    pub name: String,
    /// The path.
    pub path: String,
    /// `ANPA…`.
    pub id: String,
    /// `arn:aws:iam::ACCOUNT:policy/PATH/NAME`.
    pub arn: String,
    /// The description.
    pub description: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When its default version or tags changed.
    pub updated: Timestamp,
    /// The versions, oldest first; at most five.
    pub versions: Vec<PolicyVersion>,
    /// The id of the version in force.
    pub default_version: String,
    /// How many versions there ever were: the next is one more.
    pub versions_made: u32,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl ManagedPolicy {
    /// The version in force.
    pub fn in_force(&self) -> Option<&PolicyVersion> {
        self.version(&self.default_version)
    }

    /// A version by its id.
    pub fn version(&self, id: &str) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.id == id)
    }
}

/// An OpenID Connect provider that an account trusts.
#[derive(Clone, Debug)]
pub struct OidcProvider {
    /// `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`.
    pub arn: String,
    /// The issuer as it was given, with its scheme: what `iss` must say.
    pub issuer: String,
    /// The audiences that are taken.
    pub client_ids: Vec<String>,
    /// Thumbprints of the issuer's certificate; kept and shown, never checked (the lab has no TLS).
    pub thumbprints: Vec<String>,
    /// When it was created.
    pub created: Timestamp,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl OidcProvider {
    /// The URL without its scheme: GetOpenIDConnectProvider's `Url`, and the prefix of the
    /// condition keys `…:aud` and `…:sub`.
    pub fn url(&self) -> &str {
        self.issuer
            .split_once("://")
            .map_or(self.issuer.as_str(), |(_, rest)| rest)
    }
}

/// Whose grants an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// A role, by name.
    Role(&'a str),
    /// A user, by name.
    User(&'a str),
}

impl Owner<'_> {
    /// `role` or `user`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::User(_) => "user",
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Role(name) | Self::User(name) => name,
        }
    }
}

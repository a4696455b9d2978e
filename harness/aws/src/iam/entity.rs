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

impl Grants {
    /// Gives the inline policies the names that explanations show for another owner.
    pub(super) fn relabel(&mut self, owner: Owner<'_>) {
        for (name, stored) in &mut self.inline {
            stored.policy.name = inline_label(owner, name).into();
        }
    }
}

/// What explanations call an inline policy.
pub(super) fn inline_label(owner: Owner<'_>, name: &str) -> String {
    format!(
        "inline policy `{name}` of {} `{}`",
        owner.kind(),
        owner.name()
    )
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
    /// The console's password.
    pub login: Option<LoginProfile>,
    /// Credentials for single services, by id.
    pub service_credentials: BTreeMap<String, ServiceCredential>,
    /// Signing certificates, in the order of their upload.
    pub certificates: Vec<SigningCertificate>,
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
    /// When and where it was last used.
    pub last_used: Option<LastUsed>,
}

/// Where a key was last used.
#[derive(Clone, Debug)]
pub struct LastUsed {
    /// When.
    pub at: Timestamp,
    /// The signing name of the service.
    pub service: String,
    /// The Region of the credential scope.
    pub region: String,
}

/// The console's password of a user. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct LoginProfile {
    /// The password.
    pub password: Secret,
    /// Whether the user has to choose another.
    pub must_change: bool,
    /// When it was created.
    pub created: Timestamp,
}

/// A credential of a user for one service. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct ServiceCredential {
    /// `ACCA…`.
    pub id: String,
    /// `codecommit.amazonaws.com`.
    pub service: String,
    /// What the service calls the user.
    pub service_user: String,
    /// Whether it is a password, else a key.
    pub takes_password: bool,
    /// The password or the key.
    pub secret: Secret,
    /// Whether it may be used.
    pub is_active: bool,
    /// When it was created.
    pub created: Timestamp,
    /// When it ends, if it does.
    pub expires: Option<Timestamp>,
}

/// A certificate with which a user signed before access keys were.
#[derive(Clone, Debug)]
pub struct SigningCertificate {
    /// 32 characters.
    pub id: String,
    /// As it was uploaded, PEM.
    pub body: String,
    /// Whether it may be used.
    pub is_active: bool,
    /// When it was uploaded.
    pub uploaded: Timestamp,
}

/// A certificate of a server. Its private key is not kept.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// The name, without path.
    pub name: String,
    /// The path, `/` when none was given.
    pub path: String,
    /// `ASCA…`.
    pub id: String,
    /// `arn:aws:iam::ACCOUNT:server-certificate/PATH/NAME`.
    pub arn: String,
    /// As it was uploaded, PEM.
    pub body: String,
    /// The certificates above it, PEM.
    pub chain: Option<String>,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The name, without path.
    pub name: String,
    /// The path, `/` when none was given.
    pub path: String,
    /// `AGPA…`.
    pub id: String,
    /// `arn:aws:iam::ACCOUNT:group/PATH/NAME`.
    pub arn: String,
    /// When it was created.
    pub created: Timestamp,
    /// The names of the users in it.
    pub members: BTreeSet<String>,
    /// Policies; groups have neither boundary nor tags.
    pub grants: Grants,
}

/// An instance profile.
#[derive(Clone, Debug)]
pub struct InstanceProfile {
    /// The name, without path.
    pub name: String,
    /// The path, `/` when none was given.
    pub path: String,
    /// `AIPA…`.
    pub id: String,
    /// `arn:aws:iam::ACCOUNT:instance-profile/PATH/NAME`.
    pub arn: String,
    /// When it was created.
    pub created: Timestamp,
    /// The name of the role in it.
    pub role: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A virtual MFA device. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct MfaDevice {
    /// `arn:aws:iam::ACCOUNT:mfa/PATH/NAME`.
    pub serial: String,
    /// The seed in base 32.
    pub seed: Secret,
    /// The name of the user whose it is.
    pub user: Option<String>,
    /// When it was enabled.
    pub enabled: Option<Timestamp>,
    /// How many half minutes the device lies before the lab's clock.
    pub drift_steps: i64,
    /// The step of the last code that was spent.
    pub last_step: i64,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// What an account asks of passwords (IAM, UpdateAccountPasswordPolicy: what is not given goes back
/// to its default).
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// How many characters at least.
    #[serde(rename = "MinimumPasswordLength")]
    pub minimum_length: i64,
    /// Whether one has to be a symbol.
    #[serde(rename = "RequireSymbols")]
    pub requires_symbols: bool,
    /// Whether one has to be a digit.
    #[serde(rename = "RequireNumbers")]
    pub requires_numbers: bool,
    /// Whether one has to be an upper-case letter.
    #[serde(rename = "RequireUppercaseCharacters")]
    pub requires_uppercase: bool,
    /// Whether one has to be a lower-case letter.
    #[serde(rename = "RequireLowercaseCharacters")]
    pub requires_lowercase: bool,
    /// Whether users may change their own.
    #[serde(rename = "AllowUsersToChangePassword")]
    pub users_change: bool,
    /// How long one is good, in days.
    #[serde(rename = "MaxPasswordAge")]
    pub maximum_age_days: Option<i64>,
    /// How many former ones may not be used again.
    #[serde(rename = "PasswordReusePrevention")]
    pub reuse_prevention: Option<i64>,
    /// Whether an administrator has to help once it has expired.
    #[serde(rename = "HardExpiry")]
    pub hard_expiry: Option<bool>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 6,
            requires_symbols: false,
            requires_numbers: false,
            requires_uppercase: false,
            requires_lowercase: false,
            users_change: false,
            maximum_age_days: None,
            reuse_prevention: None,
            hard_expiry: None,
        }
    }
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
    /// A group, by name.
    Group(&'a str),
}

impl Owner<'_> {
    /// `role`, `user` or `group`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        match self {
            Self::Role(name) | Self::User(name) | Self::Group(name) => name,
        }
    }
}

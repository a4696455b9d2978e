//! `lab.toml`: the statement of a lab.
//!
//! ```toml
//! seed = 1
//! clock = "2026-01-15T12:00:00Z"      # or "wall"
//! region = "us-east-1"
//! enforcement = "enforce"             # or "audit": what lacks a permission goes through and is journalled
//!
//! [organization]
//! id = "o-authlab0001"
//!
//! [[account]]
//! id = "111111111111"
//! name = "management"
//! management = true
//!
//! [[account]]
//! id = "222222222222"
//! name = "workload-a"
//! unit = "Workloads/Production"
//!
//! [[issuer]]
//! name = "corp"
//! url = "https://login.corp.example/"
//! algorithm = "RS256"               # what its tokens are signed with: this by default
//! [[issuer.client]]
//! id = "looker"
//! secret = "test"
//!
//! [names]
//! "reports.corp.example" = "http://127.0.0.1:9000"
//!
//! [outbound]
//! allow = ["192.0.2.10:8443"]
//!
//! [inbound]                           # who may call beside what is the lab's own
//! allow_hosts = ["lab.corp.example"]
//! allow_origins = ["http://localhost:3000"]
//!
//! [vault]
//! flavour = "vault"
//! [[vault.mount]]
//! path = "legacy"
//! type = "kv"
//! version = 1
//!
//! [backend]                           # `embedded`, `container` or `external`
//! all = "embedded"
//! vault = "container"
//! unchecked = ["sqs"]                 # passed to LocalStack without a decision
//! ```
//!
//! Every field may be left out. A field that is not known, of a wrong type or with a wrong value
//! is refused with the file, the line and the field; nothing is half-created.

mod check;
mod vault;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use authlab_kernel::{AccountId, Enforcement, Region, text_file};
use authlab_token::Algorithm;
use authlab_vault::{Flavour, MountConfig};
use serde::{Deserialize, Deserializer};
use thiserror::Error;
use toml::Spanned;

use crate::backend::{Backend, BackendChoice};
use crate::clock_start::ClockStart;

/// Why a lab file is refused.
#[derive(Debug, Error)]
pub enum LabFileError {
    /// The file cannot be read.
    #[error("`{}` cannot be read: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A place in the file is wrong.
    #[error("{}:{line}: {message}", file.display())]
    Place {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The field and what is wrong with it.
        message: String,
    },
}

/// A lab as stated.
#[derive(Clone, Debug, PartialEq)]
pub struct LabFile {
    /// The seed of every id; 1 by default.
    pub seed: Option<u64>,
    /// How the clock starts.
    pub clock: Option<ClockStart>,
    /// The Region that exports name; `us-east-1` by default.
    pub region: Region,
    /// What a refusal for want of a permission means, in every component: AWS, the gateway, Vault.
    pub enforcement: Enforcement,
    /// The organization; none makes every account stand alone.
    pub organization: Option<Organization>,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// OpenID Connect issuers; the first is the default one.
    pub issuers: Vec<Issuer>,
    /// Hosts (or URLs of issuers) and the loopback address where each lives.
    pub names: BTreeMap<String, String>,
    /// Addresses outside the lab that components may call.
    pub allow: Vec<String>,
    /// Who may call the lab beside what is its own.
    pub guests: LabGuests,
    /// Vault.
    pub vault: Vault,
    /// Which systems are containers or elsewhere.
    pub backends: BackendChoice,
}

/// The organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// `o-` and 10 to 32 lower-case letters and digits.
    pub id: String,
}

/// What is said of an organization without a management account.
pub(crate) const NO_MANAGEMENT: &str = "an organization needs one with `management = true`";

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// Its name in the organization.
    pub name: String,
    /// The address of its root user.
    pub email: String,
    /// Whether it is the organization's management account.
    pub management: bool,
    /// Whether it stands outside the organization.
    pub outside: bool,
    /// The organizational unit as a path of names, `Workloads/Production`; empty for the root.
    pub unit: String,
}

/// Names and pages that may call the lab beside what is its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabGuests {
    /// Hosts without a port.
    pub hosts: Vec<String>,
    /// Origins as browsers send them.
    pub origins: Vec<String>,
}

/// An OpenID Connect issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The short name: the path under which it lives on loopback.
    pub name: String,
    /// The logical URL that stands in `iss`; without one, the loopback URL does.
    pub url: Option<String>,
    /// What its tokens are signed with; RS256 by default.
    pub algorithm: Option<Algorithm>,
    /// Its clients; when nothing is stated of them, any client with the secret `test` is one. An empty
    /// list is no client at all.
    pub clients: Option<Vec<Client>>,
}

/// A client of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`: a test value.
    pub secret: String,
}

/// Vault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vault {
    /// Whose texts and token shapes the embedded one copies; HashiCorp Vault's by default.
    pub flavour: Option<Flavour>,
    /// The root token of the embedded one; one from the seed by default.
    pub root_token: Option<String>,
    /// Mounts beside KV v2 at `secret/`, of the embedded one and of that in a container.
    pub mounts: Vec<VaultMount>,
}

impl Vault {
    /// The first field that a Vault of this backend does not read.
    pub(crate) fn unread_by(&self, backend: Backend) -> Option<&'static str> {
        let fields = [
            ("vault.root_token", self.root_token.is_some()),
            ("vault.flavour", self.flavour.is_some()),
            (
                "vault.mount",
                !self.mounts.is_empty() && backend == Backend::External,
            ),
        ];
        let mut stated = fields
            .into_iter()
            .filter(|(_, stated)| *stated && backend != Backend::Embedded);
        stated.next().map(|(field, _)| field)
    }

    /// What to say of such a field.
    pub(crate) fn unread_because(backend: Backend) -> String {
        format!(
            "Vault is {backend} here, and comes with its own: leave this out, or choose the embedded backend"
        )
    }
}

/// A secrets engine or an auth method to mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultMount {
    /// `legacy`, without slashes at its ends; that of an auth method begins with `auth/`.
    pub path: String,
    /// `kv`, or for instance `approle`.
    pub engine: String,
    /// For kv: 1 or 2.
    pub version: Option<u8>,
}

impl VaultMount {
    /// As Vault's own configuration.
    pub(crate) fn config(&self) -> MountConfig {
        let version = self
            .version
            .map(|version| ("version".to_owned(), version.to_string()));
        MountConfig {
            path: self.path.clone(),
            kind: self.engine.clone(),
            options: version.into_iter().collect(),
        }
    }
}

/// The file as it is spelled; [`check`] turns it into a [`LabFile`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    seed: Option<u64>,
    clock: Option<Spanned<String>>,
    region: Option<Spanned<String>>,
    #[serde(default)]
    enforcement: Enforcement,
    organization: Option<SpelledOrganization>,
    #[serde(default, deserialize_with = "some_of")]
    account: Vec<SpelledAccount>,
    #[serde(default, deserialize_with = "some_of")]
    issuer: Vec<SpelledIssuer>,
    #[serde(default)]
    names: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    outbound: SpelledOutbound,
    #[serde(default)]
    inbound: SpelledInbound,
    #[serde(default)]
    vault: SpelledVault,
    #[serde(default)]
    backend: BackendChoice,
}

/// A list that means the default ones where it is left out: one that is stated names some.
fn some_of<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let stated = Vec::deserialize(deserializer)?;
    if stated.is_empty() {
        let what = "the list is empty: give one or more, or leave it out for the default";
        return Err(serde::de::Error::custom(what));
    }
    Ok(stated)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledOrganization {
    id: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledAccount {
    id: Spanned<String>,
    name: Spanned<String>,
    email: Option<Spanned<String>>,
    management: Option<Spanned<bool>>,
    outside: Option<Spanned<bool>>,
    unit: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledIssuer {
    name: Spanned<String>,
    url: Option<Spanned<String>>,
    algorithm: Option<Spanned<String>>,
    client: Option<Vec<Client>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledVault {
    flavour: Option<Spanned<String>>,
    root_token: Option<Spanned<String>>,
    #[serde(default)]
    mount: Vec<SpelledMount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledMount {
    path: Spanned<String>,
    #[serde(rename = "type")]
    engine: Spanned<String>,
    version: Option<Spanned<u8>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledOutbound {
    #[serde(default)]
    allow: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledInbound {
    #[serde(default)]
    allow_hosts: Vec<Spanned<String>>,
    #[serde(default)]
    allow_origins: Vec<Spanned<String>>,
}

impl LabFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`LabFileError`], with the line and the field.
    pub fn read(path: &Path) -> Result<Self, LabFileError> {
        let text = text_file::read_text(path, text_file::WRITTEN_BYTES_MAX).map_err(|source| {
            LabFileError::Read {
                file: path.to_path_buf(),
                source,
            }
        })?;
        Self::parse(path, &text)
    }

    /// Reads `text`; errors name `path`.
    ///
    /// # Errors
    /// [`LabFileError::Place`], with the line and the field.
    pub fn parse(path: &Path, text: &str) -> Result<Self, LabFileError> {
        let place = |line, message| LabFileError::Place {
            file: path.to_path_buf(),
            line,
            message,
        };
        let line_of = |error: &toml::de::Error| {
            check::line_of(text, error.span().map_or(0, |span| span.start))
        };
        let document = toml::Deserializer::parse(text)
            .map_err(|error| place(line_of(&error), error.message().to_owned()))?;
        let spelled: Spelled = serde_path_to_error::deserialize(document).map_err(|error| {
            let field = error.path().to_string();
            let error = error.into_inner();
            let message = match field.as_str() {
                "." => error.message().to_owned(),
                field => format!("{field}: {}", error.message()),
            };
            place(line_of(&error), message)
        })?;
        check::Checker { path, text }.check(spelled)
    }
}

impl Default for LabFile {
    /// The lab without a file: one organization with a management account, two workload accounts
    /// and a monitoring account, and one issuer on loopback.
    fn default() -> Self {
        let account = |id: &str, name: &str, unit: &str| Account {
            // Constants below: twelve digits each.
            id: id.parse().unwrap_or_else(|_| check::zero_account()),
            name: name.to_owned(),
            email: format!("{name}@example.com"),
            management: name == "management",
            outside: false,
            unit: unit.to_owned(),
        };
        Self {
            seed: None,
            clock: None,
            region: Region::us_east_1(),
            enforcement: Enforcement::Enforce,
            organization: Some(Organization {
                id: "o-authlab001".to_owned(),
            }),
            accounts: vec![
                account("111111111111", "management", ""),
                account("222222222222", "workload-a", "Workloads"),
                account("333333333333", "workload-b", "Workloads"),
                account("444444444444", "monitoring", "Monitoring"),
            ],
            issuers: Vec::new(),
            names: BTreeMap::new(),
            allow: Vec::new(),
            guests: LabGuests::default(),
            vault: Vault::default(),
            backends: BackendChoice::default(),
        }
    }
}

#[cfg(test)]
mod tests;

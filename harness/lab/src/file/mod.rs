//! `lab.toml`: the statement of a lab.
//!
//! ```toml
//! seed = 1
//! clock = "2026-01-15T12:00:00Z"      # or "wall"
//! region = "us-east-1"
//! enforcement = "enforce"             # or "audit"
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

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use authlab_kernel::{AccountId, Region, Timestamp, text_file};
use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use crate::backend::BackendChoice;

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
    pub clock: Option<FileClock>,
    /// The Region that exports name; `us-east-1` by default.
    pub region: Region,
    /// Whether refused calls are refused.
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

/// How the lab's clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileClock {
    /// At the machine's time, running.
    Wall,
    /// Standing at this time.
    Standing(Timestamp),
}

/// Whether a call that a policy refuses is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// Refuse.
    #[default]
    Enforce,
    /// Let it through and journal the refusal.
    Audit,
}

/// The organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// `o-` and 10 to 32 lower-case letters and digits.
    pub id: String,
}

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
    /// Its clients; when none is declared, any client with the secret `test` is one.
    pub clients: Vec<Client>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Whose texts and token shapes to copy.
    #[serde(default)]
    pub flavour: VaultFlavour,
    /// The root token; one from the seed by default.
    pub root_token: Option<String>,
    /// Mounts beside KV v2 at `secret/`.
    #[serde(default, rename = "mount")]
    pub mounts: Vec<VaultMount>,
}

/// Whose texts Vault answers with where HashiCorp Vault and OpenBao differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VaultFlavour {
    /// HashiCorp Vault 1.21.
    #[default]
    Vault,
    /// OpenBao 2.2.
    Openbao,
    /// OpenBao 2.7.
    #[serde(rename = "openbao-2.7")]
    Openbao27,
}

/// A secrets engine to mount.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultMount {
    /// `legacy`, without slashes at its ends.
    pub path: String,
    /// `kv`.
    #[serde(rename = "type")]
    pub engine: String,
    /// For kv: 1 or 2.
    pub version: Option<u8>,
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
    #[serde(default)]
    account: Vec<SpelledAccount>,
    #[serde(default)]
    issuer: Vec<SpelledIssuer>,
    #[serde(default)]
    names: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    outbound: SpelledOutbound,
    #[serde(default)]
    inbound: SpelledInbound,
    #[serde(default)]
    vault: Vault,
    #[serde(default)]
    backend: BackendChoice,
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
    email: Option<String>,
    #[serde(default)]
    management: bool,
    #[serde(default)]
    outside: bool,
    unit: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpelledIssuer {
    name: Spanned<String>,
    url: Option<Spanned<String>>,
    #[serde(default)]
    client: Vec<Client>,
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

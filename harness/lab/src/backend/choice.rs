//! What was chosen.
//!
//! The command line comes first, then the environment, then the lab file; what nobody chose is
//! embedded. Each may choose for all systems or for one.

use std::fmt;
use std::str::FromStr;

use authlab_kernel::AccountId;
use serde::Deserialize;
use thiserror::Error;

/// How a system is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// In the lab's own process.
    #[default]
    Embedded,
    /// A container of the run.
    #[serde(alias = "containers")]
    Container,
    /// A server elsewhere, whose address the environment gives.
    External,
}

impl Backend {
    /// The name on the command line, in the environment and in the lab file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Container => "container",
            Self::External => "external",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A word that names no backend, and where it stands.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{place}: `{word}` is no backend: give embedded, container or external")]
pub struct ChoiceError {
    /// The option, or the variable.
    pub place: String,
    /// What was given.
    pub word: String,
}

impl FromStr for Backend {
    type Err = String;

    /// Reads `embedded`, `container` (or `containers`), `external`.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "embedded" => Ok(Self::Embedded),
            "container" | "containers" => Ok(Self::Container),
            "external" => Ok(Self::External),
            other => Err(format!(
                "`{other}` is no backend: give embedded, container or external"
            )),
        }
    }
}

/// What of an external system may be changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Writable {
    /// Vault.
    Vault,
    /// An account of LocalStack.
    Account(AccountId),
}

impl fmt::Display for Writable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vault => formatter.write_str("vault"),
            Self::Account(id) => formatter.write_str(id.as_str()),
        }
    }
}

impl FromStr for Writable {
    type Err = String;

    /// Reads `vault` or an account id.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if word == "vault" {
            return Ok(Self::Vault);
        }
        word.parse().map(Self::Account).map_err(|_| {
            format!("`{word}` is nothing that may be changed: give `vault` or the twelve digits of an account")
        })
    }
}

impl TryFrom<String> for Writable {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        word.parse()
    }
}

/// What somebody chose; what is left open is chosen by whom comes next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackendChoice {
    /// For every system that is not named.
    pub all: Option<Backend>,
    /// Secrets Manager behind the front door: LocalStack.
    pub aws: Option<Backend>,
    /// Vault.
    pub vault: Option<Backend>,
    /// The OpenID Connect provider.
    pub oidc: Option<Backend>,
    /// Services whose calls go to the AWS backend authenticated but not decided, by signing name.
    #[serde(default)]
    pub unchecked: Vec<String>,
    /// What may be changed of what is external.
    #[serde(default)]
    pub allow_writes: Vec<Writable>,
}

/// Variables of the environment that choose.
const VARIABLES: [&str; 4] = [
    "AUTHLAB_BACKEND",
    "AUTHLAB_AWS_BACKEND",
    "AUTHLAB_VAULT_BACKEND",
    "AUTHLAB_OIDC_BACKEND",
];

impl BackendChoice {
    /// One backend for every system.
    pub fn all(backend: Backend) -> Self {
        Self {
            all: Some(backend),
            ..Self::default()
        }
    }

    /// What the environment chooses: AUTHLAB_BACKEND for all, AUTHLAB_AWS_BACKEND,
    /// AUTHLAB_VAULT_BACKEND and AUTHLAB_OIDC_BACKEND for one. An empty variable chooses nothing.
    ///
    /// # Errors
    /// [`ChoiceError`] names the variable.
    pub fn from_environment() -> Result<Self, ChoiceError> {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ChoiceError> {
        let choose = |name: &str| {
            let Some(word) = variable(name).filter(|word| !word.is_empty()) else {
                return Ok(None);
            };
            let backend = word.parse().map(Some);
            backend.map_err(|_: String| ChoiceError {
                place: name.to_owned(),
                word,
            })
        };
        let [all, aws, vault, oidc] = VARIABLES;
        Ok(Self {
            all: choose(all)?,
            aws: choose(aws)?,
            vault: choose(vault)?,
            oidc: choose(oidc)?,
            ..Self::default()
        })
    }

    /// This choice, and where it says nothing another's. Whoever chooses for all systems overrules
    /// what comes later for one, and whoever chooses that a system is not external overrules what
    /// comes later about changes to it.
    #[must_use]
    pub fn or(self, later: Self) -> Self {
        let of = |own: Option<Backend>, theirs: Option<Backend>| {
            own.or(if self.all.is_some() { None } else { theirs })
        };
        let overruled = |what: &Writable| {
            let own = match what {
                Writable::Vault => self.vault,
                Writable::Account(_) => self.aws,
            };
            let own = own.or(self.all);
            own.is_some_and(|own| own != Backend::External)
        };
        let mut writable = later.allow_writes;
        writable.retain(|what| !overruled(what));
        Self {
            all: self.all.or(later.all),
            aws: of(self.aws, later.aws),
            vault: of(self.vault, later.vault),
            oidc: of(self.oidc, later.oidc),
            unchecked: if self.unchecked.is_empty() {
                later.unchecked
            } else {
                self.unchecked
            },
            allow_writes: if self.allow_writes.is_empty() {
                writable
            } else {
                self.allow_writes
            },
        }
    }

    /// What may be changed although it is not external: nothing would heed that.
    pub(crate) fn unheeded(&self) -> Option<(&Writable, Backend)> {
        let backends = self.backends();
        let all = self.allow_writes.iter();
        let mut with_backend = all.map(|what| match what {
            Writable::Vault => (what, backends.vault),
            Writable::Account(_) => (what, backends.aws),
        });
        with_backend.find(|(_, backend)| *backend != Backend::External)
    }

    /// The backend of each system.
    pub fn backends(&self) -> Backends {
        let of = |one: Option<Backend>| one.or(self.all).unwrap_or_default();
        Backends {
            aws: of(self.aws),
            vault: of(self.vault),
            oidc: of(self.oidc),
        }
    }
}

/// The backend of each system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backends {
    /// Secrets Manager behind the front door.
    pub aws: Backend,
    /// Vault.
    pub vault: Backend,
    /// The OpenID Connect provider.
    pub oidc: Backend,
}

impl Backends {
    /// Whether everything is in the lab's own process.
    pub fn are_embedded(&self) -> bool {
        self.any(Backend::Embedded, true)
    }

    /// Whether some system is a container.
    pub fn have_container(&self) -> bool {
        self.any(Backend::Container, false)
    }

    fn any(&self, backend: Backend, all: bool) -> bool {
        let mut systems = [self.aws, self.vault, self.oidc].into_iter();
        if all {
            systems.all(|one| one == backend)
        } else {
            systems.any(|one| one == backend)
        }
    }
}

impl fmt::Display for Backends {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "aws {}, vault {}, oidc {}",
            self.aws, self.vault, self.oidc
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_who_says_something_is_heard() {
        let one = |vault| BackendChoice {
            vault: Some(vault),
            ..BackendChoice::default()
        };
        for (command, environment, expected) in [
            (
                BackendChoice::default(),
                BackendChoice::default(),
                "aws embedded, vault embedded, oidc embedded",
            ),
            (
                BackendChoice::all(Backend::Container),
                one(Backend::External),
                "aws container, vault container, oidc container",
            ),
            (
                one(Backend::Embedded),
                BackendChoice::all(Backend::Container),
                "aws container, vault embedded, oidc container",
            ),
            (
                BackendChoice::default(),
                one(Backend::External),
                "aws embedded, vault external, oidc embedded",
            ),
        ] {
            assert_eq!(command.or(environment).backends().to_string(), expected);
        }
    }

    #[test]
    fn only_what_is_external_may_be_changed_and_each_word_counts() {
        let choice = |vault, aws, words: &[&str]| BackendChoice {
            vault,
            aws,
            allow_writes: words.iter().map(|word| word.parse().unwrap()).collect(),
            ..BackendChoice::default()
        };
        let external = Some(Backend::External);
        for (vault, aws, words, unheeded) in [
            (external, None, &["vault"][..], None),
            (None, external, &["111111111111"], None),
            (external, external, &["111111111111", "vault"], None),
            (external, external, &[], None),
            (None, None, &[], None),
            (None, None, &["vault"], Some("vault")),
            (
                Some(Backend::Container),
                external,
                &["vault"],
                Some("vault"),
            ),
            (
                external,
                None,
                &["vault", "111111111111"],
                Some("111111111111"),
            ),
        ] {
            let choice = choice(vault, aws, words);
            let found = choice.unheeded().map(|(what, _)| what.to_string());
            assert_eq!(found.as_deref(), unheeded, "{choice:?}");
        }
        for word in [
            "valut",
            "Vault",
            "",
            " vault",
            "11111111111",
            "1111111111111",
            "workload-a",
        ] {
            let error = word.parse::<Writable>().unwrap_err();
            assert!(error.contains(&format!("`{word}`")), "{error}");
        }
        // What the file allows of a system goes with the system that somebody else chose.
        let file = choice(external, external, &["vault", "111111111111"]);
        for (command, left) in [
            (BackendChoice::default(), 2),
            (BackendChoice::all(Backend::External), 2),
            (BackendChoice::all(Backend::Embedded), 0),
            (choice(Some(Backend::Container), None, &[]), 1),
        ] {
            assert_eq!(command.or(file.clone()).allow_writes.len(), left);
        }
    }

    #[test]
    fn the_environment_is_read_and_a_wrong_word_named() {
        let read = |pairs: &'static [(&str, &str)]| {
            BackendChoice::read(|name| {
                let pair = pairs.iter().find(|(known, _)| *known == name);
                pair.map(|(_, word)| (*word).to_owned())
            })
        };
        let chosen = read(&[
            ("AUTHLAB_BACKEND", "containers"),
            ("AUTHLAB_OIDC_BACKEND", ""),
        ]);
        assert_eq!(chosen, Ok(BackendChoice::all(Backend::Container)));
        let wrong = read(&[("AUTHLAB_VAULT_BACKEND", "docker")]).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "AUTHLAB_VAULT_BACKEND: `docker` is no backend: give embedded, container or external"
        );
    }
}

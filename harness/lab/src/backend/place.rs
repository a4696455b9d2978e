//! Where a chosen system is, and why it is not where it should be.

use authlab_kernel::{AccountId, Secret};
use thiserror::Error;

use super::choice::{Backend, Backends, Writable};

/// Why a system is not where it should be.
#[derive(Clone, Debug, Error)]
pub enum PlaceError {
    /// A container; what is wrong with it.
    #[error("{0}")]
    Container(String),
    /// A container in a build that has none.
    #[error(
        "backend: {} to be a container, and this build has no containers: run the command that has them, `cargo run --features containers -- ...` (a dependency: the feature `containers`), or choose the embedded backend",
        asked(backends)
    )]
    WithoutContainers {
        /// What was chosen.
        backends: Backends,
    },
    /// An external system without an address.
    #[error(
        "{system} is external, and `{variable}` gives no address: set it to one such as `{example}`"
    )]
    NoAddress {
        /// The system.
        system: &'static str,
        /// The variable.
        variable: &'static str,
        /// What it could hold.
        example: &'static str,
    },
    /// Something may be changed that is not external.
    #[error(
        "allow_writes: `{what}` is of a system that is {backend} here, and only what is external is protected: leave it out, or choose the external backend"
    )]
    NotExternal {
        /// What may be changed.
        what: Writable,
        /// What its system is.
        backend: Backend,
    },
    /// An address that the lab would call in the clear.
    #[error(
        "`{variable}` is `{url}`, and the lab speaks plain HTTP only: give an `http://` address, such as that of a proxy on this machine that speaks TLS to the server"
    )]
    Scheme {
        /// The variable.
        variable: &'static str,
        /// What it holds.
        url: String,
    },
}

/// Where Vault is.
#[derive(Clone, Debug)]
pub(crate) struct VaultPlace {
    pub(crate) url: String,
    pub(crate) root_token: Option<Secret>,
    /// The namespace of the scenario; none for a server without namespaces, or of others.
    pub(crate) namespace: Option<String>,
    pub(crate) allow_writes: bool,
    /// Whether the lab prepares the server: not one of others.
    pub(crate) is_ours: bool,
}

/// Where the OpenID Connect server is.
#[derive(Clone, Debug)]
pub(crate) struct OidcPlace {
    /// From this machine.
    pub(crate) url: String,
    /// From the other containers.
    pub(crate) internal_url: String,
}

/// Where LocalStack is.
#[derive(Clone, Debug)]
pub(crate) struct AwsPlace {
    pub(crate) url: String,
    /// The scenario's own account for each of the lab's, in their order.
    pub(crate) accounts: Vec<AccountId>,
    /// Which of the lab's accounts may be changed there; none for all.
    pub(crate) writable: Option<Vec<AccountId>>,
}

/// The systems that are to be containers: `vault and oidc are`.
fn asked(backends: &Backends) -> String {
    let systems = [
        ("aws", backends.aws),
        ("vault", backends.vault),
        ("oidc", backends.oidc),
    ];
    let asked = systems.iter().filter(|(_, one)| *one == Backend::Container);
    let names: Vec<&str> = asked.map(|(name, _)| *name).collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => {
            format!("{} and {last} are", before.join(", "))
        }
        names => format!("{} is", names.concat()),
    }
}

/// A variable of the environment; an empty one is none.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

//! Where the chosen systems are.

use authlab_kernel::{AccountId, Secret};
use thiserror::Error;

use super::choice::{Backend, BackendChoice, Backends, Writable};
use super::{Leases, VaultContainer};

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

/// Everything that is not embedded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) aws: Option<AwsPlace>,
    pub(crate) vault: Option<VaultPlace>,
    pub(crate) oidc: Option<OidcPlace>,
    leases: Option<Leases>,
}

impl Places {
    /// Leases containers and reads addresses, for a lab with so many accounts.
    pub(crate) async fn find(
        choice: &BackendChoice,
        account_count: usize,
    ) -> Result<Self, PlaceError> {
        let backends = choice.backends();
        if let Some((what, backend)) = choice.unheeded() {
            let what = what.clone();
            return Err(PlaceError::NotExternal { what, backend });
        }
        let mut places = Self::default();
        if backends.have_container() {
            let leases = Leases::take(backends).await?;
            places.aws = leases.aws(account_count);
            places.vault = leases.vault();
            places.oidc = leases.oidc();
            places.leases = Some(leases);
        }
        if backends.aws == Backend::External {
            places.aws = Some(AwsPlace {
                url: address("LocalStack", "AUTHLAB_AWS_ADDRESS", "http://127.0.0.1:4566")?,
                accounts: Vec::new(),
                writable: Some(writable(choice)),
            });
        }
        if backends.vault == Backend::External {
            places.vault = Some(VaultPlace {
                url: address("Vault", "AUTHLAB_VAULT_ADDRESS", "http://127.0.0.1:8200")?,
                root_token: variable("AUTHLAB_VAULT_TOKEN").map(Secret::new),
                namespace: variable("AUTHLAB_VAULT_NAMESPACE"),
                allow_writes: choice.allow_writes.contains(&Writable::Vault),
                is_ours: false,
            });
        }
        if backends.oidc == Backend::External {
            let url = address(
                "the OIDC server",
                "AUTHLAB_OIDC_ADDRESS",
                "http://127.0.0.1:8080",
            )?;
            places.oidc = Some(OidcPlace {
                internal_url: url.clone(),
                url,
            });
        }
        Ok(places)
    }

    /// The container that keeps Vault, if one does.
    pub(crate) fn vault_container(&self) -> Option<VaultContainer> {
        self.leases.as_ref()?.vault_container()
    }

    /// Whether Vault's container is on a network with those that labs share.
    pub(crate) fn vault_is_shared(&self) -> bool {
        self.leases.as_ref().is_none_or(Leases::vault_is_shared)
    }

    /// Whether the containers still run; asked when something failed.
    pub(crate) async fn check_containers(&self) -> Result<(), PlaceError> {
        match &self.leases {
            Some(leases) => leases.check().await,
            None => Ok(()),
        }
    }
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

/// The accounts among what may be changed.
fn writable(choice: &BackendChoice) -> Vec<AccountId> {
    let all = choice.allow_writes.iter();
    all.filter_map(|what| match what {
        Writable::Account(id) => Some(id.clone()),
        Writable::Vault => None,
    })
    .collect()
}

/// A variable of the environment; an empty one is none.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn address(
    system: &'static str,
    name: &'static str,
    example: &'static str,
) -> Result<String, PlaceError> {
    let Some(url) = variable(name) else {
        return Err(PlaceError::NoAddress {
            system,
            variable: name,
            example,
        });
    };
    // What is sent there may be a token of production.
    if !url.starts_with("http://") {
        return Err(PlaceError::Scheme {
            variable: name,
            url,
        });
    }
    Ok(url.trim_end_matches('/').to_owned())
}

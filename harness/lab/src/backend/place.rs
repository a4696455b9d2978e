//! Where the chosen systems are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use authlab_containers::{
    ContainerError, ContainerSet, Lease, Options, Service, VaultKind, Wanted,
};
use authlab_kernel::{AccountId, Secret};
use thiserror::Error;
use tokio::sync::Mutex;

use super::choice::{Backend, BackendChoice, Writable};

/// The run's one set of containers, as this process sees it.
static SET: Mutex<Option<Arc<ContainerSet>>> = Mutex::const_new(None);

/// Why a system is not where it should be.
#[derive(Clone, Debug, Error)]
pub enum PlaceError {
    /// A container.
    #[error(transparent)]
    Container(#[from] ContainerError),
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

/// A Vault container that no other lab has, because it cannot be shared: HashiCorp's namespaces are an
/// enterprise feature. It goes with the lab.
#[derive(Debug)]
struct OwnVault {
    lease: Lease,
    _set: ContainerSet,
}

/// Everything that is not embedded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) aws: Option<AwsPlace>,
    pub(crate) vault: Option<VaultPlace>,
    pub(crate) oidc: Option<OidcPlace>,
    /// The containers that labs share.
    pub(crate) lease: Option<Lease>,
    own_vault: Option<Arc<OwnVault>>,
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
            let vault = (backends.vault == Backend::Container).then(vault_kind);
            let (shared, own) = match vault {
                Some(VaultKind::Vault) => (None, Some(OwnVault::start().await?)),
                shared => (shared, None),
            };
            let wanted = Wanted {
                localstack: backends.aws == Backend::Container,
                vault: shared,
                oidc: backends.oidc == Backend::Container,
            };
            places.own_vault = own.map(Arc::new);
            places.of_lease(lease(&wanted).await?, account_count);
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

    fn of_lease(&mut self, lease: Lease, account_count: usize) {
        self.aws = lease.localstack().map(|found| AwsPlace {
            url: found.url,
            accounts: (0..account_count)
                .filter_map(|index| lease.account(u16::try_from(index).ok()?).parse().ok())
                .collect(),
            writable: None,
        });
        let of_vault = match &self.own_vault {
            Some(own) => own.lease.vault(),
            None => lease.vault(),
        };
        self.vault = of_vault.map(|found| VaultPlace {
            url: found.url,
            root_token: Some(found.root_token),
            namespace: (found.kind == VaultKind::OpenBao).then(|| lease.namespace()),
            allow_writes: true,
            is_ours: true,
        });
        self.oidc = lease.oidc().map(|found| OidcPlace {
            url: found.url,
            internal_url: found.internal_url,
        });
        self.lease = Some(lease);
    }

    /// The lease of the container that keeps Vault, if one does, and what it runs.
    pub(crate) fn vault_lease(&self) -> Option<(&Lease, Service)> {
        let lease = match &self.own_vault {
            Some(own) => &own.lease,
            None => self.lease.as_ref()?,
        };
        Some((lease, lease.vault()?.kind.service()))
    }

    /// Whether Vault's container is on a network with those that labs share.
    pub(crate) fn vault_is_shared(&self) -> bool {
        self.own_vault.is_none()
    }
}

impl OwnVault {
    async fn start() -> Result<Self, ContainerError> {
        /// Slots of one process; those of others follow.
        const SLOTS_PER_PROCESS: u32 = 1_000;
        static LAST: AtomicU32 = AtomicU32::new(0);
        let index = LAST.fetch_add(1, Ordering::Relaxed) % SLOTS_PER_PROCESS;
        let slot = std::process::id().wrapping_mul(SLOTS_PER_PROCESS);
        let set = ContainerSet::open(Options {
            slot: slot.wrapping_add(index),
            ..Options::default()
        })
        .await?;
        let wanted = Wanted {
            vault: Some(VaultKind::Vault),
            ..Wanted::default()
        };
        let lease = set.lease(&wanted).await?;
        Ok(Self { lease, _set: set })
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

/// OpenBao, unless an image of HashiCorp's was selected.
fn vault_kind() -> VaultKind {
    match variable(Service::Vault.image().image_variable) {
        Some(_) => VaultKind::Vault,
        None => VaultKind::OpenBao,
    }
}

async fn lease(wanted: &Wanted) -> Result<Lease, ContainerError> {
    let mut held = SET.lock().await;
    let set = match held.as_ref() {
        Some(set) => Arc::clone(set),
        None => {
            let set = Arc::new(ContainerSet::open(Options::default()).await?);
            *held = Some(Arc::clone(&set));
            set
        }
    };
    drop(held);
    set.lease(wanted).await
}

/// Removes the containers of this process's run, once its last lab has stopped. What other processes
/// of the run still use stays until they end.
///
/// # Errors
/// What the engine refuses; the next start removes what is left.
pub async fn close_containers() -> Result<(), ContainerError> {
    let set = SET.lock().await.take();
    match set.map(Arc::try_unwrap) {
        Some(Ok(set)) => set.close().await,
        // A lab still starts: its handle removes the set.
        Some(Err(_)) | None => Ok(()),
    }
}

fn variable(name: &str) -> Option<String> {
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

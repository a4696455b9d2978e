//! Where the chosen systems are.

use std::sync::Arc;

use authlab_containers::{
    ContainerError, ContainerSet, Lease, Options, Service, VaultKind, Wanted,
};
use authlab_kernel::{AccountId, Secret};
use thiserror::Error;
use tokio::sync::Mutex;

use super::choice::{Backend, BackendChoice};

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
    pub(crate) lease: Option<Lease>,
}

impl Places {
    /// Leases containers and reads addresses, for a lab with so many accounts.
    pub(crate) async fn find(
        choice: &BackendChoice,
        account_count: usize,
    ) -> Result<Self, PlaceError> {
        let backends = choice.backends();
        let mut places = Self::default();
        if backends.have_container() {
            let wanted = Wanted {
                localstack: backends.aws == Backend::Container,
                vault: (backends.vault == Backend::Container).then(vault_kind),
                oidc: backends.oidc == Backend::Container,
            };
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
                allow_writes: choice.allow_writes.iter().any(|what| what == "vault"),
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
        self.vault = lease.vault().map(|found| VaultPlace {
            url: found.url,
            root_token: Some(found.root_token),
            // HashiCorp's namespaces are an enterprise feature.
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

    /// The container that keeps Vault, whose output holds its audit log.
    pub(crate) fn vault_service(&self) -> Option<Service> {
        let address = self.lease.as_ref()?.vault()?;
        Some(address.kind.service())
    }
}

/// The accounts among what may be changed.
fn writable(choice: &BackendChoice) -> Vec<AccountId> {
    let all = choice.allow_writes.iter();
    all.filter_map(|what| what.parse().ok()).collect()
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
    let found = variable(name).map(|url| url.trim_end_matches('/').to_owned());
    found.ok_or(PlaceError::NoAddress {
        system,
        variable: name,
        example,
    })
}

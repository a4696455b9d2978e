//! The containers that a lab leases.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use authlab_containers::{
    ContainerError, ContainerSet, LAB_HOST, Lease, Options, Service, State, VaultKind, Wanted,
};
use tokio::sync::Mutex;

use super::choice::{Backend, Backends};
use super::finding::{Finding, FindingState};
use super::place::{AwsPlace, OidcPlace, PlaceError, VaultPlace, variable};

/// The run's one set of containers, as this process sees it.
static SET: Mutex<Option<Arc<ContainerSet>>> = Mutex::const_new(None);

impl From<ContainerError> for PlaceError {
    fn from(error: ContainerError) -> Self {
        Self::Container(error.to_string())
    }
}

/// What a lab leases.
#[derive(Clone, Debug)]
pub(crate) struct Leases {
    /// Of the containers that labs share.
    shared: Lease,
    own_vault: Option<Arc<OwnVault>>,
    /// Nobody removes it while the lab runs: another suite of this process may end meanwhile.
    _set: Arc<ContainerSet>,
}

/// A Vault container that no other lab has, because it cannot be shared: HashiCorp's namespaces are an
/// enterprise feature. It goes with the lab.
#[derive(Debug)]
struct OwnVault {
    lease: Lease,
    _set: ContainerSet,
}

/// The container that keeps Vault.
#[derive(Clone, Debug)]
pub(crate) struct VaultContainer {
    lease: Lease,
    service: Service,
}

impl Leases {
    /// Leases a container for each system that is to be one.
    pub(crate) async fn take(backends: Backends) -> Result<Self, PlaceError> {
        let vault = (backends.vault == Backend::Container).then(vault_kind);
        let (vault, own) = match vault {
            Some(VaultKind::Vault) => (None, Some(OwnVault::start().await?)),
            shared => (shared, None),
        };
        let wanted = Wanted {
            localstack: backends.aws == Backend::Container,
            vault,
            oidc: backends.oidc == Backend::Container,
        };
        let (shared, set) = lease(&wanted).await?;
        Ok(Self {
            shared,
            own_vault: own.map(Arc::new),
            _set: set,
        })
    }

    /// LocalStack, for a lab with so many accounts.
    pub(crate) fn aws(&self, account_count: usize) -> Option<AwsPlace> {
        let account = |index| self.shared.account(u16::try_from(index).ok()?).parse().ok();
        self.shared.localstack().map(|found| AwsPlace {
            url: found.url,
            accounts: (0..account_count).filter_map(account).collect(),
            writable: None,
        })
    }

    /// Vault.
    pub(crate) fn vault(&self) -> Option<VaultPlace> {
        self.of_vault().vault().map(|found| VaultPlace {
            url: found.url,
            root_token: Some(found.root_token),
            namespace: (found.kind == VaultKind::OpenBao).then(|| self.shared.namespace()),
            allow_writes: true,
            is_ours: true,
        })
    }

    /// The OpenID Connect server.
    pub(crate) fn oidc(&self) -> Option<OidcPlace> {
        self.shared.oidc().map(|found| OidcPlace {
            url: found.url,
            internal_url: found.internal_url,
        })
    }

    /// The container that keeps Vault, if one does.
    pub(crate) fn vault_container(&self) -> Option<VaultContainer> {
        let lease = self.of_vault();
        Some(VaultContainer {
            service: lease.vault()?.kind.service(),
            lease: lease.clone(),
        })
    }

    /// Whether Vault's container is on a network with those that labs share.
    pub(crate) fn vault_is_shared(&self) -> bool {
        self.own_vault.is_none()
    }

    /// Whether all containers still run; to be asked when something failed.
    ///
    /// # Errors
    /// The last log lines of the one that does not.
    pub(crate) async fn check(&self) -> Result<(), PlaceError> {
        if let Some(own) = &self.own_vault {
            own.lease.check().await?;
        }
        Ok(self.shared.check().await?)
    }

    fn of_vault(&self) -> &Lease {
        self.own_vault
            .as_ref()
            .map_or(&self.shared, |own| &own.lease)
    }
}

impl VaultContainer {
    /// The number of the scenario that leases it.
    pub(crate) fn scenario(&self) -> u32 {
        self.lease.scenario()
    }

    /// What it wrote, up to the line that holds `mark`.
    pub(crate) async fn output_until(&self, mark: &str) -> Result<Vec<String>, PlaceError> {
        Ok(self.lease.output_until(self.service, mark).await?)
    }

    /// Where the lab has to listen so that it is reached; none where loopback will do.
    pub(crate) fn lab_address(&self) -> Option<IpAddr> {
        self.lease.lab_address()
    }

    /// The name under which it reaches the machine of the lab.
    pub(crate) fn lab_host(&self) -> &'static str {
        LAB_HOST
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

/// OpenBao, unless an image of HashiCorp's was selected.
fn vault_kind() -> VaultKind {
    match variable(Service::Vault.image().image_variable) {
        Some(_) => VaultKind::Vault,
        None => VaultKind::OpenBao,
    }
}

async fn lease(wanted: &Wanted) -> Result<(Lease, Arc<ContainerSet>), ContainerError> {
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
    let lease = set.lease(wanted).await?;
    Ok((lease, set))
}

/// Removes the containers of this process's run, unless one of its labs still starts or runs: then
/// they stay until the last one calls this, or the process ends. What other processes of the run still
/// use stays until they end.
///
/// # Errors
/// What the engine refuses; the next start removes what is left.
pub async fn close_containers() -> Result<(), PlaceError> {
    // Held until they are gone: a lab that starts meanwhile gets others.
    let mut held = SET.lock().await;
    match held.take().map(Arc::try_unwrap) {
        Some(Ok(set)) => Ok(set.close().await?),
        Some(Err(in_use)) => {
            *held = Some(in_use);
            Ok(())
        }
        None => Ok(()),
    }
}

/// Looks at the engine, its memory, the images, and the ports that the environment asks for.
pub async fn doctor() -> Vec<Finding> {
    let found = authlab_containers::doctor().await.into_iter();
    let findings = found.map(|found| Finding {
        what: found.what,
        state: match found.state {
            State::Good => FindingState::Good,
            State::Doubtful => FindingState::Doubtful,
            State::Missing => FindingState::Missing,
        },
        detail: found.detail,
        mend: found.mend,
    });
    findings.collect()
}

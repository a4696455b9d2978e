//! HashiCorp Vault in development mode: unsealed, in memory, one root token.

use authlab_kernel::Secret;

use crate::image::Service;
use crate::start::{Recipe, Running};

pub(crate) const PORT: u16 = 8200;
/// Answers 200 when initialized, unsealed and active (Vault's page "/sys/health").
pub(crate) const HEALTH_PATH: &str = "/v1/sys/health";

/// Which server speaks Vault's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VaultKind {
    /// HashiCorp Vault; its image cannot be built here, only pulled.
    Vault,
    /// OpenBao; without the AWS auth method and the AWS secrets engine.
    OpenBao,
}

impl VaultKind {
    /// The service that runs this server.
    pub fn service(self) -> Service {
        match self {
            Self::Vault => Service::Vault,
            Self::OpenBao => Service::OpenBao,
        }
    }
}

/// Where a leased Vault or OpenBao is, and its root token.
#[derive(Debug, Clone)]
pub struct VaultAddress {
    /// Which server it is.
    pub kind: VaultKind,
    /// From this machine.
    pub url: String,
    /// From the other containers of the set.
    pub internal_url: String,
    /// The token that may do everything. Good for this container alone.
    pub root_token: Secret,
    /// The image that it runs from.
    pub image: String,
    /// From the request to the first healthy answer, in milliseconds.
    pub started_ms: u64,
}

impl VaultAddress {
    pub(crate) fn of(kind: VaultKind, running: &Running, set: &str) -> Self {
        Self {
            kind,
            url: running.url.clone(),
            internal_url: running.internal_url.clone(),
            root_token: Secret::new(root_token(set)),
            image: running.image.clone(),
            started_ms: running.started_ms,
        }
    }
}

/// The root token of the set's server: known to every process of the run, of use nowhere else.
pub(crate) fn root_token(set: &str) -> String {
    format!("root-of-{set}")
}

pub(crate) fn recipe(set: &str) -> Recipe {
    Recipe {
        port: PORT,
        health_path: HEALTH_PATH,
        variables: vec![("VAULT_DEV_ROOT_TOKEN_ID".to_owned(), root_token(set))],
        command: command(),
        files: Vec::new(),
        // Vault locks its memory, also in development mode.
        capabilities: &["IPC_LOCK"],
    }
}

/// The token is in the environment, where `ps` does not show it.
pub(crate) fn command() -> Vec<String> {
    [
        "server",
        "-dev",
        "-dev-no-store-token",
        &format!("-dev-listen-address=0.0.0.0:{PORT}"),
    ]
    .map(str::to_owned)
    .to_vec()
}

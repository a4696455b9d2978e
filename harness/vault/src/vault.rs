//! The server, its configuration, and its life in the lab: expiry, reset.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use authlab_kernel::{
    Component, ComponentClock, EnforcementSetting, EventDraft, Folder, Ids, Journal, Outbound,
    Secret, Timestamp,
};
use futures_util::FutureExt as _;
use parking_lot::Mutex;
use thiserror::Error;

use crate::audit::{Device, Wish};
use crate::effect::{Elsewhere, Nowhere};
use crate::evidence::{LeaseExpired, LeaseNotRevoked, Reason, TokenExpired};
use crate::flavour::Flavour;
use crate::router::Environment;
use crate::state::{Expired, State, service_token};
use crate::sys::mount_at;

/// How a server starts.
#[derive(Clone, Debug, Default)]
pub struct VaultConfig {
    /// Whose server is imitated.
    pub flavour: Flavour,
    /// The root token; from the lab's ids when absent.
    pub root_token: Option<Secret>,
    /// What is mounted beside KV version 2 at `secret/`.
    pub mounts: Vec<MountConfig>,
    /// The audit devices that are enabled from the start.
    pub audit: Vec<AuditFile>,
    /// The folder below which every file lies that a client names; without one, clients name none.
    pub files: Option<Folder>,
    /// What a refusal for want of a permission means; asked at each request.
    pub enforcement: EnforcementSetting,
}

impl VaultConfig {
    /// Whether a server starts with these mounts. None is made, and no audit device is opened.
    ///
    /// # Errors
    /// [`SetupError`] names the mount that cannot be.
    pub fn check_mounts(&self) -> Result<(), SetupError> {
        let mounts_only = Self {
            audit: Vec::new(),
            ..self.clone()
        };
        start(&mounts_only, &Ids::new(0), Timestamp::UNIX_EPOCH).map(drop)
    }
}

/// A mount from the start.
#[derive(Clone, Debug, Default)]
pub struct MountConfig {
    /// The path; that of an auth method begins with `auth/`.
    pub path: String,
    /// The type: `kv`, `kv-v2`, `generic`; `approle`, `aws`, `jwt`, `oidc`, `userpass`.
    pub kind: String,
    /// The options, such as `version`.
    pub options: BTreeMap<String, String>,
}

/// A file audit device from the start.
#[derive(Clone, Debug)]
pub struct AuditFile {
    /// The path of the device, such as `file`.
    pub path: String,
    /// The file that gets the lines.
    pub file: PathBuf,
    /// Secrets stand in the lines as they are.
    pub log_raw: bool,
}

/// Why a server did not start.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SetupError {
    /// A mount that cannot be made.
    #[error("the mount `{path}` cannot be made: {reason}")]
    Mount {
        /// The path.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// An audit device that cannot be enabled.
    #[error("the audit device `{path}` cannot be enabled: {reason}")]
    Audit {
        /// The path.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

/// The embedded Vault server. It answers as an [`authlab_http::Service`].
pub struct Vault {
    pub(crate) config: VaultConfig,
    pub(crate) clock: ComponentClock,
    pub(crate) ids: Ids,
    pub(crate) journal: Journal,
    pub(crate) outbound: Arc<dyn Outbound>,
    pub(crate) state: Mutex<State>,
    elsewhere: Arc<dyn Elsewhere>,
    /// Held while effects are performed, so that they are in their order.
    performing: tokio::sync::Mutex<()>,
    root_token: Mutex<Secret>,
    this: Weak<Self>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("flavour", &self.config.flavour)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// A server as `vault server -dev` starts: unsealed, KV version 2 at `secret/`.
    ///
    /// # Errors
    /// [`SetupError`] names the mount or audit device of the configuration that cannot be.
    pub fn new(
        config: VaultConfig,
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
    ) -> Result<Arc<Self>, SetupError> {
        Self::reaching(config, clock, ids, journal, outbound, Arc::new(Nowhere))
    }

    /// The same, with a way to the systems that engines issue credentials for.
    ///
    /// # Errors
    /// As [`Vault::new`].
    pub fn reaching(
        config: VaultConfig,
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
        elsewhere: Arc<dyn Elsewhere>,
    ) -> Result<Arc<Self>, SetupError> {
        let (state, root_token) = start(&config, &ids, clock.now())?;
        Ok(Arc::new_cyclic(|this| Self {
            config,
            clock,
            ids,
            journal,
            outbound,
            state: Mutex::new(state),
            elsewhere,
            performing: tokio::sync::Mutex::new(()),
            root_token: Mutex::new(root_token),
            this: this.clone(),
        }))
    }

    /// The root token.
    pub fn root_token(&self) -> Secret {
        self.root_token.lock().clone()
    }

    /// Back to how the server started. The clock, the ids and the journal are reset by their owner,
    /// before.
    ///
    /// # Errors
    /// As [`Vault::new`]: a file may have become unwritable.
    pub fn reset(&self) -> Result<(), SetupError> {
        let (state, root_token) = start(&self.config, &self.ids, self.clock.now())?;
        *self.state.lock() = state;
        *self.root_token.lock() = root_token;
        Ok(())
    }

    pub(crate) fn environment(&self) -> Environment<'_> {
        Environment {
            ids: &self.ids,
            now: self.clock.now(),
            flavour: self.config.flavour,
            enforcement: self.config.enforcement.get(),
        }
    }

    /// Ends what is due, and journals it.
    pub(crate) async fn expire(&self) {
        let expired = self.state.lock().expire(self.clock.now());
        if expired.is_empty() {
            return;
        }
        for expired in expired {
            self.record_expiry(expired);
        }
        self.perform().await;
        let due = std::mem::take(&mut self.state.lock().due);
        self.schedule(due);
    }

    fn record_expiry(&self, expired: Expired) {
        match expired {
            Expired::Token {
                token,
                accessor,
                path,
                policies,
                at,
            } => {
                let seen = TokenExpired {
                    accessor,
                    creation_path: path,
                    policies,
                    expired_at: at,
                };
                let cause = self.journal.issuer_of(token.expose_secret());
                self.journal
                    .record(EventDraft::of(Component::Vault, &seen).cause(cause));
            }
            Expired::Lease {
                id,
                mount,
                path,
                at,
                failed,
            } => match failed {
                Some(failed) => self.record_failure(&failed),
                None => {
                    let seen = LeaseExpired {
                        lease_id: id,
                        mount,
                        creation_path: path,
                        expired_at: at,
                    };
                    self.journal.record(EventDraft::of(Component::Vault, &seen));
                }
            },
        }
    }

    fn record_failure(&self, failed: &LeaseNotRevoked) {
        let draft = EventDraft::of(Component::Vault, failed);
        self.journal.record(draft.failed(Reason::LeaseNotRevoked));
    }

    /// Performs what engines have said is to be done elsewhere, in its order. Nothing is held meanwhile
    /// that a request needs.
    pub(crate) async fn perform(&self) {
        let _in_order = self.performing.lock().await;
        loop {
            let effects = std::mem::take(&mut self.state.lock().effects);
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                let done = self.elsewhere.perform(&effect).await;
                let (settled, due) = {
                    let mut state = self.state.lock();
                    let settled = state.settle(&effect, done, self.clock.now());
                    (settled, std::mem::take(&mut state.due))
                };
                self.schedule(due);
                if let Err(failed) = settled {
                    self.record_failure(&failed);
                }
            }
        }
    }

    /// Sets timers for ends, each with the name of its timer.
    pub(crate) fn schedule(&self, due: Vec<(Timestamp, String)>) {
        for (at, name) in due {
            // The end is by Vault's time, a timer by the lab's.
            let at = at.checked_sub(self.clock.offset()).unwrap_or(at);
            let this = self.this.clone();
            self.clock.lab().timers().schedule(at, &name, move |_| {
                async move {
                    if let Some(vault) = this.upgrade() {
                        vault.expire().await;
                    }
                }
                .boxed()
            });
        }
    }
}

pub(crate) fn start(
    config: &VaultConfig,
    ids: &Ids,
    now: Timestamp,
) -> Result<(State, Secret), SetupError> {
    let root_token = config
        .root_token
        .clone()
        .unwrap_or_else(|| Secret::new(service_token(config.flavour, ids, "root")));
    let created = config.root_token.is_some() && config.flavour.rules().chosen_root_is_created;
    let mut state = State::new(config.flavour, ids, now, &root_token, created);
    state.files.clone_from(&config.files);
    let secret = MountConfig {
        path: "secret".to_owned(),
        kind: "kv-v2".to_owned(),
        options: BTreeMap::new(),
    };
    let given_secret = config
        .mounts
        .iter()
        .any(|mount| mount.path.trim_matches('/') == "secret");
    let mounts = Some(&secret)
        .filter(|_| !given_secret)
        .into_iter()
        .chain(&config.mounts);
    for mount in mounts {
        add_mount(&mut state, ids, mount)?;
    }
    for device in &config.audit {
        let options = BTreeMap::from([
            ("file_path".to_owned(), device.file.display().to_string()),
            ("log_raw".to_owned(), device.log_raw.to_string()),
        ]);
        let path = format!("{}/", device.path.trim_matches('/'));
        let salt = ids.draw("audit-salt", "vault/sys/", &path).bytes(32);
        let wish = Wish {
            description: String::new(),
            local: false,
            options,
            salt,
        };
        let opened = Device::given(wish, &device.file, config.flavour);
        let opened = opened.map_err(|reason| SetupError::Audit {
            path: path.clone(),
            reason,
        })?;
        state.audit.devices.insert(path, opened);
    }
    Ok((state, root_token))
}

fn add_mount(state: &mut State, ids: &Ids, config: &MountConfig) -> Result<(), SetupError> {
    let path = format!("{}/", config.path.trim_matches('/'));
    let mut options = config.options.clone();
    let kind = match config.kind.as_str() {
        "kv-v2" => {
            options.insert("version".to_owned(), "2".to_owned());
            "kv"
        }
        "kv-v1" => "kv",
        other => other,
    };
    let mount = mount_at(state, ids, &path, kind, options).map_err(|fault| SetupError::Mount {
        path: config.path.clone(),
        reason: fault.refusal().message.unwrap_or_default(),
    })?;
    state.add_mount(mount);
    Ok(())
}

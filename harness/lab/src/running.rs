//! The lab that runs.

mod assembly;
mod attach;
mod bridge;
pub(crate) mod config;
mod recorded;
mod seed;

use std::path::Path;
use std::sync::Arc;

use authlab_aws::front::FrontDoor;
use authlab_aws::lambda::{Closures, Function};
use authlab_explain::{Chain, ExplainError};
use authlab_gateway::Gateway;
use authlab_http::{Client, Gate, Guests, HopMark, Running};
use authlab_kernel::{
    Clock, Component, EnforcementSetting, EventDraft, Evidence, Faults, Ids, Journal,
};
use authlab_oidc::{MintError, MintRequest, RotationStep};
use parking_lot::RwLock;

use self::bridge::BridgePorts;
use self::seed::seed_cloud;
use crate::backend::audit::AuditTail;
use crate::backend::places::Places;
use crate::backend::system::{OidcSystem, VaultSystem};
use crate::backend::{BackendChoice, Backends};
use crate::builder::LabBuilder;
use crate::client::Credentials;
use crate::clock_start::ClockStart;
use crate::driver::Driver;
use crate::error::LabError;
use crate::file::{Account, LabFile};
use crate::files::Files;
pub(crate) use recorded::Recorded;

/// Where a lab answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Every AWS service: `http://127.0.0.1:4566`.
    pub aws: String,
    /// Vault: `http://127.0.0.1:8200`.
    pub vault: String,
    /// The default issuer.
    pub oidc: IssuerEndpoints,
    /// The base URL of the OpenID Connect provider; each issuer lives below it by its name.
    pub oidc_base: String,
    /// The control API, without `/_lab`.
    pub control: String,
}

/// Where an issuer answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerEndpoints {
    /// What stands in `iss`.
    pub issuer: String,
    /// Where tokens are issued.
    pub token_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
}

/// What the lab's servers share.
pub(crate) struct Core {
    file: LabFile,
    clock_start: ClockStart,
    clock: Clock,
    ids: Ids,
    journal: Journal,
    faults: Faults,
    enforcement: EnforcementSetting,
    mark: HopMark,
    guests: Guests,
    outbound: Arc<Client>,
    door: Arc<FrontDoor>,
    gateway: Arc<Gateway>,
    oidc: OidcSystem,
    vault: VaultSystem,
    backends: BackendChoice,
    /// What is not embedded; another after each reset.
    places: RwLock<Places>,
    bridge: BridgePorts,
    audit: AuditTail,
    files: Files,
    closures: Closures,
    recorded: Recorded,
    /// The administrator of each stated account, in the order of the accounts. Seed and names make
    /// the keys: they are the same after a reset.
    administrators: Vec<Credentials>,
    endpoints: Endpoints,
}

impl Core {
    /// Who may talk to the port of a system: by the names that lead there, and guests.
    fn gate(&self, component: Component) -> Gate {
        Gate::own()
            .marked(self.mark.clone())
            .recorded(self.journal.clone(), component)
            .mapped_by(Client::clone(&self.outbound))
            .with_guests(self.guests.clone())
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What the Vault of a container audited since the last time goes into the journal.
    ///
    /// # Errors
    /// The words for why the audit log cannot be read.
    pub(crate) async fn follow_audit(&self) -> Result<(), String> {
        let places = self.places.read().clone();
        let VaultSystem::Relayed(relay) = &self.vault else {
            return Ok(());
        };
        self.audit.follow(&self.journal, relay, &places).await
    }

    /// Who waits for the journal.
    pub(crate) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// What is broken on the lab's links.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What a refusal for want of a permission means, in every component.
    pub(crate) fn enforcement(&self) -> &EnforcementSetting {
        &self.enforcement
    }

    /// The front door of the AWS services.
    pub(crate) fn door(&self) -> &FrontDoor {
        &self.door
    }

    pub(crate) fn rotate_keys(&self, issuer: &str, step: RotationStep) -> Result<(), String> {
        let oidc = self.oidc.embedded()?;
        oidc.rotate(issuer, step).map_err(|error| error.to_string())
    }

    pub(crate) fn retire_key(&self, issuer: &str, kid: &str) -> Result<(), String> {
        let oidc = self.oidc.embedded()?;
        oidc.retire(issuer, kid).map_err(|error| error.to_string())
    }

    /// The keys that an issuer publishes, and which of them signs.
    pub(crate) fn kids(&self, issuer: &str) -> Result<(Vec<String>, Option<String>), String> {
        let oidc = self.oidc.embedded()?;
        oidc.kids(issuer).ok_or_else(|| {
            let known = oidc.issuers();
            format!("there is no issuer `{issuer}`: give one of {known:?}")
        })
    }

    pub(crate) fn mint(&self, request: &MintRequest) -> Result<String, MintError> {
        self.oidc.mint(request)
    }

    /// Writes down what the lab itself did.
    pub(crate) fn record(&self, evidence: &impl Evidence) {
        self.journal
            .record(EventDraft::of(Component::Lab, evidence));
    }

    /// Back to seed, clock, lab file and empty journal of the start. Ports, registered closures, names
    /// that [`Lab::map_name`] mapped and origins that [`Lab::allow_origin`] let in stay.
    ///
    /// # Errors
    /// [`LabError::Statement`] when a component no longer takes what it took at the start.
    pub(crate) async fn reset(&self) -> Result<(), LabError> {
        let start = match self.clock_start {
            ClockStart::Wall => self.clock.wall_now(),
            ClockStart::Standing(time) => time,
        };
        self.clock.reset(start).await;
        self.ids.reset();
        self.faults.clear();
        self.enforcement.set(self.file.enforcement);
        self.gateway.reset();
        self.oidc.reset();
        self.door.reset();
        seed_cloud(&self.door, &self.file, &self.ids, start, &self.closures)?;
        self.reset_backends().await?;
        self.journal.reset();
        self.recorded.reset();
        Ok(())
    }
}

/// A lab that runs: every embedded component on its port, one clock, one journal.
///
/// It stops when it is dropped; [`Lab::stop`] waits until requests in flight are answered.
pub struct Lab {
    pub(crate) core: Arc<Core>,
    servers: Vec<Running>,
    _driver: Driver,
}

impl Lab {
    /// A builder with the defaults of a test lab.
    pub fn builder() -> LabBuilder {
        LabBuilder::default()
    }

    /// Where it answers.
    pub fn endpoints(&self) -> &Endpoints {
        &self.core.endpoints
    }

    /// The accounts that the lab file states. Any other twelve digits are an account too.
    pub fn accounts(&self) -> &[Account] {
        &self.core.file.accounts
    }

    /// The id of the organization, if the lab has one.
    pub fn organization_id(&self) -> Option<&str> {
        let stated = self.core.file.organization.as_ref();
        stated.map(|organization| organization.id.as_str())
    }

    /// The id of the account of this name.
    ///
    /// # Errors
    /// [`LabError::UnknownAccount`], with the names there are.
    pub fn account_id(&self, name: &str) -> Result<&str, LabError> {
        let accounts = self.accounts();
        let found = accounts.iter().find(|account| account.name == name);
        found
            .map(|account| account.id.as_str())
            .ok_or_else(|| LabError::UnknownAccount {
                name: name.to_owned(),
                known: accounts
                    .iter()
                    .map(|account| account.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// The administrator of the account of this name: an IAM user that may all.
    ///
    /// # Errors
    /// [`LabError::UnknownAccount`].
    pub fn administrator_credentials(&self, account_name: &str) -> Result<Credentials, LabError> {
        let id = self.account_id(account_name)?;
        let mut accounts = self.accounts().iter().zip(&self.core.administrators);
        let found = accounts.find(|(account, _)| account.id.as_str() == id);
        // Each stated account has one: that of an account without could only be its root user.
        Ok(found.map_or_else(|| Credentials::root(id), |(_, keys)| keys.clone()))
    }

    /// The root user of the account of this name: for all that AWS lets root do. It assumes no role.
    ///
    /// # Errors
    /// [`LabError::UnknownAccount`].
    pub fn root_credentials(&self, account_name: &str) -> Result<Credentials, LabError> {
        self.account_id(account_name).map(Credentials::root)
    }

    /// Configuration of any aws-sdk-rust client for this lab and these credentials: it signs by
    /// the lab's clock and never retries.
    #[cfg(feature = "sdk")]
    pub fn aws_config(&self, credentials: &Credentials) -> aws_config::SdkConfig {
        crate::sdk::sdk_config(
            &self.core.endpoints.aws,
            self.region(),
            &self.core.clock,
            credentials,
        )
    }

    /// The Region that exports name.
    pub fn region(&self) -> &str {
        self.core.file.region.as_str()
    }

    /// Vault's root token.
    pub fn vault_root_token(&self) -> String {
        self.core.vault.root_token().expose_secret().to_owned()
    }

    /// Which system is embedded, a container, or elsewhere.
    pub fn backends(&self) -> Backends {
        self.core.backends.backends()
    }

    /// Whether Vault's audit log comes into the journal by itself, as that of a container does. The
    /// embedded Vault has the audit devices that it is given.
    pub fn follows_audit(&self) -> bool {
        self.core.places.read().vault_container().is_some()
    }

    /// The folder below which the files lie that clients name, such as those of audit devices of the
    /// embedded Vault. It goes with the lab, unless it was given.
    pub fn files(&self) -> &Path {
        self.core.files.path()
    }

    /// How many calls went to the AWS backend without being decided.
    pub fn unchecked_calls(&self) -> u64 {
        self.core.door.unchecked_calls()
    }

    /// Where Vault can fetch the keys of an issuer: for `jwks_url` of its JWT method.
    ///
    /// # Errors
    /// The words for why it cannot.
    pub async fn key_set_url(&self, issuer: &str) -> Result<String, String> {
        self.core.key_set_url(issuer).await
    }

    /// Where a Vault in a container reaches STS and IAM: for `sts_endpoint` and `iam_endpoint` of
    /// its AWS method. None where AWS's own names lead to the lab.
    pub fn aws_url_for_vault(&self) -> Option<String> {
        self.core.aws_url_for_vault()
    }

    /// Whether the containers of the lab still run; to be asked when something failed.
    ///
    /// # Errors
    /// [`LabError::Backend`] with the last log lines of the one that does not.
    pub async fn check_containers(&self) -> Result<(), LabError> {
        Ok(self.core.check_containers().await?)
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.core.ids.seed()
    }

    /// The lab's clock.
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.core.journal
    }

    /// What is broken on the lab's links.
    pub fn faults(&self) -> &Faults {
        &self.core.faults
    }

    /// What a refusal for want of a permission means: AWS, the gateway and the embedded Vault ask at each
    /// decision.
    pub fn enforcement(&self) -> &EnforcementSetting {
        &self.core.enforcement
    }

    /// Makes `name`, a host or an issuer's URL, live at the loopback address `target`.
    ///
    /// # Errors
    /// [`LabError::Statement`] when one of them is no address.
    pub fn map_name(&self, name: &str, target: &str) -> Result<(), LabError> {
        let allow: Vec<&str> = self.core.file.allow.iter().map(String::as_str).collect();
        authlab_http::check_mapping(name, target, &allow)
            .and_then(|()| self.core.outbound.map_name(name, target))
            .map_err(|error| LabError::Statement {
                field: format!("names.{name}"),
                reason: error.to_string(),
            })
    }

    /// Lets pages of this origin call AWS, the gateway, Vault and the issuers from a browser, as
    /// `--allow-origin` does. Every other origin is refused before a service sees the request.
    ///
    /// # Errors
    /// [`LabError::Guest`] when it is no origin.
    pub fn allow_origin(&self, origin: &str) -> Result<(), LabError> {
        Ok(self.core.guests.allow_origin(origin)?)
    }

    /// Registers a Rust closure, so that a Lambda function whose `Handler` is `name` runs it.
    pub fn register_function(&self, name: &str, function: Arc<dyn Function>) {
        self.core.closures.register(name, function);
    }

    /// What the issuer of this name has in `iss`; none when there is no such issuer.
    pub fn issuer(&self, name: &str) -> Option<String> {
        self.core.oidc.issuer_url(Some(name))
    }

    /// One request's chain.
    ///
    /// # Errors
    /// [`ExplainError::UnknownRequest`].
    pub fn explain(&self, request_id: &str) -> Result<Chain, ExplainError> {
        Chain::of_journal(&self.core.journal, request_id)
    }

    /// Stops every server, after the requests in flight are answered; those that take longer than
    /// [`authlab_http::Limits::stop_timeout`] are cut off.
    pub async fn stop(self) {
        // All at once: a client that holds each port must not hold the lab once for each.
        futures_util::future::join_all(self.servers.into_iter().map(Running::stop)).await;
    }
}

#[cfg(test)]
mod tests;

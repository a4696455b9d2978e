//! The front door itself: what it holds.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use authlab_http::Incoming as HttpIncoming;
use authlab_kernel::{ComponentClock, EnforcementSetting, Ids, Journal, Outbound};
use authlab_policy::MessageStyle;
use authlab_token::KeySource;
use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::authorization::{ApiCall, Environment};
use super::pass::Passing;
use super::ruling::{Brief, Ruled, Ruling};
use super::site::Site;
use crate::cloud::Cloud;
use crate::operation::{Caller, Check};

/// Whose clock the clients sign with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientClock {
    /// The lab's: clients that the lab configures.
    #[default]
    Lab,
    /// The machine's: a signed date is taken as lab time or as the lab time of that wall instant,
    /// whichever is nearer to now.
    Wall,
}

/// What a front door is made of.
pub struct FrontDoorConfig {
    /// The services' clock.
    pub clock: ComponentClock,
    /// The clock of API Gateway's data plane.
    pub gateway_clock: ComponentClock,
    /// The lab's ids.
    pub ids: Ids,
    /// The lab's journal.
    pub journal: Journal,
    /// The only way out: discovery documents and key sets.
    pub outbound: Arc<dyn Outbound>,
    /// Whose clock the clients sign with.
    pub client_clock: ClientClock,
    /// What a refusal means.
    pub enforcement: EnforcementSetting,
    /// Which generation of access-denied texts is sent.
    pub message_style: MessageStyle,
}

/// The front door of a lab: the state of every service behind one lock, and the walk of a request.
pub struct FrontDoor {
    this: Weak<Self>,
    pub(super) config: FrontDoorConfig,
    cloud: RwLock<Cloud>,
    sites: RwLock<Vec<Arc<dyn Site>>>,
    address: RwLock<Option<SocketAddr>>,
    /// The key sets of issuers, as STS gets them.
    web_identity_keys: KeySource,
    /// Services that a backend keeps.
    pub(super) passing: Passing,
}

impl FrontDoor {
    /// A front door to an empty cloud.
    pub fn new(config: FrontDoorConfig) -> Arc<Self> {
        let outbound = Arc::clone(&config.outbound);
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            config,
            web_identity_keys: KeySource::new(outbound, crate::sts::key_policy()),
            cloud: RwLock::default(),
            passing: Passing::default(),
            sites: RwLock::default(),
            address: RwLock::default(),
        })
    }

    /// The door itself, for what outlives a call: timers.
    pub fn this(&self) -> Weak<Self> {
        self.this.clone()
    }

    /// Every service's state, to be changed. Never hold the guard across an await.
    pub fn cloud(&self) -> RwLockWriteGuard<'_, Cloud> {
        self.cloud.write()
    }

    /// Every service's state as it is: who only looks hinders nobody who only looks. Never ask for
    /// either guard while one is held.
    pub fn view(&self) -> RwLockReadGuard<'_, Cloud> {
        self.cloud.read()
    }

    /// The lab's journal.
    pub fn journal(&self) -> &Journal {
        &self.config.journal
    }

    /// The lab's ids.
    pub fn ids(&self) -> &Ids {
        &self.config.ids
    }

    /// What a refusal means, in the whole lab.
    pub fn enforcement(&self) -> &EnforcementSetting {
        &self.config.enforcement
    }

    /// The services' clock.
    pub fn clock(&self) -> &ComponentClock {
        &self.config.clock
    }

    /// The clock of API Gateway's data plane.
    pub fn gateway_clock(&self) -> &ComponentClock {
        &self.config.gateway_clock
    }

    /// The lab's one outgoing HTTP client.
    pub fn outbound(&self) -> &Arc<dyn Outbound> {
        &self.config.outbound
    }

    /// The key sets of issuers, as STS gets them.
    pub fn web_identity_keys(&self) -> &KeySource {
        &self.web_identity_keys
    }

    /// Tells the door where it listens, once that is known.
    pub fn set_address(&self, address: SocketAddr) {
        *self.address.write() = Some(address);
    }

    /// Where the door listens; `None` before [`FrontDoor::set_address`].
    pub fn address(&self) -> Option<SocketAddr> {
        *self.address.read()
    }

    /// `http://127.0.0.1:PORT`; the port is 4566 before the door listens.
    pub fn endpoint(&self) -> String {
        let port = self.address().map_or(4566, |address| address.port());
        format!("http://127.0.0.1:{port}")
    }

    /// Gives the requests that a server claims to it, in the order in which servers were added: API
    /// Gateway's data plane by Host `{api}.execute-api.{region}.localhost` or `….amazonaws.com`, or by
    /// path `/_aws/execute-api/{api}/{stage}/…`.
    pub fn add_site(&self, site: Arc<dyn Site>) {
        self.sites.write().push(site);
    }

    /// The server that claims a request.
    pub(super) fn site_of(&self, incoming: &HttpIncoming) -> Option<Arc<dyn Site>> {
        let sites = self.sites.read();
        sites.iter().find(|site| site.claims(incoming)).cloned()
    }

    /// The server that claims a component's request for the documents of an issuer.
    pub(super) fn issuer_site_of(&self, incoming: &HttpIncoming) -> Option<Arc<dyn Site>> {
        let sites = self.sites.read();
        let mut sites = sites.iter().filter(|site| site.is_of_issuers());
        sites.find(|site| site.claims(incoming)).cloned()
    }

    /// Every server beside the services.
    pub(super) fn sites(&self) -> Vec<Arc<dyn Site>> {
        self.sites.read().clone()
    }

    /// Whether a host, in lower case and without a port, is a custom domain name of an API.
    pub fn has_domain(&self, host: &str) -> bool {
        self.sites().iter().any(|site| site.has_domain(host))
    }

    /// Back to an empty cloud, as after `POST /_lab/reset`; address and sites stay.
    pub fn reset(&self) {
        self.cloud().reset();
        self.web_identity_keys.forget();
    }

    fn ruling(&self) -> Ruling {
        Ruling {
            enforcement: self.config.enforcement.get(),
            style: self.config.message_style,
        }
    }

    /// Decides `checks` in order, each in full, up to and including the first that is refused; what
    /// comes of a refusal says [`Ruled`]. Who calls shows the decisions in the journal.
    pub fn decide(
        &self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        checks: &[Check],
    ) -> Ruled {
        self.ruling().decide(cloud, caller, environment, checks)
    }

    /// Decides a call of a route or method of an API.
    pub fn decide_api(
        &self,
        caller: &Caller,
        environment: &Environment,
        asked: (&Check, ApiCall),
    ) -> Ruled {
        let cloud = self.view();
        self.ruling().decide_api(&cloud, caller, environment, asked)
    }

    /// The same by the short answer: only what is refused is decided in full, and nothing is shown of
    /// what is allowed.
    pub fn decide_briefly(
        &self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        checks: &[Check],
    ) -> Ruled {
        self.ruling()
            .decide_briefly(cloud, caller, environment, checks)
    }

    /// The same for who tells no more of a refusal than which check it was.
    pub fn decide_by_name<'c>(
        &self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        checks: &'c [Check],
    ) -> Brief<'c> {
        self.ruling()
            .decide_by_name(cloud, caller, environment, checks)
    }
}

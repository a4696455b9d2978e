//! The front door itself: what it holds.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use authlab_gateway::Gateway;
use authlab_kernel::journal::Sequence;
use authlab_kernel::{ComponentClock, Ids, Journal, Outbound};
use authlab_policy::MessageStyle;
use authlab_token::KeySource;
use authlab_wire::Incoming;
use parking_lot::{Mutex, MutexGuard, RwLock};

use super::authentication::{self, AuthenticationFailure, Expectation};
use super::authorization::{Environment, Verdict, judge};
use super::effect::{self, Origin};
use super::pass::Passing;
use crate::cloud::Cloud;
use crate::operation::{Caller, Check, Effect};

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

/// What a refusal means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Enforcement {
    /// A refused call is refused.
    #[default]
    Enforce,
    /// A call without permission goes through; the refusal stands in the journal. A call that
    /// cannot be authenticated is refused all the same: nobody knows whose it is.
    Audit,
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
    pub enforcement: Enforcement,
    /// Which generation of access-denied texts is sent.
    pub message_style: MessageStyle,
}

/// The front door of a lab: the state of every service behind one lock, and the walk of a request.
pub struct FrontDoor {
    this: Weak<Self>,
    pub(super) config: FrontDoorConfig,
    cloud: Mutex<Cloud>,
    gateway: RwLock<Option<Arc<Gateway>>>,
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
            web_identity_keys: KeySource::new(outbound, crate::sts::web_identity::key_policy()),
            cloud: Mutex::default(),
            passing: Passing::default(),
            gateway: RwLock::default(),
            address: RwLock::default(),
        })
    }

    /// The door itself, for what outlives a call: timers.
    pub fn this(&self) -> Weak<Self> {
        self.this.clone()
    }

    /// Every service's state. Never hold the guard across an await.
    pub fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock()
    }

    /// The lab's journal.
    pub fn journal(&self) -> &Journal {
        &self.config.journal
    }

    /// The lab's ids.
    pub fn ids(&self) -> &Ids {
        &self.config.ids
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

    /// What a refusal means.
    pub fn enforcement(&self) -> Enforcement {
        self.config.enforcement
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

    /// Gives requests to API Gateway's data plane: by Host `{api}.execute-api.{region}.localhost`
    /// or `….amazonaws.com`, or by path `/_aws/execute-api/{api}/{stage}/…`.
    pub fn install_gateway(&self, gateway: Arc<Gateway>) {
        *self.gateway.write() = Some(gateway);
    }

    /// API Gateway's data plane, if one is installed.
    pub fn gateway(&self) -> Option<Arc<Gateway>> {
        self.gateway.read().clone()
    }

    /// Back to an empty cloud, as after `POST /_lab/reset`; address and gateway stay.
    pub fn reset(&self) {
        let mut cloud = self.cloud.lock();
        // The closures are code, not state: functions that are made again run them.
        let lambda = crate::lambda::State::new(cloud.lambda.closures().clone());
        *cloud = Cloud {
            lambda,
            ..Cloud::default()
        };
        self.web_identity_keys.forget();
    }

    /// Who signed this request.
    ///
    /// # Errors
    /// No signature, a broken one, an unknown key, an expired session, a date outside the window.
    #[expect(
        clippy::result_large_err,
        reason = "one for each refused request, told in full to the journal"
    )]
    pub fn authenticate(
        &self,
        incoming: &Incoming<'_>,
        expect: &Expectation<'_>,
    ) -> Result<Arc<Caller>, AuthenticationFailure> {
        authentication::authenticate(self, incoming, expect)
    }

    /// Whether `caller` may do all of `checks`. Takes the lock; under it call [`judge`].
    pub fn authorize(
        &self,
        caller: &Caller,
        environment: &Environment,
        checks: &[Check],
    ) -> Verdict {
        judge(&self.cloud(), caller, environment, checks)
    }

    /// Performs effects in order.
    pub async fn perform(&self, effects: Vec<Effect>, cause: Sequence) {
        let origin = Origin {
            cause,
            ..Origin::default()
        };
        effect::perform(self, effects, &origin).await;
    }
}

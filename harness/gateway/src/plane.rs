//! What the stages of a request need of the data plane.

use std::sync::{Arc, OnceLock};

use authlab_kernel::{ComponentClock, Journal, Outbound};

use crate::bucket::Buckets;
use crate::decision::Decisions;
use crate::key_source::KeySources;
use crate::needs::{Issuers, Needs};
use crate::usage::Usages;

/// The data plane behind every stage of every API.
pub(crate) struct Plane {
    /// The gateway's clock.
    pub clock: ComponentClock,
    /// The lab's journal.
    pub journal: Journal,
    /// The only way out.
    pub outbound: Arc<dyn Outbound>,
    /// What others do for the gateway.
    pub needs: Needs,
    /// Key sets of issuers.
    pub keys: KeySources,
    /// Token buckets.
    pub buckets: Buckets,
    /// API keys and usage plans.
    pub usages: Usages,
    /// What Lambda authorizers have said.
    pub decisions: Decisions,
    /// The issuers of the lab, once there are any.
    pub issuers: OnceLock<Arc<dyn Issuers>>,
}

impl Plane {
    /// A plane that has learnt nothing.
    pub(crate) fn new(
        clock: ComponentClock,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
        needs: Needs,
    ) -> Self {
        Self {
            clock,
            journal,
            keys: KeySources::new(Arc::clone(&outbound)),
            outbound,
            needs,
            buckets: Buckets::default(),
            usages: Usages::default(),
            decisions: Decisions::default(),
            issuers: OnceLock::new(),
        }
    }

    /// Forgets everything that was learnt.
    pub(crate) fn forget(&self) {
        self.buckets.clear();
        self.usages.clear();
        self.needs.quotas.clear();
        self.decisions.clear();
        self.keys.forget();
    }
}

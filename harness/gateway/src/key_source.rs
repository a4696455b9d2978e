//! Key sets of issuers, each kept as its consumer keeps them.

use std::sync::Arc;

use authlab_kernel::Outbound;
use authlab_token::{CachePolicy, KeySource};
use parking_lot::RwLock;

/// A cache for each policy that a deployment names.
pub(crate) struct KeySources {
    outbound: Arc<dyn Outbound>,
    /// There are as few policies as there are kinds of authorizers.
    sources: RwLock<Vec<Arc<KeySource>>>,
}

impl KeySources {
    /// Empty caches.
    pub(crate) fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self {
            outbound,
            sources: RwLock::default(),
        }
    }

    /// The cache of the consumers with this policy.
    pub(crate) fn of(&self, policy: &CachePolicy) -> Arc<KeySource> {
        let find = |sources: &[Arc<KeySource>]| {
            let found = sources.iter().find(|source| source.policy() == policy);
            found.map(Arc::clone)
        };
        if let Some(found) = find(&self.sources.read()) {
            return found;
        }
        let mut sources = self.sources.write();
        find(&sources).unwrap_or_else(|| {
            let made = Arc::new(KeySource::new(Arc::clone(&self.outbound), policy.clone()));
            sources.push(Arc::clone(&made));
            made
        })
    }

    /// Forgets every key set.
    pub(crate) fn forget(&self) {
        for source in self.sources.read().iter() {
            source.forget();
        }
    }
}

//! API keys and usage plans of all accounts, as the control plane has them now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use authlab_kernel::Scope;
use parking_lot::RwLock;

use crate::deployment::AccountUsage;

/// What each account has in each Region. The lock is held only to look up or to replace a pointer.
#[derive(Default)]
pub(crate) struct Usages {
    of: RwLock<BTreeMap<Scope, Arc<AccountUsage>>>,
    /// Whether some account is throttled as a whole: where none is, nobody looks.
    is_throttled: AtomicBool,
}

impl Usages {
    /// Makes it what an account has; the answer is the ids of the plans that are gone.
    pub(crate) fn put(&self, scope: &Scope, usage: Arc<AccountUsage>) -> Vec<String> {
        let mut all = self.of.write();
        let before = all.insert(scope.clone(), Arc::clone(&usage));
        let is_throttled = all.values().any(|usage| usage.throttle.is_some());
        self.is_throttled.store(is_throttled, Ordering::Relaxed);
        let gone = before.iter().flat_map(|before| before.plans.keys());
        let gone = gone.filter(|id| !usage.plans.contains_key(*id));
        gone.cloned().collect()
    }

    /// What an account has.
    pub(crate) fn of(&self, scope: &Scope) -> Arc<AccountUsage> {
        let found = self.of.read().get(scope).cloned();
        found.unwrap_or_default()
    }

    /// Whether some account is throttled as a whole.
    pub(crate) fn is_throttled(&self) -> bool {
        self.is_throttled.load(Ordering::Relaxed)
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.of.write().clear();
        self.is_throttled.store(false, Ordering::Relaxed);
    }
}

//! Everything that falls due: expiry, rotation, refills.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

/// The work of a timer.
pub type Fired = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a timer does; it gets the lab's time.
pub type Fire = Box<dyn FnOnce(Timestamp) -> Fired + Send>;

/// A scheduled timer, to cancel it by. Ordered by due time, then by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimerId {
    due: Timestamp,
    name: String,
    nth: u64,
}

#[derive(Default)]
struct Queue {
    scheduled: BTreeMap<TimerId, Fire>,
    count: u64,
    /// Called whenever a timer is added: the driver of a running clock waits for that.
    on_change: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// The timers of one lab, in the order (due, name).
#[derive(Clone, Default)]
pub struct Timers(Arc<Mutex<Queue>>);

impl Timers {
    /// Lets `fire` run at `due`. `name` decides between timers of the same moment: name the thing
    /// (`vault/token/<accessor>`), so that concurrency does not shuffle the order.
    pub fn schedule(
        &self,
        due: Timestamp,
        name: &str,
        fire: impl FnOnce(Timestamp) -> Fired + Send + 'static,
    ) -> TimerId {
        let mut queue = self.0.lock();
        queue.count += 1;
        let id = TimerId {
            due,
            name: name.to_owned(),
            nth: queue.count,
        };
        queue.scheduled.insert(id.clone(), Box::new(fire));
        let changed = queue.on_change.clone();
        drop(queue);
        if let Some(changed) = changed {
            changed();
        }
        id
    }

    /// Takes a timer back; one that has fired is gone already.
    pub fn cancel(&self, id: &TimerId) {
        self.0.lock().scheduled.remove(id);
    }

    /// Takes every timer back.
    pub fn clear(&self) {
        self.0.lock().scheduled.clear();
    }

    /// When the earliest timer is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.0
            .lock()
            .scheduled
            .first_key_value()
            .map(|(id, _)| id.due)
    }

    /// Calls `changed` whenever a timer was added.
    pub fn on_change(&self, changed: Arc<dyn Fn() + Send + Sync>) {
        self.0.lock().on_change = Some(changed);
    }

    /// Takes out the earliest timer that is due by `until`.
    pub(crate) fn pop_due(&self, until: Timestamp) -> Option<(Timestamp, Fire)> {
        let mut queue = self.0.lock();
        let entry = queue
            .scheduled
            .first_entry()
            .filter(|entry| entry.key().due <= until)?;
        let (id, fire) = entry.remove_entry();
        Some((id.due, fire))
    }
}

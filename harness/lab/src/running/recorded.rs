//! Who waits for the journal's next event.

use std::sync::{Arc, OnceLock};

use authlab_kernel::{Journal, Sequence};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// How many requests may wait at once: each holds a connection.
const WAITS_MAX: usize = 64;

/// What waiters are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// How often the journal was emptied: the numbers of another beginning mean nothing.
    pub(crate) resets: u64,
    /// The number of the last event.
    pub(crate) last: Sequence,
}

/// Tells waiters of each event. The journal is listened to only once somebody has waited.
pub(crate) struct Recorded {
    sender: OnceLock<Arc<watch::Sender<Told>>>,
    waits: Semaphore,
}

impl Recorded {
    pub(crate) fn new() -> Self {
        Self {
            sender: OnceLock::new(),
            waits: Semaphore::new(WAITS_MAX),
        }
    }

    /// A place among those who wait; none when there are too many.
    pub(crate) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.waits.try_acquire().ok()
    }

    /// What changes with each event of `journal` from now on.
    pub(crate) fn of(&self, journal: &Journal) -> watch::Receiver<Told> {
        let sender = self.sender.get_or_init(|| {
            let sender = Arc::new(watch::Sender::new(Told::default()));
            let told = Arc::clone(&sender);
            journal.subscribe(Arc::new(move |event| {
                told.send_modify(|told| told.last = event.seq);
            }));
            sender
        });
        sender.subscribe()
    }

    /// Ends every wait: the journal was emptied.
    pub(crate) fn reset(&self) {
        if let Some(sender) = self.sender.get() {
            sender.send_modify(|told| {
                *told = Told {
                    resets: told.resets + 1,
                    last: 0,
                }
            });
        }
    }
}

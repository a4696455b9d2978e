//! Fires the timers of a running clock when they fall due.

use std::sync::Arc;
use std::time::Duration;

use authlab_kernel::Clock;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long to wait at most before looking at the clock again. The clock may be set while the
/// driver waits; [`Clock::advance_seconds`] fires what fell due by itself.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// The task that waits for the next timer. It ends when it is dropped.
pub(crate) struct Driver(JoinHandle<()>);

impl Driver {
    /// Drives `clock` until dropped.
    pub(crate) fn start(clock: Clock) -> Self {
        let changed = Arc::new(Notify::new());
        let notify = Arc::clone(&changed);
        clock
            .timers()
            .on_change(Arc::new(move || notify.notify_one()));
        Self(tokio::spawn(async move {
            loop {
                match longest_wait(&clock) {
                    // A change ends the wait early; so does the time.
                    Some(wait) => {
                        let _elapsed = tokio::time::timeout(wait, changed.notified()).await;
                    }
                    None => changed.notified().await,
                }
                clock.fire_due().await;
            }
        }))
    }
}

/// Until when to wait without a change. A clock that stands makes nothing fall due while one waits.
fn longest_wait(clock: &Clock) -> Option<Duration> {
    if !clock.is_running() {
        return None;
    }
    Some(clock.timers().next_due().map_or(WAIT_MAX, |due| {
        let left = due.duration_since(clock.now());
        Duration::try_from(left).unwrap_or_default().min(WAIT_MAX)
    }))
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use authlab_kernel::SignedDuration;
    use tokio::sync::Notify;

    use super::*;

    #[test]
    fn the_time_ends_a_wait_only_where_the_clock_runs() {
        let in_seconds = |clock: &Clock, seconds| {
            let span = SignedDuration::from_secs(seconds);
            let due = clock.now().checked_add(span).unwrap();
            clock.timers().schedule(due, "test", |_| Box::pin(async {}));
        };
        let standing = Clock::standing("2026-01-15T12:00:00Z".parse().unwrap());
        let running = Clock::wall();
        assert_eq!(longest_wait(&running), Some(WAIT_MAX));
        for seconds in [3_600, 30, 0] {
            in_seconds(&standing, seconds);
            in_seconds(&running, seconds);
            assert_eq!(longest_wait(&standing), None, "{seconds}");
            let wait = longest_wait(&running).unwrap();
            assert!(wait <= Duration::from_secs(seconds.unsigned_abs()).min(WAIT_MAX));
        }
    }

    #[tokio::test]
    async fn a_timer_of_a_running_clock_fires_by_itself() {
        let clock = Clock::wall();
        let _driver = Driver::start(clock.clone());
        let fired = Arc::new(Notify::new());
        let notify = Arc::clone(&fired);
        let due = clock
            .now()
            .checked_add(SignedDuration::from_millis(20))
            .unwrap();
        clock.timers().schedule(due, "test", move |_| {
            notify.notify_one();
            Box::pin(async {})
        });
        tokio::time::timeout(Duration::from_secs(10), fired.notified())
            .await
            .unwrap();
        assert!(clock.now() >= due);
    }
}

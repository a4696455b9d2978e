//! Users who have failed to log in too often.

use std::collections::BTreeMap;

use authlab_kernel::{SignedDuration, Timestamp};

use super::State;
use crate::evidence;
use crate::mount::Lockout;

impl State {
    fn lockout_of(&self, accessor: &str) -> Lockout {
        let mount = self
            .mounts
            .values()
            .find(|mount| mount.accessor == accessor);
        let tuned = mount.and_then(|mount| mount.tuning.lockout);
        tuned.unwrap_or_default().or_default()
    }

    /// Whether a user has failed too often of late at the mount with this accessor.
    pub(crate) fn is_locked(&self, accessor: &str, user: &str, now: Timestamp) -> bool {
        let lockout = self.lockout_of(accessor);
        let key = (accessor.to_owned(), user.to_owned());
        !lockout.disabled
            && self.failures.get(&key).is_some_and(|(count, last)| {
                *count >= lockout.threshold && now.as_second() - last.as_second() < lockout.duration
            })
    }

    /// What is known of a lockout.
    pub(crate) fn lockout_seen(&self, accessor: &str, user: &str) -> evidence::Lockout {
        let lockout = self.lockout_of(accessor);
        let known = self.failures.get(&(accessor.to_owned(), user.to_owned()));
        let until = known.and_then(|(_, last)| {
            let duration = SignedDuration::from_secs(lockout.duration);
            last.checked_add(duration).ok()
        });
        evidence::Lockout {
            user: user.to_owned(),
            failures: known.map_or(0, |(count, _)| *count),
            threshold: lockout.threshold,
            until,
        }
    }

    /// Who is locked out, by the accessors of mounts.
    pub(crate) fn locked_users(&self, now: Timestamp) -> BTreeMap<String, Vec<String>> {
        let mut locked: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (accessor, user) in self.failures.keys() {
            if self.is_locked(accessor, user, now) {
                let users = locked.entry(accessor.clone()).or_default();
                users.push(user.clone());
            }
        }
        locked
    }

    /// Forgets the failures of a user.
    pub(crate) fn unlock(&mut self, accessor: &str, user: &str) {
        self.failures
            .remove(&(accessor.to_owned(), user.to_owned()));
    }

    /// Counts a login that was refused for its credentials, or forgets the count after a good one.
    pub(crate) fn count_login(&mut self, accessor: &str, user: &str, failed: bool, now: Timestamp) {
        if !failed {
            self.unlock(accessor, user);
            return;
        }
        let lockout = self.lockout_of(accessor);
        let key = (accessor.to_owned(), user.to_owned());
        let entry = self.failures.entry(key).or_insert((0, now));
        if now.as_second() - entry.1.as_second() >= lockout.counter_reset {
            entry.0 = 0;
        }
        *entry = (entry.0 + 1, now);
    }
}

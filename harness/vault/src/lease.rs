//! Leases: what was issued for a time, in one store, found by id, by owner and by when it is due.
//!
//! A token's lease is one kind, the secret of an engine another. A handler asks for a lease by
//! [`Response::lease`](crate::response::Response) and the router makes it; what ends one (its time, its
//! owner's end, a revocation) goes through [`State`](crate::state::State), which asks the engine.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::evidence::Cap;
use crate::ttl::Bounds;

/// How long after a failed revocation it is tried again at first, in seconds; each time twice as long
/// (unverified: Vault tries again as well, with times of its own).
const RETRY_SECONDS: i64 = 10;
/// How often the time doubles.
const RETRY_DOUBLINGS_MAX: u32 = 5;

/// What a lease is of.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The token that owns it.
    Token {
        /// A batch token: it ends, and nobody can name its lease.
        batch: bool,
        /// What the auth method keeps for the renewal. Never a secret.
        internal: Map<String, Value>,
    },
    /// What an engine issued.
    Secret {
        /// The bounds of the mount at the issue.
        bounds: Bounds,
        /// What the engine keeps for renewing and revoking.
        secret: Map<String, Value>,
        /// How often its revocation has failed.
        failures: u32,
        /// Its end is being performed elsewhere.
        ending: bool,
    },
}

/// A lease.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    /// Its id: the path, and what tells it from others there.
    pub(crate) id: String,
    /// The path of the mount.
    pub(crate) mount: String,
    /// The path that was asked.
    pub(crate) path: String,
    /// The digest of the token that it ends with; of a token's lease the token's own.
    pub(crate) owner: String,
    pub(crate) issued: Timestamp,
    /// When it ends; never where there is none.
    pub(crate) expires: Option<Timestamp>,
    pub(crate) last_renewal: Option<Timestamp>,
    pub(crate) renewable: bool,
    /// The TTL that a renewal without a wish gives, in seconds.
    pub(crate) ttl: i64,
    /// The maximum that cut its time, or that of its last renewal, short: for the evidence.
    pub(crate) cap: Option<Cap>,
    pub(crate) kind: Kind,
}

impl Lease {
    /// Whether clients can name it.
    pub(crate) fn is_named(&self) -> bool {
        !matches!(self.kind, Kind::Token { batch: true, .. })
    }

    /// Whether it is a token's.
    pub(crate) fn is_of_token(&self) -> bool {
        matches!(self.kind, Kind::Token { .. })
    }

    /// What the auth method keeps for the renewal; nothing, where an engine issued it.
    pub(crate) fn internal(&self) -> Option<&Map<String, Value>> {
        match &self.kind {
            Kind::Token { internal, .. } => Some(internal),
            Kind::Secret { .. } => None,
        }
    }

    /// The seconds that are left; 0 without an end.
    pub(crate) fn seconds_left(&self, now: Timestamp) -> i64 {
        self.expires
            .map_or(0, |expires| (expires.as_second() - now.as_second()).max(0))
    }
}

/// All leases.
#[derive(Debug, Default)]
pub(crate) struct Store {
    by_id: BTreeMap<String, Lease>,
    /// The ids by the digests of the tokens that own them.
    by_owner: BTreeMap<String, BTreeSet<String>>,
    /// When, whose, which.
    by_due: BTreeSet<(Timestamp, String, String)>,
}

impl Store {
    /// Adds a lease.
    pub(crate) fn insert(&mut self, lease: Lease) {
        self.remove(&lease.id);
        let owned = self.by_owner.entry(lease.owner.clone()).or_default();
        owned.insert(lease.id.clone());
        if let Some(at) = lease.expires {
            let due = (at, lease.owner.clone(), lease.id.clone());
            self.by_due.insert(due);
        }
        self.by_id.insert(lease.id.clone(), lease);
    }

    /// The lease with that id.
    pub(crate) fn get(&self, id: &str) -> Option<&Lease> {
        self.by_id.get(id)
    }

    /// The lease with that id, if clients can name it.
    pub(crate) fn named(&self, id: &str) -> Option<&Lease> {
        self.get(id).filter(|lease| lease.is_named())
    }

    /// The ids that clients can name.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        let named = self.by_id.values().filter(|lease| lease.is_named());
        named.map(|lease| &lease.id)
    }

    /// The ids below a path that clients can name.
    pub(crate) fn below(&self, prefix: &str) -> Vec<String> {
        let rest = self.by_id.range(prefix.to_owned()..);
        rest.take_while(|(id, _)| id.starts_with(prefix))
            .filter(|(_, lease)| lease.is_named())
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The ids of what ends with a token, its own lease included.
    pub(crate) fn of_owner(&self, owner: &str) -> Vec<String> {
        let owned = self.by_owner.get(owner).into_iter().flatten();
        owned.cloned().collect()
    }

    /// The first lease that is due, with when it was.
    pub(crate) fn due(&self, now: Timestamp) -> Option<(Timestamp, String)> {
        let (at, _, id) = self.by_due.first()?;
        (*at <= now).then(|| (*at, id.clone()))
    }

    /// Renews a lease.
    pub(crate) fn renew(
        &mut self,
        id: &str,
        ttl: i64,
        cap: Option<Cap>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let expires = after(now, ttl);
        self.change(id, |lease| {
            lease.expires = expires;
            lease.cap = cap;
            lease.last_renewal = Some(now);
            if lease.is_of_token() {
                lease.ttl = ttl;
            }
        });
        expires
    }

    /// Its end is being performed elsewhere: it is not due meanwhile.
    pub(crate) fn begin_end(&mut self, id: &str) {
        self.change(id, |lease| {
            lease.expires = None;
            if let Kind::Secret { ending, .. } = &mut lease.kind {
                *ending = true;
            }
        });
    }

    /// Its revocation has failed. Returns when it is tried again, and how often it has failed.
    pub(crate) fn fail_end(&mut self, id: &str, now: Timestamp) -> Option<(Timestamp, u32)> {
        let Kind::Secret { failures, .. } = self.get(id)?.kind else {
            return None;
        };
        let wait = RETRY_SECONDS << failures.min(RETRY_DOUBLINGS_MAX);
        let again = after(now, wait)?;
        self.change(id, |lease| {
            lease.expires = Some(again);
            lease.renewable = false;
            if let Kind::Secret {
                failures, ending, ..
            } = &mut lease.kind
            {
                *failures += 1;
                *ending = false;
            }
        });
        Some((again, failures + 1))
    }

    /// Takes a lease out.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Lease> {
        let lease = self.by_id.remove(id)?;
        if let Some(owned) = self.by_owner.get_mut(&lease.owner) {
            owned.remove(id);
            if owned.is_empty() {
                self.by_owner.remove(&lease.owner);
            }
        }
        if let Some(at) = lease.expires {
            let due = (at, lease.owner.clone(), lease.id.clone());
            self.by_due.remove(&due);
        }
        Some(lease)
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Lease)) {
        if let Some(mut lease) = self.remove(id) {
            change(&mut lease);
            self.insert(lease);
        }
    }
}

/// So many seconds later.
pub(crate) fn after(now: Timestamp, seconds: i64) -> Option<Timestamp> {
    now.checked_add(SignedDuration::from_secs(seconds)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn secret(id: &str, owner: &str, expires: Option<i64>) -> Lease {
        Lease {
            id: id.to_owned(),
            mount: "db/".to_owned(),
            path: "db/creds/app".to_owned(),
            owner: owner.to_owned(),
            issued: at(0),
            expires: expires.map(at),
            last_renewal: None,
            renewable: true,
            ttl: 60,
            cap: None,
            kind: Kind::Secret {
                bounds: Bounds {
                    default_ttl: 60,
                    max_ttl: 120,
                },
                secret: Map::new(),
                failures: 0,
                ending: false,
            },
        }
    }

    #[test]
    fn a_lease_is_found_by_id_owner_prefix_and_time() {
        let mut store = Store::default();
        store.insert(secret("db/creds/a/1", "one", Some(30)));
        store.insert(secret("db/creds/a/2", "two", Some(20)));
        store.insert(secret("db/credsx/3", "one", None));
        let mut batch = secret("auth/x/h1", "three", Some(10));
        batch.kind = Kind::Token {
            batch: true,
            internal: Map::new(),
        };
        store.insert(batch);
        assert_eq!(store.of_owner("one"), ["db/creds/a/1", "db/credsx/3"]);
        assert_eq!(store.below("db/creds/"), ["db/creds/a/1", "db/creds/a/2"]);
        assert!(store.named("auth/x/h1").is_none());
        assert_eq!(store.ids().count(), 3);
        assert_eq!(store.due(at(9)), None);
        assert_eq!(store.due(at(10)), Some((at(10), "auth/x/h1".to_owned())));
        store.remove("auth/x/h1");
        assert_eq!(store.due(at(30)), Some((at(20), "db/creds/a/2".to_owned())));
        assert_eq!(store.renew("db/creds/a/2", 60, None, at(15)), Some(at(75)));
        assert_eq!(store.due(at(30)), Some((at(30), "db/creds/a/1".to_owned())));
        store.begin_end("db/creds/a/1");
        assert_eq!(store.due(at(74)), None);
        store.remove("db/creds/a/1");
        store.remove("db/credsx/3");
        assert_eq!(store.of_owner("one"), Vec::<String>::new());
    }

    #[test]
    fn a_revocation_that_fails_is_tried_again_later_each_time() {
        let mut store = Store::default();
        store.insert(secret("db/creds/a/1", "one", Some(0)));
        let waits: Vec<i64> = (0..7)
            .filter_map(|_| store.fail_end("db/creds/a/1", at(0)))
            .map(|(again, _)| again.as_second())
            .collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 320]);
        assert_eq!(store.fail_end("db/creds/a/1", at(0)).unwrap().1, 8);
        assert_eq!(store.fail_end("db/creds/b", at(0)), None);
        store.begin_end("db/creds/a/1");
        assert_eq!(store.due(at(9_999)), None, "it is in hand");
    }
}

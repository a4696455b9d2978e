//! Which event issued a credential.
//!
//! A credential is remembered until it has expired, and a day longer: the refusal of one that has just
//! expired still leads back to who issued it. One that never expires is remembered as long as the
//! longest-lived token of a Vault that says nothing else.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::event::Sequence;

/// How many credentials are remembered at most; those that were issued first are forgotten first.
pub(super) const REMEMBERED_MAX: usize = 65_536;

/// So many are remembered however long ago they have expired: a small lab forgets none.
pub(super) const REMEMBERED_ALWAYS: usize = 1_024;

/// How long a credential is remembered after its expiry.
const AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(24);

/// How long a credential lives that has no expiry (Vault's `max_lease_ttl` of a server that says none).
const WITHOUT_EXPIRY: SignedDuration = SignedDuration::from_hours(32 * 24);

/// What stands for a credential: half of its SHA-256.
type Digest = u128;

struct Issued {
    by: Sequence,
    due: Timestamp,
}

/// The credentials with the events that issued them.
#[derive(Default)]
pub(super) struct Issuers {
    by_credential: HashMap<Digest, Issued>,
    by_age: BTreeSet<(Sequence, Digest)>,
    by_due: BTreeSet<(Timestamp, Digest)>,
}

impl Issuers {
    /// Remembers who issued a credential, and forgets those that are due.
    pub(super) fn put(
        &mut self,
        credential: &str,
        by: Sequence,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) {
        let credential = digest(credential);
        let expires = expires.unwrap_or_else(|| later(now, WITHOUT_EXPIRY));
        let due = later(expires, AFTER_EXPIRY);
        self.forget(credential);
        self.by_credential.insert(credential, Issued { by, due });
        self.by_age.insert((by, credential));
        self.by_due.insert((due, credential));
        while self.len() > REMEMBERED_ALWAYS
            && let Some((due, credential)) = self.by_due.first().copied()
            && due <= now
        {
            self.forget(credential);
        }
        while self.len() > REMEMBERED_MAX
            && let Some((_, credential)) = self.by_age.first().copied()
        {
            self.forget(credential);
        }
    }

    fn forget(&mut self, credential: Digest) {
        if let Some(issued) = self.by_credential.remove(&credential) {
            self.by_age.remove(&(issued.by, credential));
            self.by_due.remove(&(issued.due, credential));
        }
    }

    /// The event that issued this credential.
    pub(super) fn get(&self, credential: &str) -> Option<Sequence> {
        let issued = self.by_credential.get(&digest(credential));
        issued.map(|issued| issued.by)
    }

    /// How many are remembered.
    pub(super) fn len(&self) -> usize {
        self.by_credential.len()
    }
}

fn later(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}

fn digest(credential: &str) -> Digest {
    let digest = ring::digest::digest(&ring::digest::SHA256, credential.as_bytes());
    let (half, _) = digest.as_ref().split_at(size_of::<Digest>());
    let mut bytes = [0; size_of::<Digest>()];
    bytes.copy_from_slice(half);
    Digest::from_be_bytes(bytes)
}

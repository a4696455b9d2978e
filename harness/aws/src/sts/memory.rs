//! The sessions that are remembered: whole as long as a clock may find them alive, then by what tells an
//! ended one from one that never was.
//!
//! A call with a session that has ended is told so (`ExpiredToken`), however long ago that was: the
//! tokens of AWS hold their own end, and no age is known at which AWS calls one invalid. So that a lab
//! that runs for long does not grow with every session, no more than the newest [`ENDED_MAX`] of the ended
//! ones are known; a call with an older one is told that nobody has its key.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use authlab_kernel::{AccountId, SignedDuration, Timestamp, secret};

use super::state::Issued;

/// How long a session is kept whole after its end by the clock of STS: the clock of who is called with it
/// may be behind. It is the longest that a session lasts (36 hours, GetSessionToken and
/// GetFederationToken).
const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(36);

/// How many ended sessions are known: some 4 MiB.
const ENDED_MAX: usize = 16_384;

/// A session that has ended: enough to say so, and whose it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The ARN of whom it was.
    pub arn: String,
    /// The account.
    pub account: AccountId,
    /// When it ended.
    pub expires: Timestamp,
    /// The token that has to be sent along, as a fingerprint.
    token: String,
}

impl Ended {
    fn of(issued: &Issued) -> Self {
        Self {
            arn: issued.caller.arn.clone(),
            account: issued.caller.account.clone(),
            expires: issued.credentials.expires,
            token: issued.credentials.session_token.fingerprint(),
        }
    }

    /// Whether this is its token.
    pub fn has_token(&self, token: &str) -> bool {
        self.token == secret::fingerprint(token)
    }
}

/// The sessions of a lab.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By access key id.
    whole: BTreeMap<String, Issued>,
    /// Those of `whole` by their end.
    by_end: BTreeSet<(Timestamp, String)>,
    /// By access key id.
    ended: BTreeMap<String, Ended>,
    /// Those of `ended`, the first to be forgotten first.
    order: VecDeque<String>,
}

impl Memory {
    /// The session of an access key id, alive or ended not long ago.
    pub(super) fn whole(&self, access_key_id: &str) -> Option<&Issued> {
        self.whole.get(access_key_id)
    }

    /// Every session that is kept whole.
    pub(super) fn all_whole(&self) -> impl Iterator<Item = &Issued> {
        self.whole.values()
    }

    /// The session of an access key id that ended long ago.
    pub(super) fn ended(&self, access_key_id: &str) -> Option<&Ended> {
        self.ended.get(access_key_id)
    }

    /// Keeps a session that is issued now, and lets go what ended long ago.
    pub(super) fn keep(&mut self, issued: Issued, now: Timestamp) {
        self.let_go(now);
        let id = issued.credentials.access_key_id.clone();
        let end = (issued.credentials.expires, id.clone());
        if let Some(before) = self.whole.insert(id.clone(), issued) {
            self.by_end.remove(&(before.credentials.expires, id));
        }
        self.by_end.insert(end);
    }

    fn let_go(&mut self, now: Timestamp) {
        let Ok(until) = now.checked_sub(KEPT_AFTER_END) else {
            return;
        };
        while let Some((end, id)) = self.by_end.pop_first() {
            if end > until {
                self.by_end.insert((end, id));
                return;
            }
            let Some(issued) = self.whole.remove(&id) else {
                continue;
            };
            if self.ended.insert(id.clone(), Ended::of(&issued)).is_none() {
                self.order.push_back(id);
            }
            if self.order.len() > ENDED_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.ended.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use authlab_kernel::Secret;

    use super::super::state::Credentials;
    use super::*;
    use crate::front::testing::call;

    /// A session of a lab whose caller is `caller`, which ends at `expires`.
    fn issued(caller: &Arc<crate::operation::Caller>, number: usize, expires: Timestamp) -> Issued {
        Issued {
            caller: Arc::clone(caller),
            credentials: Credentials {
                access_key_id: format!("ASIA{number}"),
                secret_access_key: Secret::new("s"),
                session_token: Secret::new(format!("token {number}")),
                expires,
            },
        }
    }

    fn hours(now: Timestamp, hours: i64) -> Timestamp {
        now.checked_add(SignedDuration::from_hours(hours)).unwrap()
    }

    #[test]
    fn a_session_is_whole_until_no_clock_finds_it_alive_and_ended_for_good() {
        let call = call();
        let (now, mut memory) = (call.now, Memory::default());
        memory.keep(issued(&call.caller, 0, hours(now, 1)), now);
        for (number, later) in [(1, 1), (2, 36), (3, 37), (4, 10_000)] {
            let then = hours(now, later);
            memory.keep(issued(&call.caller, number, hours(then, 1)), then);
            let is_whole = later < 37;
            assert_eq!(memory.whole("ASIA0").is_some(), is_whole, "{later}");
            assert_eq!(memory.ended("ASIA0").is_some(), !is_whole, "{later}");
        }
        let ended = memory.ended("ASIA0").unwrap();
        assert_eq!(ended.expires, hours(now, 1));
        assert_eq!(ended.account, call.caller.account);
        assert!(ended.has_token("token 0") && !ended.has_token("token 1"));
        assert!(memory.whole("ASIA4").is_some());
        assert_eq!(
            (memory.whole.len(), memory.by_end.len(), memory.ended.len()),
            (1, 1, 4)
        );
    }

    #[test]
    fn no_more_than_the_newest_of_the_ended_are_known() {
        let call = call();
        let (now, mut memory) = (call.now, Memory::default());
        for number in 0..ENDED_MAX + 10 {
            memory.keep(issued(&call.caller, number, hours(now, 1)), now);
        }
        let later = hours(now, 40);
        memory.keep(issued(&call.caller, ENDED_MAX + 10, hours(later, 1)), later);
        assert_eq!(
            (memory.ended.len(), memory.order.len()),
            (ENDED_MAX, ENDED_MAX)
        );
        assert_eq!(memory.whole.len(), 1);
    }

    #[test]
    fn a_key_that_is_issued_again_is_one_session() {
        let call = call();
        let (now, mut memory) = (call.now, Memory::default());
        memory.keep(issued(&call.caller, 0, hours(now, 1)), now);
        memory.keep(issued(&call.caller, 0, hours(now, 2)), now);
        assert_eq!((memory.whole.len(), memory.by_end.len()), (1, 1));
        assert_eq!(
            memory.whole("ASIA0").unwrap().credentials.expires,
            hours(now, 2)
        );
    }
}

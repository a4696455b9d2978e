//! What Lambda authorizers have said, kept by what the requests showed.
//!
//! Source: API Gateway developer guide, `configure-api-gateway-lambda-authorization.html` and
//! `http-api-lambda-authorizer.html`: the key is the values of all identity sources; it is kept for all
//! methods or routes that have the authorizer.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{SignedDuration, Timestamp};
use authlab_policy::Policy;
use parking_lot::Mutex;
use serde_json::{Map, Value};

/// How much is kept for a stage, in bytes of keys and answers. What is over is what ends first.
const BYTES_MAX: usize = 2 * 1024 * 1024;
/// What an entry takes beside its key and answer, in bytes: a bound for very small ones.
const ENTRY_BYTES: usize = 512;

/// What a function said of a caller.
#[derive(Debug)]
pub(crate) struct Decision {
    /// Who calls; simple answers do not say.
    pub principal_id: Option<String>,
    /// What else is known of the caller.
    pub context: Map<String, Value>,
    /// The API key that counts for the caller (`usageIdentifierKey`).
    pub usage_identifier_key: Option<String>,
    /// Whether the caller may.
    pub verdict: Verdict,
    /// The ARN of the method that the function was asked about.
    pub asked_about: String,
    /// When it answered.
    pub answered: Timestamp,
    /// The length of its answer.
    pub bytes: usize,
}

/// Whether a caller may.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// What this policy says, of each method anew.
    Policy(Policy),
    /// Everywhere, or nowhere (`isAuthorized`).
    Simple(bool),
}

/// By what a decision is kept: the authorizer's id, and every value of every identity source.
pub(crate) type Key = (String, Vec<Vec<String>>);

/// What is kept for all stages, by API and stage. The locks are held only to look up or to put in.
#[derive(Default)]
pub(crate) struct Decisions(Mutex<BTreeMap<(String, String), Arc<OfStage>>>);

/// What is kept for a stage. Who began with one that was forgotten puts nothing into the next.
#[derive(Default)]
pub(crate) struct OfStage(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    by_key: BTreeMap<Key, Entry>,
    bytes: usize,
}

struct Entry {
    decision: Arc<Decision>,
    ends: Timestamp,
    bytes: usize,
}

impl Decisions {
    /// What is kept for a stage from now on.
    pub(crate) fn of_stage(&self, api_id: &str, stage: &str) -> Arc<OfStage> {
        let mut stages = self.0.lock();
        let key = (api_id.to_owned(), stage.to_owned());
        Arc::clone(stages.entry(key).or_default())
    }

    /// Forgets what is kept for a stage.
    pub(crate) fn forget_stage(&self, api_id: &str, stage: &str) {
        let key = (api_id.to_owned(), stage.to_owned());
        self.0.lock().remove(&key);
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}

impl OfStage {
    /// What was said, unless that is over. What was said later than now was said before the clock was set
    /// back, and does not count.
    pub(crate) fn get(&self, key: &Key, now: Timestamp) -> Option<Arc<Decision>> {
        let entries = self.0.lock();
        let entry = entries.by_key.get(key)?;
        let is_fresh = entry.decision.answered <= now && now < entry.ends;
        is_fresh.then(|| Arc::clone(&entry.decision))
    }

    /// Keeps what was said for so many seconds.
    pub(crate) fn put(&self, key: Key, decision: Arc<Decision>, ttl_seconds: u32) {
        let ttl = SignedDuration::from_secs(i64::from(ttl_seconds));
        let Ok(ends) = decision.answered.checked_add(ttl) else {
            return;
        };
        let of_key: usize = key.1.iter().flatten().map(String::len).sum();
        let bytes = ENTRY_BYTES + of_key + decision.bytes;
        let entry = Entry {
            decision,
            ends,
            bytes,
        };
        self.0.lock().put(key, entry);
    }
}

impl Entries {
    fn put(&mut self, key: Key, entry: Entry) {
        self.bytes += entry.bytes;
        if let Some(before) = self.by_key.insert(key, entry) {
            self.bytes -= before.bytes;
        }
        while self.bytes > BYTES_MAX {
            let first = self.by_key.iter().min_by_key(|(_, entry)| entry.ends);
            let Some(first) = first.map(|(key, _)| key.clone()) else {
                return;
            };
            if let Some(gone) = self.by_key.remove(&first) {
                self.bytes -= gone.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_176_000 + second).unwrap()
    }

    fn said(second: i64, bytes: usize) -> Arc<Decision> {
        Arc::new(Decision {
            principal_id: None,
            context: Map::new(),
            usage_identifier_key: None,
            verdict: Verdict::Simple(true),
            asked_about: String::new(),
            answered: at(second),
            bytes,
        })
    }

    fn key(authorizer: &str, values: &[&[&str]]) -> Key {
        let owned = |texts: &&[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        (authorizer.to_owned(), values.iter().map(owned).collect())
    }

    #[test]
    fn what_was_said_is_kept_by_all_values_for_its_time() {
        let decisions = Decisions::default();
        let kept = decisions.of_stage("a", "prod");
        kept.put(key("auth", &[&["x"], &["1"]]), said(10, 1), 60);
        let cases = [
            ("auth", vec![vec!["x"], vec!["1"]], 10, true),
            ("auth", vec![vec!["x"], vec!["1"]], 69, true),
            ("auth", vec![vec!["x"], vec!["1"]], 70, false),
            // The clock was set back.
            ("auth", vec![vec!["x"], vec!["1"]], 9, false),
            ("auth", vec![vec!["x"], vec!["2"]], 10, false),
            ("auth", vec![vec!["x"]], 10, false),
            ("auth", vec![vec!["x", "1"]], 10, false),
            ("other", vec![vec!["x"], vec!["1"]], 10, false),
        ];
        for (authorizer, values, second, expected) in cases {
            let values: Vec<&[&str]> = values.iter().map(Vec::as_slice).collect();
            let found = kept.get(&key(authorizer, &values), at(second));
            assert_eq!(found.is_some(), expected, "{values:?} {second}");
        }
    }

    #[test]
    fn a_stage_that_is_forgotten_begins_with_nothing() {
        let decisions = Decisions::default();
        let before = decisions.of_stage("a", "prod");
        let other = decisions.of_stage("a", "beta");
        let of_all = key("auth", &[&["x"]]);
        other.put(of_all.clone(), said(0, 1), 60);
        decisions.forget_stage("a", "prod");
        // Of a request that was under way.
        before.put(of_all.clone(), said(0, 1), 60);
        let found = |stage| {
            let kept = decisions.of_stage("a", stage);
            kept.get(&of_all, at(1)).is_some()
        };
        assert_eq!((found("prod"), found("beta")), (false, true));
        decisions.clear();
        assert!(!found("beta"));
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_ends_first_goes_first() {
        let kept = OfStage::default();
        let bytes = BYTES_MAX / 2 - ENTRY_BYTES - 1;
        for (name, second) in [("a", 5), ("b", 0), ("c", 9)] {
            kept.put(key(name, &[&["x"]]), said(second, bytes), 60);
        }
        let has = |name| kept.get(&key(name, &[&["x"]]), at(20)).is_some();
        assert_eq!((has("a"), has("b"), has("c")), (true, false, true));
        // In its own place it takes no more.
        kept.put(key("a", &[&["x"]]), said(10, bytes), 60);
        assert_eq!((has("a"), has("c")), (true, true));
    }
}

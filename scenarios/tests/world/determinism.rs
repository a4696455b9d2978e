//! One seed, one journal: every scenario twice with the same seed leaves the same journal, byte for
//! byte; another seed gives other ids.

use std::{
    collections::BTreeMap,
    error::Error,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use authlab_scenarios::{
    Reporter, RunOptions, RunSummary, Surroundings, World, run, runner::case::CaseResult,
};

/// What no journal holds: how tokens of Vault and of issuers begin, and the features' passwords.
const SECRETS: [&str; 6] = [
    "hvs.",
    "eyJ",
    "production-example",
    "staging-example",
    "shared-example",
    "rotated-example",
];

/// Says nothing.
struct Silent;

impl Reporter for Silent {
    fn finished(&mut self, _result: &CaseResult) {}

    fn summary(&mut self, _summary: &RunSummary) {}
}

/// Runs everything; the journals, whatever became of the scenarios.
fn journals(seed: u64, jobs: usize) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let snapshots = tempfile::tempdir()?;
    let features = concat!(env!("CARGO_MANIFEST_DIR"), "/../features");
    let options = RunOptions {
        seed,
        jobs: NonZeroUsize::new(jobs),
        ..RunOptions::new(features, snapshots.path())
    };
    // By the scenario's id.
    let journals = Arc::new(Mutex::new(BTreeMap::new()));
    let ended = Arc::clone(&journals);
    let surroundings = Surroundings::default().with_observer(move |context, journal| {
        let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.insert(context.id.clone(), journal.to_owned());
    });
    run::<World>(&options, &Arc::new(surroundings), &mut Silent)?;
    let mut journals = journals.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut *journals))
}

#[test]
fn one_seed_gives_one_journal_and_another_seed_other_ids() -> Result<(), Box<dyn Error>> {
    let (first, second, other) = (journals(1, 1)?, journals(1, 2)?, journals(2, 2)?);
    assert!(!first.is_empty());
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (id, journal) in &first {
        for (line, (left, right)) in journal.lines().zip(second[id].lines()).enumerate() {
            assert_eq!(left, right, "{id}, line {}", line + 1);
        }
        assert_eq!(journal, &second[id], "{id}");
        assert!(!journal.is_empty(), "{id} left no journal");
        for secret in SECRETS {
            assert!(
                !journal.contains(secret),
                "{id}: `{secret}` is in the journal"
            );
        }
        assert_ne!(journal, &other[id], "{id}: the seed changes nothing");
    }
    Ok(())
}

//! A cheap count of the fuzzing that `examples/fuzz.rs` does at length.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/mutate.rs"]
mod mutate;

#[test]
fn mutated_documents_and_cases_never_panic() {
    let tally = mutate::run(800, 7);
    assert!(
        tally.accepted > 50 && tally.refused > 50 && tally.decided > 50,
        "{tally:?}"
    );
}

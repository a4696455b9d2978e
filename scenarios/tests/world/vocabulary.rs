//! The vocabulary is one that people can use: every example is a step, and only one.

use authlab_scenarios::{World, steps, vocabulary_problems};

#[test]
fn every_example_is_its_own_step_and_no_other() {
    let problems = vocabulary_problems::<World>();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(!steps::<World>().is_empty());
}

//! The registry, and that each class is found by the evidence of its cause.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_class_has_one_home() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        assert!(seen.insert(entry.class), "`{}` stands twice", entry.class);
        let is_kebab = |character: char| character.is_ascii_lowercase() || character == '-';
        assert!(entry.class.chars().all(is_kebab), "{}", entry.class);
        assert!(!entry.title.ends_with('.'), "{}", entry.title);
    }
    let listed = classes();
    assert!(listed.len() > seen.len() + 150, "{}", listed.len());
    let mut of_systems = BTreeSet::new();
    for class in listed {
        let name = (class.system, class.class);
        // A reason whose causes are computed has a row for the case that its evidence was cut.
        let is_computed = seen.contains(class.class);
        assert!(
            of_systems.insert(name) || is_computed,
            "{name:?} stands twice"
        );
    }
}

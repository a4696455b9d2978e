//! What holds for every request: Deny never widens, order never matters, the compiled evaluator
//! agrees with the naive one.

mod support;

use authlab_policy::case;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::generate::{self, Rng};
use support::naive;

/// A second's worth; `PROPTEST_CASES` asks for more.
fn config() -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|count| {
        let number = count.parse().ok();
        assert!(number.is_some(), "PROPTEST_CASES: `{count}` is no number");
        number
    });
    Config {
        cases: asked.unwrap_or(150),
        rng_seed: RngSeed::Fixed(4),
        failure_persistence: None,
        ..Config::default()
    }
}

fn decide(case: &Value) -> Value {
    let answer = case::answer(case, false);
    assert!(!answer.failed, "{}", answer.json);
    answer.json
}

fn missing_keys(answer: &Value) -> BTreeSet<String> {
    let keys = answer["missing_keys"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    keys.iter()
        .filter_map(|key| Some(key.as_str()?.to_ascii_lowercase()))
        .collect()
}

/// Every document of a case.
fn documents(policies: &mut Value) -> Vec<&mut Value> {
    fn collect<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Value>) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|value| collect(value, found)),
            Value::Object(_) => found.push(value),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Some(layers) = policies.as_object_mut() {
        layers
            .values_mut()
            .for_each(|layer| collect(layer, &mut found));
    }
    found
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_compiled_evaluator_agrees_with_the_naive_one(seed in any::<u64>()) {
        let case = generate::case(&mut Rng::new(seed));
        let found = decide(&case);
        let (decision, missing) = naive::decide(&case);
        prop_assert_eq!(&found["decision"], decision, "{} {}", case, found);
        prop_assert_eq!(missing_keys(&found), missing, "{}", case);
    }

    #[test]
    fn a_verdict_agrees_with_the_decision(seed in any::<u64>()) {
        let case = generate::case(&mut Rng::new(seed));
        let (request, policies) = case::decode(&case).map_err(|error| {
            TestCaseError::fail(format!("{error}: {case}"))
        })?;
        let decision = authlab_policy::decide(&request, &policies);
        let verdict = authlab_policy::verdict(&request, &policies);
        prop_assert_eq!(verdict.outcome, decision.outcome, "{}", case);
        prop_assert_eq!(verdict.decided_by.to_decided_by(), decision.decided_by, "{}", case);
        prop_assert_eq!(verdict.check, decision.check, "{}", case);
    }

    #[test]
    fn a_further_deny_never_allows_more(seed in any::<u64>()) {
        let mut rng = Rng::new(seed);
        let mut case = generate::case(&mut rng);
        let before = decide(&case);
        let mut found = documents(&mut case["policies"]);
        if found.is_empty() {
            return Ok(());
        }
        let at = rng.below(found.len());
        let document = &mut found[at];
        let has_principal = document["Statement"][0].get("Principal").is_some()
            || document["Statement"][0].get("NotPrincipal").is_some();
        let has_resource = document["Statement"][0].get("Resource").is_some()
            || document["Statement"][0].get("NotResource").is_some();
        let donor = generate::document(&mut rng, has_principal, has_resource);
        let mut deny = donor["Statement"][0].clone();
        deny["Effect"] = json!("Deny");
        if let Some(list) = document["Statement"].as_array_mut() {
            let place = rng.below(list.len() + 1);
            list.insert(place, deny);
        }
        let after = decide(&case);
        let rank = |answer: &Value| match answer["decision"].as_str() {
            Some("Allow") => 2,
            Some("ImplicitDeny") => 1,
            _ => 0,
        };
        prop_assert!(rank(&after) <= rank(&before), "{} {} {}", case, before, after);
    }

    #[test]
    fn order_of_statements_policies_and_keys_does_not_matter(seed in any::<u64>()) {
        let mut case = generate::case(&mut Rng::new(seed));
        let before = decide(&case);
        for document in documents(&mut case["policies"]) {
            if let Some(list) = document["Statement"].as_array_mut() {
                list.reverse();
            }
        }
        for layer in ["identity", "session"] {
            if let Some(list) = case["policies"][layer].as_array_mut() {
                list.reverse();
            }
        }
        // The same keys under other spellings and in another order.
        let context = case["request"]["context"].as_object().cloned().unwrap_or_default();
        let respelled = context.into_iter().rev().map(|(key, value)| (key.to_uppercase(), value));
        case["request"]["context"] = Value::Object(respelled.collect());
        let after = decide(&case);
        prop_assert_eq!(&before["decision"], &after["decision"], "{}", case);
        prop_assert_eq!(missing_keys(&before), missing_keys(&after), "{}", case);
    }
}

#[test]
fn the_generator_reaches_every_decision() {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..300 {
        let answer = decide(&generate::case(&mut Rng::new(seed)));
        let decision = answer["decision"].as_str().unwrap_or_default().to_owned();
        *counts.entry(decision).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 3, "{counts:?}");
    assert!(counts.values().all(|count| *count > 20), "{counts:?}");
}

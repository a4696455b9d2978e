//! The golden corpus, replayed over HTTP against the embedded server. See `README.md` beside this.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod matching;
mod replay;
mod signing;
mod upstream;
mod wire;

use std::collections::BTreeMap;

use authlab_vault::Flavour;
use serde::Deserialize as _;
use serde_json::Value;

/// The cases that do not pass, with the reason, by `topic: case`.
fn known_differences() -> BTreeMap<String, String> {
    include_str!("known_differences.txt")
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (case, reason) = line
                .split_once(" | ")
                .expect("a line is `topic: case | reason`");
            (case.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}

/// Replays every case of a topic.
fn run(topic: &str, text: &str, flavour: Flavour) {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let document = Value::deserialize(&mut reader).unwrap();
    let known = known_differences();
    let only = std::env::var("AUTHLAB_GOLDEN_CASE").ok();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (mut tried, mut passed) = (0, 0);
    let mut problems = Vec::new();
    let cases = document["cases"].as_array().unwrap();
    for case in cases {
        let name = format!("{topic}: {}", case["name"].as_str().unwrap());
        if only.as_ref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        tried += 1;
        let differences = runtime.block_on(replay::run(case, &document["keys"], flavour));
        match (differences.is_empty(), known.get(&name)) {
            (true, None) | (false, Some(_)) => passed += usize::from(differences.is_empty()),
            (true, Some(_)) => problems.push(format!("{name}: passes now: take it off the list")),
            (false, None) => {
                let shown: Vec<String> = differences.into_iter().take(4).collect();
                problems.push(format!("{name}\n    {}", shown.join("\n    ")));
            }
        }
    }
    println!("{topic}: {passed} of {tried} cases pass");
    assert!(
        tried > 0,
        "no case of {topic} has `{}` in its name: see AUTHLAB_GOLDEN_CASE",
        only.unwrap_or_default()
    );
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}

macro_rules! topics {
    ($flavour:expr, $folder:literal; $($topic:ident),* $(,)?) => {
        $(
            #[test]
            fn $topic() {
                let text = include_str!(concat!($folder, stringify!($topic), ".json"));
                run(concat!($folder, stringify!($topic)), text, $flavour);
            }
        )*
        /// The topics that are replayed.
        pub const TOPICS: &[&str] = &[$(concat!($folder, stringify!($topic))),*];
    };
}

/// Recorded on OpenBao 2.2.
mod openbao {
    use super::{Flavour, run};

    topics!(
        Flavour::OpenBao, "";
        acl, approle, audit, aws, generic, jwt, kv1, kv2, leases, sys, tokens, userpass, wrapping,
    );
}

/// Recorded on OpenBao 2.7.2.
mod openbao_27 {
    use super::{Flavour, run};

    topics!(
        Flavour::OpenBao27, "openbao-2.7/";
        audit, identity, kv, logins, params, sys,
    );
}

#[test]
fn every_known_difference_names_a_topic() {
    for name in known_differences().keys() {
        let topic = name.split(':').next().unwrap();
        let known = openbao::TOPICS.contains(&topic) || openbao_27::TOPICS.contains(&topic);
        assert!(known, "{name}");
    }
}

//! One table of requests, sent to the embedded server and to a real OpenBao in the same run. See
//! `README.md` beside this.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod real;
mod shape;
mod side;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use authlab_golden::wire::Answer;
use authlab_http::{Client, Limits, Listener, Running};
use authlab_kernel::{Clock, Component, Faults, Ids, Journal};
use authlab_vault::{Flavour, Vault, VaultConfig};
use serde_json::Value;

use crate::side::{Side, Tokens, body_of, text};

/// The fields that differ, with the reason, by `section: request /field`.
fn known_differences() -> BTreeMap<String, String> {
    include_str!("known_differences.txt")
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (place, reason) = line
                .split_once(" | ")
                .expect("a line is `section: request /field | reason`");
            (place.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}

/// The embedded server; its clock stands.
async fn embedded(clock: &Clock) -> (SocketAddr, String, Running) {
    let journal = Journal::new(clock.clone());
    let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
    let config = VaultConfig {
        flavour: Flavour::OpenBao27,
        ..VaultConfig::default()
    };
    let component = clock.component(Component::Vault);
    let vault = Vault::new(config, component, Ids::new(1), journal, outbound).unwrap();
    let root_token = vault.root_token().expose_secret().to_owned();
    let local = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind("vault", local, "--vault-port")
        .await
        .unwrap();
    let address = listener.address();
    (
        address,
        root_token,
        listener.serve(Limits::default(), vault),
    )
}

/// What differs between two answers, by field.
fn differences(own: &mut Side, theirs: &Side, answers: [&Answer; 2]) -> Vec<(String, String)> {
    let [own_answer, their_answer] = answers;
    if own_answer.status != their_answer.status {
        let (own, theirs) = (&own_answer, &their_answer);
        let what = format!(
            "{} {} expected, got {} {}",
            theirs.status, theirs.body, own.status, own.body
        );
        return vec![("/status".to_owned(), what)];
    }
    let mut found = Vec::new();
    let kind = |answer: &Answer| answer.headers.get("content-type").cloned();
    if kind(own_answer) != kind(their_answer) {
        let what = format!(
            "{:?} expected, got {:?}",
            kind(their_answer),
            kind(own_answer)
        );
        found.push(("/content-type".to_owned(), what));
    }
    let expected = shape::expectation(&body_of(their_answer), &theirs.context.vars);
    let differences = own
        .context
        .differences(&expected, &body_of(own_answer), "/body");
    found.extend(differences.into_iter().map(|difference| {
        let (field, what) = difference.split_once(": ").unwrap();
        (field.to_owned(), what.to_owned())
    }));
    found
}

#[tokio::test]
async fn the_embedded_server_answers_as_openbao_does() {
    let tables = [
        include_str!("requests.json"),
        include_str!("neighbours.json"),
    ];
    let [mut table, neighbours] = tables.map(|table| serde_json::from_str::<Value>(table).unwrap());
    for (name, token) in neighbours["jwts"].as_object().unwrap() {
        table["jwts"][name] = token.clone();
    }
    let golden: Value =
        serde_json::from_str(include_str!("../../../vault/tests/golden/jwt.json")).unwrap();
    let tokens = Tokens {
        specifications: table["jwts"].clone(),
        keys: golden["keys"].as_object().unwrap().clone(),
    };
    let clock = Clock::standing(Clock::wall().now());
    let now = clock.now().as_second();
    let (address, root_token, _running) = embedded(&clock).await;
    let mut own = Side::new(address, &root_token, &tokens, now);
    let real = real::find();
    let mut theirs = match &real {
        Ok(real) => Some(Side::new(real.address, &real.root_token, &tokens, now)),
        Err(why) => {
            // Not by `eprintln!`, which a test that passes keeps to itself.
            let said = format!("SKIPPED: nothing is compared with a real OpenBao: {why}\n");
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            None
        }
    };
    let (mut asked, mut differing) = (0, BTreeMap::new());
    let sections = [&table, &neighbours].map(|table| table["sections"].as_array().unwrap());
    for section in sections.into_iter().flatten() {
        for request in section["requests"].as_array().unwrap() {
            asked += 1;
            let name = format!("{}: {}", text(section, "name"), text(request, "name"));
            let own_answer = own.ask(request, &tokens).await;
            assert!(own_answer.status != 501, "{name}: {}", own_answer.body);
            let Some(theirs) = &mut theirs else {
                continue;
            };
            let their_answer = theirs.ask(request, &tokens).await;
            for (field, what) in differences(&mut own, theirs, [&own_answer, &their_answer]) {
                differing.insert(format!("{name} {field}"), what);
            }
        }
    }
    if theirs.is_some() {
        println!("{asked} requests, {} fields differ", differing.len());
        check(&differing);
    }
}

/// Compares what differs with what may.
fn check(differing: &BTreeMap<String, String>) {
    let known = known_differences();
    let new = differing
        .iter()
        .filter(|(place, _)| !known.contains_key(*place))
        .map(|(place, what)| format!("{place} | {}", what.replace('\n', "\\n")));
    let gone = known
        .keys()
        .filter(|place| !differing.contains_key(*place))
        .map(|place| format!("{place}: it no longer differs: take it off the list"));
    let problems: Vec<String> = new.chain(gone).collect();
    let shown = problems.join("\n");
    assert!(problems.is_empty(), "{} problems\n{shown}", problems.len());
}

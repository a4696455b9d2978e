//! Every reason that a producer can write has a row, and every row is somebody's reason. The reasons
//! are found in the producers' source, by the ways in which one is written down there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use authlab_kernel::{Clock, Component, EventDraft, Journal};
use regex::Regex;
use serde_json::json;

use super::super::all;
use super::{TABLES, known, shared};

/// Reasons without a row, and why: this list only shrinks.
const UNEXPLAINED: [(&str, &str); 0] = [];

/// Rows whose reason is put together where it is written, and stands nowhere as a whole.
const COMPOSED: [(&str, &str); 4] = [
    ("oidc", "invalid-request"),
    ("oidc", "invalid-client"),
    ("oidc", "unsupported-grant-type"),
    ("aws", "not-yet-valid"),
];

/// Files in which a reason is the first of a pair.
const OF_PAIRS: &str = r"(walk/jwt|auth/jwt/\w+|relay/evidence|vault/src/router|relay/token)\.rs$";

/// The ways to write a reason down; the group is the code.
fn ways() -> Vec<Regex> {
    let code = r#""([a-z0-9]+(?:-[a-z0-9]+)*)""#;
    [
        format!(r"\.(?:refused|failed)\(\s*{code}\s*\)"),
        format!(r"because\(\s*{code}"),
        format!(r"\bbecause\([^;{{}}]{{0,400}}?,\s*{code}\s*,?\s*\)"),
        format!(r"\breason: {code}"),
        format!(r#"Refusal::(?:refused|failed)\(\s*(?:[A-Z]+|"\w+"),\s*{code}"#),
        format!(r"\bunclear\(\s*{code}"),
        format!(r"\bfail\([^;{{}}]{{0,200}}?,\s*{code}\s*,?\s*\)"),
        format!(r"AuthenticationFailure::new\([^;{{}}]{{0,200}}?{code}"),
        format!(r"\bunavailable\([^;{{}}]{{0,200}}?{code}"),
        format!(r"\breason = {code}"),
    ]
    .iter()
    .map(|way| Regex::new(way).unwrap())
    .collect()
}

/// The source files of the producers.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let crates = ["aws", "gateway", "http", "oidc", "token", "vault", "wire"];
    let mut open: Vec<PathBuf> = crates
        .iter()
        .map(|name| root.join(name).join("src"))
        .collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let is_test = ["tests", "testing"].iter().any(|end| name.contains(end));
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !is_test {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
                let lines = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                found.push((name, lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    found.sort();
    found
}

/// The body of each function that gives an enum's code.
fn bodies(text: &str) -> Vec<&str> {
    let begin = Regex::new(r"fn (?:reason|code)\([^{]*\{").unwrap();
    let of = |start: usize| {
        let mut depth = 1;
        let end = text[start..].char_indices().find(|(_, character)| {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        end.map(|(length, _)| &text[start..start + length])
    };
    begin
        .find_iter(text)
        .filter_map(|found| of(found.end()))
        .collect()
}

/// Each reason with the crate that writes it and a file.
fn reasons() -> BTreeMap<(String, String), String> {
    let (ways, of_pairs) = (ways(), Regex::new(OF_PAIRS).unwrap());
    let code = r#""([a-z0-9]+(?:-[a-z0-9]+)+)""#;
    let pair = Regex::new(&format!(r"\(\s*{code}\s*,")).unwrap();
    let arm = Regex::new(&format!("=> {}", code.replace(")+)", ")*)"))).unwrap();
    let mut found = BTreeMap::new();
    for (file, text) in sources() {
        let mut codes: BTreeSet<&str> = BTreeSet::new();
        let of = |way: &Regex, text| -> Vec<&str> {
            way.captures_iter(text)
                .map(|found| found.get(1).unwrap().as_str())
                .collect()
        };
        codes.extend(ways.iter().flat_map(|way| of(way, &text)));
        if of_pairs.is_match(&file) {
            codes.extend(of(&pair, &text));
        }
        for body in bodies(&text) {
            codes.extend(of(&arm, body));
        }
        let name = file.split('/').next().unwrap().to_owned();
        for code in codes {
            found.insert((name.clone(), code.to_owned()), file.clone());
        }
    }
    found
}

/// Where a crate's reasons are looked up: those of the crates below the servers are everybody's.
fn component(name: &str) -> &str {
    match name {
        "http" | "token" | "wire" => "any",
        other => other,
    }
}

#[test]
fn every_reason_has_a_title_a_fix_and_somebody_who_can_mend_it() {
    let reasons = reasons();
    assert!(reasons.len() > 150, "{} reasons were found", reasons.len());
    let without: Vec<String> = reasons
        .iter()
        .filter(|((name, code), _)| known(component(name), code).is_none())
        .filter(|((name, code), _)| !UNEXPLAINED.contains(&(name, code)))
        .map(|((name, code), file)| format!("{name} {code} ({file})"))
        .collect();
    assert!(
        without.is_empty(),
        "without a row in `diagnose/reason`:\n{}",
        without.join("\n")
    );
    for (name, code) in UNEXPLAINED {
        assert_eq!(
            known(component(name), code).map(|_| ()),
            None,
            "{name} {code} has a row now"
        );
    }
}

#[test]
fn every_row_is_a_reason_that_somebody_writes_and_stands_once() {
    let sources = sources();
    for (component, table) in TABLES {
        let mut seen = BTreeSet::new();
        for row in table {
            assert!(
                seen.insert(row.code),
                "{component:?} {} stands twice",
                row.code
            );
            for text in [row.title, row.fix] {
                let is_name = ["AWS", "STS", "Vault"]
                    .iter()
                    .any(|name| text.starts_with(name));
                let begins = is_name || !text.starts_with(char::is_uppercase);
                assert!(begins && !text.ends_with('.'), "{}: {text}", row.code);
            }
            let is_everybodys = component.is_some()
                && shared::REASONS.iter().any(|other| {
                    (other.code, other.title, other.fix) == (row.code, row.title, row.fix)
                });
            assert!(
                !is_everybodys,
                "{component:?} {} is everybody's row",
                row.code
            );
            let is_composed = component.is_some_and(|name| COMPOSED.contains(&(name, row.code)));
            let literal = format!("\"{}\"", row.code);
            let stands = sources.iter().any(|(_, text)| text.contains(&literal));
            assert!(
                stands || is_composed,
                "{component:?} {} is nobody's reason",
                row.code
            );
        }
    }
}

#[test]
fn a_refusal_is_explained_by_its_reason_and_what_its_producer_says() {
    let cases = [
        (
            Component::Gateway,
            "path-ambiguous",
            json!({"path": "/a//b", "problem": "two slashes follow one another"}),
            (
                "path-ambiguous",
                "two slashes follow one another",
                "the caller",
            ),
        ),
        (
            Component::Gateway,
            "token-repeated",
            json!({"problem": "it is given more than once"}),
            ("token-repeated", "it is given more than once", "the caller"),
        ),
        (
            Component::Aws,
            "discovery-status",
            json!({"authorizer": "a", "problem": "the document is answered 404"}),
            (
                "discovery-status",
                "the document is answered 404",
                "the owner of what refused",
            ),
        ),
        (
            Component::Vault,
            "foreign-origin",
            json!({"error": "the Origin is foreign"}),
            (
                "foreign-origin",
                "the Origin is foreign",
                "who starts the lab",
            ),
        ),
        (
            Component::Aws,
            "resource-not-found-exception",
            json!({"code": "ResourceNotFoundException", "message": "it is not there"}),
            (
                "service-error",
                "ResourceNotFoundException: it is not there",
                "the caller",
            ),
        ),
        (
            Component::Gateway,
            "throttled",
            json!({}),
            (
                "throttled",
                "the evidence below is all that is known",
                "the owner of what refused",
            ),
        ),
    ];
    for (component, reason, detail, (class, cause, mender)) in cases {
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        let draft = EventDraft::new(component, "request");
        journal.record(draft.refused(reason).detail(detail));
        let events: Vec<_> = journal
            .events_since(0)
            .iter()
            .map(|event| (**event).clone())
            .collect();
        let found = all(&events);
        let [found] = found.as_slice() else {
            panic!("{reason}: {found:?}");
        };
        let seen = (found.class, found.cause.as_str(), found.mender.as_str());
        assert_eq!(seen, (class, cause, mender), "{reason}");
        assert!(!found.title.is_empty() && !found.fix.is_empty(), "{reason}");
    }
}

//! The codes of `lint`: a bad document and its good twin for each, no false alarms on documents that
//! are accepted, and no panic and no long time on any text.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

mod managed;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use authlab_policy::lint::{codes, lint_text, recognised};
use authlab_policy::{DocumentKind, Finding, Severity};
use serde_json::Value;

fn rows(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A document is an object, or a text where that is the point.
fn text(document: &Value) -> String {
    document
        .as_str()
        .map_or_else(|| document.to_string(), str::to_owned)
}

fn kind(row: &Value) -> DocumentKind {
    let name = row["kind"].as_str().unwrap_or("identity");
    name.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn codes_of(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn every_code_has_a_bad_row_and_a_good_twin() {
    let mut shown = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in rows(include_str!("rows.json")) {
        let code = row["code"].as_str().unwrap_or_default();
        let bad = lint_text(kind(&row), &text(&row["bad"]));
        let is_found = |finding: &&Finding| finding.code == code;
        match bad.iter().find(is_found) {
            None => wrong.push(format!("{code} is not found: {bad:?}: {}", row["bad"])),
            Some(finding) => {
                assert!(finding.place.is_some(), "{code}: {finding}");
                assert!(!finding.message.is_empty() && !finding.fix.is_empty());
            }
        }
        for finding in &bad {
            let known = finding.code().unwrap_or_else(|| panic!("{finding}"));
            assert_eq!(known.severity, finding.severity, "{finding}");
        }
        // The twin differs in what the row is about, and has no error of its own.
        for finding in lint_text(kind(&row), &text(&row["good"])) {
            if finding.code == code || finding.severity == Severity::Error {
                wrong.push(format!("{code} has a bad twin: {finding}: {}", row["good"]));
            }
        }
        shown.insert(code.to_owned());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all: BTreeSet<String> = codes().map(|code| code.name.to_owned()).collect();
    assert_eq!(all.len(), codes().count());
    assert_eq!(shown, all);
}

/// Findings on the documents of the golden tables, which AWS accepts: they hold many traps on purpose,
/// each as often as it stands here; whoever adds one looks at it first.
#[test]
fn golden_documents_alarm_where_they_are_traps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut documents = 0;
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{error}"));
    for entry in entries {
        let path = entry.unwrap_or_else(|error| panic!("{error}")).path();
        if path.extension().is_none_or(|found| found != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
        for case in rows(&text) {
            for (kind, document) in documents_of(&case) {
                documents += 1;
                for finding in lint_text(kind, &document.to_string()) {
                    if std::env::var_os("AUTHLAB_SHOW").is_some() {
                        println!("{} {kind:?} {finding}", case["id"]);
                    }
                    *counts.entry(finding.code.to_owned()).or_default() += 1;
                }
            }
        }
    }
    assert!(documents > 500, "{documents}");
    let counts: Vec<(&str, usize)> = counts.iter().map(|(code, n)| (code.as_str(), *n)).collect();
    assert_eq!(counts, GOLDEN);
}

const GOLDEN: [(&str, usize); 23] = [
    ("allow-not-action", 4),
    ("allow-not-resource", 2),
    ("for-all-without-null", 14),
    ("if-exists-lets-in", 1),
    ("issuer-key-foreign", 2),
    ("issuer-subject-missing", 1),
    ("issuer-subject-open", 1),
    ("key-never-present", 24),
    ("mfa-deny-absent", 1),
    ("missing-set-operator", 1),
    ("not-principal-allow", 1),
    ("number-value", 1),
    ("open-principal", 42),
    ("pass-any-role", 1),
    ("perimeter-services", 4),
    ("principal-form", 1),
    ("resource-type", 1),
    ("trust-principal-action", 2),
    ("unreachable", 1),
    ("variable-bool", 1),
    ("variable-multivalued", 1),
    ("variable-version", 3),
    ("wildcard-in-equals", 2),
];

/// Every document of a case, by the layer that it stands in.
fn documents_of(case: &Value) -> Vec<(DocumentKind, Value)> {
    let policies = &case["policies"];
    let mut found = Vec::new();
    let mut walk = |kind: DocumentKind, value: &Value| {
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(list) => open.extend(list),
                Value::Object(_) => found.push((kind, value.clone())),
                _ => {}
            }
        }
    };
    for (layer, kind) in [
        ("identity", DocumentKind::Identity),
        ("boundary", DocumentKind::Boundary),
        ("session", DocumentKind::Session),
        ("scps", DocumentKind::ServiceControl),
        ("rcps", DocumentKind::ResourceControl),
        ("endpoint", DocumentKind::VpcEndpoint),
        ("trust", DocumentKind::Trust),
    ] {
        walk(kind, &policies[layer]);
    }
    let resource = &policies["resource"];
    let kind = recognised(&resource.to_string()).unwrap_or(DocumentKind::Resource);
    walk(kind, resource);
    found
}

#[test]
fn mutated_documents_never_panic() {
    let mut state: u64 = 7;
    let mut next = move |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % bound.max(1)
    };
    let pieces = [
        "*",
        "?",
        ":",
        "/",
        "${",
        "}",
        "\"",
        "\\u202e",
        "é",
        "arn:",
        "ForAllValues:",
        "IfExists",
        "repo:",
        "assumed-role/",
        "secret:",
        "execute-api:",
        "::",
        "oidc-provider/",
        "@",
        ",",
    ];
    let rows = rows(include_str!("rows.json"));
    let mut found = 0;
    for round in 0..6_000 {
        let row = &rows[round % rows.len()];
        let mut text = text(&row["bad"]);
        for _ in 0..=next(3) {
            let mut at = next(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match next(3) {
                0 => {
                    let rest = text.split_off(at);
                    text.extend(rest.chars().skip(1 + next(6)));
                }
                1 => text.insert_str(at, pieces[next(pieces.len())]),
                _ => text.truncate(at),
            }
        }
        let findings = lint_text(kind(row), &text);
        assert!(findings.iter().all(|finding| finding.code().is_some()));
        let _ = recognised(&text);
        found += findings.len();
    }
    assert!(found > 5_000, "{found}");
}

#[test]
fn four_mebibytes_take_no_long_time() {
    let size = 4 << 20;
    let statement = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"},"#;
    let long = |open: &str, filling: &str, close: &str| {
        let count = size / filling.len();
        format!("{open}{}{close}", filling.repeat(count))
    };
    let whole = r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObjekt","Resource":"*"}}"#;
    let stars = "*".repeat(9_000);
    for (text, expected) in [
        (long(r#"{"Statement":["#, statement, "{}]}"), "size-quota"),
        (long("", "[", ""), "json-syntax"),
        (long("\"", "a", "\""), "size-quota"),
        (long("", " ", whole), "unknown-action"),
        (long(r#"{"Statement":"#, r#"{"a":"#, ""), "json-syntax"),
        (
            format!(
                r#"{{"Statement":{{"Effect":"Allow","Action":"s3:{stars}a","Resource":"*"}}}}"#
            ),
            "size-quota",
        ),
    ] {
        // What is worse than linear does not end here while anybody waits.
        let findings = lint_text(DocumentKind::Identity, &text);
        let _ = recognised(&text);
        assert!(codes_of(&findings).contains(expected), "{findings:?}");
    }
}

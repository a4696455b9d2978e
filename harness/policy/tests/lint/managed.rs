//! What `lint` finds in AWS's own managed policies. They are in force, so that a finding is either true
//! of them or a false alarm: each code that is found says why it is none.

use std::collections::BTreeMap;
use std::path::Path;

use authlab_policy::lint::{codes, lint_text};
use authlab_policy::{DocumentKind, Severity};

/// How often each code is found, and why that is no false alarm.
const EXPECTED: [(&str, usize, &str); 15] = [
    (
        "allow-not-action",
        2,
        "PowerUserAccess gives all but a few services on purpose",
    ),
    (
        "allow-not-resource",
        4,
        "four policies leave out one resource on purpose",
    ),
    (
        "arn-account",
        2,
        "two ARNs of services whose resources have an account lack it",
    ),
    (
        "arn-form",
        18,
        "ARNs of no resource type, as secrets of a service that are not named `secret:`",
    ),
    (
        "arn-resource",
        1,
        "`arn:aws:organizations::*:` names nothing",
    ),
    (
        "for-all-without-null",
        151,
        "AWS bounds aws:TagKeys and lets requests without tags pass",
    ),
    (
        "key-never-present",
        7,
        "keys of tags beside actions that take none",
    ),
    (
        "missing-set-operator",
        2,
        "events:detail-type is a list to the Service Authorization Reference",
    ),
    (
        "pass-any-role",
        4,
        "four old policies pass every role, which AWS warns of itself",
    ),
    (
        "set-operator-single",
        1,
        "iam:AWSServiceName under ForAnyValue",
    ),
    (
        "size-quota",
        84,
        "AWS's own policies may be longer than a customer's",
    ),
    (
        "unknown-action",
        2,
        "an action that the Service Authorization Reference does not list yet",
    ),
    (
        "unknown-key",
        2,
        "aws:PrincipalOrgMasterAccountId is documented nowhere",
    ),
    (
        "variable-in-arn",
        1,
        "a variable in the account of an ARN of kms",
    ),
    (
        "wildcard-only-action",
        128,
        "actions that take no resource stand beside ARNs",
    ),
];

/// The documents of `harness/aws/policies`, by name: the index tells where in the blocks they stand.
fn documents() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aws/policies");
    let read = |name: &str| {
        std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (index, blocks) = (read("index.tsv"), read("documents.bin"));
    let mut inflated: BTreeMap<(usize, usize), Vec<u8>> = BTreeMap::new();
    let line = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| fields[at].parse::<usize>().unwrap_or_default();
        let block = (number(5), number(6));
        let bytes = inflated.entry(block).or_insert_with(|| {
            let block = &blocks[block.0..block.0 + block.1];
            miniz_oxide::inflate::decompress_to_vec(block).unwrap_or_default()
        });
        let text = bytes[number(7)..number(7) + number(8)].to_vec();
        let text = String::from_utf8(text).unwrap_or_default();
        (fields[0].to_owned(), text)
    };
    String::from_utf8_lossy(&index).lines().map(line).collect()
}

#[test]
fn aws_managed_policies_raise_no_false_alarm() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let documents = documents();
    assert!(documents.len() > 1_500, "{}", documents.len());
    for (name, text) in documents {
        for finding in lint_text(DocumentKind::Identity, &text) {
            assert!(finding.place.is_some(), "{name}: {finding}");
            *counts.entry(finding.code).or_default() += 1;
        }
    }
    let expected: Vec<(&str, usize)> = EXPECTED.iter().map(|(code, n, _)| (*code, *n)).collect();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    for (code, _, why) in EXPECTED {
        assert!(codes().any(|known| known.name == code), "{code}");
        assert!(!why.is_empty(), "{code}");
    }
    // What lets somebody in against what was meant is found nowhere; what may be meant, where it says.
    let holes = codes().filter(|code| code.is_security && code.severity == Severity::Error);
    for hole in holes {
        assert!(
            EXPECTED.iter().all(|(code, ..)| *code != hole.name),
            "{}",
            hole.name
        );
    }
}

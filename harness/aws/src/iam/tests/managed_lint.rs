//! What `lint` finds in AWS's own managed policies. They are in force, so that a finding is either
//! true of them or a false alarm: each count below is looked at, and says why.

use std::collections::BTreeMap;

use authlab_policy::DocumentKind;
use authlab_policy::lint::{codes, lint_text};

use crate::iam::aws_managed;

/// How often each code is found, and why that is no false alarm.
const EXPECTED: [(&str, usize, &str); 0] = [];

#[test]
fn aws_managed_policies_raise_no_false_alarm() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut policies = 0;
    for policy in aws_managed::all() {
        let text = policy.text().unwrap();
        policies += 1;
        for finding in lint_text(DocumentKind::Identity, &text) {
            assert!(finding.place.is_some(), "{}: {finding}", policy.name);
            *counts.entry(finding.code).or_default() += 1;
        }
    }
    assert!(policies > 1_500, "{policies}");
    let expected: Vec<(&str, usize)> = EXPECTED.iter().map(|(code, n, _)| (*code, *n)).collect();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
    // Where somebody would get in or be kept out, the reason is that AWS hands out that much.
    for (code, _, why) in EXPECTED {
        assert!(codes().any(|known| known.name == code), "{code}");
        assert!(!why.is_empty(), "{code}");
    }
}

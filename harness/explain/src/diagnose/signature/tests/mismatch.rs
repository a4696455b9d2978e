//! Each mistake that gives a signature, and a signature that none gives.

use authlab_aws::evidence::{Fit, Suspect};

use super::*;

#[test]
fn every_mistake_has_a_class_that_shows_it() {
    use Suspect as S;
    let cases = [
        (
            S::PathEncodedMore,
            "signature-path-encoding",
            "once, not twice",
        ),
        (S::PathEncodedLess, "signature-path-encoding", "once more"),
        (S::PathDecoded, "signature-path-encoding", "as it is sent"),
        (
            S::PathEncodedOtherwise,
            "signature-path-encoding",
            "encode all but",
        ),
        (
            S::PathNotNormalised,
            "signature-path-changed",
            "empty segments",
        ),
        (
            S::PathTrailingSlash,
            "signature-path-changed",
            "slash at its end",
        ),
        (S::PathPrefix, "signature-path-changed", "base path"),
        (S::QueryPlusAsBlank, "signature-query-encoding", "`%20`"),
        (S::QueryBlankAsPlus, "signature-query-encoding", "`%20`"),
        (S::QueryNotEncoded, "signature-query-encoding", "RFC 3986"),
        (S::QueryEncodedTwice, "signature-query-encoding", "once"),
        (
            S::QueryEncodedOtherwise,
            "signature-query-encoding",
            "encodeURIComponent",
        ),
        (S::QueryWithoutEquals, "signature-query-encoding", "`name=`"),
        (S::QueryUnsorted, "signature-query-order", "sort"),
        (
            S::QueryNotSigned,
            "signature-query-changed",
            "before the request is signed",
        ),
        (S::QueryParameterAdded, "signature-query-changed", "`NAME`"),
        (S::Host, "signature-host", "ARRIVED"),
        (
            S::HeaderChanged,
            "signature-header-changed",
            "leave `NAME` out",
        ),
        (
            S::HeaderNotSigned,
            "signature-header-changed",
            "SignedHeaders",
        ),
        (S::HeaderSpacing, "signature-header-spelling", "trim"),
        (S::HeaderCase, "signature-header-spelling", "as they are"),
        (
            S::BodyEmpty,
            "signature-body",
            "before the request is signed",
        ),
        (S::BodyUnsigned, "signature-body", "S3"),
        (S::BodyOther, "signature-body", "bytes that are sent"),
        (S::BodyLineEnds, "signature-body", "--data-binary"),
        (S::BodyPlusAsBlank, "signature-body", "encode the form once"),
        (S::SecretOfOtherKey, "signature-secret", "`NAME`"),
        (S::SecretWrapped, "signature-secret", "quotes"),
        (S::SecretEncoded, "signature-secret", "decode"),
        (
            S::SecretMistaken,
            "signature-secret",
            "AWS_SECRET_ACCESS_KEY",
        ),
        (
            S::KeyRegion,
            "signature-key-scope",
            "Region of the scope, `ARRIVED`",
        ),
        (
            S::KeyService,
            "signature-key-scope",
            "service of the scope, `ARRIVED`",
        ),
        (S::KeyDate, "signature-key-scope", "UTC"),
        (S::Method, "signature-method", "in capitals"),
        (
            S::TokenNotSigned,
            "signature-token-order",
            "before the request is signed",
        ),
        (S::SignatureCapitals, "signature-spelling", "small letters"),
        (S::SignatureBase64, "signature-spelling", "hexadecimal"),
    ];
    let mut causes = BTreeSet::new();
    for (suspect, class, fix) in cases {
        let signature = inspected(Inspected {
            tried: Some(40),
            fit: Some(Fit {
                suspect,
                name: some("NAME"),
                signed: some("SIGNED"),
                arrived: some("ARRIVED"),
            }),
            ..Inspected::default()
        });
        let found = diagnosed(Reason::SignatureMismatch, "AKIA1", &signature);
        says(&found, class, &[], &[fix]);
        assert_eq!(found.certainty.as_str(), "certain", "{suspect:?}");
        assert!(
            causes.insert(found.cause.clone()),
            "{suspect:?}: {}",
            found.cause
        );
    }
    let absent = inspected(Inspected {
        absent_headers: vec!["accept".to_owned()],
        ..Inspected::default()
    });
    let found = diagnosed(Reason::SignatureMismatch, "AKIA1", &absent);
    says(
        &found,
        "signature-header-absent",
        &["`accept` is signed"],
        &["leave `accept` out"],
    );
}

#[test]
fn a_signature_that_no_mistake_gives_is_told_with_what_may_have_changed() {
    let of = |headers: &str| Signature {
        canonical_request: Some(format!("GET\n/\n\n{headers}\nhost\nabc")),
        ..inspected(Inspected {
            tried: Some(88),
            ..Inspected::default()
        })
    };
    let plain = diagnosed(Reason::SignatureMismatch, "AKIA1", &of("host:a\n"));
    says(
        &plain,
        "signature-mismatch",
        &["`AKIA1`", "none of 88"],
        &["secret is another"],
    );
    let agent = of("host:a\nuser-agent:x\nx-forwarded-proto:https\n");
    let agent = diagnosed(Reason::SignatureMismatch, "AKIA1", &agent);
    says(
        &agent,
        "signature-mismatch",
        &["`user-agent`, `x-forwarded-proto` is signed"],
        &["leave `user-agent`"],
    );
    for found in [plain, agent] {
        assert_eq!(found.certainty.as_str(), "possible");
        assert!(!found.wants.is_empty());
    }
}

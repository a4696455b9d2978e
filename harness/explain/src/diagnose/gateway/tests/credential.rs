//! What is no token, and keys that are not to be had.

use authlab_gateway::evidence::Reason;
use serde_json::{Value, json};

use super::{check, diagnosis, judged};

#[test]
fn what_is_no_token_is_told_apart_by_its_shape() {
    let rows = [
        (
            json!({"shape": "other-scheme", "scheme": "Basic"}),
            ("token-scheme", "`Basic`", "Authorization: Bearer"),
        ),
        (
            json!({"shape": "signature", "scheme": "AWS4-HMAC-SHA256"}),
            ("signature-on-token-route", "AWS4-HMAC-SHA256", "AWS_IAM"),
        ),
        (
            json!({"shape": "scheme-twice"}),
            ("token-twice", "twice", "one token"),
        ),
        (
            json!({"shape": "several", "segments": 5}),
            ("token-twice", "5 parts", "one token"),
        ),
        (
            json!({"shape": "encrypted", "segments": 5}),
            ("token-encrypted", "RFC 7516", "not encrypt"),
        ),
        (
            json!({"shape": "cut-off", "segments": 2}),
            ("token-cut-off", "2 of three parts", "whole token"),
        ),
        (
            json!({"shape": "quoted"}),
            ("token-quoted", "quotation mark", "not the JSON of it"),
        ),
        (
            json!({"shape": "placeholder"}),
            (
                "token-placeholder",
                "undefined",
                "give the client its token",
            ),
        ),
        (
            json!({"shape": "opaque"}),
            ("token-opaque", "one part", "JSON Web Token"),
        ),
        (json!({}), ("token-malformed", "no token", "compact form")),
    ];
    for (mut told, row) in rows {
        told["problem"] = json!("it is no token");
        check(
            &diagnosis(&[], "authentication", Reason::TokenMalformed, told),
            row,
        );
    }
    let absent = |elsewhere: Value| json!({"type": "JWT", "authorizer": "a", "identity_sources": ["$request.header.Authorizer"], "elsewhere": elsewhere});
    let rows = [
        (
            json!([]),
            (
                "token-missing",
                "anywhere else",
                "$request.header.Authorizer",
            ),
        ),
        (
            json!(["$request.header.authorization"]),
            (
                "identity-source-other",
                "looks in `$request.header.Authorizer`",
                "$request.header.Authorization",
            ),
        ),
        (
            json!(["$request.querystring.t"]),
            (
                "token-elsewhere",
                "$request.querystring.t",
                "send the token in `$request.header.Authorizer`",
            ),
        ),
    ];
    for (elsewhere, row) in rows {
        check(
            &diagnosis(
                &[],
                "authentication",
                Reason::TokenMissing,
                absent(elsewhere),
            ),
            row,
        );
    }
    let not_signed = |scheme: Value| json!({"type": "AWS_IAM", "message": "missing equal-sign", "evidence": null, "scheme": scheme});
    let row = ("bearer-on-iam-route", "`Bearer`", "sign the request");
    check(
        &diagnosis(
            &[],
            "authentication",
            Reason::SignatureUnreadable,
            not_signed(json!("Bearer")),
        ),
        row,
    );
    let twin = diagnosis(
        &[],
        "authentication",
        Reason::SignatureMissing,
        not_signed(Value::Null),
    );
    assert_ne!(twin.class, "bearer-on-iam-route");
}

#[test]
fn keys_and_documents_are_told_apart() {
    let key = |more: Value| {
        let mut told = judged(
            ("https://i.example", json!("https://i.example")),
            (&["a"], json!("a")),
            json!({}),
        );
        let mut key = json!({"kid": "K1", "fetched": "2026-01-15T11:00:00Z", "window_seconds": 7200, "problem": "no answer", "known_kids": ["k0"]});
        key.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        told["key"] = key;
        told
    };
    let document = |document: &str, failing: &str, more: Value| {
        let mut told =
            json!({"document": document, "url": "https://i.example/x", "failing": failing});
        told.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        key(json!({"document": told}))
    };
    let rows = [
        (
            Reason::KeyUnknown,
            key(json!({"now": {"kids": ["K1"], "has_kid": true}})),
            (
                "key-cache-window",
                "kept until 2026-01-15T13:00:00Z",
                "until 2026-01-15T13:00:00Z",
            ),
        ),
        (
            Reason::KeyUnknown,
            key(json!({"known_kids": ["k1"]})),
            ("key-name-spelling", "`k1`", "`k1`"),
        ),
        (
            Reason::KeyUnknown,
            key(json!({"kid": null})),
            ("key-unnamed", "no `kid`", "`kid`"),
        ),
        (
            Reason::KeyUnknown,
            key(json!({})),
            ("key-unknown", "`k0`", "publish a new key before"),
        ),
        (
            Reason::SignatureInvalid,
            key(json!({"now": {"kids": ["K1"], "has_kid": true}})),
            (
                "key-replaced",
                "another key under this name",
                "a name of its own",
            ),
        ),
        (
            Reason::SignatureInvalid,
            key(json!({})),
            ("signature-forged", "`K1`", ""),
        ),
        (
            Reason::DiscoveryUnreachable,
            document("discovery", "slow", json!({"budget_ms": 1500})),
            ("issuer-slow", "1500 ms", "cache"),
        ),
        (
            Reason::JwksUnreachable,
            document("key-set", "slow", json!({})),
            ("issuer-slow", "the key set", "cache"),
        ),
        (
            Reason::DiscoveryUnreachable,
            document("discovery", "unreachable", json!({})),
            ("issuer-unreachable", "no answer", "reachable"),
        ),
        (
            Reason::JwksUnreachable,
            document("key-set", "broken", json!({})),
            ("issuer-answer-broken", "to its end", "proxy"),
        ),
        (
            Reason::DiscoveryUnreachable,
            document("discovery", "not-allowed", json!({})),
            ("issuer-outside-lab", "outside the lab", "outbound.allow"),
        ),
        (
            Reason::DiscoveryStatus,
            document("discovery", "status", json!({"status": 404})),
            ("issuer-status", "404", "/.well-known/openid-configuration"),
        ),
        (
            Reason::JwksStatus,
            document("key-set", "status", json!({"status": 403})),
            ("issuer-status", "403", "to everybody"),
        ),
        (
            Reason::JwksDocument,
            document("key-set", "content", json!({})),
            ("issuer-document-unusable", "answered 200", "not a page"),
        ),
        (
            Reason::DiscoveryIssuerMismatch,
            document(
                "discovery",
                "issuer",
                json!({"issuer": "https://i.example/{tenantid}"}),
            ),
            ("discovery-issuer-templated", "{tenantid}", "tenant"),
        ),
        (
            Reason::DiscoveryIssuerMismatch,
            document(
                "discovery",
                "issuer",
                json!({"issuer": "https://i.example/"}),
            ),
            (
                "discovery-issuer-other",
                "`/` against nothing",
                "https://i.example/",
            ),
        ),
    ];
    for (reason, told, row) in rows {
        check(&diagnosis(&[], "authentication", reason, told), row);
    }
}

//! Minting: the claims that were asked for, and every forgery refused beside its honest twin.

use std::sync::Arc;

use crate::bench::{Bench, CORP, issuers, start};
use authlab_kernel::Outcome;
use authlab_oidc::{Forge, MintRequest};
use authlab_token::{
    Algorithm, CachePolicy, KeySource, Leeway, NeededBy, Token, check_times, verify_with_set,
};
use serde_json::{Value, json};

fn request(body: Value) -> MintRequest {
    MintRequest::parse(&body).unwrap()
}

#[tokio::test]
async fn nothing_is_added_beyond_the_usual_and_null_takes_away() {
    let bench = start(issuers()).await;
    let now = bench.clock.now().as_second();
    let minted = |body: Value| bench.oidc.mint(&request(body)).unwrap();
    let usual = minted(json!({"claims": {}}));
    let names: Vec<&str> = usual.claims.keys().map(String::as_str).collect();
    assert_eq!(names, ["iss", "iat", "nbf", "exp", "jti"]);
    assert_eq!(usual.claims["iss"], bench.base_url);
    assert_eq!(usual.claims["exp"], now + 3_600);

    let changed = minted(json!({
        "issuer": "corp", "ttl_seconds": 60,
        "claims": {"iss": "https://other/", "nbf": null, "jti": null, "sub": "s", "list": [1, null]},
    }));
    let expected = json!({
        "iss": "https://other/", "iat": now, "exp": now + 60, "sub": "s", "list": [1, null],
    });
    assert_eq!(Value::Object(changed.claims.clone()), expected);
    let token = Token::parse(&changed.token).unwrap();
    assert_eq!(token.claims(), &changed.claims);

    let bare = minted(
        json!({"claims": {"iss": null, "iat": null, "nbf": null, "exp": null, "jti": null}}),
    );
    assert!(bare.claims.is_empty());
    let past = minted(json!({"claims": {}, "ttl_seconds": -1}));
    let expired = check_times(
        &Token::parse(&past.token).unwrap(),
        bench.clock.now(),
        Leeway::default(),
    );
    assert_eq!(expired.map_err(|error| error.claim()), Err("exp"));

    let again = minted(json!({"claims": {}}));
    assert_ne!(again.claims["jti"], usual.claims["jti"]);
    let events = bench.journal.events_since(0);
    assert_eq!(
        (events[0].kind.as_str(), events[0].outcome),
        ("token", Outcome::Info)
    );
    assert_eq!(
        bench
            .journal
            .issuer_of(usual.claims["jti"].as_str().unwrap()),
        Some(usual.seq)
    );
    assert_eq!(bench.journal.issuer_of(&bare.token), Some(bare.seq));
}

#[tokio::test]
async fn an_issuer_is_found_by_its_name_or_its_url() {
    let bench = start(issuers()).await;
    let base = &bench.base_url;
    for (asked, expected) in [
        (json!(null), base.as_str()),
        (json!("default"), base),
        (json!(base), base),
        (json!("corp"), CORP),
        (json!(CORP), CORP),
        (json!(CORP.trim_end_matches('/')), CORP),
        (json!(format!("{base}/corp")), CORP),
        (
            json!("tenant"),
            "https://login.microsoftonline.example/t-1/v2.0",
        ),
    ] {
        let minted = bench
            .oidc
            .mint(&request(json!({"issuer": asked, "claims": {}})))
            .unwrap();
        assert_eq!(minted.claims["iss"], expected);
    }
    let unknown = bench
        .oidc
        .mint(&request(json!({"issuer": "nobody", "claims": {}})))
        .unwrap_err();
    let text = unknown.to_string();
    assert!(
        text.contains("`issuer`") && text.contains("`nobody`") && text.contains("corp"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    let cases = [
        (json!([]), "JSON object"),
        (json!({}), "`claims` is missing"),
        (json!({"claims": []}), "`claims` must be an object"),
        (json!({"claims": null}), "`claims` must be an object"),
        (json!({"claims": {}, "issuer": 1}), "`issuer` must be text"),
        (
            json!({"claims": {}, "ttl_seconds": "60"}),
            "`ttl_seconds` must be a whole number",
        ),
        (
            json!({"claims": {}, "ttl_seconds": 1.5}),
            "`ttl_seconds` must be a whole number",
        ),
        (json!({"claims": {}, "forge": true}), "`forge` must be text"),
        (
            json!({"claims": {}, "forge": "nicely"}),
            "there is no `nicely`: give foreign-key",
        ),
        (json!({"claims": {}, "aud": "x"}), "`aud` is no field"),
    ];
    for (body, expected) in cases {
        let error = MintRequest::parse(&body).unwrap_err().to_string();
        assert!(error.contains(expected), "{body}: {error}");
    }
    let nulls = json!({"claims": {}, "issuer": null, "ttl_seconds": null, "forge": null});
    assert_eq!(request(nulls), request(json!({"claims": {}})));
}

#[tokio::test]
async fn a_lifetime_beyond_all_time_is_refused() {
    let bench = start(issuers()).await;
    let asked = request(json!({"claims": {}, "ttl_seconds": i64::MAX}));
    let text = bench.oidc.mint(&asked).unwrap_err().to_string();
    assert!(text.contains("`ttl_seconds`"), "{text}");
}

#[tokio::test]
async fn every_forgery_says_what_was_asked_and_is_refused_and_its_twin_accepted() {
    let bench = start(issuers()).await;
    for issuer in [CORP.to_owned(), bench.base_url.clone()] {
        forgeries_are_refused(&bench, &issuer).await;
    }
}

async fn forgeries_are_refused(bench: &Bench, issuer: &str) {
    let source = KeySource::new(
        Arc::new(bench.client.clone()),
        CachePolicy::http_api_authorizer(),
    );
    let keys = source
        .key_set(issuer, bench.clock.now(), &NeededBy::default())
        .await
        .unwrap();
    let minted = |forge: Option<Forge>| {
        let mut asked = request(json!({"issuer": issuer, "claims": {"sub": "looker", "jti": "j"}}));
        asked.forge = forge;
        bench.oidc.mint(&asked).unwrap()
    };
    let twin = minted(None);
    let honest = Token::parse(&twin.token).unwrap();
    assert!(verify_with_set(&honest, &keys, &Algorithm::ALL).is_ok());
    let cases = [
        (
            Forge::ForeignKey,
            "signature-mismatch",
            "signature-mismatch",
        ),
        (Forge::UnknownKid, "unknown-kid", "unknown-kid"),
        (Forge::AlgNone, "unsigned", "unsigned"),
        (
            Forge::Hs256PublicKey,
            "algorithm-not-accepted",
            "algorithm-does-not-fit-key",
        ),
        (
            Forge::AlteredPayload,
            "signature-mismatch",
            "signature-mismatch",
        ),
    ];
    assert_eq!(cases.len(), Forge::ALL.len());
    for (forge, by_a_gateway, by_one_that_takes_all) in cases {
        let forged = minted(Some(forge));
        assert_eq!(forged.claims, twin.claims, "{forge}");
        let token = Token::parse(&forged.token).unwrap();
        assert_eq!(token.claims(), &twin.claims, "{forge}");
        for (accepted, expected) in [
            (&Algorithm::RSA[..], by_a_gateway),
            (&Algorithm::ALL[..], by_one_that_takes_all),
        ] {
            let refused = verify_with_set(&token, &keys, accepted).map_err(|error| error.code());
            assert_eq!(refused.err(), Some(expected), "{forge}");
        }
        let seq = usize::try_from(forged.seq).unwrap();
        assert_eq!(
            bench.journal.events_since(0)[seq - 1].detail["forge"],
            forge.as_str()
        );
    }
}

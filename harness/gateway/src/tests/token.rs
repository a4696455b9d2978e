//! JWT authorization.

use authlab_kernel::fault::{Effect, Fault};
use authlab_kernel::{Component, Outcome};
use authlab_token::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::bench::{Bench, ISSUER, noon, serve_issuer, signed};
use super::{FORBIDDEN, UNAUTHORIZED, daily, upstream_calls};

/// What a challenge says of a token for `GET /daily`.
fn challenge(error: &str, description: &str) -> String {
    format!(
        r#"Bearer scope="reports/read reports/all" error="{error}" error_description="{description}""#
    )
}

#[tokio::test]
async fn a_good_token_passes_with_and_without_bearer() {
    let bench = Bench::start().await;
    let bearer = bench.bearer(json!({}));
    let bare = bearer.strip_prefix("Bearer ").expect("a prefix");
    let of_client = bench.bearer(json!({ "aud": null, "client_id": "reports" }));
    let scp = bench.bearer(json!({ "scope": null, "scp": ["reports/all"] }));
    let several = bench.bearer(json!({ "aud": ["other", "reports"] }));
    for good in [bearer.as_str(), bare, &of_client, &scp, &several] {
        let answer = daily(&bench, good).await;
        assert_eq!(
            (answer.status(), answer.body()),
            (200, r#"{"report":"daily"}"#)
        );
        assert_eq!(answer.header("x-upstream"), Some("yes"));
        assert_eq!(answer.reason(), None);
        let id = answer.header("apigw-requestid").expect("an id");
        assert_eq!(id.len(), 16);
        assert!(
            answer
                .events
                .iter()
                .filter(|event| !event.kind.starts_with("hop"))
                .all(|event| {
                    event.request_id.as_deref() == Some(id)
                        && event.account.as_deref() == Some("222222222222")
                })
        );
        let log = answer.log();
        assert_eq!(log["route"], "GET /daily");
        assert_eq!(log["error"], "-");
        assert_eq!(log["message"], "-");
        assert_eq!(
            (&log["sub"], &log["integration"]),
            (&json!("looker"), &json!("200"))
        );
    }
}

#[tokio::test]
async fn every_bad_token_is_refused_with_its_reason() {
    let bench = Bench::start().await;
    let now = noon().as_second();
    let es256 = {
        let key = authlab_token::signing::test_key(authlab_token::KeyType::P256, 0).expect("a key");
        key.sign(&key.header(Algorithm::ES256), &bench.claims(json!({})))
            .expect("a token")
    };
    let none = {
        let key = SigningKey::test_key(0).expect("a key");
        authlab_token::signing::unsigned(&key.header(Algorithm::RS256), &bench.claims(json!({})))
    };
    let foreign = {
        // Another key under the name of the issuer's.
        let (own, other) = (
            SigningKey::test_key(0).expect("a key"),
            SigningKey::test_key(1).expect("a key"),
        );
        other
            .sign(&own.header(Algorithm::RS256), &bench.claims(json!({})))
            .expect("a token")
    };
    let with = |changes: Value| bench.bearer(changes);
    let audience = "the token does not have a valid audience";
    let cases: [(&str, String, &str, &str); 17] = [
        (
            "two segments",
            "Bearer a.b".into(),
            "token-malformed",
            "token contains an invalid number of segments",
        ),
        (
            "no base64",
            "Bearer !.!.!".into(),
            "token-malformed",
            "the token's header is not base64url without padding",
        ),
        (
            "slash",
            with(json!({"iss": ISSUER.trim_end_matches('/')})),
            "issuer-mismatch",
            "issuer does not match",
        ),
        (
            "no issuer",
            with(json!({"iss": null})),
            "issuer-mismatch",
            "issuer does not match",
        ),
        (
            "audience",
            with(json!({"aud": "invoices"})),
            "audience-mismatch",
            audience,
        ),
        (
            "client beside aud",
            with(json!({"aud": "x", "client_id": "reports"})),
            "audience-mismatch",
            audience,
        ),
        (
            "other client",
            with(json!({"aud": null, "client_id": "x"})),
            "audience-mismatch",
            audience,
        ),
        (
            "expired",
            with(json!({"exp": now})),
            "token-expired",
            "the token has expired",
        ),
        (
            "no expiry",
            with(json!({"exp": null})),
            "token-without-expiry",
            "the token does not have an expiry",
        ),
        (
            "nbf",
            with(json!({"nbf": now + 1})),
            "token-not-yet-valid",
            "the token is not valid yet",
        ),
        (
            "iat",
            with(json!({"iat": now + 1})),
            "token-not-yet-valid",
            "the token was issued in the future",
        ),
        (
            "exp as text",
            with(json!({"exp": "soon"})),
            "token-malformed",
            "the token's exp is not a number",
        ),
        (
            "kid",
            format!("Bearer {}", signed(1, &bench.claims(json!({})))),
            "key-unknown",
            "the token's key is not in the issuer's key set",
        ),
        (
            "foreign key",
            format!("Bearer {foreign}"),
            "signature-invalid",
            "signature is invalid",
        ),
        (
            "unsigned",
            format!("Bearer {none}"),
            "algorithm-unsupported",
            "signing method none is invalid",
        ),
        (
            "ES256",
            format!("Bearer {es256}"),
            "algorithm-unsupported",
            "signing method ES256 is invalid",
        ),
        (
            "other scheme",
            "Basic abc".into(),
            "token-malformed",
            "token contains an invalid number of segments",
        ),
    ];
    for (name, authorization, reason, description) in cases {
        let answer = daily(&bench, &authorization).await;
        assert_eq!(
            (answer.status(), answer.body()),
            (401, UNAUTHORIZED),
            "{name}"
        );
        assert_eq!(answer.reason(), Some(reason), "{name}");
        let expected = challenge("invalid_token", description);
        assert_eq!(
            answer.header("www-authenticate"),
            Some(expected.as_str()),
            "{name}"
        );
        assert!(answer.header("apigw-requestid").is_some(), "{name}");
        let log: Value = answer.log();
        assert_eq!(
            log["error"],
            format!("invalid_token: {description}"),
            "{name}"
        );
        assert_eq!(
            (&log["type"], &log["message"]),
            (&json!("UNAUTHORIZED"), &json!("Unauthorized"))
        );
        let refused = answer.event("authentication").expect("an event");
        assert_eq!(
            (refused.outcome, refused.component.as_str()),
            (Outcome::Refused, "gateway")
        );
    }
    assert_eq!(upstream_calls(&bench).await, 0);
}

#[tokio::test]
async fn no_token_is_a_bare_challenge_and_no_scope_a_403() {
    let bench = Bench::start().await;
    let none = bench.call("GET", "/daily", &[]).await;
    assert_eq!((none.status(), none.body()), (401, UNAUTHORIZED));
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    assert_eq!(none.reason(), Some("token-missing"));
    let narrow = daily(&bench, &bench.bearer(json!({ "scope": "reports/write" }))).await;
    assert_eq!((narrow.status(), narrow.body()), (403, FORBIDDEN));
    assert_eq!(narrow.reason(), Some("scope-missing"));
    let header = narrow.header("www-authenticate").expect("a challenge");
    assert!(header.contains(r#"error="insufficient_scope""#), "{header}");
    let detail = &narrow.event("authorization").expect("an event").detail;
    assert_eq!(
        detail["scopes_required"],
        json!(["reports/read", "reports/all"])
    );
    assert_eq!(detail["scopes_present"], json!(["reports/write"]));
    // The twin: a route that asks for no scope.
    let narrow = bench.bearer(json!({ "scope": null }));
    let any = bench
        .call("GET", "/any", &[("authorization", &narrow)])
        .await;
    assert_eq!(any.status(), 200);
}

#[tokio::test]
async fn the_evidence_holds_both_sides_and_no_token() {
    let bench = Bench::start().await;
    let authorization = bench.bearer(json!({ "iss": "https://login.corp.example" }));
    let answer = daily(&bench, &authorization).await;
    let detail = &answer.event("authentication").expect("an event").detail;
    assert_eq!(
        detail["issuer"],
        json!({ "configured": ISSUER, "token": "https://login.corp.example" })
    );
    let signature = authorization.rsplit('.').next().expect("a signature");
    let journal: String = answer
        .events
        .iter()
        .map(|event| event.detail.to_string())
        .collect();
    assert!(!journal.contains(signature));
}

#[tokio::test]
async fn time_and_skew_decide() {
    let bench = Bench::start().await;
    let token = bench.bearer(json!({ "exp": noon().as_second() + 300 }));
    assert_eq!(daily(&bench, &token).await.status(), 200);
    bench
        .clock
        .set_offset_seconds(Component::Gateway, -90)
        .expect("a date");
    assert_eq!(
        daily(&bench, &token).await.reason(),
        Some("token-not-yet-valid")
    );
    bench
        .clock
        .set_offset_seconds(Component::Gateway, 0)
        .expect("a date");
    bench.clock.advance_seconds(299).await.expect("forward");
    assert_eq!(daily(&bench, &token).await.status(), 200);
    bench.clock.advance_seconds(1).await.expect("forward");
    let expired = daily(&bench, &token).await;
    assert_eq!(
        (expired.status(), expired.reason()),
        (401, Some("token-expired"))
    );
    let times = &expired.event("authentication").expect("an event").detail["times"];
    assert_eq!(times["now"], times["exp"]);
}

#[tokio::test]
async fn keys_are_kept_for_two_hours() {
    let bench = Bench::start().await;
    let claims = json!({ "exp": noon().as_second() + 86_400 });
    assert_eq!(
        daily(&bench, &bench.bearer(claims.clone())).await.status(),
        200
    );
    serve_issuer(&bench.issuer, &[1]).await;
    let rotated = format!("Bearer {}", signed(1, &bench.claims(claims.clone())));
    assert_eq!(
        daily(&bench, &bench.bearer(claims.clone())).await.status(),
        200
    );
    let unknown = daily(&bench, &rotated).await;
    assert_eq!(unknown.reason(), Some("key-unknown"));
    let key = &unknown.event("authentication").expect("an event").detail["key"];
    assert_eq!(key["known_kids"].as_array().map(Vec::len), Some(1));
    bench.clock.advance_seconds(7_200).await.expect("forward");
    assert_eq!(daily(&bench, &rotated).await.status(), 200);
    assert_eq!(
        daily(&bench, &bench.bearer(claims)).await.reason(),
        Some("key-unknown")
    );
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_fails_closed() {
    let discovery = "OIDC discovery endpoint communication error";
    let cases = [
        (Effect::Refused, "discovery-unreachable", discovery),
        (Effect::LatencyMs(1_501), "discovery-unreachable", discovery),
        (Effect::Status(500), "discovery-status", discovery),
    ];
    for (effect, reason, description) in cases {
        let bench = Bench::start().await;
        let to_host = Some("login.corp.example".to_owned());
        bench.faults.add(Fault {
            to_host,
            ..Fault::everywhere(effect)
        });
        let answer = daily(&bench, &bench.bearer(json!({}))).await;
        assert_eq!(
            (answer.status(), answer.reason_of_gateway()),
            (401, Some(reason))
        );
        let expected = challenge("invalid_token", description);
        assert_eq!(answer.header("www-authenticate"), Some(expected.as_str()));
        bench.faults.clear();
        // A failure is not kept.
        assert_eq!(daily(&bench, &bench.bearer(json!({}))).await.status(), 200);
    }
    let bench = Bench::start().await;
    bench.issuer.reset().await;
    let document = json!({ "issuer": ISSUER, "jwks_uri": format!("{ISSUER}keys") });
    wiremock::Mock::given(wiremock::matchers::path(
        "/.well-known/openid-configuration",
    ))
    .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(document))
    .mount(&bench.issuer)
    .await;
    let answer = daily(&bench, &bench.bearer(json!({}))).await;
    assert_eq!(answer.reason_of_gateway(), Some("jwks-status"));
    let expected = challenge("invalid_token", "JWKS communication error");
    assert_eq!(answer.header("www-authenticate"), Some(expected.as_str()));
}

#[tokio::test]
async fn a_header_that_does_not_say_one_thing_names_no_token() {
    let bench = Bench::start().await;
    let (good, bad) = (bench.bearer(json!({})), "Bearer a.b.c".to_owned());
    let unreadable = format!("{good}\u{e9}");
    let cases = [
        (vec![&good, &bad], "token-repeated"),
        (vec![&bad, &good], "token-repeated"),
        (vec![&good, &good], "token-repeated"),
        (vec![&unreadable], "token-unreadable"),
    ];
    for (values, reason) in cases {
        let headers: Vec<(&str, &str)> = values
            .iter()
            .map(|value| ("authorization", value.as_str()))
            .collect();
        let answer = bench.call("GET", "/daily", &headers).await;
        assert_eq!((answer.status(), answer.body()), (401, UNAUTHORIZED));
        assert_eq!(answer.reason(), Some(reason));
    }
    assert_eq!(upstream_calls(&bench).await, 0);
    assert_eq!(daily(&bench, &good).await.status(), 200);
}

#[test]
fn a_query_names_one_token_or_none() {
    let source = [crate::deployment::IdentitySource::QueryString(
        "t".to_owned(),
    )];
    for (query, token) in [
        ("t=a.b.c", Ok(Some("a.b.c"))),
        ("%74=a%2Eb.c", Ok(Some("a.b.c"))),
        ("t=Bearer%20a.b.c", Ok(Some("a.b.c"))),
        ("t=bearer++a.b.c+", Ok(Some("a.b.c"))),
        ("x&t=a.b.c&y=", Ok(Some("a.b.c"))),
        ("", Ok(None)),
        ("t=", Ok(None)),
        ("T=a.b.c", Ok(None)),
        ("t[]=a.b.c", Ok(None)),
        ("t=a.b.c&t=a.b.c", Err(())),
        ("t=&t=a.b.c", Err(())),
        ("t=a.b.c&%74=x", Err(())),
        // What is no blank is part of what was sent, and makes no token of it.
        ("t=a.b.c%0a", Ok(Some("a.b.c\n"))),
        ("t=a.b.c%00", Ok(Some("a.b.c\0"))),
        ("t=a.b.c;t=x", Ok(Some("a.b.c;t=x"))),
    ] {
        let incoming = authlab_http::Incoming {
            method: http::Method::GET,
            uri: format!("/x?{query}").parse().unwrap(),
            headers: http::HeaderMap::new(),
            spelling: None,
            body: bytes::Bytes::new(),
            peer: ([127, 0, 0, 1], 1).into(),
            cause: None,
            hop: None,
        };
        let found = crate::credential::bearer(&incoming, &source);
        let found = found.as_ref().map(Option::as_deref).map_err(|_| ());
        assert_eq!(found, token, "{query}");
    }
}

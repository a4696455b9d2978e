//! The provider over HTTP: where issuers are, what the token endpoint gives and refuses.

use std::sync::Arc;

use crate::bench::{Bench, CORP, http_client, issuers, start};
use authlab_kernel::{Component, Event, Outbound as _, OutboundRequest, Secret};
use authlab_oidc::config::DEFAULT_ISSUER;
use authlab_oidc::{ClientConfig, ConfigError, IssuerConfig, Oidc, OidcConfig, RotationStep};
use authlab_token::{Algorithm, CachePolicy, KeySource, NeededBy, Token, verify_with_set};
use base64::Engine as _;
use serde_json::{Value, json};

async fn get(url: &str) -> (u16, Value) {
    let response = http_client()
        .build()
        .unwrap()
        .get(url)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Asks a token endpoint with a form as text.
async fn ask(url: &str, basic: Option<(&str, &str)>, form: &str) -> (u16, Value) {
    let mut request = http_client()
        .build()
        .unwrap()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    if let Some((id, secret)) = basic {
        request = request.basic_auth(id, Some(secret));
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

fn claims(answer: &Value) -> Value {
    let token = Token::parse(answer["access_token"].as_str().unwrap()).unwrap();
    Value::Object(token.claims().clone())
}

#[tokio::test]
async fn an_issuer_has_one_name_and_endpoints_where_it_was_called() {
    let bench = start(issuers()).await;
    let base = &bench.base_url;
    let tenant = "https://login.microsoftonline.example/t-1/v2.0";
    let local = base.replace("127.0.0.1", "localhost");
    let cases = [
        // By loopback: the logical name in `issuer`, the address in the endpoints.
        (base.clone(), base.clone(), base.clone()),
        (
            format!("{base}/plain"),
            format!("{base}/plain"),
            format!("{base}/plain"),
        ),
        (
            format!("{base}/corp"),
            CORP.to_owned(),
            format!("{base}/corp"),
        ),
        (
            format!("{base}/tenant"),
            tenant.to_owned(),
            format!("{base}/tenant"),
        ),
        (
            format!("{local}/corp"),
            CORP.to_owned(),
            format!("{local}/corp"),
        ),
        // By name, through the lab's client.
        (
            CORP.trim_end_matches('/').to_owned(),
            CORP.to_owned(),
            CORP.trim_end_matches('/').to_owned(),
        ),
        (tenant.to_owned(), tenant.to_owned(), tenant.to_owned()),
    ];
    for (called, issuer, endpoints) in cases {
        let url = format!("{called}/.well-known/openid-configuration");
        let request = OutboundRequest::get(Component::Gateway, "test", &url);
        let answer = bench.client.send(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        let document: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(document["issuer"], issuer, "{url}");
        assert_eq!(document["jwks_uri"], format!("{endpoints}/jwks"), "{url}");
        assert_eq!(
            document["token_endpoint"],
            format!("{endpoints}/token"),
            "{url}"
        );
    }
    // A client that resolves the name itself (curl --resolve) needs no path.
    let client = http_client().build().unwrap();
    let named = client.get(format!("{base}/.well-known/openid-configuration"));
    let answer = named
        .header("host", "login.corp.example")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["issuer"], CORP);
}

#[tokio::test]
async fn the_clients_of_an_open_issuer_have_the_secret_test() {
    let bench = start(issuers()).await;
    let url = format!("{}/corp/token", bench.base_url);
    let good = "grant_type=client_credentials";
    let form = |more: &str| format!("{good}&{more}");
    let (status, answer) = ask(
        &url,
        Some(("looker", "test")),
        &form("scope=read+write&audience=api"),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["expires_in"], 3_600);
    assert_eq!(
        (&answer["token_type"], &answer["scope"]),
        (&"Bearer".into(), &"read write".into())
    );
    let now = bench.clock.now().as_second();
    let jti = claims(&answer)["jti"].clone();
    assert_eq!(
        claims(&answer),
        json!({
            "iss": CORP, "sub": "looker", "aud": "api", "scope": "read write",
            "iat": now, "nbf": now, "exp": now + 3_600, "jti": jti,
        })
    );
    let (status, answer) = ask(&url, None, &form("client_id=a%26b&client_secret=test")).await;
    assert_eq!((status, &claims(&answer)["sub"]), (200, &"a&b".into()));
    assert_eq!(claims(&answer).get("aud"), None);
    // Form-encoded before Basic (RFC 6749, section 2.3.1).
    let (status, answer) = ask(&url, Some(("a%3Ab+c", "test")), good).await;
    assert_eq!((status, &claims(&answer)["sub"]), (200, &"a:b c".into()));
    let several = form("audience=x&audience=y&resource=z");
    let (_, answer) = ask(&url, Some(("a", "test")), &several).await;
    assert_eq!(claims(&answer)["aud"], json!(["x", "y", "z"]));

    let cases = [
        (
            Some(("looker", "wrong")),
            good.to_owned(),
            401,
            "invalid_client",
        ),
        (Some(("looker", "")), good.to_owned(), 401, "invalid_client"),
        (Some(("", "test")), good.to_owned(), 401, "invalid_client"),
        (None, good.to_owned(), 401, "invalid_client"),
        (None, form("client_id=looker"), 401, "invalid_client"),
        (
            None,
            form("client_id=looker&client_secret=test2"),
            401,
            "invalid_client",
        ),
        (
            Some(("a", "test")),
            form("client_secret=test"),
            400,
            "invalid_request",
        ),
        (
            Some(("a", "test")),
            form("client_id=b"),
            400,
            "invalid_request",
        ),
        (Some(("a", "test")), String::new(), 400, "invalid_request"),
        (
            Some(("a", "test")),
            form("scope=a&scope=b"),
            400,
            "invalid_request",
        ),
        (Some(("a", "test")), form(good), 400, "invalid_request"),
        (
            Some(("a", "test")),
            "grant_type=password".to_owned(),
            400,
            "unsupported_grant_type",
        ),
        (
            Some(("a", "test")),
            "grant_type=authorization_code".to_owned(),
            400,
            "unsupported_grant_type",
        ),
    ];
    for (basic, form, status, error) in cases {
        let (got, answer) = ask(&url, basic, &form).await;
        assert_eq!(
            (got, answer["error"].as_str()),
            (status, Some(error)),
            "{form}: {answer}"
        );
        assert!(answer["error_description"].is_string() && answer.get("access_token").is_none());
    }
}

#[tokio::test]
async fn what_an_answer_says_about_itself() {
    let bench = start(issuers()).await;
    let url = format!("{}/corp/token", bench.base_url);
    let client = http_client().build().unwrap();
    let form = |secret: &str| {
        client
            .post(&url)
            .basic_auth("a", Some(secret))
            .header(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            )
            .body("grant_type=client_credentials")
    };
    let good = form("test").send().await.unwrap();
    assert_eq!(good.status(), 200);
    assert_eq!(good.headers()["cache-control"], "no-store");
    assert_eq!(good.headers()["date"], "Mon, 03 Feb 2031 04:05:06 GMT");
    let refused = form("wrong").send().await.unwrap();
    assert_eq!(
        refused.headers()["www-authenticate"],
        "Basic realm=\"authlab\""
    );
    let json = client
        .post(&url)
        .json(&json!({"grant_type": "client_credentials"}));
    assert_eq!(json.send().await.unwrap().status(), 400);
    let bearer = client
        .post(&url)
        .bearer_auth("test")
        .body("grant_type=client_credentials");
    let bearer = bearer.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(bearer.send().await.unwrap().status(), 401);
    for (method, path, status) in [
        ("GET", "/corp/token", 405),
        ("POST", "/corp/jwks", 405),
        ("HEAD", "/corp/jwks", 200),
        ("GET", "/corp/.well-known/jwks.json", 200),
        ("POST", "/corp/.well-known/jwks.json", 405),
        ("GET", "/corp/authorize?client_id=x", 501),
        ("POST", "/corp/introspect", 501),
        ("GET", "/nobody/jwks", 404),
        ("GET", "/corp", 404),
        ("GET", "//", 404),
        ("DELETE", "/", 404),
    ] {
        let method: reqwest::Method = method.parse().unwrap();
        let request = client.request(method, format!("{}{path}", bench.base_url));
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
    }
    let (status, answer) = get(&format!("{}/corp/userinfo", bench.base_url)).await;
    assert_eq!((status, &answer["error"]), (501, &"not_implemented".into()));
    assert!(
        answer["error_description"]
            .as_str()
            .unwrap()
            .contains("/userinfo")
    );
}

fn declared() -> IssuerConfig {
    let secret = || Secret::new("s3cret");
    let looker = ClientConfig {
        audiences: Some(vec!["sts.amazonaws.com".to_owned(), "api".to_owned()]),
        scopes: Some(vec!["read".to_owned()]),
        claims: json!({"sub": "service-account-7", "team": "bi", "nbf": null})
            .as_object()
            .unwrap()
            .clone(),
        ..ClientConfig::new("looker", secret())
    };
    let clients = Some(vec![looker, ClientConfig::new("free", secret())]);
    IssuerConfig {
        clients,
        token_ttl_seconds: 60,
        ..IssuerConfig::named("closed")
    }
}

#[tokio::test]
async fn declared_clients_get_what_was_declared_and_nobody_else_anything() {
    let bench = start(vec![declared()]).await;
    let url = format!("{}/closed/token", bench.base_url);
    let looker = Some(("looker", "s3cret"));
    let form = |more: &str| format!("grant_type=client_credentials&{more}");
    let (status, answer) = ask(&url, looker, &form("scope=read")).await;
    assert_eq!(
        (status, &answer["expires_in"]),
        (200, &60.into()),
        "{answer}"
    );
    let got = claims(&answer);
    assert_eq!(
        (&got["sub"], &got["aud"]),
        (&"service-account-7".into(), &"sts.amazonaws.com".into())
    );
    assert_eq!((&got["team"], got.get("nbf")), (&"bi".into(), None));
    let (_, answer) = ask(&url, looker, &form("audience=api")).await;
    assert_eq!(claims(&answer)["aud"], "api");
    let (_, answer) = ask(
        &url,
        Some(("free", "s3cret")),
        &form("audience=any&scope=any"),
    )
    .await;
    assert_eq!(
        (&claims(&answer)["aud"], &claims(&answer)["sub"]),
        (&"any".into(), &"free".into())
    );
    let cases = [
        (looker, "audience=other", 400, "invalid_target"),
        (looker, "audience=api&audience=other", 400, "invalid_target"),
        (looker, "scope=read%20write", 400, "invalid_scope"),
        (Some(("looker", "test")), "", 401, "invalid_client"),
        (Some(("nobody", "s3cret")), "", 401, "invalid_client"),
        (Some(("nobody", "test")), "", 401, "invalid_client"),
    ];
    for (basic, more, status, error) in cases {
        let (got, answer) = ask(&url, basic, &form(more)).await;
        assert_eq!(
            (got, answer["error"].as_str()),
            (status, Some(error)),
            "{more}: {answer}"
        );
    }
}

#[tokio::test]
async fn the_journal_leads_from_a_tokens_jti_to_the_request_and_holds_no_secret() {
    let bench = start(vec![declared()]).await;
    let url = format!("{}/closed/token", bench.base_url);
    let (_, answer) = ask(
        &url,
        Some(("free", "s3cret")),
        "grant_type=client_credentials",
    )
    .await;
    ask(
        &url,
        Some(("free", "hunter2")),
        "grant_type=client_credentials",
    )
    .await;
    let token = answer["access_token"].as_str().unwrap();
    let events: Vec<Arc<Event>> = bench.journal.events_since(0);
    let lines: Vec<String> = events
        .iter()
        .map(|event| {
            let reason = event.reason.as_deref().unwrap_or("-");
            format!(
                "{} {} {:?} {reason} {:?}",
                event.component, event.kind, event.outcome, event.cause
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "oidc request Info - None",
            "oidc token Allowed - Some(1)",
            "oidc request Info - None",
            "oidc token Refused invalid-client Some(3)",
        ]
    );
    assert_eq!(events[0].request_id, events[1].request_id);
    assert_ne!(events[0].request_id, events[2].request_id);
    let jti = claims(&answer)["jti"].clone();
    assert_eq!(bench.journal.issuer_of(jti.as_str().unwrap()), Some(2));
    assert_eq!(bench.journal.issuer_of(token), Some(2));
    assert_eq!(events[1].detail["token"]["claims"]["sub"], "free");
    let all = serde_json::to_string(&events).unwrap();
    let signature = token.rsplit('.').next().unwrap();
    for secret in [token, signature, "s3cret", "hunter2"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_tokens_and_journal_and_another_port_no_other_journal() {
    let run = async || {
        let bench = start(issuers()).await;
        let mut tokens = Vec::new();
        for issuer in ["/corp", "", "/corp"] {
            let url = format!("{}{issuer}/token", bench.base_url);
            let (_, answer) = ask(&url, Some(("a", "test")), "grant_type=client_credentials").await;
            tokens.push(answer["access_token"].as_str().unwrap().to_owned());
        }
        (
            tokens,
            serde_json::to_string(&bench.journal.events_since(0)).unwrap(),
        )
    };
    let (first, second) = (run().await, run().await);
    assert_eq!((&first.0[0], &first.0[2]), (&second.0[0], &second.0[2]));
    assert_ne!(first.0[0], first.0[2]);
    assert_eq!(first.1, second.1);
}

/// A consumer's cache in front of the provider, through the lab's client.
fn consumer(bench: &Bench) -> KeySource {
    let outbound = Arc::new(bench.client.clone());
    KeySource::new(
        outbound,
        CachePolicy {
            window_seconds: 0,
            ..CachePolicy::http_api_authorizer()
        },
    )
}

async fn is_believed(bench: &Bench, source: &KeySource, token: &str) -> Result<(), String> {
    let (token, needed_by) = (Token::parse(token).unwrap(), NeededBy::default());
    let keys = source.key_set(CORP, bench.clock.now(), &needed_by).await;
    let keys = keys.map_err(|error| error.code().to_owned())?;
    let verified = verify_with_set(&token, &keys, &Algorithm::RSA);
    verified
        .map(|_| ())
        .map_err(|error| error.code().to_owned())
}

#[tokio::test]
async fn keys_rotate_in_steps_and_what_is_retired_is_refused() {
    let bench = start(issuers()).await;
    let source = consumer(&bench);
    let url = format!("{}/corp/token", bench.base_url);
    let new_token = async || {
        let (_, answer) = ask(&url, Some(("a", "test")), "grant_type=client_credentials").await;
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let kid = |token: &str| Token::parse(token).unwrap().kid().unwrap().to_owned();
    let before = new_token().await;
    bench.oidc.rotate("corp", RotationStep::Publish).unwrap();
    let published = new_token().await;
    assert_eq!(kid(&before), kid(&published));
    bench.oidc.rotate(CORP, RotationStep::Sign).unwrap();
    let after = new_token().await;
    assert_ne!(kid(&before), kid(&after));
    for token in [&before, &published, &after] {
        assert_eq!(is_believed(&bench, &source, token).await, Ok(()));
    }
    bench.oidc.rotate("corp", RotationStep::Retire).unwrap();
    assert_eq!(
        is_believed(&bench, &source, &before).await,
        Err("unknown-kid".to_owned())
    );
    assert_eq!(is_believed(&bench, &source, &after).await, Ok(()));
    one_key_retires(&bench);
    // Another key under the same name: what the old one signed is refused by its signature.
    bench.oidc.rotate("corp", RotationStep::Replace).unwrap();
    let replaced = new_token().await;
    assert_eq!(kid(&after), kid(&replaced));
    assert_eq!(is_believed(&bench, &source, &replaced).await, Ok(()));
    assert_eq!(
        is_believed(&bench, &source, &after).await,
        Err("signature-mismatch".to_owned())
    );
    let nobody = bench.oidc.rotate("nobody", RotationStep::Sign).unwrap_err();
    assert!(nobody.to_string().contains("`nobody`") && nobody.to_string().contains("corp"));
    // Back to the start: the first key signs again, and added issuers are gone.
    bench.oidc.add_issuer(IssuerConfig::named("late")).unwrap();
    assert_eq!(get(&format!("{}/late/jwks", bench.base_url)).await.0, 200);
    bench.oidc.reset();
    bench.ids.reset();
    bench.journal.reset();
    assert_eq!(get(&format!("{}/late/jwks", bench.base_url)).await.0, 404);
    assert_eq!(new_token().await, before);
    let mut rotations = 0;
    while bench.oidc.rotate("corp", RotationStep::Sign).is_ok() {
        rotations += 1;
        assert!(rotations < 100);
    }
    assert!(rotations > 5, "{rotations}");
}

/// Of the keys that do not sign any one leaves the key set; that which signs stays.
fn one_key_retires(bench: &Bench) {
    let kids = || bench.oidc.kids("corp").unwrap();
    let (before, signing) = kids();
    let signing = signing.unwrap();
    bench.oidc.rotate("corp", RotationStep::Publish).unwrap();
    let (published, still) = kids();
    assert_eq!(still.as_ref(), Some(&signing));
    let added = published.iter().find(|kid| !before.contains(kid)).unwrap();
    let refused = bench.oidc.retire("corp", &signing).unwrap_err().to_string();
    assert!(refused.contains("signs"), "{refused}");
    let refused = bench.oidc.retire("corp", "k-0").unwrap_err().to_string();
    assert!(
        refused.contains("`k-0`") && refused.contains(&signing),
        "{refused}"
    );
    assert!(bench.oidc.retire("nobody", added).is_err());
    bench.oidc.retire("corp", added).unwrap();
    assert_eq!(kids(), (before, Some(signing)));
}

#[tokio::test]
async fn each_algorithm_is_published_as_it_signs() {
    let algorithms = [
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::EdDSA,
    ];
    let configs = algorithms.iter().map(|algorithm| IssuerConfig {
        algorithm: *algorithm,
        ..IssuerConfig::named(algorithm.as_str())
    });
    let bench = start(configs.collect()).await;
    for algorithm in algorithms {
        let url = format!("{}/{algorithm}", bench.base_url);
        let (_, answer) = ask(
            &format!("{url}/token"),
            Some(("a", "test")),
            "grant_type=client_credentials",
        )
        .await;
        let token = Token::parse(answer["access_token"].as_str().unwrap()).unwrap();
        let source = KeySource::new(
            Arc::new(bench.client.clone()),
            CachePolicy::http_api_authorizer(),
        );
        let keys = source
            .key_set(&url, bench.clock.now(), &NeededBy::default())
            .await
            .unwrap();
        let key = verify_with_set(&token, &keys, &[algorithm]).unwrap();
        assert_eq!(key.alg(), Some(algorithm.as_str()));
        let (_, document) = get(&format!("{url}/.well-known/openid-configuration")).await;
        assert_eq!(
            document["id_token_signing_alg_values_supported"],
            json!([algorithm.as_str()])
        );
    }
}

#[tokio::test]
async fn an_offset_of_the_providers_clock_stands_in_its_tokens() {
    let bench = start(issuers()).await;
    bench.clock.set_offset_seconds(Component::Oidc, 90).unwrap();
    let url = format!("{}/token", bench.base_url);
    let (_, answer) = ask(&url, Some(("a", "test")), "grant_type=client_credentials").await;
    assert_eq!(claims(&answer)["iat"], bench.clock.now().as_second() + 90);
}

#[test]
fn wrong_configurations_name_the_issuer() {
    let clock = authlab_kernel::Clock::standing(crate::bench::START.parse().unwrap());
    let made = |issuers: Vec<IssuerConfig>| {
        let journal = authlab_kernel::Journal::new(clock.clone());
        let config = OidcConfig {
            base_url: "http://127.0.0.1:1".to_owned(),
            issuers,
        };
        let component = clock.component(Component::Oidc);
        Oidc::new(config, component, authlab_kernel::Ids::new(1), journal)
    };
    let named = IssuerConfig::named;
    let with = |algorithm| IssuerConfig {
        algorithm,
        ..named("a")
    };
    let cases = [
        (vec![named("a/b")], "`a/b`"),
        (vec![named("")], "``"),
        (vec![named("..")], "`..`"),
        (vec![named("a"), named("a")], "two issuers named `a`"),
        (
            vec![named("a").url(CORP), named("b").url(CORP)],
            "two issuers with the URL",
        ),
        (
            vec![named("a").url("login.example")],
            "`login.example` is no URL of issuer `a`",
        ),
        (vec![named("a").url("https://x/?q=1")], "no query"),
        (vec![named("a").url("https://u:p@x/")], "no URL"),
        (vec![named("a").url("ftp://x/")], "give http or https"),
        (
            vec![IssuerConfig {
                token_ttl_seconds: 0,
                ..named("a")
            }],
            "`0` seconds",
        ),
        (vec![with(Algorithm::HS256)], "cannot sign with HS256"),
        (vec![with(Algorithm::ES512)], "cannot sign with ES512"),
        (vec![with(Algorithm::None)], "cannot sign with none"),
        (
            (0..16)
                .map(|index| IssuerConfig::named(format!("i{index}")))
                .collect(),
            "no more RSA test keys",
        ),
    ];
    for (issuers, expected) in cases {
        let error = made(issuers).err().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let replaced = made(vec![named(DEFAULT_ISSUER).url(CORP)]).ok().unwrap();
    assert_eq!(replaced.issuer_url(None).as_deref(), Some(CORP));
    assert_eq!(
        made(Vec::new()).ok().unwrap().issuer_url(None).as_deref(),
        Some("http://127.0.0.1:1")
    );
    assert_eq!(
        made(vec![named("a/b")]).err(),
        Some(ConfigError::Name("a/b".to_owned()))
    );
}

#[tokio::test]
async fn random_bytes_are_refused_and_never_break_it() {
    let bench = start(issuers()).await;
    let url = format!("{}/corp/token", bench.base_url);
    let client = http_client().build().unwrap();
    for index in 0..100usize {
        let noise = authlab_kernel::Draw::of(&format!("noise {index}")).bytes(index * 7);
        let header = base64::engine::general_purpose::STANDARD.encode(&noise);
        let requests = [
            client
                .post(&url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(noise.clone()),
            client
                .post(&url)
                .header("authorization", format!("Basic {header}"))
                .body(noise),
        ];
        for request in requests {
            let status = request.send().await.unwrap().status();
            assert!(status.is_client_error(), "{index}: {status}");
        }
    }
    let huge = client
        .post(&url)
        .body(vec![b'x'; 11 * 1024 * 1024])
        .send()
        .await
        .unwrap();
    assert_eq!(huge.status(), 413);
    assert_eq!(
        huge.json::<Value>().await.unwrap()["error"],
        "invalid_request"
    );
    assert_eq!(get(&format!("{}/jwks", bench.base_url)).await.0, 200);
}

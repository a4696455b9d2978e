//! Strangers at each port: foreign names, foreign pages, forged marks of the lab.

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}

/// A port of the lab: what to ask it for, and how its refusals look.
struct Port<'a> {
    base: &'a str,
    path: &'static str,
    refused: fn(&Asked) -> bool,
}

#[tokio::test]
async fn each_port_refuses_strangers_in_the_shape_of_its_protocol() {
    let lab = Lab::builder().start().await.unwrap();
    let id = api_to(&lab, "http://127.0.0.1:1/").await;
    let endpoints = lab.endpoints().clone();
    let gateway = format!("{}/_aws/execute-api/{id}/$default", endpoints.aws);
    let is_json = |asked: &Asked, member: &str| {
        let kind = asked.headers.get("content-type").cloned();
        let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
        assert!(kind.is_some_and(|kind| kind.contains("json")), "{asked:?}");
        !asked.json()[member].is_null()
    };
    let ports = [
        Port {
            base: &endpoints.aws,
            path: "/?Action=GetCallerIdentity&Version=2011-06-15",
            refused: |asked| asked.body.contains("<Code>AccessDenied</Code>"),
        },
        Port {
            base: &gateway,
            path: "/x",
            refused: |asked| asked.json()["message"].is_string(),
        },
        Port {
            base: &endpoints.vault,
            path: "/v1/sys/health",
            refused: |asked| asked.json()["errors"][0].is_string(),
        },
        Port {
            base: &endpoints.oidc_base,
            path: "/default/jwks",
            refused: |asked| asked.json()["error"].is_string(),
        },
        Port {
            base: &endpoints.control,
            path: "/_lab/health",
            refused: |asked| asked.json()["error"].is_string(),
        },
    ];
    let strangers: [&[(&str, &str)]; 5] = [
        &[("host", "rebound.evil.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[
            ("origin", "http://localhost:3000"),
            ("sec-fetch-site", "same-site"),
        ],
    ];
    for port in &ports {
        let url = format!("{}{}", port.base, port.path);
        for stranger in strangers {
            let asked = ask(&Method::GET, &url, headers(stranger), "").await;
            assert_eq!(asked.status, StatusCode::FORBIDDEN, "{url} {stranger:?}");
            assert!((port.refused)(&asked), "{url} {stranger:?}: {asked:?}");
        }
        // Its own page, and a client that is no browser.
        let host = port.base.split('/').nth(2).unwrap();
        let own = format!("http://{host}");
        for pairs in [
            &[][..],
            &[("origin", own.as_str()), ("sec-fetch-site", "same-origin")],
        ] {
            let asked = ask(&Method::GET, &url, headers(pairs), "").await;
            let turned_away = asked.body.contains("--allow-");
            assert!(!turned_away, "{url} {pairs:?}: {asked:?}");
        }
    }
    let json_call = headers(&[
        ("origin", "https://evil.example"),
        ("x-amz-target", "secretsmanager.ListSecrets"),
        ("content-type", "application/x-amz-json-1.1"),
    ]);
    let asked = ask(&Method::POST, &endpoints.aws, json_call, "{}").await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(is_json(&asked, "__type"), "{asked:?}");
    lab.stop().await;
}

#[tokio::test]
async fn who_is_let_in_gets_in_and_its_pages_can_read_what_each_port_answers() {
    let builder = Lab::builder().allow_origin("https://app.example").unwrap();
    let builder = builder.allow_host("lab.corp.example").unwrap();
    let lab = builder.start().await.unwrap();
    let endpoints = lab.endpoints().clone();
    let id = api_to(&lab, "http://127.0.0.1:1/").await;
    let control = format!("{}/_lab/health", endpoints.control);
    let ports = [
        format!("{}/v1/sys/health", endpoints.vault),
        format!(
            "{}/?Action=GetCallerIdentity&Version=2011-06-15",
            endpoints.aws
        ),
        endpoints.oidc.jwks_uri.clone(),
        format!("{}/nothing", endpoints.oidc_base),
        control.clone(),
    ];
    let page = [
        ("origin", "https://app.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let preflight = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "x-vault-token"),
    ];
    let reader = |asked: &Asked| asked.headers.get("access-control-allow-origin").cloned();
    for url in &ports {
        let asked = ask(&Method::GET, url, headers(&page), "").await;
        assert!(!asked.body.contains("--allow-"), "{url}: {asked:?}");
        assert_eq!(
            reader(&asked).unwrap(),
            "https://app.example",
            "{url}: {asked:?}"
        );
        let asked = ask(&Method::OPTIONS, url, headers(&preflight), "").await;
        assert_eq!(asked.status, StatusCode::NO_CONTENT, "{url}: {asked:?}");
        assert_eq!(
            reader(&asked).unwrap(),
            "https://app.example",
            "{url}: {asked:?}"
        );
        assert_eq!(
            asked.headers["access-control-allow-headers"], "x-vault-token",
            "{url}"
        );
        // Its twin that is not allowed, and a page that comes under a foreign name.
        for stranger in [
            &[
                ("origin", "https://evil.example"),
                ("access-control-request-method", "POST"),
            ][..],
            &[
                ("origin", "https://app.example"),
                ("host", "evil.example"),
                ("access-control-request-method", "POST"),
            ],
        ] {
            for method in [Method::GET, Method::OPTIONS] {
                let asked = ask(&method, url, headers(stranger), "").await;
                assert_eq!(
                    asked.status,
                    StatusCode::FORBIDDEN,
                    "{url} {stranger:?}: {asked:?}"
                );
                assert_eq!(reader(&asked), None, "{url} {stranger:?}: {asked:?}");
            }
        }
        // A name that the lab was told to answer leads to all but the control port.
        let named = [("host", "lab.corp.example:8200")];
        let asked = ask(&Method::GET, url, headers(&named), "").await;
        let is_control = *url == control;
        assert_eq!(
            asked.body.contains("--allow-host"),
            is_control,
            "{url}: {asked:?}"
        );
    }
    // Who may read an API's answers is said by its own configuration: this one has none.
    let url = format!("{}/_aws/execute-api/{id}/$default/x", endpoints.aws);
    for (method, pairs) in [(Method::GET, &page[..]), (Method::OPTIONS, &preflight)] {
        let asked = ask(&method, &url, headers(pairs), "").await;
        assert!(!asked.body.contains("--allow-"), "{asked:?}");
        assert_eq!(reader(&asked), None, "{asked:?}");
    }
    lab.stop().await;
}

#[tokio::test]
async fn a_strangers_mark_hangs_nothing_on_an_event_of_somebody_else() {
    let lab = Lab::builder().start().await.unwrap();
    let endpoints = lab.endpoints().clone();
    let aws = endpoints.aws.strip_prefix("http://").unwrap();
    let signing = Signing {
        access_key: "222222222222",
        service: "sts",
        region: "us-east-1",
        host: aws,
    };
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let trace = "Root=1-5759e988-bd862e3fe1be46a994272793";
    let mut own = signed(&lab, &signing, (&Method::POST, "/"), body);
    own.insert("x-amzn-trace-id", HeaderValue::from_static(trace));
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    own.insert("content-type", kind);
    let answer = ask(&Method::POST, &endpoints.aws, own, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let request_id = answer.headers["x-amzn-requestid"]
        .to_str()
        .unwrap()
        .to_owned();
    let before = lab.journal().last();
    for mark in [
        "1",
        "2",
        "3",
        "1041",
        "18446744073709551615",
        "-1",
        "",
        "guess 1 url 127.0.0.1",
        "guess 1 sts sts.amazonaws.com",
    ] {
        let forged = [
            ("x-authlab-cause", mark),
            ("x-amzn-trace-id", trace),
            ("x-vault-token", "hvs.wrong"),
        ];
        for url in [
            format!("{}/v1/secret/data/x", endpoints.vault),
            format!("{}/_aws/execute-api/none/$default/", endpoints.aws),
            format!("{}/default/nothing", endpoints.oidc_base),
            format!("{}/?Action=ListUsers&Version=2010-05-08", endpoints.aws),
        ] {
            let asked = ask(&Method::GET, &url, headers(&forged), "").await;
            assert!(asked.status.is_client_error(), "{url}: {asked:?}");
        }
    }
    for event in lab.journal().events_since(before) {
        let cause = event.cause.unwrap_or(u64::MAX);
        assert!(cause > before, "{event:?}");
        assert!(!event.detail.to_string().contains("guess"), "{event:?}");
    }
    let chain = lab.explain(&request_id).unwrap();
    assert_eq!(chain.culprit, None, "{:?}", chain.refusal());
    lab.stop().await;
}

#[tokio::test]
async fn two_authorization_headers_are_nobodys_on_every_port() {
    let lab = Lab::builder().start().await.unwrap();
    let endpoints = lab.endpoints().clone();
    let aws = endpoints.aws.strip_prefix("http://").unwrap();
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let signing = Signing {
        access_key: "222222222222",
        service: "sts",
        region: "us-east-1",
        host: aws,
    };
    let mut once = signed(&lab, &signing, (&Method::POST, "/"), body);
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    once.insert("content-type", form.clone());
    let mut basic = headers(&[("authorization", "Basic YTp0ZXN0")]);
    basic.insert("content-type", form);
    let token = format!("Bearer {}", lab.vault_root_token());
    let cases = [
        (format!("{}/", endpoints.aws), Method::POST, once, body),
        (
            format!("{}/v1/auth/token/lookup-self", endpoints.vault),
            Method::GET,
            headers(&[("authorization", token.as_str())]),
            "",
        ),
        (
            endpoints.oidc.token_endpoint.clone(),
            Method::POST,
            basic,
            "grant_type=client_credentials",
        ),
        (
            format!("{}/_lab/clock", endpoints.control),
            Method::GET,
            headers(&[("authorization", "Bearer x")]),
            "",
        ),
    ];
    for (url, method, own, body) in cases {
        let asked = ask(&method, &url, own.clone(), body).await;
        assert_eq!(asked.status, StatusCode::OK, "{url}: {asked:?}");
        let good = own["authorization"].clone();
        for second in [good, HeaderValue::from_static("Bearer other")] {
            let mut two = own.clone();
            two.append("authorization", second);
            let asked = ask(&method, &url, two, body).await;
            assert!(asked.status.is_client_error(), "{url}: {asked:?}");
        }
    }
    lab.stop().await;
}

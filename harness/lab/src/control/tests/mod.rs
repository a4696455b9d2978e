//! The control API over HTTP: each move, and each refusal beside it.

mod enforcement;
mod fault;
mod issuer;
mod journal;
mod session;

use http::StatusCode;
use serde_json::{Value, json};

use crate::Lab;

struct Asked {
    status: StatusCode,
    body: String,
}

impl Asked {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

/// A client of plain HTTP that heeds no proxy of its environment.
///
/// Where a crate of the workspace asks reqwest for TLS, no client is built before a provider of it
/// is installed, although all is plain HTTP here.
fn http_client() -> reqwest::Client {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn ask(lab: &Lab, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Asked {
    let url = format!("{}{path}", lab.endpoints().control);
    let mut request = http_client().request(method.parse().unwrap(), url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body.to_owned()).send().await.unwrap();
    Asked {
        status: answer.status(),
        body: answer.text().await.unwrap(),
    }
}

async fn lab() -> Lab {
    Lab::builder().start().await.unwrap()
}

#[tokio::test]
async fn the_clock_moves_as_told_and_refuses_nonsense_by_field() {
    let lab = lab().await;
    let now = |time: &str| json!({ "now": time, "running": false });
    let good = [
        (r#"{"advance_seconds":3600}"#, "2026-01-15T13:00:00Z"),
        (r#"{"set":"2026-01-01T00:00:00Z"}"#, "2026-01-01T00:00:00Z"),
        (
            r#"{"component":"gateway","offset_seconds":-30}"#,
            "2026-01-01T00:00:00Z",
        ),
        (
            r#"{"offset_seconds":-30,"component":"gateway"}"#,
            "2026-01-01T00:00:00Z",
        ),
        (r#"{"advance_seconds":0}"#, "2026-01-01T00:00:00Z"),
    ];
    for (body, expected) in good {
        let asked = ask(&lab, "POST", "/_lab/clock", &[], body).await;
        assert_eq!(
            (asked.status, asked.json()),
            (StatusCode::OK, now(expected)),
            "{body}"
        );
    }
    let bad = [
        (r#"{"advance_seconds":-1}"#, "advance_seconds: "),
        (r#"{"advance_seconds":1.5}"#, "advance_seconds: "),
        (r#"{"advance_seconds":"1"}"#, "advance_seconds: "),
        (
            r#"{"advance_seconds":9223372036854775807}"#,
            "advance_seconds: ",
        ),
        (r#"{"set":"noon"}"#, "set: "),
        (
            r#"{"component":"toaster","offset_seconds":1}"#,
            "aws, gateway, vault, oidc",
        ),
        (r#"{"component":"gateway"}"#, "offset_seconds: "),
        (
            r#"{"component":"vault","offset_seconds":9223372036854775807}"#,
            "offset_seconds: ",
        ),
        (
            r#"{"component":"vault","offset_seconds":-9223372036854775808}"#,
            "offset_seconds: ",
        ),
        (
            r#"{"component":"aws","offset_seconds":260000000000}"#,
            "offset_seconds: ",
        ),
        (r#"{"forward":1}"#, "forward: "),
        (r#"{}"#, "advance_seconds"),
        (
            r#"{"set":"2026-01-01T00:00:00Z","advance_seconds":1}"#,
            "one move",
        ),
        (
            r#"{"offset_seconds":1,"component":"vault","set":"2026-01-01T00:00:00Z"}"#,
            "one move",
        ),
        (
            r#"{"advance_seconds":1,"set":"2026-01-01T00:00:00Z"}"#,
            "one move",
        ),
        ("[1]", "no JSON object"),
        ("{", "no JSON"),
    ];
    for (body, expected) in bad {
        let asked = ask(&lab, "POST", "/_lab/clock", &[], body).await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(
            asked.error().contains(expected),
            "{body}: {}",
            asked.error()
        );
    }
    let after = ask(&lab, "GET", "/_lab/clock", &[], "").await;
    assert_eq!(
        after.json(),
        now("2026-01-01T00:00:00Z"),
        "a refused move moves nothing"
    );
}

#[tokio::test]
async fn tokens_are_minted_and_the_journal_shows_them_until_the_reset() {
    let lab = lab().await;
    let minted = ask(
        &lab,
        "POST",
        "/_lab/oidc/token",
        &[],
        r#"{"claims":{"aud":"a"}}"#,
    )
    .await;
    assert_eq!(minted.status, StatusCode::OK, "{}", minted.body);
    let token = minted.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(token.split('.').count(), 3);
    for (body, field) in [
        (r#"{}"#, "claims"),
        (r#"{"claims":1}"#, "claims"),
        (r#"{"claims":{},"issuer":"nobody"}"#, "issuer"),
        (r#"{"claims":{},"forge":"gold"}"#, "forge"),
        (r#"{"claims":{},"ttl":1}"#, "ttl"),
    ] {
        let asked = ask(&lab, "POST", "/_lab/oidc/token", &[], body).await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(asked.error().contains(field), "{body}: {}", asked.error());
    }
    let journal = ask(&lab, "GET", "/_lab/journal", &[], "").await;
    assert_eq!(journal.body.lines().count(), 1, "{}", journal.body);
    assert!(!journal.body.contains(&token), "a token is no evidence");
    let since = ask(&lab, "GET", "/_lab/journal?since=1", &[], "").await;
    assert_eq!(since.body, "");
    let unknown = ask(&lab, "GET", "/_lab/journal?before=1", &[], "").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);

    let reset = ask(&lab, "POST", "/_lab/reset", &[], "").await;
    assert_eq!(reset.json()["now"], "2026-01-15T12:00:00Z");
    assert_eq!(ask(&lab, "GET", "/_lab/journal", &[], "").await.body, "");
    let again = ask(
        &lab,
        "POST",
        "/_lab/oidc/token",
        &[],
        r#"{"claims":{"aud":"a"}}"#,
    )
    .await;
    assert_eq!(
        again.json()["token"],
        token,
        "the same seed and steps give the same token"
    );
}

#[tokio::test]
async fn only_loopback_hosts_and_own_origins_are_answered() {
    let lab = lab().await;
    let own = lab.endpoints().control.clone();
    let table = [
        (vec![], StatusCode::OK),
        (vec![("origin", own.as_str())], StatusCode::OK),
        (vec![("host", "localhost:4560")], StatusCode::OK),
        (vec![("host", "rebound.example")], StatusCode::FORBIDDEN),
        (
            vec![("host", "127.0.0.1.rebound.example:4560")],
            StatusCode::FORBIDDEN,
        ),
        (
            vec![("origin", "https://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (vec![("origin", "null")], StatusCode::FORBIDDEN),
    ];
    for (headers, expected) in table {
        let asked = ask(&lab, "GET", "/_lab/health", &headers, "").await;
        assert_eq!(asked.status, expected, "{headers:?}");
    }
    let health = ask(&lab, "GET", "/_lab/health", &[], "").await;
    assert_eq!(
        health.json(),
        json!({ "status": "ready" }),
        "the seed gives every token: no port tells it"
    );
    assert_eq!(
        ask(&lab, "GET", "/_lab/nothing", &[], "").await.status,
        StatusCode::NOT_FOUND
    );
    let wrong = ask(&lab, "DELETE", "/_lab/clock", &[], "").await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_no_code_reads_is_refused_wherever_it_stands() {
    let lab = lab().await;
    let before = lab.journal().last();
    let good = [
        ("GET", "/_lab/journal?since=0&request_id=none", ""),
        ("GET", "/_lab/journal?", ""),
        ("POST", "/_lab/reset", "{}"),
        (
            "POST",
            "/_lab/oidc/token",
            r#"{"claims":{"a":{"b":1},"c":{"b":1}}}"#,
        ),
    ];
    for (method, path, body) in good {
        let asked = ask(&lab, method, path, &[], body).await;
        assert_eq!(
            asked.status,
            StatusCode::OK,
            "{method} {path} {body}: {}",
            asked.body
        );
    }
    let unread = [
        ("GET", "/_lab/journal?since=0&since=9", "", "since"),
        (
            "GET",
            "/_lab/journal?request_id=a&request_id=a",
            "",
            "request_id",
        ),
        (
            "GET",
            "/_lab/journal?since=18446744073709551616",
            "",
            "since",
        ),
        ("GET", "/_lab/journal?Since=1", "", "Since"),
        ("GET", "/_lab/journal?since", "", "since"),
        ("GET", "/_lab/clock?since=1", "", "since"),
        ("GET", "/_lab/health?verbose", "", "verbose"),
        (
            "POST",
            "/_lab/clock?advance_seconds=1",
            r#"{"advance_seconds":1}"#,
            "advance_seconds",
        ),
        ("POST", "/_lab/reset?hard=1", "", "hard"),
        ("POST", "/_lab/reset", r#"{"seed":1}"#, "seed"),
        ("POST", "/_lab/reset", "now", "body"),
        (
            "POST",
            "/_lab/oidc/token?issuer=a",
            r#"{"claims":{}}"#,
            "issuer",
        ),
        (
            "POST",
            "/_lab/clock",
            r#"{"advance_seconds":1,"advance_seconds":2}"#,
            "twice",
        ),
        (
            "POST",
            "/_lab/oidc/token",
            r#"{"claims":{},"claims":{"a":1}}"#,
            "twice",
        ),
        (
            "POST",
            "/_lab/oidc/token",
            r#"{"claims":{"a":[{"b":1,"b":2}]}}"#,
            "twice",
        ),
    ];
    for (method, path, body, named) in unread {
        let asked = ask(&lab, method, path, &[], body).await;
        assert_eq!(
            asked.status,
            StatusCode::BAD_REQUEST,
            "{method} {path} {body}: {}",
            asked.body
        );
        assert!(
            asked.error().contains(named),
            "{path} {body}: {}",
            asked.error()
        );
    }
    assert!(
        lab.journal().last() <= before + 1,
        "a reset, a token, and nothing else"
    );
    lab.stop().await;
}

//! The key-set cache: what is fetched when, and what is refused.

#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{
    Component, Outbound, OutboundError, OutboundFuture, OutboundRequest, Timestamp,
};
use authlab_token::signing::SigningKey;
use authlab_token::{CachePolicy, KeySet, KeySource, KeySourceError, NeededBy};
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};

const ISSUER: &str = "https://login.corp.example/";
const DISCOVERY: &str = "https://login.corp.example/.well-known/openid-configuration";
const JWKS: &str = "https://login.corp.example/jwks";

/// A status and a body, or why there is none.
type Answer = Result<(u16, String), OutboundError>;

/// A web of fixed answers that notes what was asked.
#[derive(Default)]
struct Web {
    answers: Mutex<BTreeMap<String, Answer>>,
    asked: Mutex<Vec<OutboundRequest>>,
}

impl Outbound for Web {
    fn send(&self, request: OutboundRequest) -> OutboundFuture<'_> {
        let answer = self.answers.lock().get(&request.url).cloned();
        self.asked.lock().push(request);
        Box::pin(async move {
            // Lets another request in between, as a real exchange does.
            tokio::task::yield_now().await;
            let (status, body) = answer.unwrap_or(Ok((404, String::new())))?;
            Ok(http::Response::builder()
                .status(status)
                .body(Bytes::from(body))
                .unwrap())
        })
    }
}

impl Web {
    fn answers(self: &Arc<Self>, url: &str, status: u16, body: &str) {
        self.answers
            .lock()
            .insert(url.to_owned(), Ok((status, body.to_owned())));
    }

    fn fails(&self, url: &str) {
        let (host, budget_ms) = ("login.corp.example".to_owned(), 1_500);
        let error = OutboundError::Timeout { host, budget_ms };
        self.answers.lock().insert(url.to_owned(), Err(error));
    }

    fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .drain(..)
            .map(|request| request.url)
            .collect()
    }
}

fn keys(indices: &[usize]) -> String {
    let keys = indices
        .iter()
        .map(|index| SigningKey::test_key(*index).unwrap().jwk());
    KeySet::of(keys.collect()).to_value().to_string()
}

fn kid(index: usize) -> String {
    SigningKey::test_key(index).unwrap().kid().to_owned()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// A good issuer with key 0, and a consumer of it.
fn bench(change: impl FnOnce(&mut CachePolicy)) -> (Arc<Web>, KeySource) {
    let web = Arc::new(Web::default());
    web.answers(
        DISCOVERY,
        200,
        &json!({"issuer": ISSUER, "jwks_uri": JWKS}).to_string(),
    );
    web.answers(JWKS, 200, &keys(&[0]));
    let mut policy = CachePolicy::http_api_authorizer();
    change(&mut policy);
    let source = KeySource::new(Arc::clone(&web) as Arc<dyn Outbound>, policy);
    (web, source)
}

#[tokio::test]
async fn keys_are_fetched_once_for_the_window_and_again_after_it() {
    let (web, source) = bench(|_| {});
    let needed_by = NeededBy {
        cause: Some(7),
        request_id: Some("r".into()),
        trace_id: Some("t".into()),
    };
    let found = source
        .key(ISSUER, &kid(0), at(0), &needed_by)
        .await
        .unwrap();
    assert_eq!(found.kid(), Some(kid(0).as_str()));
    {
        let asked = web.asked.lock();
        let sent: Vec<_> = asked
            .iter()
            .map(|request| (request.purpose, request.url.as_str()))
            .collect();
        assert_eq!(sent, [("oidc-discovery", DISCOVERY), ("oidc-jwks", JWKS)]);
        for request in asked.iter() {
            assert_eq!(
                (request.from, request.budget_ms),
                (Component::Gateway, 1_500)
            );
            assert_eq!(request.cause, Some(7));
            assert_eq!(
                (request.request_id.as_deref(), request.trace_id.as_deref()),
                (Some("r"), Some("t"))
            );
        }
    }
    web.asked();
    source
        .key(ISSUER, &kid(0), at(7_199), &needed_by)
        .await
        .unwrap();
    assert!(web.asked().is_empty());
    assert_eq!(source.fetched_at(ISSUER), Some(at(0)));
    source
        .key(ISSUER, &kid(0), at(7_200), &needed_by)
        .await
        .unwrap();
    assert_eq!(web.asked(), [DISCOVERY, JWKS]);
    // The clock was set back: what comes from the future is not trusted.
    source
        .key(ISSUER, &kid(0), at(100), &needed_by)
        .await
        .unwrap();
    assert_eq!(web.asked(), [DISCOVERY, JWKS]);
    source.forget();
    assert_eq!(source.fetched_at(ISSUER), None);
}

#[tokio::test]
async fn a_rotated_key_waits_for_the_window_unless_the_consumer_asks_again() {
    for refetch in [false, true] {
        let (web, source) = bench(|policy| policy.refetch_on_unknown_kid = refetch);
        let needed_by = NeededBy::default();
        source
            .key(ISSUER, &kid(0), at(0), &needed_by)
            .await
            .unwrap();
        web.answers(JWKS, 200, &keys(&[1]));
        web.asked();
        let found = source.key(ISSUER, &kid(1), at(1), &needed_by).await;
        assert_eq!(found.is_ok(), refetch);
        assert_eq!(web.asked().len(), if refetch { 2 } else { 0 });
        if let Err(error) = found {
            assert_eq!(error.code(), "unknown-kid");
            assert!(error.to_string().contains(&kid(0)), "{error}");
        }
        // Nobody asks twice for a key that a set just fetched does not have.
        let fresh = bench(|policy| policy.refetch_on_unknown_kid = refetch);
        assert!(
            fresh
                .1
                .key(ISSUER, "none", at(0), &needed_by)
                .await
                .is_err()
        );
        assert_eq!(fresh.0.asked().len(), 2);
    }
}

#[tokio::test]
async fn many_requests_at_once_fetch_once() {
    let (web, source) = bench(|_| {});
    let needed_by = NeededBy::default();
    let gets = (0..20).map(|_| source.key_set(ISSUER, at(0), &needed_by));
    for result in futures_util::future::join_all(gets).await {
        assert_eq!(result.unwrap().kids(), [kid(0)]);
    }
    assert_eq!(web.asked(), [DISCOVERY, JWKS]);
}

#[tokio::test]
async fn many_requests_with_a_new_key_fetch_once_more() {
    let (web, source) = bench(|policy| policy.refetch_on_unknown_kid = true);
    let needed_by = NeededBy::default();
    source
        .key(ISSUER, &kid(0), at(0), &needed_by)
        .await
        .unwrap();
    web.answers(JWKS, 200, &keys(&[1]));
    web.asked();
    let new = kid(1);
    let gets = (0..20).map(|_| source.key(ISSUER, &new, at(1), &needed_by));
    for result in futures_util::future::join_all(gets).await {
        assert_eq!(result.unwrap().kid(), Some(new.as_str()));
    }
    assert_eq!(web.asked(), [DISCOVERY, JWKS]);
}

#[tokio::test]
async fn each_thing_that_is_wrong_is_told_apart_and_never_cached() {
    let discovery = |document: Value| (DISCOVERY, 200, document.to_string());
    let good = json!({"issuer": ISSUER, "jwks_uri": JWKS});
    let huge = json!({"keys": [], "padding": "x".repeat(150_000)}).to_string();
    let cases = [
        ((DISCOVERY, 404, good.to_string()), "discovery-status"),
        ((DISCOVERY, 302, good.to_string()), "discovery-status"),
        ((DISCOVERY, 200, "<html>".to_owned()), "discovery-document"),
        (discovery(json!([])), "discovery-document"),
        (discovery(json!({"issuer": ISSUER})), "discovery-document"),
        (
            discovery(json!({"issuer": ISSUER, "jwks_uri": 1})),
            "discovery-document",
        ),
        (
            discovery(json!({"issuer": ISSUER, "jwks_uri": JWKS, "x": "x".repeat(150_000)})),
            "discovery-document",
        ),
        (
            discovery(json!({"issuer": "https://login.corp.example", "jwks_uri": JWKS})),
            "discovery-issuer-mismatch",
        ),
        (
            discovery(json!({"issuer": "https://evil.example/", "jwks_uri": JWKS})),
            "discovery-issuer-mismatch",
        ),
        ((JWKS, 500, keys(&[0])), "jwks-status"),
        ((JWKS, 200, "{}".to_owned()), "jwks-document"),
        ((JWKS, 200, huge), "jwks-document"),
        ((JWKS, 200, r#"{"keys":[]}"#.to_owned()), "unknown-kid"),
    ];
    let needed_by = NeededBy::default();
    for ((url, status, body), expected) in cases {
        let (web, source) = bench(|_| {});
        web.answers(url, status, &body);
        let error = source
            .key(ISSUER, &kid(0), at(0), &needed_by)
            .await
            .unwrap_err();
        assert_eq!(error.code(), expected, "{error}");
        assert_eq!(
            error.is_discovery(),
            expected.starts_with("discovery"),
            "{error}"
        );
        assert_eq!(error.is_jwks(), expected.starts_with("jwks"), "{error}");
        if expected != "unknown-kid" {
            assert_eq!(source.fetched_at(ISSUER), None);
            web.answers(DISCOVERY, 200, &good.to_string());
            web.answers(JWKS, 200, &keys(&[0]));
            assert!(
                source.key(ISSUER, &kid(0), at(0), &needed_by).await.is_ok(),
                "{expected}"
            );
        }
    }
    for (url, expected) in [
        (DISCOVERY, "discovery-unreachable"),
        (JWKS, "jwks-unreachable"),
    ] {
        let (web, source) = bench(|_| {});
        web.fails(url);
        let error = source.key_set(ISSUER, at(0), &needed_by).await.unwrap_err();
        assert_eq!(error.code(), expected);
        assert!(
            error.to_string().contains("did not answer within 1500 ms"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_set_out_of_its_window_is_not_used_when_the_issuer_is_gone() {
    let (web, source) = bench(|_| {});
    let needed_by = NeededBy::default();
    source.key_set(ISSUER, at(0), &needed_by).await.unwrap();
    web.fails(DISCOVERY);
    assert!(source.key_set(ISSUER, at(7_199), &needed_by).await.is_ok());
    let gone = source.key_set(ISSUER, at(7_200), &needed_by).await;
    assert!(
        matches!(gone, Err(KeySourceError::DiscoveryUnreachable { .. })),
        "{gone:?}"
    );
}

#[tokio::test]
async fn a_key_set_may_be_configured_by_its_url() {
    let (web, source) = bench(|policy| policy.consumer = Component::Vault);
    let needed_by = NeededBy::default();
    let set = source.key_set_at(JWKS, at(0), &needed_by).await.unwrap();
    assert_eq!(set.kids(), [kid(0)]);
    source.key_set_at(JWKS, at(1), &needed_by).await.unwrap();
    assert_eq!(web.asked(), [JWKS]);
    let wrong = source
        .key_set_at("https://login.corp.example/none", at(0), &needed_by)
        .await;
    assert_eq!(
        wrong.map_err(|error| error.code()).err(),
        Some("jwks-status")
    );
}

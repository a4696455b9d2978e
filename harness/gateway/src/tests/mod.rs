//! The data plane, from the request to its access log: every refusal with AWS's status, body and
//! challenge, and its allowed twin.

mod authorizer;
mod bench;
mod enforcement;
mod evidence;
mod integration;
mod judge;
mod kept;
mod ledger;
mod method;
mod own_answer;
mod path;
mod policy;
mod rest;
mod rest_api;
mod rest_bench;
mod rest_log;
mod rest_policy;
mod rest_route;
mod rest_token;
mod token;
mod usage;

use authlab_kernel::Component;
use serde_json::json;

use self::bench::{Answer, Bench};

const UNAUTHORIZED: &str = r#"{"message":"Unauthorized"}"#;
const FORBIDDEN: &str = r#"{"message":"Forbidden"}"#;

async fn daily(bench: &Bench, authorization: &str) -> Answer {
    bench
        .call("GET", "/daily", &[("authorization", authorization)])
        .await
}

async fn upstream_calls(bench: &Bench) -> usize {
    bench
        .upstream
        .received_requests()
        .await
        .expect("recorded")
        .len()
}

#[tokio::test]
async fn iam_refusals_are_a_flat_403() {
    let bench = Bench::start().await;
    let call = |authorization: Option<&'static str>| {
        let headers: Vec<(&str, &str)> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let bench = &bench;
        async move { bench.call("GET", "/iam/7", &headers).await }
    };
    let cases = [
        (None, "authentication", "signature-missing"),
        (Some("stranger"), "authentication", "signature-mismatch"),
        (Some("pauper"), "authorization", "permission-missing"),
    ];
    for (authorization, kind, reason) in cases {
        let answer = call(authorization).await;
        assert_eq!(
            (answer.status(), answer.body()),
            (403, FORBIDDEN),
            "{reason}"
        );
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(answer.reason(), Some(reason));
        assert!(
            answer
                .events
                .iter()
                .any(|event| event.kind == kind && event.reason.is_some())
        );
    }
    let allowed = call(Some("owner")).await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(
        allowed.log()["user"],
        "arn:aws:sts::222222222222:assumed-role/looker/looker"
    );
    let resource = "arn:aws:execute-api:us-east-1:222222222222:api0000001/$default/GET/iam/7";
    assert!(
        bench
            .ledger
            .signed
            .lock()
            .iter()
            .all(|asked| *asked == [resource])
    );
}

#[tokio::test]
async fn addresses_lead_to_stages() {
    let bench = Bench::start().await;
    let host = "api0000001.execute-api.us-east-1.localhost:4566";
    let cases = [
        (host, "/open/x", 200, "$default"),
        (host, "/prod/open/x", 200, "prod"),
        (
            "api0000001.execute-api.us-east-1.amazonaws.com",
            "/open/x",
            200,
            "$default",
        ),
        (
            "127.0.0.1:4566",
            "/_aws/execute-api/api0000001/prod/open/x",
            200,
            "prod",
        ),
        (
            "127.0.0.1:4566",
            "/_aws/execute-api/api0000001/$default/open/x",
            200,
            "$default",
        ),
        (
            "api0000001.execute-api.eu-west-1.localhost",
            "/open/x",
            404,
            "no-stage",
        ),
        (
            "127.0.0.1:4566",
            "/_aws/execute-api/api0000001/beta/open/x",
            404,
            "no-stage",
        ),
        (
            "other.execute-api.us-east-1.localhost",
            "/open/x",
            404,
            "no-api",
        ),
        (host, "/nowhere", 404, "no-route"),
        (host, "/open/", 404, "no-route"),
    ];
    for (host, target, status, expected) in cases {
        let answer = bench.send(host, "GET", target, &[], b"").await;
        assert_eq!(answer.status(), status, "{host} {target}");
        assert!(answer.header("apigw-requestid").is_some());
        if status == 200 {
            assert_eq!(
                answer.event("request").expect("an event").detail["stage"],
                expected
            );
        } else {
            assert_eq!(answer.body(), r#"{"message":"Not Found"}"#);
            assert_eq!(answer.reason(), Some(expected), "{host} {target}");
        }
    }
    bench.gateway.publish("api0000001", "prod", None);
    assert_eq!(
        bench.call("GET", "/prod/open/x", &[]).await.reason(),
        Some("no-route")
    );
}

#[tokio::test]
async fn a_bucket_is_refilled_by_the_labs_time() {
    let bench = Bench::start().await;
    for expected in [200, 200, 429] {
        let answer = bench.call("GET", "/limited", &[]).await;
        assert_eq!(answer.status(), expected);
        if expected == 429 {
            assert_eq!(answer.body(), r#"{"message":"Too Many Requests"}"#);
            assert_eq!(answer.reason(), Some("throttled"));
        }
    }
    bench.clock.advance_seconds(1).await.expect("forward");
    assert_eq!(bench.call("GET", "/limited", &[]).await.status(), 200);
    assert_eq!(bench.call("GET", "/limited", &[]).await.status(), 429);
}

#[tokio::test]
async fn metrics_carry_the_dimensions_of_the_contract() {
    let bench = Bench::start().await;
    bench.call("GET", "/limited", &[]).await;
    bench.call("GET", "/nowhere", &[]).await;
    let points = bench.ledger.points.lock();
    let names = |set: &std::collections::BTreeMap<String, String>| {
        set.iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let sets: Vec<String> = points[0].dimensions.iter().map(|set| names(set)).collect();
    let expected = [
        "ApiId=api0000001",
        "ApiId=api0000001,Stage=$default",
        "ApiId=api0000001,Method=GET,Resource=/limited,Stage=$default",
    ];
    assert_eq!(sets, expected);
    assert_eq!(points[1].dimensions.len(), 2);
    let value = |of: usize, name: &str| {
        points[of]
            .values
            .iter()
            .find(|(other, _, _)| *other == name)
            .map(|(_, value, _)| *value)
    };
    assert_eq!(
        (
            value(0, "Count"),
            value(0, "4xx"),
            value(0, "IntegrationLatency")
        ),
        (Some(1.0), Some(0.0), Some(0.0))
    );
    assert_eq!(
        (
            value(1, "4xx"),
            value(1, "5xx"),
            value(1, "IntegrationLatency")
        ),
        (Some(1.0), Some(0.0), None)
    );
}

#[tokio::test]
async fn preflights_are_answered_without_a_route() {
    let bench = Bench::start().await;
    let headers = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "GET"),
    ];
    let answer = bench.call("OPTIONS", "/prod/daily", &headers).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example")
    );
    // Without cross-origin settings there is no such route.
    assert_eq!(
        bench.call("OPTIONS", "/daily", &headers).await.status(),
        404
    );
}

#[tokio::test]
async fn a_route_that_takes_options_takes_preflights_and_asks_who_calls() {
    let bench = Bench::start().await;
    let headers = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "GET"),
    ];
    let answer = bench.call("OPTIONS", "/prod/function/1", &headers).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example")
    );
}

#[tokio::test]
async fn a_request_leads_back_to_what_issued_its_token() {
    let bench = Bench::start().await;
    let draft = authlab_kernel::EventDraft::new(Component::Oidc, "token");
    let issued = bench.journal.record(draft);
    bench.journal.credential_issued("token-1", issued, None);
    let answer = daily(&bench, &bench.bearer(json!({}))).await;
    let chain: Vec<(&str, Option<u64>)> = answer
        .events
        .iter()
        .filter(|event| !event.kind.starts_with("hop"))
        .map(|event| (event.kind.as_str(), event.cause))
        .collect();
    assert_eq!(chain[0], ("request", Some(issued)));
    let kinds: Vec<&str> = chain.iter().map(|(kind, _)| *kind).collect();
    let expected = [
        "request",
        "route",
        "authentication",
        "authorization",
        "integration",
        "integration-response",
        "response",
        "access-log",
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let (one, two) = (Bench::start().await, Bench::start().await);
    let (first, second) = (
        one.call("GET", "/open/x", &[]).await,
        two.call("GET", "/open/x", &[]).await,
    );
    assert_eq!(
        first.header("apigw-requestid"),
        second.header("apigw-requestid")
    );
    let again = one.call("GET", "/open/x", &[]).await;
    assert_ne!(
        first.header("apigw-requestid"),
        again.header("apigw-requestid")
    );
}

impl Answer {
    /// The reason of the gateway's own refusal, past those of the hops.
    fn reason_of_gateway(&self) -> Option<&str> {
        self.events
            .iter()
            .filter(|event| {
                matches!(
                    event.kind.as_str(),
                    "authentication" | "authorization" | "integration"
                )
            })
            .find_map(|event| event.reason.as_deref())
    }
}

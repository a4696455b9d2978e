//! What integrations are sent, and what becomes of their answers.

use bytes::Bytes;
use serde_json::{Value, json};

use super::bench::{Bench, ISSUER, noon};
use crate::needs::FunctionFailure;

#[tokio::test]
async fn an_http_proxy_passes_the_request_on() {
    let bench = Bench::start().await;
    let trace = "Root=1-695a0000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1";
    let headers = [
        ("x-amzn-trace-id", trace),
        ("x-mine", "1"),
        ("connection", "close"),
    ];
    bench.call("GET", "/open/a%20b/c?q=1&q=2", &headers).await;
    let seen = bench.upstream.received_requests().await.expect("recorded");
    let seen = &seen[0];
    assert_eq!(
        (seen.url.path(), seen.url.query()),
        ("/upstream/a%20b/c", Some("q=1&q=2"))
    );
    let header = |name: &str| {
        seen.headers
            .get(name)
            .map(|value| value.to_str().expect("text"))
    };
    assert_eq!(header("x-amzn-trace-id"), Some(trace));
    assert_eq!(header("x-mine"), Some("1"));
    assert_eq!(header("via"), Some("HTTP/1.1 AmazonAPIGateway"));
    assert_eq!(header("connection"), None);
}

#[tokio::test]
async fn integrations_that_fail_say_why() {
    let bench = Bench::start().await;
    let (unavailable, internal) = ("Service Unavailable", "Internal Server Error");
    let cases = [
        ("/gone", 503, unavailable, "integration-unreachable"),
        ("/outside", 503, unavailable, "integration-not-allowed"),
        ("/unset", 500, internal, "integration-variable-missing"),
        ("/bare", 500, internal, "integration-missing"),
    ];
    for (target, status, message, reason) in cases {
        let answer = bench.call("GET", target, &[]).await;
        assert_eq!(answer.status(), status, "{target}");
        assert_eq!(answer.body(), json!({ "message": message }).to_string());
        assert_eq!(answer.reason_of_gateway(), Some(reason), "{target}");
    }
}

#[tokio::test]
async fn a_function_gets_the_event_of_payload_2() {
    let bench = Bench::start().await;
    let authorization = bench.bearer(json!({ "groups": ["a", "b"] }));
    let headers = [
        ("authorization", authorization.as_str()),
        ("X-Two", "1"),
        ("x-two", "2"),
        ("cookie", "a=1; b=2"),
        ("content-type", "application/json"),
        ("user-agent", "test"),
        (
            "x-amzn-trace-id",
            "Root=1-695a0000-0123456789abcdef01234567",
        ),
    ];
    let host = "api0000001.execute-api.us-east-1.localhost:4566";
    let target = "/prod/function/a%2Fb?x=1&x=2&y=%20";
    let answer = bench
        .send(host, "POST", target, &headers, b"{\"n\":1}")
        .await;
    assert_eq!((answer.status(), answer.body()), (200, "{\"ok\":true}"));
    let invocations = bench.ledger.invocations.lock();
    let invocation = &invocations[0];
    assert_eq!(
        invocation.function_arn,
        "arn:aws:lambda:us-east-1:222222222222:function:reporter"
    );
    assert_eq!(
        invocation.source_arn,
        "arn:aws:execute-api:us-east-1:222222222222:api0000001/prod/*/function/{id}"
    );
    assert_eq!(
        &**invocation.trace.root(),
        "1-695a0000-0123456789abcdef01234567"
    );
    let mut event: Value = serde_json::from_slice(&invocation.payload).expect("JSON");
    event["headers"]
        .as_object_mut()
        .expect("headers")
        .remove("authorization");
    let id = answer.header("apigw-requestid").expect("an id");
    let now = noon().as_second();
    let expected = json!({
        "version": "2.0",
        "routeKey": "ANY /function/{id}",
        "rawPath": "/prod/function/a%2Fb",
        "rawQueryString": "x=1&x=2&y=%20",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "content-type": "application/json",
            "host": host,
            "user-agent": "test",
            "x-amzn-trace-id": "Root=1-695a0000-0123456789abcdef01234567",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "4566",
            "x-forwarded-proto": "http",
            "x-two": "1,2",
        },
        "queryStringParameters": { "x": "1,2", "y": " " },
        "requestContext": {
            "accountId": "222222222222",
            "apiId": "api0000001",
            "authorizer": { "jwt": {
                "claims": {
                    "aud": "reports", "exp": (now + 3600).to_string(), "groups": "[a b]",
                    "iat": now.to_string(), "iss": ISSUER, "jti": "token-1",
                    "nbf": now.to_string(), "scope": "other reports/read", "sub": "looker",
                },
                "scopes": ["reports/read"],
            } },
            "domainName": "api0000001.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "api0000001",
            "http": {
                "method": "POST", "path": "/prod/function/a%2Fb", "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "test",
            },
            "requestId": id,
            "routeKey": "ANY /function/{id}",
            "stage": "prod",
            "time": "15/Jan/2026:12:00:00 +0000",
            "timeEpoch": noon().as_millisecond(),
        },
        "pathParameters": { "id": "a/b" },
        "stageVariables": { "fn": "reporter" },
        "body": "{\"n\":1}",
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_signed_caller_stands_in_the_event_of_payload_1() {
    let bench = Bench::start().await;
    let headers = [("authorization", "owner")];
    let answer = bench.call("GET", "/function1?x=1&x=2", &headers).await;
    // An answer of payload 1.0 needs a status.
    assert_eq!(
        (answer.status(), answer.reason()),
        (500, Some("function-answer-malformed"))
    );
    let event: Value =
        serde_json::from_slice(&bench.ledger.invocations.lock()[0].payload).expect("JSON");
    assert_eq!(
        (&event["version"], &event["resource"]),
        (&json!("1.0"), &json!("/function1"))
    );
    assert_eq!(
        event["multiValueQueryStringParameters"],
        json!({ "x": ["1", "2"] })
    );
    let identity = &event["requestContext"]["identity"];
    assert_eq!(identity["caller"], "AROAEXAMPLE:looker");
    assert_eq!(event["pathParameters"], Value::Null);
}

#[tokio::test]
async fn functions_that_fail_are_a_500() {
    let bench = Bench::start().await;
    let failures = [
        (FunctionFailure::Timeout, 503, "integration-timeout"),
        (
            FunctionFailure::Function {
                error: json!({ "errorMessage": "boom" }),
            },
            500,
            "function-failed",
        ),
        (
            FunctionFailure::NotPermitted {
                reason: "permission-missing".into(),
                message: "no".into(),
            },
            500,
            "permission-missing",
        ),
    ];
    let authorization = bench.bearer(json!({}));
    for (failure, status, reason) in failures {
        *bench.ledger.function.lock() = Some(Err(failure));
        let headers = [("authorization", authorization.as_str())];
        let answer = bench.call("GET", "/function/1", &headers).await;
        assert_eq!((answer.status(), answer.reason()), (status, Some(reason)));
    }
    let made = br#"{"statusCode":201,"headers":{"x-made":"1"},"cookies":["a=1"],"body":"made"}"#;
    *bench.ledger.function.lock() = Some(Ok(Bytes::from_static(made)));
    let headers = [("authorization", authorization.as_str())];
    let answer = bench.call("GET", "/function/1", &headers).await;
    assert_eq!((answer.status(), answer.body()), (201, "made"));
    assert_eq!(
        (answer.header("x-made"), answer.header("set-cookie")),
        (Some("1"), Some("a=1"))
    );
}

//! HTTP APIs: payload formats 1.0 and 2.0, and simple answers.

use serde_json::json;

use super::{UNAUTHORIZED, allow, asked, authorizer, says};
use crate::deployment::AuthorizerFormat;
use crate::tests::bench::Bench;

/// Status, body and reason of a request that shows both sources.
async fn gated(bench: &Bench) -> (u16, String, Option<String>) {
    let answer = bench.call("GET", "/gated?q=1", &[("auth", "x")]).await;
    let reason = answer.reason().map(str::to_owned);
    (answer.status(), answer.body().to_owned(), reason)
}

#[tokio::test]
async fn an_http_api_is_told_by_its_own_formats() {
    let bench = Bench::start().await;
    let sources = ["$request.header.Auth", "$request.querystring.q"];
    let route_arn = "arn:aws:execute-api:us-east-1:222222222222:api0000001/$default/GET/gated";
    let policy = json!({ "principalId": "u", "policyDocument": allow(route_arn) });
    bench.publish_gated(authorizer(AuthorizerFormat::V1, &sources, 0));
    says(&bench, &policy);
    assert_eq!(gated(&bench).await.0, 200);
    let event = asked(&bench).pop().expect("an event");
    assert_eq!(event["version"], "1.0");
    assert_eq!(
        (&event["identitySource"], &event["methodArn"]),
        (&json!("x,1"), &json!(route_arn))
    );

    let v2 = |is_simple| AuthorizerFormat::V2 { is_simple };
    bench.publish_gated(authorizer(v2(false), &sources, 0));
    assert_eq!(gated(&bench).await.0, 200);
    let event = asked(&bench).pop().expect("an event");
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeArn"], route_arn);
    assert_eq!(event["identitySource"], json!(["x", "1"]));
    assert_eq!(event["routeKey"], "GET /gated");
    assert_eq!(event.get("body"), None);

    bench.publish_gated(authorizer(v2(true), &sources, 0));
    let internal = r#"{"message":"Internal Server Error"}"#;
    for (answer, status, body, reason) in [
        (json!({ "isAuthorized": true }), 200, None, None),
        (
            json!({ "isAuthorized": false }),
            403,
            Some(r#"{"message":"Forbidden"}"#),
            Some("authorizer-denied"),
        ),
        (
            json!({ "isAuthorized": "true" }),
            500,
            Some(internal),
            Some("authorizer-answer-malformed"),
        ),
        (
            policy,
            500,
            Some(internal),
            Some("authorizer-answer-malformed"),
        ),
    ] {
        says(&bench, &answer);
        let found = gated(&bench).await;
        assert_eq!((found.0, found.2.as_deref()), (status, reason), "{answer}");
        if let Some(body) = body {
            assert_eq!(found.1, body);
        }
    }
    let answer = bench.call("GET", "/gated", &[("auth", "x")]).await;
    assert_eq!((answer.status(), answer.body()), (401, UNAUTHORIZED));
    assert_eq!(answer.header("www-authenticate"), None);
}

/// APIGW-04: what is answered simply counts for every route, unless the route is a source.
#[tokio::test]
async fn a_kept_simple_answer_counts_for_all_routes_unless_the_route_is_a_source() {
    let bench = Bench::start().await;
    for (sources, expected) in [
        (vec!["$request.header.Auth"], 200),
        (vec!["$request.header.Auth", "$context.routeKey"], 403),
    ] {
        let format = AuthorizerFormat::V2 { is_simple: true };
        bench.publish_gated(authorizer(format, &sources, 300));
        says(&bench, &json!({ "isAuthorized": true }));
        assert_eq!(
            bench.call("GET", "/gated", &[("auth", "x")]).await.status(),
            200
        );
        says(&bench, &json!({ "isAuthorized": false }));
        let answer = bench.call("GET", "/admin", &[("auth", "x")]).await;
        assert_eq!(answer.status(), expected, "{sources:?}");
    }
}

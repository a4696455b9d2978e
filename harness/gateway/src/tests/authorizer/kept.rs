//! What a function said is kept.

use serde_json::json;

use super::{allow, asked, authorizer, get, says, token};
use crate::deployment::AuthorizerFormat;
use crate::evidence::Authorizer;
use crate::tests::bench::Bench;
use crate::tests::rest_policy::{API, METHODS, Rest};

/// Every order of three requests.
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// APIGW-01: a policy that names the method of the first request refuses all others until it is over.
#[tokio::test]
async fn a_kept_policy_is_decided_for_each_method_in_whichever_order() {
    let bench = Bench::start().await;
    let source = "method.request.header.Authorization";
    for ttl_seconds in [0, 60] {
        for order in ORDERS {
            bench.ledger.invocations.lock().clear();
            bench.publish_rest(Rest::of(authorizer(token(None), &[source], ttl_seconds)));
            for (position, at) in order.into_iter().enumerate() {
                let path = METHODS[at];
                let arn =
                    format!("arn:aws:execute-api:us-east-1:222222222222:{API}/prod/GET{path}");
                says(
                    &bench,
                    &json!({ "principalId": "u", "policyDocument": allow(&arn) }),
                );
                let answer = get(&bench, path, &[("authorization", "t")]).await;
                let is_first = position == 0;
                let is_allowed = is_first || ttl_seconds == 0;
                let expected = if is_allowed { 200 } else { 403 };
                assert_eq!(answer.status(), expected, "{order:?} {path} {ttl_seconds}");
                let event = answer.event("lambda-authorizer").expect("an event");
                let told: Authorizer<'_> = event.read().expect("evidence");
                assert_eq!(told.kept.is_some(), ttl_seconds > 0 && !is_first);
            }
            let expected = if ttl_seconds == 0 { 3 } else { 1 };
            assert_eq!(asked(&bench).len(), expected);
        }
    }
}

#[tokio::test]
async fn what_was_said_is_kept_by_all_sources_until_it_is_over_or_forgotten() {
    let bench = Bench::start().await;
    let sources = ["method.request.header.Auth", "method.request.querystring.q"];
    let format = || AuthorizerFormat::Request;
    bench.publish_rest(Rest::of(authorizer(format(), &sources, 60)));
    says(
        &bench,
        &json!({ "principalId": "u", "policyDocument": allow("*") }),
    );
    let send = |auth: &'static str, q: &'static str| {
        let bench = &bench;
        async move {
            let target = format!("/a?q={q}");
            let answer = bench.rest("GET", &target, &[("auth", auth)]).await;
            (answer.status(), asked(bench).len())
        }
    };
    assert_eq!(send("x", "1").await, (200, 1));
    assert_eq!(send("x", "1").await, (200, 1));
    assert_eq!(send("x", "2").await, (200, 2));
    assert_eq!(send("y", "1").await, (200, 3));
    assert_eq!(send("x", "").await, (401, 3));
    bench.clock.advance_seconds(59).await.expect("forward");
    assert_eq!(send("x", "1").await, (200, 3));
    bench.clock.advance_seconds(1).await.expect("forward");
    assert_eq!(send("x", "1").await, (200, 4));
    bench.gateway.forget_decisions(API, "beta");
    assert_eq!(send("x", "1").await, (200, 4));
    bench.gateway.forget_decisions(API, "prod");
    assert_eq!(send("x", "1").await, (200, 5));
    bench.publish_rest(Rest::of(authorizer(format(), &sources, 60)));
    assert_eq!(send("x", "1").await, (200, 6));
}

//! API keys, the plans that they are in, and every limit that a request meets: each refusal with what lets
//! the same request through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bench::{Answer, Bench};
use super::rest_api::{API, keyed, method};
use crate::deployment::rest::MethodSetting;
use crate::deployment::{AccountUsage, ApiKey, Bucket, Limit, Period, Quota, Throttle, UsagePlan};
use crate::evidence::{self, KeyLikeness};

const VALUE: &str = "key-one-0123456789abcd";

fn key(plans: &[&str]) -> ApiKey {
    ApiKey {
        id: "k1".to_owned(),
        name: Some("one".to_owned()),
        enabled: true,
        plans: plans.iter().map(|plan| (*plan).to_owned()).collect(),
        stages: BTreeSet::new(),
    }
}

fn plan(id: &str, stages: &[&str]) -> UsagePlan {
    let stages = stages.iter();
    let stages = stages.map(|stage| ((API.to_owned(), (*stage).to_owned()), BTreeMap::new()));
    UsagePlan {
        id: id.to_owned(),
        name: id.to_owned(),
        stages: stages.collect(),
        throttle: None,
        quota: None,
    }
}

fn usage(key: ApiKey, plans: Vec<UsagePlan>) -> AccountUsage {
    let plans = plans
        .into_iter()
        .map(|plan| (plan.id.clone(), Arc::new(plan)));
    AccountUsage {
        keys: BTreeMap::from([(VALUE.to_owned(), key)]),
        plans: plans.collect(),
        throttle: None,
    }
}

const SLOW: Throttle = Throttle {
    rate_per_second: 1.0,
    burst: 1,
};

async fn bench() -> Bench {
    let bench = Bench::start().await;
    let methods = |_: &str| vec![keyed("GET /a"), keyed("ANY /any"), method("GET /open")];
    bench.publish_methods(&methods, &[]);
    bench
}

async fn a(bench: &Bench) -> Answer {
    bench
        .call_rest("GET", "/prod/a", &[("x-api-key", VALUE)])
        .await
}

#[tokio::test]
async fn a_log_shows_the_end_of_a_key() {
    let bench = bench().await;
    bench.publish_usage(usage(key(&["p"]), vec![plan("p", &["prod"])]));
    let answer = a(&bench).await;
    assert_eq!(answer.status(), 200);
    let line = answer.line.expect("a line");
    assert!(line.starts_with("****************89abcd k1 "), "{line}");
    let told: Vec<String> = answer
        .events
        .iter()
        .map(|it| it.detail.to_string())
        .collect();
    assert!(
        told.iter().all(|detail| !detail.contains(VALUE)),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_key_opens_the_stages_of_its_plans_at_once() {
    let bench = bench().await;
    let disabled = ApiKey {
        enabled: false,
        ..key(&["p"])
    };
    let by_itself = ApiKey {
        stages: BTreeSet::from([(API.to_owned(), "prod".to_owned())]),
        ..key(&[])
    };
    let cases = [
        (AccountUsage::default(), Some("api-key-unknown"), "no keys"),
        (
            usage(key(&["p"]), vec![plan("p", &["prod"])]),
            None,
            "linked",
        ),
        (
            usage(key(&[]), vec![plan("p", &["prod"])]),
            Some("api-key-without-plan"),
            "no plan of the key",
        ),
        (
            usage(key(&["p"]), vec![plan("p", &["beta"])]),
            Some("api-key-without-plan"),
            "another stage",
        ),
        (
            usage(
                key(&["q", "p"]),
                vec![plan("q", &["beta"]), plan("p", &["prod"])],
            ),
            None,
            "one of two plans",
        ),
        (
            usage(disabled, vec![plan("p", &["prod"])]),
            Some("api-key-disabled"),
            "disabled",
        ),
        (
            usage(by_itself, Vec::new()),
            None,
            "a stage of the key's own",
        ),
    ];
    for (usage, reason, case) in cases {
        bench.publish_usage(usage);
        let answer = a(&bench).await;
        assert_eq!(answer.reason(), reason, "{case}");
        let expected = if reason.is_some() { 403 } else { 200 };
        assert_eq!(answer.status(), expected, "{case}");
        if reason.is_some() {
            assert_eq!(answer.body(), r#"{"message":"Forbidden"}"#);
            assert_eq!(
                answer.header("x-amzn-errortype"),
                Some("ForbiddenException")
            );
        }
        // A method that asks for none takes no notice of it.
        let open = [("x-api-key", "rubbish")];
        assert_eq!(
            bench.call_rest("GET", "/prod/open", &open).await.status(),
            200
        );
    }
}

#[tokio::test]
async fn what_is_no_key_is_told_by_what_it_is_like() {
    let bench = bench().await;
    bench.publish_usage(usage(key(&["p"]), vec![plan("p", &["prod"])]));
    let cases = [
        ("k1", Some(KeyLikeness::Id)),
        ("one", Some(KeyLikeness::Name)),
        ("KEY-ONE-0123456789ABCD", Some(KeyLikeness::Case)),
        ("\"key-one-0123456789abcd\"", Some(KeyLikeness::Quoted)),
        ("nope-nope-nope-nope-nope", None),
    ];
    for (given, likeness) in cases {
        let answer = bench
            .call_rest("GET", "/prod/a", &[("x-api-key", given)])
            .await;
        assert_eq!(
            (answer.status(), answer.reason()),
            (403, Some("api-key-unknown"))
        );
        let told = answer.event("api-key").unwrap();
        let told = told.read::<evidence::ApiKey<'_>>().unwrap();
        assert_eq!(told.likeness, likeness, "{given}");
        assert_eq!(told.api_key.is_some(), likeness.is_some(), "{given}");
    }
    // Twice is no key; in other letters the header is the same; in the query string there is none.
    let twice = [("x-api-key", VALUE), ("x-api-key", VALUE)];
    assert_eq!(
        bench.call_rest("GET", "/prod/a", &twice).await.reason(),
        Some("api-key-unknown")
    );
    let header = [("X-API-KEY", VALUE)];
    assert_eq!(
        bench.call_rest("GET", "/prod/a", &header).await.status(),
        200
    );
    let query = format!("/prod/a?x-api-key={VALUE}");
    let answer = bench.call_rest("GET", &query, &[]).await;
    assert_eq!(answer.reason(), Some("api-key-missing"));
    let told = answer.event("api-key").unwrap();
    let told = told.read::<evidence::ApiKey<'_>>().unwrap();
    assert_eq!(told.elsewhere.as_deref(), Some("the query string"));
    let all = a(&bench).await;
    let told: Vec<String> = all
        .events
        .iter()
        .map(|event| event.detail.to_string())
        .collect();
    assert!(!told.join("\n").contains(VALUE), "{told:?}");
}

#[tokio::test]
async fn the_bucket_that_is_empty_is_told() {
    let bench = bench().await;
    let limited = |stage: &str| {
        let mut limited = keyed("GET /a");
        limited.setting = MethodSetting {
            limit: Some(Limit {
                bucket: Bucket::Method {
                    api_id: API.to_owned(),
                    stage: stage.to_owned(),
                    method: "GET /a".to_owned(),
                },
                throttle: SLOW,
            }),
            ..MethodSetting::default()
        };
        vec![limited, keyed("ANY /any")]
    };
    let unlimited = |_: &str| vec![keyed("GET /a"), keyed("ANY /any")];
    let mut of_plan = plan("p", &["prod", "beta"]);
    of_plan.throttle = Some(SLOW);
    let mut of_method = of_plan.clone();
    for methods in of_method.stages.values_mut() {
        methods.insert("GET /a".to_owned(), SLOW);
        methods.insert("ANY /any".to_owned(), SLOW);
    }
    let mut of_account = usage(key(&["p"]), vec![plan("p", &["prod", "beta"])]);
    of_account.throttle = Some(SLOW);
    let with = |plan: UsagePlan| usage(key(&["p"]), vec![plan]);
    let by_plan = r#"{"plan":{"plan":"p","key":"k1"}}"#;
    let cases = [
        (with(of_plan), false, "/prod/a", "/beta/any", by_plan),
        (
            with(of_method.clone()),
            false,
            "/prod/a",
            "/prod/a",
            r#"{"plan":{"plan":"p","key":"k1","method":"GET /a"}}"#,
        ),
        (
            with(of_method),
            false,
            "/prod/any",
            "/prod/any",
            r#"{"plan":{"plan":"p","key":"k1","method":"ANY /any"}}"#,
        ),
        (
            with(plan("p", &["prod"])),
            true,
            "/prod/a",
            "/prod/a",
            r#"{"method":{"stage":"prod","method":"GET /a"}}"#,
        ),
        (
            of_account,
            false,
            "/prod/a",
            "/beta/any",
            r#"{"account":{"account":"222222222222","region":"us-east-1"}}"#,
        ),
    ];
    for (usage, is_limited, first, second, bucket) in cases {
        bench.gateway.reset();
        bench.publish_methods(if is_limited { &limited } else { &unlimited }, &[]);
        bench.publish_usage(usage);
        let header = [("x-api-key", VALUE)];
        assert_eq!(
            bench.call_rest("GET", first, &header).await.status(),
            200,
            "{bucket}"
        );
        let answer = bench.call_rest("GET", second, &header).await;
        assert_eq!(answer.status(), 429, "{bucket}");
        assert_eq!(answer.body(), r#"{"message":"Too Many Requests"}"#);
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some("TooManyRequestsException")
        );
        let refused = answer
            .events
            .iter()
            .find(|event| event.reason.is_some())
            .unwrap();
        assert_eq!(refused.detail["bucket"].to_string(), bucket);
        bench.clock.advance_seconds(1).await.unwrap();
        assert_eq!(
            bench.call_rest("GET", second, &header).await.status(),
            200,
            "{bucket}"
        );
    }
}

#[tokio::test]
async fn an_account_is_throttled_over_apis_of_both_kinds() {
    let bench = bench().await;
    let throttled = AccountUsage {
        throttle: Some(SLOW),
        ..AccountUsage::default()
    };
    bench.publish_usage(throttled);
    assert_eq!(bench.call("GET", "/open/x", &[]).await.status(), 200);
    assert_eq!(
        bench.call_rest("GET", "/prod/open", &[]).await.status(),
        429
    );
    assert_eq!(bench.call("GET", "/open/x", &[]).await.status(), 429);
    bench.publish_usage(AccountUsage::default());
    assert_eq!(
        bench.call_rest("GET", "/prod/open", &[]).await.status(),
        200
    );
}

#[tokio::test]
async fn a_quota_counts_over_all_stages_and_is_forgotten_with_its_plan() {
    let bench = bench().await;
    let limited = |limit| {
        let mut limited = plan("p", &["prod", "beta"]);
        limited.quota = Some(Quota {
            limit,
            period: Period::Day,
            offset_days: 0,
        });
        usage(key(&["p"]), vec![limited])
    };
    bench.publish_usage(limited(1));
    assert_eq!(a(&bench).await.status(), 200);
    let header = [("x-api-key", VALUE)];
    let answer = bench.call_rest("GET", "/beta/a", &header).await;
    assert_eq!(
        (answer.status(), answer.reason()),
        (429, Some("quota-exceeded"))
    );
    assert_eq!(answer.body(), r#"{"message":"Limit Exceeded"}"#);
    assert_eq!(
        answer.header("x-amzn-errortype"),
        Some("LimitExceededException")
    );
    assert_eq!(answer.header("retry-after"), None);
    // A larger quota holds at once, and counts what was used.
    bench.publish_usage(limited(2));
    assert_eq!(a(&bench).await.status(), 200);
    assert_eq!(a(&bench).await.status(), 429);
    // Noon of the next day.
    bench.clock.advance_seconds(86_400).await.unwrap();
    assert_eq!(a(&bench).await.status(), 200);
    assert_eq!(a(&bench).await.status(), 200);
    assert_eq!(a(&bench).await.status(), 429);
    bench.publish_usage(AccountUsage::default());
    bench.publish_usage(limited(1));
    assert_eq!(a(&bench).await.status(), 200);
}

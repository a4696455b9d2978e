//! Calls of AWS with what AWS answers, replayed over HTTP against an embedded lab.
//!
//! See `README.md` beside this for the files, the format of the cases and the lists of what is known
//! to differ.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod archive;
mod case;
mod client;
mod decode;
mod encode;
mod known;
mod matching;
mod tally;
mod xml;

use std::sync::Arc;

use authlab::{FunctionError, InvocationContext, Lab};
use serde::Deserialize as _;
use serde_json::Value;

use case::Verdict;
use client::Client;
use known::Known;
use tally::Tally;

/// The account of the first case; each takes the next two.
const FIRST_ACCOUNT: u64 = 200_000_000_000;

/// The cases of a file.
fn cases(text: &str) -> Vec<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let document = Value::deserialize(&mut reader).unwrap();
    document["cases"].as_array().unwrap().clone()
}

/// Replays every case of a service, and holds the verdicts against the list of what is known.
fn run(service: &str, files: &[&str], known: &str) {
    let known = Known::read(known);
    let only = std::env::var("AUTHLAB_REPLAY_CASE").ok();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut account = FIRST_ACCOUNT;
    let mut verdicts = Vec::new();
    let mut tally = Tally::default();
    runtime.block_on(async {
        let lab = Lab::builder().seed(8).start().await.unwrap();
        // What the recorded functions do whose package is in the cases.
        let echo =
            |event: Value, _: InvocationContext| async move { Ok::<_, FunctionError>(event) };
        lab.register_function("handler.handler", Arc::new(echo));
        let client = Client::new(&lab);
        for case in files.iter().flat_map(|text| cases(text)) {
            let id = case["id"].as_str().unwrap().to_owned();
            account += 2;
            if only
                .as_ref()
                .is_some_and(|only| !id.contains(only.as_str()))
            {
                continue;
            }
            verdicts.push((id, case::run(&case, &client, account).await));
        }
        tally = Tally::of(&lab);
        lab.stop().await;
    });
    assert!(
        !verdicts.is_empty(),
        "no case of {service} has `{}` in its id: see AUTHLAB_REPLAY_CASE",
        only.unwrap_or_default()
    );
    let count = |wanted: fn(&Verdict) -> bool| {
        verdicts
            .iter()
            .filter(|(_, verdict)| wanted(verdict))
            .count()
    };
    println!(
        "{service}: {} same, {} differ, {} not there",
        count(|verdict| matches!(verdict, Verdict::Same)),
        count(|verdict| matches!(verdict, Verdict::Differs(_))),
        count(|verdict| matches!(verdict, Verdict::NotThere(_))),
    );
    println!("{service}: {} refusals: {}", tally.total(), tally.shown());
    assert_eq!(
        tally.vague(),
        0,
        "refusals that no class explains: {}",
        tally.shown()
    );
    let problems = known.problems(&verdicts, only.is_some());
    assert!(
        problems.is_empty(),
        "{} problems\n{}",
        problems.len(),
        problems.join("\n")
    );
}

macro_rules! services {
    ($($name:ident: $service:literal [$($file:literal),*]),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                run(
                    $service,
                    &[$(include_str!($file)),*],
                    include_str!(concat!("known/", $service, ".txt")),
                );
            }
        )*
    };
}

services! {
    kms: "kms" ["golden/kms.json", "rows/kms.json"],
    iam: "iam" ["golden/iam.json", "rows/iam.json"],
    sts: "sts" ["golden/sts.json", "rows/sts.json"],
    lambda: "lambda" ["golden/lambda.json", "rows/lambda.json"],
    secretsmanager: "secretsmanager" ["golden/secretsmanager.json", "rows/secretsmanager.json"],
    cognito_idp: "cognito-idp" ["golden/cognito-idp.json"],
    organizations: "organizations" ["golden/organizations.json", "rows/organizations.json"],
    logs: "logs" ["rows/logs.json"],
    cloudwatch: "cloudwatch" ["rows/cloudwatch.json"],
    oam: "oam" ["rows/oam.json"],
    apigateway: "apigateway" ["rows/apigateway.json"],
    apigatewayv2: "apigatewayv2" ["rows/apigatewayv2.json"],
    not_there: "not-there" ["rows/not-there.json"],
}

//! What is told of a request to a REST API once it is answered: `$context`, execution logs, metrics, traces.

use serde_json::{Value, json};

use super::bench::{Bench, noon};
use super::rest_bench::{API, function, mock, stage};
use crate::deployment::Authorization::{AwsIam, None as Open};
use crate::deployment::rest::{ExecutionLog, LogLevel, Method};
use crate::needs::{FunctionFailure, Written};

/// A bench that serves these methods, whose function answers well.
async fn bench(format: Option<&str>, methods: Vec<Method>) -> Bench {
    let bench = Bench::start().await;
    bench.serve(stage("prod", format), methods);
    let answer = json!({ "statusCode": 201, "body": "made" }).to_string();
    *bench.ledger.function.lock() = Some(Ok(answer.into_bytes().into()));
    bench
}

fn logged(mut method: Method, level: LogLevel, data_trace: bool) -> Method {
    method.setting.execution_log = Some(ExecutionLog { level, data_trace });
    method
}

#[tokio::test]
async fn the_context_is_that_of_a_rest_api() {
    let names = [
        "resourcePath",
        "resourceId",
        "requestTimeEpoch",
        "apiId",
        "domainPrefix",
        "routeKey",
        "dataProcessed",
        "identity.userArn",
        "authenticate.status",
        "authenticate.error",
        "authorize.status",
        "authorize.error",
        "error.responseType",
        "status",
        "xrayTraceId",
        "waf.status",
    ];
    let format: Vec<String> = names
        .iter()
        .map(|name| format!("$context.{name}"))
        .collect();
    let format = format!("$context.requestId|{}", format.join("|"));
    let methods = vec![mock("GET /open/{id}", Open), mock("GET /signed", AwsIam)];
    let bench = bench(Some(&format), methods).await;
    let epoch = noon().as_millisecond().to_string();
    let (open, signed) = ("/open/{id} id-of-/open/{id}", "/signed id-of-/signed");
    let told = "arn:aws:sts::222222222222:assumed-role/looker/session";
    for (target, authorization, resource, rest) in [
        (
            "/prod/open/1",
            None,
            open,
            "- - - - - - - - 200 - -".to_owned(),
        ),
        (
            "/prod/signed",
            Some("owner"),
            signed,
            format!("- - {told} 200 - 200 - - 200 - -"),
        ),
        (
            "/prod/signed",
            Some("pauper"),
            signed,
            format!("- - {told} 200 - 403 ? ACCESS_DENIED 403 - -"),
        ),
        (
            "/prod/signed",
            Some("stranger"),
            signed,
            "- - - 403 ? - - INVALID_SIGNATURE 403 - -".to_owned(),
        ),
        (
            "/prod/nope",
            None,
            "- -",
            "- - - - - - - MISSING_AUTHENTICATION_TOKEN 403 - -".to_owned(),
        ),
    ] {
        let headers: Vec<_> = authorization
            .iter()
            .map(|it| ("authorization", *it))
            .collect();
        let answer = bench.ask("GET", target, &headers).await;
        let line = answer.line.expect("a line");
        let fields: Vec<&str> = line.split('|').skip(1).collect();
        let expected = format!("{resource} {epoch} {API} {API} {rest}");
        let expected: Vec<&str> = expected.split(' ').collect();
        assert_eq!(fields.len(), expected.len(), "{line}");
        for ((name, found), expected) in names.iter().zip(&fields).zip(&expected) {
            let is_as_expected = match *expected {
                // A text of its own.
                "?" => *found != "-",
                _ if *name == "identity.userArn" => (*found == "-") == (*expected == "-"),
                expected => *found == expected,
            };
            assert!(
                is_as_expected,
                "{target} {authorization:?} {name}: {found} instead of {expected}"
            );
        }
    }
}

#[tokio::test]
async fn an_execution_log_tells_what_its_method_asks_for() {
    let methods = vec![
        logged(function("GET /info/{id}", Open), LogLevel::Info, false),
        logged(function("GET /data/{id}", Open), LogLevel::Info, true),
        logged(function("GET /error/{id}", Open), LogLevel::Error, true),
        function("GET /off/{id}", Open),
    ];
    let bench = bench(None, methods).await;
    let headers = [(
        "authorization",
        "Bearer hvs.CAESIJ8aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
    )];
    for (target, count, has_data) in [
        ("/prod/info/1?q=1", 8, false),
        ("/prod/data/1?q=1", 21, true),
        ("/prod/error/1", 0, false),
        ("/prod/off/1", 0, false),
        ("/prod/nope", 0, false),
    ] {
        let before = bench.ledger.executions.lock().len();
        let answer = bench.ask("GET", target, &headers).await;
        let told = answer
            .event("execution-log")
            .map(|event| event.detail["lines"].clone());
        let executions = bench.ledger.executions.lock();
        let lines = executions
            .get(before)
            .map(|log| log.lines.clone())
            .unwrap_or_default();
        assert_eq!(lines.len(), count, "{target}: {lines:#?}");
        assert_eq!(told, (count > 0).then(|| json!(count)), "{target}");
        let has = |text: &str| lines.iter().any(|line| line.ends_with(text));
        assert_eq!(
            has("Method request path: {id=1}"),
            has_data,
            "{target}: {lines:#?}"
        );
        assert_eq!(
            has("Method request query string: {q=1}"),
            has_data,
            "{target}"
        );
        assert_eq!(
            has("Received response. Status: 200, Integration latency: 0 ms"),
            has_data
        );
        assert_eq!(
            has("Method completed with status: 201"),
            count > 0,
            "{target}"
        );
        assert!(
            !lines.iter().any(|line| line.contains("CAESIJ8a")),
            "{lines:#?}"
        );
        if let Some(log) = executions.get(before) {
            assert_eq!(log.group, "API-Gateway-Execution-Logs_rest000001/prod");
        }
    }
}

#[tokio::test]
async fn an_execution_log_says_why_an_integration_failed() {
    let methods = vec![
        logged(function("GET /error", Open), LogLevel::Error, false),
        logged(function("GET /signed", AwsIam), LogLevel::Error, false),
    ];
    let bench = bench(None, methods).await;
    let lacks = Written {
        role: Some("arn:aws:iam::222222222222:role/logs".to_owned()),
        lacks: Some("logs:PutLogEvents".to_owned()),
    };
    *bench.ledger.written.lock() = lacks;
    let not_permitted = FunctionFailure::NotPermitted {
        reason: "permission-missing".to_owned(),
        message: "no".to_owned(),
    };
    let failed = "Execution failed due to";
    for (failure, expected) in [
        (
            Err(not_permitted),
            "configuration error: Invalid permissions on Lambda function",
        ),
        (Err(FunctionFailure::Timeout), "a timeout error"),
        (
            Ok("{}".into()),
            "configuration error: Malformed Lambda proxy response",
        ),
    ] {
        *bench.ledger.function.lock() = Some(failure);
        let answer = bench.ask("GET", "/prod/error", &[]).await;
        let log = bench.ledger.executions.lock().pop().expect("a log");
        assert_eq!(log.lines.len(), 1, "{:?}", log.lines);
        let line = format!(") {failed} {expected}");
        assert!(log.lines[0].ends_with(&line), "{:?}", log.lines);
        let told = &answer.event("execution-log").expect("an event").detail;
        assert_eq!(told["lacks"], json!("logs:PutLogEvents"));
    }
    bench.ask("GET", "/prod/signed", &[]).await;
    assert!(bench.ledger.executions.lock().is_empty());
}

#[tokio::test]
async fn data_points_stand_under_the_api_s_name() {
    let mut detailed = function("GET /pets/{id}", Open);
    detailed.setting.detailed_metrics = true;
    let bench = bench(
        None,
        vec![
            detailed,
            mock("GET /mock", Open),
            mock("GET /signed", AwsIam),
        ],
    )
    .await;
    for (target, errors, has_integration, sets) in [
        ("/prod/pets/1", (0.0, 0.0), true, 3),
        ("/prod/mock", (0.0, 0.0), false, 2),
        ("/prod/signed", (1.0, 0.0), false, 2),
        ("/prod/nope", (1.0, 0.0), false, 2),
    ] {
        bench.ask("GET", target, &[]).await;
        let points = bench.ledger.points.lock().pop().expect("points");
        let value = |name: &str| {
            let mut values = points.values.iter();
            values
                .find(|(known, ..)| *known == name)
                .map(|(_, value, unit)| (*value, *unit))
        };
        assert_eq!(value("Count"), Some((1.0, "Count")), "{target}");
        assert_eq!(value("4XXError"), Some((errors.0, "Count")), "{target}");
        assert_eq!(value("5XXError"), Some((errors.1, "Count")), "{target}");
        assert_eq!(value("Latency"), Some((0.0, "Milliseconds")), "{target}");
        let latency = value("IntegrationLatency");
        assert_eq!(latency.is_some(), has_integration, "{target}");
        let sets_found: Vec<Value> = points.dimensions.iter().map(|set| json!(**set)).collect();
        let all = [
            json!({ "ApiName": "pets" }),
            json!({ "ApiName": "pets", "Stage": "prod" }),
            json!({ "ApiName": "pets", "Stage": "prod", "Method": "GET", "Resource": "/pets/{id}" }),
        ];
        assert_eq!(sets_found, all[..sets], "{target}");
    }
}

#[tokio::test]
async fn a_trace_goes_on_and_comes_back_where_a_service_answers() {
    let bench = bench(
        None,
        vec![function("GET /function", Open), mock("GET /mock", Open)],
    )
    .await;
    let root = "Root=1-695a0000-0123456789abcdef01234567";
    let full = format!("{root};Parent=53995c3f42cd8ad8;Sampled=1");
    let sent = |text: &str| vec![("x-amzn-trace-id".to_owned(), text.to_owned())];
    for (sent, expected) in [
        (sent(&full), Some(full.clone())),
        (sent(root), None),
        (Vec::new(), None),
    ] {
        let headers: Vec<_> = sent
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = bench.ask("GET", "/prod/function", &headers).await;
        let found = answer
            .header("x-amzn-trace-id")
            .expect("a trace")
            .to_owned();
        let went_on = bench
            .ledger
            .invocations
            .lock()
            .pop()
            .expect("invoked")
            .trace
            .to_string();
        assert_eq!(found, went_on);
        match expected {
            Some(expected) => assert_eq!(found, expected),
            None => {
                let parts: Vec<&str> = found.split(';').collect();
                assert_eq!(parts.len(), 3, "{found}");
                assert!(sent.is_empty() || parts[0] == root, "{found}");
                assert_eq!(parts[1].len(), "Parent=".len() + 16, "{found}");
                assert_eq!(parts[2], "Sampled=0");
            }
        }
        let mock = bench.ask("GET", "/prod/mock", &headers).await;
        assert_eq!(mock.header("x-amzn-trace-id"), None);
        let nowhere = bench.ask("GET", "/prod/nope", &headers).await;
        assert_eq!(nowhere.header("x-amzn-trace-id"), None);
    }
}

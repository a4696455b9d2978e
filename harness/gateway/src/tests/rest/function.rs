//! `AWS` and `AWS_PROXY` with a function.

use bytes::Bytes;
use serde_json::{Value, json};

use super::bench::{Answer, RestBench, Sent};
use crate::needs::FunctionFailure;

const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:222222222222:function:${stageVariables.fn}/invocations";

async fn bench() -> RestBench {
    let mut bench = RestBench::start().await;
    bench
        .stage_variables
        .insert("fn".to_owned(), "f".to_owned());
    bench
}

fn answers(bench: &RestBench, answer: Result<&str, FunctionFailure>) {
    let answer = answer.map(|text| Bytes::from(text.to_owned()));
    *bench.bench.ledger.function.lock() = Some(answer);
}

fn raised(message: &str) -> FunctionFailure {
    FunctionFailure::Function {
        error: json!({ "errorMessage": message, "errorType": "Error" }),
    }
}

async fn ask(bench: &RestBench, mut of: Value, headers: &[(&str, &str)]) -> Answer {
    of["uri"] = json!(URI);
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let sent = Sent {
        method: "POST",
        target: "/c/a%2Fb?x=1&x=2",
        headers: headers.iter().map(owned).collect(),
        body: b"{\"n\":1}".to_vec(),
    };
    bench.ask(("POST", "/c/{id}"), &of, sent).await
}

#[tokio::test]
async fn a_functions_answer_is_a_response_or_502() {
    let mut bench = bench().await;
    bench.binary_media_types.push("image/png".to_owned());
    let cases = [
        (r#"{"statusCode":200}"#, "", 200, ""),
        (r#"{"statusCode":"201","body":"b"}"#, "", 201, "b"),
        (r#"{"headers":{"a":"1"}}"#, "", 200, ""),
        (
            r#"{"statusCode":200,"headers":null,"multiValueHeaders":null,"body":null}"#,
            "",
            200,
            "",
        ),
        (
            r#"{"statusCode":200,"body":"eA==","isBase64Encoded":true}"#,
            "text/plain",
            200,
            "eA==",
        ),
        (
            r#"{"statusCode":200,"body":"eA==","isBase64Encoded":true}"#,
            "image/png",
            200,
            "x",
        ),
        (
            r#"{"statusCode":200,"body":"x","isBase64Encoded":false}"#,
            "image/png",
            200,
            "x",
        ),
    ];
    let of = json!({ "type": "aws_proxy", "httpMethod": "POST" });
    for (returned, accept, status, body) in cases {
        answers(&bench, Ok(returned));
        let answer = ask(&bench, of.clone(), &[("Accept", accept)]).await;
        assert_eq!(
            (answer.status(), answer.body().as_str()),
            (status, body),
            "{returned}"
        );
        assert_eq!(
            answer.header("content-type").as_deref(),
            Some("application/json")
        );
    }
    for malformed in [
        "{}",
        "null",
        "[]",
        "\"text\"",
        "oops",
        r#"{"statusCode":"test"}"#,
        r#"{"statusCode":99}"#,
        r#"{"statusCode":[200]}"#,
        r#"{"statusCode":200,"body":{"a":1}}"#,
        r#"{"statusCode":200,"cookies":[]}"#,
        r#"{"statusCode":200,"headers":{"a":{}}}"#,
        r#"{"statusCode":200,"headers":[]}"#,
        r#"{"statusCode":200,"headers":{"a b":"c"}}"#,
        r#"{"statusCode":200,"multiValueHeaders":{"a":"b"}}"#,
        r#"{"statusCode":200,"isBase64Encoded":"yes","body":"x"}"#,
    ] {
        answers(&bench, Ok(malformed));
        let answer = ask(&bench, of.clone(), &[]).await;
        assert_eq!(answer.status(), 502, "{malformed}");
        assert_eq!(answer.json(), json!({ "message": "Internal server error" }));
        assert_eq!(answer.reason(), Some("function-answer-malformed"));
    }
}

#[tokio::test]
async fn headers_of_both_maps_are_sent_and_some_under_another_name() {
    let bench = bench().await;
    answers(
        &bench,
        Ok(
            r#"{"statusCode":200,"headers":{"a-b":"solo","flag":true,"WWW-Authenticate":"Basic"},
              "multiValueHeaders":{"A-B":["m1","m2"],"Content-Type":["text/html"]}}"#,
        ),
    );
    let of = json!({ "type": "aws_proxy", "httpMethod": "POST" });
    let answer = ask(&bench, of, &[]).await;
    for (name, expected) in [
        ("a-b", Some("m1, m2, solo")),
        ("flag", Some("true")),
        ("content-type", Some("text/html")),
        ("x-amzn-remapped-www-authenticate", Some("Basic")),
        ("www-authenticate", None),
    ] {
        assert_eq!(answer.header(name).as_deref(), expected, "{name}");
    }
}

#[tokio::test]
async fn functions_that_fail_are_answered_by_how_they_fail() {
    let bench = bench().await;
    let of = json!({ "type": "aws_proxy", "httpMethod": "POST" });
    let refused = || FunctionFailure::NotPermitted {
        reason: "resource-implicit-deny".to_owned(),
        message: "no".to_owned(),
    };
    let internal = "Internal server error";
    let cases = [
        ("POST", raised("boom"), 502, internal, "function-failed"),
        ("POST", refused(), 500, internal, "resource-implicit-deny"),
        (
            "POST",
            FunctionFailure::Timeout,
            504,
            "Endpoint request timed out",
            "integration-timeout",
        ),
        ("GET", refused(), 500, internal, "function-method"),
    ];
    for (method, failure, status, message, reason) in cases {
        answers(&bench, Err(failure));
        let mut of = of.clone();
        of["httpMethod"] = json!(method);
        let answer = ask(&bench, of, &[]).await;
        assert_eq!((answer.status(), answer.reason()), (status, Some(reason)));
        assert_eq!(answer.json()["message"], message);
    }
    // By another method nothing is invoked.
    assert_eq!(bench.bench.ledger.invocations.lock().len(), 3);
}

#[tokio::test]
async fn the_event_is_that_of_rest_apis() {
    let bench = bench().await;
    answers(&bench, Ok(r#"{"statusCode":200}"#));
    let headers = [
        ("X-Own", "1"),
        ("x-OWN", "2"),
        ("authorization", "me"),
        ("Connection", "close"),
        ("Content-MD5", "x"),
        ("Via", "proxy"),
    ];
    let of = json!({
        "type": "aws_proxy", "httpMethod": "POST",
        "requestParameters": { "integration.request.header.X-Mapped": "'1'" },
    });
    let answer = ask(&bench, of, &headers).await;
    assert_eq!(answer.status(), 200);
    let invocations = bench.bench.ledger.invocations.lock();
    let event: Value = serde_json::from_slice(&invocations[0].payload).expect("JSON");
    assert_eq!(
        invocations[0].function_arn,
        "arn:aws:lambda:us-east-1:222222222222:function:f"
    );
    assert_eq!(
        invocations[0].source_arn,
        "arn:aws:execute-api:us-east-1:222222222222:rest000001/prod/POST/c/{id}"
    );
    let trace = event["headers"]["X-Amzn-Trace-Id"]
        .as_str()
        .expect("a trace");
    assert!(trace.starts_with("Root=1-"), "{trace}");
    let expected = json!({
        "X-Own": "1", "x-OWN": "2", "Authorization": "me", "Via": "proxy",
        "Host": "rest000001.execute-api.us-east-1.amazonaws.com", "X-Amzn-Trace-Id": trace,
        "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "4566", "X-Forwarded-Proto": "http",
    });
    assert_eq!(event["headers"], expected);
    for (member, expected) in [
        ("resource", json!("/c/{id}")),
        ("path", json!("/c/a%2Fb")),
        ("pathParameters", json!({ "id": "a%2Fb" })),
        ("queryStringParameters", json!({ "x": "2" })),
        (
            "multiValueQueryStringParameters",
            json!({ "x": ["1", "2"] }),
        ),
        ("stageVariables", json!({ "fn": "f" })),
        ("body", json!("{\"n\":1}")),
        ("isBase64Encoded", json!(false)),
    ] {
        assert_eq!(event[member], expected, "{member}");
    }
    let context = &event["requestContext"];
    for (member, expected) in [
        ("path", json!("/prod/c/a%2Fb")),
        ("resourceId", json!("res001")),
        ("resourcePath", json!("/c/{id}")),
        ("deploymentId", json!("dep001")),
        ("authorizer", Value::Null),
    ] {
        assert_eq!(context[member], expected, "{member}");
    }
    assert!(context.get("authorizer").is_none());
}

#[tokio::test]
async fn an_error_message_selects_the_response() {
    let bench = bench().await;
    let of = json!({
        "type": "aws", "httpMethod": "POST",
        "requestTemplates": { "application/json": "{\"id\": \"$input.params('id')\"}" },
        "responses": {
            "default": { "statusCode": "200" },
            ".*not found.*": { "statusCode": "404", "responseTemplates": {
                "application/json": "{\"why\": $input.json('$.errorMessage')}" } },
            ".+": { "statusCode": "500" },
            "200": { "statusCode": "201" },
        },
    });
    let cases = [
        (
            Ok("\"Pass\""),
            200,
            json!("Pass"),
            json!({"value": "", "status_code": 200}),
        ),
        (
            Err(raised("thing not found here")),
            404,
            json!({ "why": "thing not found here" }),
            json!({"value": "thing not found here", "status_code": 404, "selection_pattern": ".*not found.*"}),
        ),
        (
            Err(raised("boom")),
            500,
            json!({ "errorMessage": "boom", "errorType": "Error" }),
            json!({"value": "boom", "status_code": 500, "selection_pattern": ".+"}),
        ),
    ];
    for (returned, status, body, selected) in cases {
        answers(&bench, returned);
        let answer = ask(&bench, of.clone(), &[("Content-Type", "application/json")]).await;
        assert_eq!((answer.status(), answer.json()), (status, body));
        assert_eq!(answer.told("response-selection"), Some(selected));
        let invocations = bench.bench.ledger.invocations.lock();
        let event = &invocations.last().expect("an invocation").payload;
        assert_eq!(&event[..], b"{\"id\": \"a%2Fb\"}");
    }
    answers(&bench, Err(FunctionFailure::Timeout));
    assert_eq!(ask(&bench, of, &[]).await.status(), 504);
}

#[tokio::test]
async fn nobody_waits_for_an_event() {
    let bench = bench().await;
    let of = |invocation_type: &str| {
        json!({
            "type": "aws", "httpMethod": "POST",
            "requestParameters": { "integration.request.header.X-Amz-Invocation-Type": invocation_type },
            "responses": { "default": { "statusCode": "202" } },
        })
    };
    answers(&bench, Err(raised("boom")));
    let answer = ask(&bench, of("'Event'"), &[]).await;
    assert_eq!((answer.status(), answer.body().as_str()), (202, ""));
    let answer = ask(&bench, of("'RequestResponse'"), &[]).await;
    assert_eq!(answer.json()["errorMessage"], "boom");
    let answer = ask(&bench, of("'DryRun'"), &[]).await;
    assert_eq!(
        (answer.status(), answer.reason()),
        (501, Some("not-simulated"))
    );
}

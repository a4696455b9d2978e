//! Subscription filters through the real client.

use std::sync::{Arc, Mutex};

use authlab_kernel::Component;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::front::testing::{OUTSIDER, TestDoor, WORKLOAD, refusal};
use crate::lambda::InvocationContext;

const FUNCTION: &str = "arn:aws:lambda:eu-central-1:222222222222:function:ship";
const GROUP: &str = "/app";
const NOT_INVOCABLE: &str = "Could not execute the lambda function. Make sure you have given \
                             CloudWatch Logs permission to execute your function.";

/// The events that the function got.
type Got = Arc<Mutex<Vec<Value>>>;

/// A door with a group, a stream, and a function that keeps what it gets.
async fn start() -> (TestDoor, Client, Got) {
    let got = Got::default();
    let kept = got.clone();
    let door = TestDoor::start(move |cloud| {
        let keep = move |event: Value, _: InvocationContext| {
            kept.lock().unwrap().push(event);
            async { Ok(json!({})) }
        };
        cloud.lambda.closures().register("ship", Arc::new(keep));
    })
    .await;
    let iam = aws_sdk_iam::Client::new(&door.root(WORKLOAD));
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = iam.create_role().role_name("ship");
    let role = role
        .assume_role_policy_document(trust)
        .send()
        .await
        .unwrap();
    let lambda = aws_sdk_lambda::Client::new(&door.root(WORKLOAD));
    let code = aws_sdk_lambda::primitives::Blob::new(crate::lambda::package("index.py"));
    let code = aws_sdk_lambda::types::FunctionCode::builder().zip_file(code);
    let create = lambda.create_function().function_name("ship");
    let create = create.handler("ship").role(role.role().unwrap().arn());
    let create = create.runtime(aws_sdk_lambda::types::Runtime::Providedal2023);
    create.code(code.build()).send().await.unwrap();
    let logs = Client::new(&door.root(WORKLOAD));
    let group = logs.create_log_group().log_group_name(GROUP);
    group.send().await.unwrap();
    let stream = logs.create_log_stream().log_group_name(GROUP);
    stream.log_stream_name("one").send().await.unwrap();
    (door, logs, got)
}

async fn permit(door: &TestDoor, id: &str, principal: &str, source_arn: &str) {
    let lambda = aws_sdk_lambda::Client::new(&door.root(WORKLOAD));
    let add = lambda.add_permission().function_name("ship");
    let add = add.statement_id(id).action("lambda:InvokeFunction");
    let add = add.principal(principal).source_arn(source_arn);
    add.send().await.unwrap();
}

/// `code: message` of the refusal; none where it is made.
async fn subscribed(logs: &Client, name: &str, pattern: &str, function: &str) -> Option<String> {
    let put = logs.put_subscription_filter().log_group_name(GROUP);
    let put = put.filter_name(name).filter_pattern(pattern);
    let answer = put.destination_arn(function).send().await;
    answer.is_err().then(|| {
        let (code, message) = refusal(answer);
        format!("{code}: {message}")
    })
}

async fn write(door: &TestDoor, logs: &Client, messages: &[&str]) {
    let put = logs.put_log_events().log_group_name(GROUP);
    let put = put.log_stream_name("one");
    let event = |message: &&str| {
        let event = InputLogEvent::builder().message(*message);
        event
            .timestamp(door.now().as_millisecond())
            .build()
            .unwrap()
    };
    let put = put.set_log_events(Some(messages.iter().map(event).collect()));
    put.send().await.unwrap();
}

/// The message in an event of a function.
fn opened(event: &Value) -> Value {
    let data = BASE64.decode(event["awslogs"]["data"].as_str().unwrap());
    serde_json::from_reader(GzDecoder::new(data.unwrap().as_slice())).unwrap()
}

#[tokio::test]
async fn a_subscription_waits_for_the_functions_permission() {
    let refused = format!("InvalidParameterException: {NOT_INVOCABLE}");
    let group = "arn:aws:logs:eu-central-1:222222222222:log-group:/app";
    let whole = format!("{group}:*");
    let rows = [
        ("events.amazonaws.com", whole.as_str(), false),
        ("logs.amazonaws.com", group, false),
        ("logs.eu-central-1.amazonaws.com", group, false),
        ("logs.eu-west-1.amazonaws.com", &whole, false),
        ("logs.amazonaws.com", &whole, true),
        ("logs.eu-central-1.amazonaws.com", &whole, true),
    ];
    for (principal, source_arn, is_taken) in rows {
        let (door, logs, _) = start().await;
        let before = subscribed(&logs, "ship", "", FUNCTION).await;
        assert_eq!(before.as_ref(), Some(&refused));
        permit(&door, "logs", principal, source_arn).await;
        let after = subscribed(&logs, "ship", "", FUNCTION).await;
        let wanted = (!is_taken).then_some(&refused);
        assert_eq!(after.as_ref(), wanted, "{principal} for {source_arn}");
    }
}

#[tokio::test]
async fn what_the_pattern_selects_is_passed_on_once() {
    let (door, logs, got) = start().await;
    permit(
        &door,
        "logs",
        "logs.amazonaws.com",
        "arn:aws:logs:eu-central-1:222222222222:log-group:/app:*",
    )
    .await;
    write(&door, &logs, &["ERROR before"]).await;
    assert_eq!(subscribed(&logs, "ship", "ERROR", FUNCTION).await, None);
    write(&door, &logs, &["ERROR one", "fine", "ERROR two"]).await;
    write(&door, &logs, &["fine again"]).await;
    let events: Vec<Value> = got.lock().unwrap().iter().map(opened).collect();
    assert_eq!(events.len(), 1, "{events:?}");
    let texts: Vec<&Value> = events[0]["logEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["message"])
        .collect();
    assert_eq!(texts, ["ERROR one", "ERROR two"]);
    let of_group = json!({
        "messageType": "DATA_MESSAGE", "owner": WORKLOAD, "logGroup": GROUP, "logStream": "one",
        "subscriptionFilters": ["ship"], "logEvents": events[0]["logEvents"],
    });
    assert_eq!(events[0], of_group);

    let delete = logs.delete_subscription_filter().log_group_name(GROUP);
    delete.filter_name("ship").send().await.unwrap();
    write(&door, &logs, &["ERROR three"]).await;
    assert_eq!(got.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_permission_no_longer_allows_is_not_passed_on() {
    let (door, logs, got) = start().await;
    permit(
        &door,
        "logs",
        "logs.amazonaws.com",
        "arn:aws:logs:eu-central-1:222222222222:log-group:/app:*",
    )
    .await;
    assert_eq!(subscribed(&logs, "ship", "", FUNCTION).await, None);
    let lambda = aws_sdk_lambda::Client::new(&door.root(WORKLOAD));
    let remove = lambda.remove_permission().function_name("ship");
    remove.statement_id("logs").send().await.unwrap();
    write(&door, &logs, &["line"]).await;
    assert_eq!(got.lock().unwrap().len(), 0);
    let events = door.events();
    let refused = events
        .iter()
        .filter(|event| event.is_by(Component::Lambda) && event.reason.is_some());
    assert!(refused.count() > 0, "the journal tells why");
}

#[tokio::test]
async fn a_group_has_two_filters_and_functions_of_its_account() {
    let (door, logs, _) = start().await;
    permit(
        &door,
        "logs",
        "logs.amazonaws.com",
        "arn:aws:logs:eu-central-1:222222222222:log-group:/app:*",
    )
    .await;
    for name in ["a", "b", "a"] {
        assert_eq!(subscribed(&logs, name, "", FUNCTION).await, None, "{name}");
    }
    let third = subscribed(&logs, "c", "", FUNCTION).await;
    assert_eq!(
        third.as_deref(),
        Some("LimitExceededException: Resource limit exceeded.")
    );
    let describe = logs.describe_subscription_filters().log_group_name(GROUP);
    let described = describe.send().await.unwrap();
    let first = &described.subscription_filters()[0];
    let shown = (
        first.filter_name(),
        first.destination_arn(),
        first.distribution(),
    );
    let by_stream = aws_sdk_cloudwatchlogs::types::Distribution::ByLogStream;
    assert_eq!(shown, (Some("a"), Some(FUNCTION), Some(&by_stream)));
    let foreign = FUNCTION.replace(WORKLOAD, OUTSIDER);
    let foreign = subscribed(&logs, "a", "", &foreign).await.unwrap();
    assert!(
        foreign.starts_with("AccessDeniedException: Cross-account lambda invocation"),
        "{foreign}"
    );
    let stream = "arn:aws:kinesis:eu-central-1:222222222222:stream/s";
    let stream = subscribed(&logs, "a", "", stream).await.unwrap();
    assert_eq!(
        stream,
        "InvalidParameterException: destinationArn for vendor kinesis cannot be used without roleArn"
    );
}

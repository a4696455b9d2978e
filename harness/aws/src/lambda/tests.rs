//! Lambda through the real client.

use std::sync::Arc;

use authlab_kernel::Enforcement;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, InvocationType, LogType, Runtime};
use serde_json::{Value, json};

use super::{FunctionError, Invocation, InvocationContext, InvokedBy};
use crate::front::ClientClock;
use crate::front::testing::{self, TestDoor, WORKLOAD as ACCOUNT};
use crate::oam::testing::user;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const OTHER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// `code: message` of a refusal.
fn refusal<T: std::fmt::Debug, E, R>(answer: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    let (code, message) = testing::refusal(answer);
    format!("{code}: {message}")
}

/// A door whose functions can be `echo` and `fail`.
async fn start() -> TestDoor {
    start_with(Enforcement::Enforce).await
}

async fn start_with(enforcement: Enforcement) -> TestDoor {
    TestDoor::start_with(ClientClock::Lab, enforcement, |cloud| {
        let closures = cloud.lambda.closures();
        let echo = |event: Value, context: InvocationContext| async move {
            context.log.write("echoing\n");
            Ok(json!({
                "event": event,
                "key": context.credentials.access_key_id,
                "stage": context.environment.get("STAGE"),
                "arn": context.function_arn,
            }))
        };
        closures.register("echo", Arc::new(echo));
        let fail = |_: Value, _: InvocationContext| async move {
            Err::<Value, _>(FunctionError::new("AccessDenied", "not for you"))
        };
        closures.register("fail", Arc::new(fail));
    })
    .await
}

/// A role with this trust policy that may write logs; its ARN.
async fn role(door: &TestDoor, name: &str, trust: &str) -> String {
    let iam = aws_sdk_iam::Client::new(&door.root(ACCOUNT));
    let role = iam
        .create_role()
        .role_name(name)
        .assume_role_policy_document(trust);
    let role = role.send().await.unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*",
        "Resource":"*"}]}"#;
    let put = iam
        .put_role_policy()
        .role_name(name)
        .policy_name("logs")
        .policy_document(policy);
    put.send().await.unwrap();
    role.role().unwrap().arn().to_owned()
}

fn create(
    client: &Client,
    name: &str,
    handler: &str,
    role: &str,
) -> aws_sdk_lambda::operation::create_function::builders::CreateFunctionFluentBuilder {
    let code = FunctionCode::builder()
        .zip_file(Blob::new(super::package("index.py")))
        .build();
    client
        .create_function()
        .function_name(name)
        .handler(handler)
        .runtime(Runtime::Providedal2023)
        .role(role)
        .code(code)
}

/// Makes a function over no wire, with what else its creation states; what comes of it.
pub(crate) async fn made(
    door: &TestDoor,
    key: &str,
    (name, handler, role): (&str, &str, &str),
    more: Value,
) -> Result<Value, String> {
    let mut input = json!({
        "FunctionName": name, "Handler": handler, "Runtime": "python3.13", "Role": role,
        "Code": {"ZipFile": ""},
    });
    for (member, value) in more.as_object().unwrap() {
        input[member] = value.clone();
    }
    let mut input = authlab_wire::to_value(&input).unwrap();
    if let authlab_wire::Value::Map(members) = &mut input {
        let code = authlab_wire::Value::Blob(super::package("index.py").into());
        let code = [("ZipFile".to_owned(), code)].into();
        members.insert("Code".to_owned(), authlab_wire::Value::Map(code));
    }
    let door = &door.door;
    door.asked_value(key, "lambda:CreateFunction", input).await
}

/// An invocation of `f` by API Gateway, for this API.
fn invocation(api: &str) -> Invocation {
    Invocation {
        scope: authlab_kernel::Scope::new(
            ACCOUNT.parse().unwrap(),
            "eu-central-1".parse().unwrap(),
        ),
        function: "f".to_owned(),
        qualifier: None,
        payload: bytes::Bytes::new(),
        invoked_by: InvokedBy::Service {
            principal: "apigateway.amazonaws.com".to_owned(),
            source_arn: source_of(api),
            source_account: ACCOUNT.parse().unwrap(),
        },
        cause: 1,
        request_id: "r".into(),
        trace_id: None,
        budget_ms: 29_000,
    }
}

fn source_of(api: &str) -> String {
    format!("arn:aws:execute-api:eu-central-1:{ACCOUNT}:{api}/*/GET/x")
}

#[tokio::test]
async fn a_function_runs_with_a_session_of_its_role() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let role = role(&door, "worker", TRUST).await;
    let environment = aws_sdk_lambda::types::Environment::builder().variables("STAGE", "dev");
    let made = create(&client, "f", "echo", &role).environment(environment.build());
    let made = made.send().await.unwrap();
    assert_eq!(made.state(), Some(&aws_sdk_lambda::types::State::Pending));
    let ready = client.get_function_configuration().function_name("f");
    let ready = ready.send().await.unwrap();
    assert_eq!(ready.state(), Some(&aws_sdk_lambda::types::State::Active));
    assert_ne!(ready.revision_id(), made.revision_id());

    let answer = client
        .invoke()
        .function_name("f")
        .payload(Blob::new(br#"{"a":1}"#.to_vec()))
        .log_type(LogType::Tail)
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status_code(), answer.function_error()), (200, None));
    assert_eq!(answer.executed_version(), Some("$LATEST"));
    let payload: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
    assert_eq!(payload["event"], json!({"a": 1}));
    assert_eq!(payload["stage"], "dev");
    assert_eq!(payload["arn"], made.function_arn().unwrap());

    // The session is real, and what it does leads back to the invocation.
    let key = payload["key"].as_str().unwrap();
    let issued = door.door.cloud().sts.session(key).unwrap().clone();
    assert_eq!(
        issued.caller.arn,
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/f")
    );
    let seq = door.door.journal().issuer_of(key).unwrap();
    let event = door
        .events()
        .into_iter()
        .find(|event| event.seq == seq)
        .unwrap();
    assert_eq!(
        (event.component.as_str(), event.kind.as_str()),
        ("lambda", "invoke")
    );
    assert_eq!(event.detail["access_key_id"], key);

    let logs = aws_sdk_cloudwatchlogs::Client::new(&door.root(ACCOUNT));
    let found = logs
        .filter_log_events()
        .log_group_name("/aws/lambda/f")
        .send()
        .await
        .unwrap();
    let lines: Vec<_> = found
        .events()
        .iter()
        .map(|it| it.message().unwrap())
        .collect();
    assert!(
        lines[0].starts_with("START RequestId: ") && lines[1] == "echoing\n",
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("END RequestId: ") && lines[3].starts_with("REPORT"),
        "{lines:?}"
    );
    assert!(answer.log_result().is_some());
}

#[tokio::test]
async fn a_role_that_does_not_trust_lambda_is_refused() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let other = role(&door, "other", OTHER_TRUST).await;
    let expected = "InvalidParameterValueException: The role defined for the function cannot be \
                    assumed by Lambda.";
    assert_eq!(
        refusal(create(&client, "f", "echo", &other).send().await),
        expected
    );
    let none = format!("arn:aws:iam::{ACCOUNT}:role/none");
    assert_eq!(
        refusal(create(&client, "f", "echo", &none).send().await),
        expected
    );
    let foreign = "arn:aws:iam::999999999999:role/worker";
    assert_eq!(
        refusal(create(&client, "f", "echo", foreign).send().await),
        "AccessDeniedException: Cross-account pass role is not allowed."
    );

    // The trust counts at each invocation too.
    let worker = role(&door, "worker", TRUST).await;
    create(&client, "f", "echo", &worker).send().await.unwrap();
    client.invoke().function_name("f").send().await.unwrap();
    let iam = aws_sdk_iam::Client::new(&door.root(ACCOUNT));
    let update = iam.update_assume_role_policy().role_name("worker");
    update.policy_document(OTHER_TRUST).send().await.unwrap();
    let text = refusal(client.invoke().function_name("f").send().await);
    assert!(text.starts_with("AccessDeniedException"), "{text}");
}

#[tokio::test]
async fn audit_lets_an_invocation_through_and_journals_what_refused_it() {
    let door = start_with(Enforcement::Audit).await;
    let client = Client::new(&door.root(ACCOUNT));
    let other = role(&door, "other", OTHER_TRUST).await;
    create(&client, "f", "echo", &other).send().await.unwrap();
    client.invoke().function_name("f").send().await.unwrap();
    let dry = client.invoke().function_name("f");
    let dry = dry.invocation_type(InvocationType::DryRun).send().await;
    assert_eq!(dry.unwrap().status_code(), 204);
    door.door.invoke(invocation("f")).await.unwrap();
    let audited = door
        .events()
        .into_iter()
        .filter(|event| event.kind == "decision" && event.detail["enforcement"] == "audit");
    // The creation and three invocations by the role's trust, the service's by the function's policy too.
    assert_eq!(audited.count(), 5);

    // A role that is not there is no matter of permissions.
    let none = format!("arn:aws:iam::{ACCOUNT}:role/none");
    let text = refusal(create(&client, "g", "echo", &none).send().await);
    assert!(text.starts_with("InvalidParameterValueException"), "{text}");
}

#[tokio::test]
async fn logs_in_json_hold_what_their_levels_let_through() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let role = role(&door, "worker", TRUST).await;
    for (name, handler, level, expected) in [
        (
            "info",
            "echo",
            "INFO",
            vec!["platform.start", "platform.report"],
        ),
        (
            "debug",
            "echo",
            "DEBUG",
            vec!["platform.start", "platform.runtimeDone", "platform.report"],
        ),
        ("warn", "echo", "WARN", vec![]),
        (
            "failed",
            "fail",
            "WARN",
            vec!["AccessDenied", "platform.runtimeDone", "platform.report"],
        ),
    ] {
        let logging = aws_sdk_lambda::types::LoggingConfig::builder()
            .log_format(aws_sdk_lambda::types::LogFormat::Json)
            .system_log_level(level.into());
        let made = create(&client, name, handler, &role).logging_config(logging.build());
        made.send().await.unwrap();
        client.invoke().function_name(name).send().await.unwrap();
        let logs = aws_sdk_cloudwatchlogs::Client::new(&door.root(ACCOUNT));
        let group = format!("/aws/lambda/{name}");
        let found = logs.filter_log_events().log_group_name(group).send().await;
        let kinds: Vec<String> = found
            .unwrap()
            .events()
            .iter()
            .filter_map(|event| serde_json::from_str::<Value>(event.message()?).ok())
            .filter_map(|line| {
                let kind = line.get("type").or(line.get("errorType"))?;
                kind.as_str().map(str::to_owned)
            })
            .collect();
        assert_eq!(kinds, expected, "{name}");
    }
}

#[tokio::test]
async fn creating_a_function_needs_the_permission_to_pass_its_role() {
    let door = start().await;
    let role = role(&door, "worker", TRUST).await;
    let policy = |pass: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":"lambda:CreateFunction","Resource":"*"}},
            {{"Effect":"Allow","Action":"iam:PassRole","Resource":"{role}",
              "Condition":{{"StringEquals":{{"iam:PassedToService":"{pass}"}}}}}}]}}"#
        )
    };
    let good = user(&door, ACCOUNT, "good", &policy("lambda.amazonaws.com")).await;
    create(&Client::new(&good), "f", "echo", &role)
        .send()
        .await
        .unwrap();
    let bad = user(&door, ACCOUNT, "bad", &policy("ec2.amazonaws.com")).await;
    let text = refusal(create(&Client::new(&bad), "g", "echo", &role).send().await);
    assert!(
        text.starts_with("AccessDeniedException") && text.contains("iam:PassRole"),
        "{text}"
    );
}

#[tokio::test]
async fn what_a_function_raises_is_an_answer() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let role = role(&door, "worker", TRUST).await;
    create(&client, "f", "fail", &role).send().await.unwrap();
    let answer = client.invoke().function_name("f").send().await.unwrap();
    assert_eq!(
        (answer.status_code(), answer.function_error()),
        (200, Some("Unhandled"))
    );
    let payload: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
    assert_eq!(
        payload,
        json!({"errorType": "AccessDenied", "errorMessage": "not for you"})
    );

    let event = client
        .invoke()
        .function_name("f")
        .invocation_type(InvocationType::Event);
    assert_eq!(event.send().await.unwrap().status_code(), 202);
    let dry = client
        .invoke()
        .function_name("f")
        .invocation_type(InvocationType::DryRun);
    assert_eq!(dry.send().await.unwrap().status_code(), 204);

    create(&client, "g", "unknown", &role).send().await.unwrap();
    let text = refusal(client.invoke().function_name("g").send().await);
    assert!(
        text.contains("`unknown`") && text.contains("echo, fail"),
        "{text}"
    );
    let text = refusal(client.invoke().function_name("none").send().await);
    let arn = format!("arn:aws:lambda:eu-central-1:{ACCOUNT}:function:none");
    assert_eq!(
        text,
        format!("ResourceNotFoundException: Function not found: {arn}")
    );
    let broken = client
        .invoke()
        .function_name("f")
        .payload(Blob::new(b"{".to_vec()))
        .send()
        .await;
    assert!(refusal(broken).starts_with("InvalidRequestContentException"));
}

#[tokio::test]
async fn a_service_needs_a_permission_for_its_source() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let role = role(&door, "worker", TRUST).await;
    create(&client, "f", "echo", &role).send().await.unwrap();
    let refused = door.door.invoke(invocation("one")).await.unwrap_err();
    assert_eq!(refused.reason().as_str(), "resource-implicit-deny");

    let grant = || {
        client
            .add_permission()
            .function_name("f")
            .action("lambda:InvokeFunction")
    };
    let grant = || {
        grant()
            .principal("apigateway.amazonaws.com")
            .source_account(ACCOUNT)
    };
    grant()
        .statement_id("one")
        .source_arn(source_of("one"))
        .send()
        .await
        .unwrap();
    let again = grant()
        .statement_id("one")
        .source_arn(source_of("one"))
        .send()
        .await;
    assert!(refusal(again).starts_with("ResourceConflictException"));
    door.door.invoke(invocation("one")).await.unwrap();
    door.door.invoke(invocation("two")).await.unwrap_err();

    let policy = client.get_policy().function_name("f").send().await.unwrap();
    let policy: Value = serde_json::from_str(policy.policy().unwrap()).unwrap();
    assert_eq!(
        policy["Statement"][0]["Condition"]["ArnLike"]["AWS:SourceArn"],
        source_of("one")
    );
    client
        .remove_permission()
        .function_name("f")
        .statement_id("one")
        .send()
        .await
        .unwrap();
    door.door.invoke(invocation("one")).await.unwrap_err();
    let gone = client.get_policy().function_name("f").send().await;
    assert!(refusal(gone).starts_with("ResourceNotFoundException"));
}

#[tokio::test]
async fn another_account_needs_both_sides() {
    let door = start().await;
    let owner = Client::new(&door.root(ACCOUNT));
    let role = role(&door, "worker", TRUST).await;
    let function = create(&owner, "f", "echo", &role).send().await.unwrap();
    let arn = function.function_arn().unwrap();
    let other = Client::new(&door.root(testing::OUTSIDER));
    assert!(refusal(other.invoke().function_name(arn).send().await).starts_with("AccessDenied"));
    let grant = owner
        .add_permission()
        .function_name("f")
        .action("lambda:InvokeFunction");
    grant
        .principal(testing::OUTSIDER)
        .statement_id("other")
        .send()
        .await
        .unwrap();
    other.invoke().function_name(arn).send().await.unwrap();
}

#[tokio::test]
async fn a_role_without_permission_leaves_no_log() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let arn = role(&door, "worker", TRUST).await;
    let iam = aws_sdk_iam::Client::new(&door.root(ACCOUNT));
    iam.delete_role_policy()
        .role_name("worker")
        .policy_name("logs")
        .send()
        .await
        .unwrap();
    create(&client, "f", "echo", &arn).send().await.unwrap();
    client.invoke().function_name("f").send().await.unwrap();
    let logs = aws_sdk_cloudwatchlogs::Client::new(&door.root(ACCOUNT));
    let found = logs
        .filter_log_events()
        .log_group_name("/aws/lambda/f")
        .send()
        .await;
    assert!(refusal(found).starts_with("ResourceNotFoundException"));
    let events = door.events();
    let returned = events
        .iter()
        .rev()
        .find(|event| event.kind == "return")
        .unwrap();
    assert_eq!(
        returned.detail["log"],
        "not written: the role lacks logs:CreateLogGroup"
    );
}

#[tokio::test]
async fn what_is_not_simulated_is_named() {
    let door = start().await;
    let client = Client::new(&door.root(ACCOUNT));
    let role = role(&door, "worker", TRUST).await;
    let layers = create(&client, "f", "echo", &role)
        .layers("arn:aws:lambda:eu-central-1:222222222222:layer:x:1")
        .send()
        .await;
    let text = refusal(layers);
    assert!(
        text.starts_with("NotImplemented") && text.contains("Layers"),
        "{text}"
    );
    let published = create(&client, "f", "echo", &role)
        .publish(true)
        .send()
        .await;
    assert!(refusal(published).starts_with("NotImplemented"));
    assert!(
        client
            .list_functions()
            .send()
            .await
            .unwrap()
            .functions()
            .is_empty()
    );

    create(&client, "f", "echo", &role).send().await.unwrap();
    let update = client
        .update_function_configuration()
        .function_name("f")
        .timeout(7);
    assert_eq!(update.send().await.unwrap().timeout(), Some(7));
    client
        .delete_function()
        .function_name("f")
        .send()
        .await
        .unwrap();
    let gone = client.get_function().function_name("f").send().await;
    assert!(refusal(gone).starts_with("ResourceNotFoundException"));
}

//! Rotations: when they are due, what a function does in them, and what keeps them from ending.

use std::sync::Arc;

use authlab_kernel::Outcome;
use serde_json::{Value, json};

use super::Rules;
use crate::front::FrontDoor;
use crate::front::testing::{TestDoor, WORKLOAD};
use crate::lambda::tests::made;
use crate::lambda::{FunctionError, InvocationContext};

const REGION: &str = "eu-central-1";

fn rules(text: &str) -> Rules {
    let (every, duration) = text.split_once(" for ").unwrap_or((text, ""));
    let days = every.parse().ok();
    Rules {
        days,
        duration: (!duration.is_empty()).then(|| duration.to_owned()),
        expression: days.is_none().then(|| every.to_owned()),
    }
}

#[test]
fn a_schedule_has_windows_on_the_hour_in_utc() {
    let rotated = "2026-01-01T09:30:00Z".parse().unwrap();
    for (text, start, end) in [
        ("1", "2026-01-02T00:00:00Z", "2026-01-02T23:59:59Z"),
        ("30", "2026-01-31T00:00:00Z", "2026-01-31T23:59:59Z"),
        ("7 for 3h", "2026-01-08T00:00:00Z", "2026-01-08T02:59:59Z"),
        (
            "rate(1 day)",
            "2026-01-02T00:00:00Z",
            "2026-01-02T23:59:59Z",
        ),
        (
            "rate(10 days)",
            "2026-01-11T00:00:00Z",
            "2026-01-11T23:59:59Z",
        ),
        (
            "rate(4 hours)",
            "2026-01-01T12:00:00Z",
            "2026-01-01T12:59:59Z",
        ),
        (
            "rate(12 hours) for 2h",
            "2026-01-01T12:00:00Z",
            "2026-01-01T13:59:59Z",
        ),
        (
            "cron(0 8 * * ? *)",
            "2026-01-02T08:00:00Z",
            "2026-01-02T23:59:59Z",
        ),
        (
            "cron(0 4/12 * * ? *)",
            "2026-01-01T16:00:00Z",
            "2026-01-01T16:59:59Z",
        ),
        (
            "cron(0 10 1,15 * ? *) for 4h",
            "2026-01-01T10:00:00Z",
            "2026-01-01T13:59:59Z",
        ),
        (
            "cron(0 9 L * ? *)",
            "2026-01-31T09:00:00Z",
            "2026-01-31T23:59:59Z",
        ),
        (
            "cron(0 1 ? * MON-FRI *)",
            "2026-01-02T01:00:00Z",
            "2026-01-02T23:59:59Z",
        ),
        (
            "cron(0 18 ? 1/3 MONL *)",
            "2026-01-26T18:00:00Z",
            "2026-01-26T23:59:59Z",
        ),
        (
            "cron(0 0 ? * 6#3 *)",
            "2026-01-16T00:00:00Z",
            "2026-01-16T23:59:59Z",
        ),
        (
            "cron(0 0 29 FEB ? *)",
            "2028-02-29T00:00:00Z",
            "2028-02-29T23:59:59Z",
        ),
    ] {
        let schedule = rules(text).schedule().unwrap().unwrap();
        let window = schedule.next(rotated, rotated).unwrap();
        let shown = (window.start.to_string(), window.end.to_string());
        assert_eq!(shown, (start.to_owned(), end.to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_schedule_is_refused() {
    for text in [
        "rate(3 hours)",
        "rate(0 days)",
        "rate(1000 days)",
        "rate(4 weeks)",
        "rate(4hours)",
        "cron(5 8 * * ? *)",
        "cron(0 8 * * * *)",
        "cron(0 8 * * ? 2027)",
        "cron(0 * * * ? *)",
        "cron(0 1,3 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 * 13 ? *)",
        "cron(0 8 ? * FRY *)",
        "cron(0 8 * * ?)",
        "at(2026-01-01T00:00:00)",
        "1 for 25h",
        "1 for 0h",
        "rate(4 hours) for 5h",
        "cron(0 8 * * ? *) for 17h",
        "cron(0 4/12 * * ? *) for 13h",
    ] {
        assert!(rules(text).schedule().is_err(), "{text}");
    }
    for text in [
        "1 for 24h",
        "rate(4 hours) for 4h",
        "cron(0 8 * * ? *) for 16h",
    ] {
        assert!(rules(text).schedule().is_ok(), "{text}");
    }
    let both = Rules {
        expression: Some("rate(1 day)".to_owned()),
        ..rules("1")
    };
    assert!(both.schedule().is_err());
}

/// What AWS's template of a rotation function does, and what it fails at.
async fn step(
    door: &FrontDoor,
    event: Value,
    context: InvocationContext,
    fails_at: &str,
) -> Result<Value, FunctionError> {
    let text = |member: &str| event[member].as_str().unwrap().to_owned();
    let (secret, token, step) = (text("SecretId"), text("ClientRequestToken"), text("Step"));
    if step == fails_at {
        return Err(FunctionError::new("ValueError", "not today"));
    }
    let key = context.credentials.access_key_id;
    let asked = async |operation: &str, mut input: Value| {
        input["SecretId"] = json!(secret);
        let call = format!("secretsmanager:{operation}");
        let answer = door.asked(&key, &call, input).await;
        answer.map_err(|error| FunctionError::new("ClientError", error))
    };
    let described = asked("DescribeSecret", json!({})).await?;
    if described["RotationEnabled"] != json!(true) {
        return Err(FunctionError::new("ValueError", "not enabled for rotation"));
    }
    match step.as_str() {
        "createSecret" => {
            asked("GetSecretValue", json!({"VersionStage": "AWSCURRENT"})).await?;
            let announced = json!({"VersionId": token, "VersionStage": "AWSPENDING"});
            match asked("GetSecretValue", announced).await {
                // An earlier attempt has made it.
                Ok(made) => return Ok(made),
                Err(error) => assert!(error.message.contains("ResourceNotFoundException")),
            }
            let made = json!({
                "ClientRequestToken": token, "SecretString": format!("made {token}"),
                "VersionStages": ["AWSPENDING"], "RotationToken": event["RotationToken"],
            });
            asked("PutSecretValue", made).await
        }
        "finishSecret" => {
            let stages = described["VersionIdsToStages"].as_object().unwrap();
            let current = stages
                .iter()
                .find(|(_, stages)| stages.to_string().contains("CURRENT"));
            let moved = json!({
                "VersionStage": "AWSCURRENT", "MoveToVersionId": token,
                "RemoveFromVersionId": current.unwrap().0,
            });
            asked("UpdateSecretVersionStage", moved).await
        }
        _ => asked("GetSecretValue", json!({"VersionStage": "AWSPENDING"})).await,
    }
}

fn token(nth: u32) -> String {
    format!("11111111-2222-4333-8444-{nth:012}")
}

fn function(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{WORKLOAD}:function:{name}")
}

/// Lets the rotation function's role do only these actions.
async fn let_role(door: &TestDoor, actions: Value) {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
    let put = json!({
        "RoleName": "rotator", "PolicyName": "own", "PolicyDocument": policy.to_string(),
    });
    door.door.well("iam:PutRolePolicy", put).await;
}

/// From now on the rotation function fails at this step; at none for an empty text.
fn failing(door: &TestDoor, fails_at: &'static str) {
    let this = door.door.this();
    let rotate = move |event: Value, context: InvocationContext| {
        let this = this.clone();
        async move {
            let door = this.upgrade().unwrap();
            step(&door, event, context, fails_at).await
        }
    };
    let closures = door.door.cloud().lambda.closures().clone();
    closures.register("rotator", Arc::new(rotate));
}

async fn make_function(door: &TestDoor, name: &str, handler: &str) {
    let role = format!("arn:aws:iam::{WORKLOAD}:role/rotator");
    let function = (name, handler, role.as_str());
    made(door, WORKLOAD, function, json!({})).await.unwrap();
}

async fn let_in(door: &TestDoor, name: &str, source: Option<&str>) {
    let mut permission = json!({
        "FunctionName": name, "StatementId": "rotation", "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
    });
    if let Some(source) = source {
        permission["SourceArn"] = json!(source);
    }
    door.door.well("lambda:AddPermission", permission).await;
}

/// A secret `s` and the function `rotator`, which Secrets Manager may invoke and whose role may do
/// everything.
async fn start() -> TestDoor {
    let door = TestDoor::start(|_| {}).await;
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"RoleName": "rotator", "AssumeRolePolicyDocument": trust.to_string()});
    door.door.well("iam:CreateRole", role).await;
    let_role(&door, json!(["secretsmanager:*", "kms:*"])).await;
    make_function(&door, "rotator", "rotator").await;
    let_in(&door, "rotator", None).await;
    let secret = json!({"Name": "s", "SecretString": "first", "ClientRequestToken": token(0)});
    door.door.well("secretsmanager:CreateSecret", secret).await;
    failing(&door, "");
    door
}

fn rotation(nth: u32, change: &Value) -> Value {
    let mut input = json!({
        "SecretId": "s", "ClientRequestToken": token(nth),
        "RotationLambdaARN": function("rotator"), "RotationRules": {"AutomaticallyAfterDays": 1},
    });
    for (name, value) in change.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

async fn rotate(door: &TestDoor, nth: u32, change: Value) -> Result<Value, String> {
    let input = rotation(nth, &change);
    door.door
        .asked(WORKLOAD, "secretsmanager:RotateSecret", input)
        .await
}

async fn described(door: &TestDoor) -> Value {
    door.door
        .well("secretsmanager:DescribeSecret", json!({"SecretId": "s"}))
        .await
}

async fn content(door: &TestDoor) -> String {
    let read = json!({"SecretId": "s"});
    let read = door.door.well("secretsmanager:GetSecretValue", read).await;
    read["SecretString"].as_str().unwrap().to_owned()
}

/// The reasons of the rotations that failed so far.
fn failures(door: &TestDoor) -> Vec<String> {
    let events = door.events();
    let failed = events
        .iter()
        .filter(|event| event.kind == "rotation" && event.outcome == Outcome::Failed);
    failed
        .map(|event| {
            let step = event.detail["step"].as_str().unwrap_or_default();
            format!("{} {step}", event.reason.clone().unwrap_or_default())
        })
        .collect()
}

#[tokio::test]
async fn a_rotation_makes_the_functions_content_the_current_one() {
    let door = start().await;
    let rotated = rotate(&door, 1, json!({})).await.unwrap();
    assert_eq!(rotated["VersionId"], json!(token(1)));
    assert_eq!(content(&door).await, format!("made {}", token(1)));
    let shown = described(&door).await;
    // As recorded on AWS: the label stays on the version that has become current.
    let stages = json!({token(0): ["AWSPREVIOUS"], token(1): ["AWSCURRENT", "AWSPENDING"]});
    assert_eq!(shown["VersionIdsToStages"], stages);
    assert_eq!(shown["RotationEnabled"], json!(true));
    assert_eq!(shown["RotationLambdaARN"], json!(function("rotator")));
    assert_eq!(shown["RotationRules"]["AutomaticallyAfterDays"], json!(1));
    assert!(shown["LastRotatedDate"].is_string() || shown["LastRotatedDate"].is_number());
    // The same token asks for nothing else, nor does that of a version that no rotation made.
    let other = json!({"RotationRules": {"AutomaticallyAfterDays": 2}});
    for (nth, change) in [(1, other.clone()), (0, other)] {
        let refused = rotate(&door, nth, change).await.unwrap_err();
        assert!(
            refused.starts_with("400 InvalidRequestException: You can't use"),
            "{refused}"
        );
    }
    // The same token again makes nothing; another one rotates again, with what is stored.
    rotate(&door, 1, json!({})).await.unwrap();
    assert_eq!(content(&door).await, format!("made {}", token(1)));
    let stored = json!({"SecretId": "s", "ClientRequestToken": token(2)});
    door.door.well("secretsmanager:RotateSecret", stored).await;
    assert_eq!(content(&door).await, format!("made {}", token(2)));
    assert_eq!(failures(&door), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_rotate_is_refused_and_changes_nothing() {
    const NOT_INVOCABLE: &str = "400 AccessDeniedException: Secrets Manager cannot invoke the \
        specified Lambda function. Ensure that the function policy grants access to the principal \
        secretsmanager.amazonaws.com.";
    let door = start().await;
    make_function(&door, "shut", "rotator").await;
    make_function(&door, "others", "rotator").await;
    let other = format!("arn:aws:secretsmanager:{REGION}:{WORKLOAD}:secret:other-aaaaaa");
    let_in(&door, "others", Some(&other)).await;
    make_function(&door, "empty", "no.closure").await;
    let_in(&door, "empty", None).await;
    let lambda = |name: &str| json!({"RotationLambdaARN": function(name)});
    for (change, refusal) in [
        (lambda("missing"), NOT_INVOCABLE),
        (lambda("rotator:alias"), NOT_INVOCABLE),
        (lambda("shut"), NOT_INVOCABLE),
        (lambda("others"), NOT_INVOCABLE),
        (
            lambda("empty"),
            "501 NotImplemented: secretsmanager:RotateSecret with a function",
        ),
        (
            json!({"RotationLambdaARN": "rotator"}),
            "400 InvalidParameterException: RotationLambdaARN",
        ),
        (
            json!({"RotationLambdaARN": ""}),
            "400 InvalidRequestException: No Lambda rotation function ARN is associated with this \
             secret.",
        ),
        (
            json!({"ClientRequestToken": null}),
            "400 InvalidParameterException: You must provide a ClientRequestToken value.",
        ),
        (
            json!({"RotationRules": {"ScheduleExpression": "rate(1 hour)"}}),
            "400 InvalidParameterException: `rate(1 hour)` is no schedule",
        ),
        (
            json!({"SecretId": "t"}),
            "400 ResourceNotFoundException: Secrets Manager can't find",
        ),
        (
            json!({"ExternalSecretRotationRoleArn": "arn:aws:iam::222222222222:role/r"}),
            "501 NotImplemented: the member `ExternalSecretRotationRoleArn`",
        ),
    ] {
        let before = described(&door).await;
        let refused = rotate(&door, 1, change.clone()).await.unwrap_err();
        assert!(refused.starts_with(refusal), "{change}: {refused}");
        assert_eq!(described(&door).await, before, "{change}");
    }
    rotate(&door, 1, json!({})).await.unwrap();
}

#[tokio::test]
async fn a_caller_needs_the_function_as_well_as_the_secret() {
    let door = start().await;
    let user = json!({"UserName": "u"});
    door.door.well("iam:CreateUser", user.clone()).await;
    let key = door.door.well("iam:CreateAccessKey", user).await;
    let key = key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned();
    let both = ["secretsmanager:RotateSecret", "lambda:InvokeFunction"];
    for (actions, is_allowed) in [(&both[..1], false), (&both[1..], false), (&both[..], true)] {
        let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        let put = json!({
            "UserName": "u", "PolicyName": "own", "PolicyDocument": policy.to_string(),
        });
        door.door.well("iam:PutUserPolicy", put).await;
        let asked = rotation(1, &json!({}));
        let answer = door
            .door
            .asked(&key, "secretsmanager:RotateSecret", asked)
            .await;
        assert_eq!(answer.is_ok(), is_allowed, "{actions:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_step_that_fails_leaves_its_version_pending() {
    for step in super::STEPS {
        let door = start().await;
        failing(&door, step);
        // The rotation fails after the answer.
        rotate(&door, 1, json!({})).await.unwrap();
        assert_eq!(failures(&door), [format!("rotation-step-failed {step}")]);
        assert_eq!(content(&door).await, "first", "{step}");
        let shown = described(&door).await;
        let stages = json!({token(0): ["AWSCURRENT"], token(1): ["AWSPENDING"]});
        assert_eq!(shown["VersionIdsToStages"], stages, "{step}");
        assert_eq!(shown["LastRotatedDate"], Value::Null, "{step}");
        // The next call refuses, and repeats the one before: first in vain, then with success.
        for fails_at in [step, ""] {
            failing(&door, fails_at);
            let refused = rotate(&door, 2, json!({})).await.unwrap_err();
            assert_eq!(
                refused,
                "400 InvalidRequestException: A previous rotation isn't complete. That rotation \
                 will be reattempted.",
            );
        }
        assert_eq!(content(&door).await, format!("made {}", token(1)), "{step}");
        rotate(&door, 2, json!({})).await.unwrap();
        assert_eq!(content(&door).await, format!("made {}", token(2)), "{step}");
    }
}

#[tokio::test]
async fn the_functions_role_needs_the_secret_and_its_key() {
    let actions = [
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ]
    .map(|action| format!("secretsmanager:{action}"));
    let keys = ["kms:Decrypt", "kms:GenerateDataKey"].map(str::to_owned);
    let all: Vec<String> = actions.into_iter().chain(keys).collect();
    for lacking in all.iter().map(Some).chain([None]) {
        let door = start().await;
        let key = door.door.well("kms:CreateKey", json!({})).await;
        let key = key["KeyMetadata"]["Arn"].clone();
        let update = json!({"SecretId": "s", "KmsKeyId": key});
        door.door.well("secretsmanager:UpdateSecret", update).await;
        let rest: Vec<&String> = all.iter().filter(|it| Some(*it) != lacking).collect();
        let_role(&door, json!(rest)).await;
        rotate(&door, 1, json!({})).await.unwrap();
        let is_rotated = content(&door).await != "first";
        assert_eq!(
            is_rotated,
            lacking.is_none(),
            "{lacking:?}: {:?}",
            failures(&door)
        );
    }
}

#[tokio::test]
async fn a_trial_runs_one_step_and_leaves_nothing() {
    for fails_at in ["", "testSecret"] {
        let door = start().await;
        failing(&door, fails_at);
        let trial = json!({"RotateImmediately": false});
        rotate(&door, 1, trial).await.unwrap();
        let shown = described(&door).await;
        assert_eq!(
            shown["VersionIdsToStages"],
            json!({token(0): ["AWSCURRENT"]})
        );
        assert_eq!(shown["RotationEnabled"], json!(true));
        assert_eq!(failures(&door).is_empty(), fails_at.is_empty());
    }
}

#[tokio::test]
async fn a_rotation_falls_due_by_the_labs_clock() {
    const DAY: i64 = 24 * 60 * 60;
    let door = start().await;
    rotate(&door, 1, json!({})).await.unwrap();
    let mut before = content(&door).await;
    for (what, call, days, is_rotated) in [
        ("the next day", None, 1, true),
        ("the day after", None, 1, true),
        ("turned off", Some("CancelRotateSecret"), 3, false),
        ("turned on", Some("RotateSecret"), 0, true),
        ("on again", None, 1, true),
        ("to be deleted", Some("DeleteSecret"), 2, false),
        ("restored", Some("RestoreSecret"), 1, true),
    ] {
        if let Some(operation) = call {
            let input = match operation {
                "RotateSecret" => rotation(9, &json!({})),
                _ => json!({"SecretId": "s"}),
            };
            door.door
                .well(&format!("secretsmanager:{operation}"), input)
                .await;
        }
        door.clock.advance_seconds(days * DAY).await.unwrap();
        if call == Some("DeleteSecret") {
            continue;
        }
        let after = content(&door).await;
        assert_eq!(after != before, is_rotated, "{what}");
        let shown = described(&door).await;
        let is_on = call != Some("CancelRotateSecret");
        assert_eq!(shown["RotationEnabled"], json!(is_on), "{what}");
        assert_eq!(shown["NextRotationDate"].is_null(), !is_on, "{what}");
        before = after;
    }
    assert_eq!(failures(&door), Vec::<String>::new());
}

#[tokio::test]
async fn a_rotation_token_is_good_for_the_rotation_that_has_it() {
    let door = start().await;
    failing(&door, "setSecret");
    rotate(&door, 1, json!({})).await.unwrap();
    let put = json!({
        "SecretId": "s", "ClientRequestToken": token(3), "SecretString": "v",
        "RotationToken": token(7),
    });
    let refused = door
        .door
        .asked(WORKLOAD, "secretsmanager:PutSecretValue", put)
        .await;
    assert!(
        refused
            .unwrap_err()
            .starts_with("400 InvalidParameterException: The RotationToken")
    );
}

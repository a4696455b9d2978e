//! Versions and aliases: what each is, who may use it, how it goes.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::front::testing::{TestDoor, WORKLOAD};
use crate::lambda::tests::made;
use crate::lambda::{Invocation, InvocationContext, InvokedBy};

const FUNCTION: &str = "arn:aws:lambda:eu-central-1:222222222222:function:f";

/// A function that answers with its variable, its version and the ARN by which it was invoked.
async fn start() -> TestDoor {
    let door = TestDoor::start(|cloud| {
        let shown = |_: Value, context: InvocationContext| async move {
            let variable = |name| context.environment.get(name);
            Ok(json!([
                variable("STAGE"),
                variable("AWS_LAMBDA_FUNCTION_VERSION"),
                context.function_arn
            ]))
        };
        cloud.lambda.closures().register("shown", Arc::new(shown));
    })
    .await;
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"RoleName": "fn", "AssumeRolePolicyDocument": trust.to_string()});
    door.door.well("iam:CreateRole", role).await;
    let function = ("f", "shown", "arn:aws:iam::222222222222:role/fn");
    let stage = json!({"Environment": {"Variables": {"STAGE": "one"}}});
    made(&door, WORKLOAD, function, stage).await.unwrap();
    door
}

/// What an operation on `f` answers, or the status and the code of its refusal.
async fn on_f(door: &TestDoor, operation: &str, more: Value) -> Result<Value, String> {
    let mut input = json!({"FunctionName": "f"});
    for (member, value) in more.as_object().unwrap() {
        input[member] = value.clone();
    }
    let operation = format!("lambda:{operation}");
    door.door.asked(WORKLOAD, &operation, input).await
}

async fn publish(door: &TestDoor) -> String {
    let version = on_f(door, "PublishVersion", json!({})).await.unwrap();
    version["Version"].as_str().unwrap().to_owned()
}

async fn change(door: &TestDoor, stage: &str) {
    let stage = json!({"Environment": {"Variables": {"STAGE": stage}}});
    let changed = on_f(door, "UpdateFunctionConfiguration", stage).await;
    changed.unwrap();
}

async fn alias(door: &TestDoor, name: &str, version: &str) -> Result<Value, String> {
    let named = json!({"Name": name, "FunctionVersion": version});
    on_f(door, "CreateAlias", named).await
}

/// What API Gateway gets of a function, version or alias, or the policy that refuses it.
async fn invoked(door: &TestDoor, function: &str) -> Result<Value, String> {
    let invocation = Invocation {
        scope: authlab_kernel::Scope::new(
            WORKLOAD.parse().unwrap(),
            "eu-central-1".parse().unwrap(),
        ),
        function: function.to_owned(),
        qualifier: None,
        payload: bytes::Bytes::new(),
        invoked_by: InvokedBy::Service {
            principal: "apigateway.amazonaws.com".to_owned(),
            source_arn: "arn:aws:execute-api:eu-central-1:222222222222:a/*/GET/b".to_owned(),
            source_account: WORKLOAD.parse().unwrap(),
        },
        cause: 1,
        request_id: "r".into(),
        trace_id: None,
        budget_ms: 29_000,
    };
    let invoked = door.door.invoke(invocation).await;
    let payload = invoked.map_err(|error| error.to_string())?.payload;
    Ok(serde_json::from_slice(&payload).unwrap())
}

async fn grant(door: &TestDoor, qualifier: Option<&str>) -> Result<Value, String> {
    let mut input = json!({"StatementId": "gateway", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com"});
    if let Some(qualifier) = qualifier {
        input["Qualifier"] = json!(qualifier);
    }
    on_f(door, "AddPermission", input).await
}

#[tokio::test]
async fn a_version_is_the_function_as_it_was() {
    let door = start().await;
    assert_eq!(publish(&door).await, "1");
    assert_eq!(publish(&door).await, "1", "nothing has changed");
    change(&door, "two").await;
    assert_eq!(publish(&door).await, "2");
    change(&door, "three").await;
    alias(&door, "live", "1").await.unwrap();
    alias(&door, "next", "$LATEST").await.unwrap();
    for (qualifier, stage, version) in [
        (None, "three", "$LATEST"),
        (Some("$LATEST"), "three", "$LATEST"),
        (Some("1"), "one", "1"),
        (Some("2"), "two", "2"),
        (Some("live"), "one", "1"),
        (Some("next"), "three", "$LATEST"),
    ] {
        let more = qualifier.map_or_else(|| json!({}), |it| json!({"Qualifier": it}));
        let arn = qualifier.map_or_else(|| FUNCTION.to_owned(), |it| format!("{FUNCTION}:{it}"));
        let found = on_f(&door, "GetFunctionConfiguration", more).await.unwrap();
        let told = [
            &found["Environment"]["Variables"]["STAGE"],
            &found["Version"],
            &found["FunctionArn"],
        ];
        assert_eq!(told, [stage, version, arn.as_str()], "{qualifier:?}");
        let mut more = json!({"LogType": "Tail"});
        if let Some(qualifier) = qualifier {
            more["Qualifier"] = json!(qualifier);
        }
        let answer = on_f(&door, "Invoke", more).await.unwrap();
        assert_eq!(answer["ExecutedVersion"], version, "{qualifier:?}");
    }
    // What is published cannot be changed.
    let fixed = json!({"FunctionName": "f:1", "Timeout": 9});
    let operation = "lambda:UpdateFunctionConfiguration";
    let refused = door.door.asked(WORKLOAD, operation, fixed).await;
    assert!(
        refused
            .unwrap_err()
            .starts_with("404 ResourceNotFoundException")
    );
}

#[tokio::test]
async fn what_may_be_done_with_a_function_is_not_granted_for_its_aliases() {
    let door = start().await;
    publish(&door).await;
    alias(&door, "live", "1").await.unwrap();
    alias(&door, "next", "1").await.unwrap();
    let every = [None, Some("1"), Some("live"), Some("next")];
    let named = |it: Option<&str>| it.map_or(FUNCTION.to_owned(), |it| format!("{FUNCTION}:{it}"));
    for granted in every {
        let statement = grant(&door, granted).await.unwrap();
        let statement: Value =
            serde_json::from_str(statement["Statement"].as_str().unwrap()).unwrap();
        assert_eq!(statement["Resource"], named(granted));
        for asked in every {
            let answer = invoked(&door, &named(asked)).await;
            assert_eq!(
                answer.is_ok(),
                asked == granted,
                "{granted:?} {asked:?}: {answer:?}"
            );
            if let Ok(answer) = answer {
                assert_eq!(answer[2], named(asked));
            }
        }
        let mut one = json!({"StatementId": "gateway"});
        if let Some(granted) = granted {
            one["Qualifier"] = json!(granted);
        }
        on_f(&door, "RemovePermission", one).await.unwrap();
    }
    // The alias keeps its policy when it names another version.
    grant(&door, Some("live")).await.unwrap();
    change(&door, "two").await;
    publish(&door).await;
    let moved = json!({"Name": "live", "FunctionVersion": "2"});
    on_f(&door, "UpdateAlias", moved).await.unwrap();
    let answer = invoked(&door, &format!("{FUNCTION}:live")).await.unwrap();
    assert_eq!(answer, json!(["two", "2", format!("{FUNCTION}:live")]));
}

#[tokio::test]
async fn what_is_not_there_or_is_taken_is_refused() {
    let door = start().await;
    publish(&door).await;
    alias(&door, "live", "1").await.unwrap();
    let stale = json!({"Name": "live", "RevisionId": "0"});
    for (operation, more, expected) in [
        (
            "GetAlias",
            json!({"Name": "none"}),
            "404 ResourceNotFoundException: Cannot find alias arn: \
            arn:aws:lambda:eu-central-1:222222222222:function:f:none",
        ),
        (
            "UpdateAlias",
            json!({"Name": "none"}),
            "404 ResourceNotFoundException",
        ),
        ("UpdateAlias", stale, "412 PreconditionFailedException"),
        (
            "UpdateAlias",
            json!({"Name": "live", "FunctionVersion": "2"}),
            "404 ResourceNotFoundException: \
            Function not found: arn:aws:lambda:eu-central-1:222222222222:function:f:2",
        ),
        (
            "CreateAlias",
            json!({"Name": "live", "FunctionVersion": "1"}),
            "409 ResourceConflictException: \
            Alias already exists: arn:aws:lambda:eu-central-1:222222222222:function:f:live",
        ),
        (
            "CreateAlias",
            json!({"Name": "new", "FunctionVersion": "7"}),
            "404 ResourceNotFoundException",
        ),
        (
            "DeleteFunction",
            json!({"Qualifier": "1"}),
            "409 ResourceConflictException",
        ),
        // A number is what it is written as: the policy of `f:1` does not name `f:01`.
        (
            "GetFunction",
            json!({"Qualifier": "01"}),
            "404 ResourceNotFoundException: \
            Function not found: arn:aws:lambda:eu-central-1:222222222222:function:f:01",
        ),
        (
            "CreateAlias",
            json!({"Name": "new", "FunctionVersion": "01"}),
            "404 ResourceNotFoundException",
        ),
        (
            "DeleteFunction",
            json!({"Qualifier": "live"}),
            "400 InvalidParameterValueException",
        ),
        (
            "PublishVersion",
            json!({"CodeSha256": "other"}),
            "400 InvalidParameterValueException",
        ),
        (
            "PublishVersion",
            json!({"RevisionId": "0"}),
            "412 PreconditionFailedException",
        ),
        (
            "GetPolicy",
            json!({"Qualifier": "live"}),
            "404 ResourceNotFoundException: The resource you",
        ),
        (
            "GetPolicy",
            json!({"Qualifier": "none"}),
            "404 ResourceNotFoundException: Function not found",
        ),
        (
            "Invoke",
            json!({"Qualifier": "none"}),
            "404 ResourceNotFoundException: Function not found",
        ),
        (
            "CreateAlias",
            json!({"FunctionName": "f:1", "Name": "x", "FunctionVersion": "1"}),
            "400 InvalidParameterValueException",
        ),
        (
            "CreateAlias",
            json!({"Name": "x", "FunctionVersion": "1",
            "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.5}}}),
            "501 NotImplemented",
        ),
    ] {
        let refused = on_f(&door, operation, more.clone()).await.unwrap_err();
        assert!(
            refused.starts_with(expected),
            "{operation} {more}: {refused}"
        );
    }
}

#[tokio::test]
async fn what_goes_takes_its_own_along() {
    let door = start().await;
    publish(&door).await;
    alias(&door, "live", "1").await.unwrap();
    grant(&door, Some("live")).await.unwrap();
    // An alias that is made again has no policy.
    on_f(&door, "DeleteAlias", json!({"Name": "live"}))
        .await
        .unwrap();
    on_f(&door, "DeleteAlias", json!({"Name": "live"}))
        .await
        .unwrap();
    alias(&door, "live", "1").await.unwrap();
    assert!(invoked(&door, "f:live").await.is_err());
    on_f(&door, "DeleteAlias", json!({"Name": "live"}))
        .await
        .unwrap();
    // A number is not given twice.
    on_f(&door, "DeleteFunction", json!({"Qualifier": "1"}))
        .await
        .unwrap();
    assert_eq!(publish(&door).await, "2");
    let versions = on_f(&door, "ListVersionsByFunction", json!({}))
        .await
        .unwrap();
    let numbers: Vec<&Value> = versions["Versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["Version"])
        .collect();
    assert_eq!(numbers, ["$LATEST", "2"]);
    let all = json!({"FunctionVersion": "ALL"});
    let all = door
        .door
        .asked(WORKLOAD, "lambda:ListFunctions", all)
        .await
        .unwrap();
    assert_eq!(all["Functions"].as_array().unwrap().len(), 2);
    on_f(&door, "DeleteFunction", json!({})).await.unwrap();
    let gone = on_f(&door, "Invoke", json!({"Qualifier": "2"})).await;
    assert!(gone.unwrap_err().starts_with("404"));
}

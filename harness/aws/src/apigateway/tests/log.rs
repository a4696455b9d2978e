//! What a stage logs, by whom, and what it says of changes that are not deployed.

use authlab_gateway::evidence::{Draft, ExecutionLog, Part};
use authlab_kernel::Enforcement;
use authlab_kernel::journal::Outcome;
use serde_json::{Value as Json, json};

use super::stage::{Lab, api, deploy, lab, lab_that, method, send, well};
use crate::front::testing::WORKLOAD;

const ROLE: &str = "arn:aws:iam::222222222222:role/logs";

/// A role of the account that API Gateway may assume and that may do these actions.
async fn role(lab: &Lab, actions: Json) {
    let trust = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "apigateway.amazonaws.com"},
    }});
    let role = json!({"RoleName": "logs", "AssumeRolePolicyDocument": trust.to_string()});
    lab.test
        .door
        .asked(WORKLOAD, "iam:CreateRole", role)
        .await
        .unwrap();
    allow(lab, actions).await;
    let patch = json!([{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]);
    well(lab, "UpdateAccount", json!({"patchOperations": patch})).await;
}

async fn allow(lab: &Lab, actions: Json) {
    let document = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": actions, "Resource": "*",
    }});
    let put = json!({
        "RoleName": "logs", "PolicyName": "own", "PolicyDocument": document.to_string(),
    });
    lab.test
        .door
        .asked(WORKLOAD, "iam:PutRolePolicy", put)
        .await
        .unwrap();
}

async fn patch(lab: &Lab, api: &str, path: &str, value: &str) -> Result<Json, String> {
    let patch = json!([{"op": "replace", "path": path, "value": value}]);
    let input = json!({"restApiId": api, "stageName": "prod", "patchOperations": patch});
    lab.test
        .door
        .asked(WORKLOAD, "apigateway:UpdateStage", input)
        .await
}

/// The lines of the stage's execution log, without the request's id.
async fn lines(lab: &Lab, api: &str) -> Vec<String> {
    let group = json!({"logGroupName": format!("API-Gateway-Execution-Logs_{api}/prod")});
    let Ok(found) = lab
        .test
        .door
        .asked(WORKLOAD, "logs:FilterLogEvents", group)
        .await
    else {
        return Vec::new();
    };
    let events = found["events"].as_array().unwrap().iter();
    let lines = events.map(|event| {
        let line = event["message"].as_str().unwrap();
        let (id, line) = line.strip_prefix('(').unwrap().split_once(") ").unwrap();
        assert_eq!(id.len(), 36);
        line.replace(id, "{id}")
    });
    lines.collect()
}

/// What the journal says of the last execution log.
fn told(lab: &Lab) -> Option<ExecutionLog<'static>> {
    let events = lab.test.door.journal().events_since(0);
    events.iter().rev().find_map(|event| event.read())
}

#[tokio::test]
async fn the_account_s_role_writes_what_happened() {
    let lab = lab().await;
    let (api, _) = api(&lab).await;
    send(&lab, &api, "GET", "/prod/").await;
    assert_eq!(told(&lab), None);
    let refused = patch(&lab, &api, "/*/*/logging/loglevel", "INFO").await;
    assert!(
        refused
            .unwrap_err()
            .contains("CloudWatch Logs role ARN must be set")
    );
    role(
        &lab,
        json!([
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents"
        ]),
    )
    .await;
    patch(&lab, &api, "/*/*/logging/loglevel", "INFO")
        .await
        .unwrap();
    send(&lab, &api, "GET", "/prod/?q=1").await;
    let stage = format!("{api}/prod");
    let found = lines(&lab, &api).await;
    assert!(found[0].starts_with("Extended Request Id: "), "{found:?}");
    let expected = [
        format!("Verifying Usage Plan for request: {{id}}. API Key:  API Stage: {stage}"),
        "API Key  authorized because method 'GET /' does not require API Key. Request will not \
         contribute to throttle or quota limits"
            .to_owned(),
        format!("Usage Plan check succeeded for API Key  and API Stage {stage}"),
        "Starting execution for request: {id}".to_owned(),
        "HTTP Method: GET, Resource Path: /".to_owned(),
        "Successfully completed execution".to_owned(),
        "Method completed with status: 200".to_owned(),
    ];
    assert_eq!(found[1..], expected);
    let told = told(&lab).unwrap();
    assert_eq!(
        (told.lines, told.role.as_deref(), told.lacks),
        (8, Some(ROLE), None)
    );
    // Nobody takes what is not there: no method, no log.
    send(&lab, &api, "GET", "/prod/nope").await;
    assert_eq!(lines(&lab, &api).await.len(), 8);
    patch(&lab, &api, "/*/*/logging/dataTrace", "true")
        .await
        .unwrap();
    send(&lab, &api, "GET", "/prod/?q=1").await;
    let found = lines(&lab, &api).await.split_off(8);
    for line in [
        "Method request query string: {q=1}",
        "Method request path: {}",
        "Method request body before transformations: ",
    ] {
        assert!(found.iter().any(|it| it == line), "{line}: {found:?}");
    }
    patch(&lab, &api, "/*/*/logging/loglevel", "ERROR")
        .await
        .unwrap();
    send(&lab, &api, "GET", "/prod/").await;
    assert_eq!(lines(&lab, &api).await.len(), 8 + found.len());
}

#[tokio::test]
async fn a_role_that_lacks_a_permission_writes_nothing_and_is_told() {
    let all = [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ];
    for (allowed, lacks) in [
        (&all[..0], Some("logs:CreateLogGroup")),
        (&all[..1], Some("logs:CreateLogStream")),
        (&all[..2], Some("logs:PutLogEvents")),
        (&all[..], None),
    ] {
        let lab = lab().await;
        let (api, _) = api(&lab).await;
        let rights = if allowed.is_empty() {
            json!(["logs:Describe*"])
        } else {
            json!(allowed)
        };
        role(&lab, rights).await;
        patch(&lab, &api, "/*/*/logging/loglevel", "INFO")
            .await
            .unwrap();
        assert_eq!(send(&lab, &api, "GET", "/prod/").await.0, 200);
        assert_eq!(told(&lab).unwrap().lacks.as_deref(), lacks);
        assert_eq!(
            lines(&lab, &api).await.is_empty(),
            lacks.is_some(),
            "{lacks:?}"
        );
    }
    let lab = lab_that(Enforcement::Audit).await;
    let (api, _) = api(&lab).await;
    role(&lab, json!(["logs:Describe*"])).await;
    patch(&lab, &api, "/*/*/logging/loglevel", "INFO")
        .await
        .unwrap();
    send(&lab, &api, "GET", "/prod/").await;
    assert!(!lines(&lab, &api).await.is_empty());
    let events = lab.test.door.journal().events_since(0);
    assert!(events.iter().any(|event| event.outcome == Outcome::Refused));
}

#[tokio::test]
async fn access_logs_go_to_a_log_group_in_a_format_of_rest_apis() {
    let lab = lab().await;
    let (api, _) = api(&lab).await;
    role(&lab, json!("logs:*")).await;
    let group = "arn:aws:logs:eu-central-1:222222222222:log-group:access";
    let (to, format) = (
        "/accessLogSettings/destinationArn",
        "/accessLogSettings/format",
    );
    for (path, value, refusal) in [
        (
            format,
            "$context.status",
            Some("must include either $context.requestId"),
        ),
        (
            format,
            "$context.requestId $context.routeKey",
            Some("`$context.routeKey`"),
        ),
        (
            to,
            "arn:aws:firehose:eu-central-1:222222222222:deliverystream/amazon-apigateway-a",
            Some("Firehose"),
        ),
        (
            to,
            "arn:aws:logs:us-east-1:222222222222:log-group:access",
            Some("is no log group of this account and Region"),
        ),
        (to, group, None),
        (
            format,
            "$context.requestId $context.resourcePath $context.authorizer.role $context.requestTimeEpoch",
            None,
        ),
    ] {
        let answer = patch(&lab, &api, path, value).await;
        match refusal {
            None => assert!(answer.is_ok(), "{value}: {answer:?}"),
            Some(text) => assert!(
                answer.as_ref().unwrap_err().contains(text),
                "{value}: {answer:?}"
            ),
        }
    }
    send(&lab, &api, "GET", "/prod/").await;
    let found = json!({"logGroupName": "access"});
    let found = lab
        .test
        .door
        .asked(WORKLOAD, "logs:FilterLogEvents", found)
        .await
        .unwrap();
    let line = found["events"][0]["message"].as_str().unwrap();
    let fields: Vec<&str> = line.split(' ').skip(1).collect();
    assert_eq!(fields[..2], ["/", "-"]);
    assert_eq!(fields[2].len(), 13, "{line}");
}

#[tokio::test]
async fn what_was_changed_and_is_not_deployed_is_told() {
    let lab = lab().await;
    let (api, root) = api(&lab).await;
    let draft = || {
        let events = lab.test.door.journal().events_since(0);
        let drafts = events.iter().rev().find_map(|event| event.read::<Draft>());
        drafts.map(|draft| (draft.changed[0].route_key.clone(), draft.changed[0].part))
    };
    send(&lab, &api, "GET", "/prod/").await;
    assert_eq!(draft(), None);
    let change = json!([{"op": "replace", "path": "/authorizationType", "value": "AWS_IAM"}]);
    let change = json!({
        "restApiId": api, "resourceId": root, "httpMethod": "GET", "patchOperations": change,
    });
    well(&lab, "UpdateMethod", change).await;
    assert_eq!(send(&lab, &api, "GET", "/prod/").await.0, 200);
    assert_eq!(draft(), Some(("GET /".to_owned(), Part::AuthorizationType)));
    let child = json!({"restApiId": api, "parentId": root, "pathPart": "new"});
    let child = well(&lab, "CreateResource", child).await;
    method(&lab, &api, child["id"].as_str().unwrap(), "NONE").await;
    assert_eq!(send(&lab, &api, "GET", "/prod/new").await.0, 403);
    assert_eq!(draft(), Some(("GET /new".to_owned(), Part::Route)));
    deploy(&lab, &api).await;
    let since = lab.test.door.journal().last();
    assert_eq!(send(&lab, &api, "GET", "/prod/new").await.0, 200);
    assert_eq!(send(&lab, &api, "GET", "/prod/").await.0, 403);
    let events = lab.test.door.journal().events_since(since);
    assert!(events.iter().all(|event| event.kind != "draft"));
}

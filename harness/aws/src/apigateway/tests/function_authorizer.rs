//! Who may pass a method of a REST API, from the calls that make its authorizer to the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use super::stage::{Lab, deploy, lab_with, well};
use crate::front::testing::{WORKLOAD, http_client};
use crate::lambda::tests::made;
use crate::lambda::{FunctionError, InvocationContext};

/// A door with the function `authz`, and how often it was asked: it lets in who shows `good` for the method
/// that is asked about, and does not know who shows `bad`.
async fn lab() -> (Lab, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let lab = lab_with(|cloud| {
        let closures = cloud.lambda.closures();
        let authz = move |event: Json, _: InvocationContext| {
            counted.fetch_add(1, Ordering::SeqCst);
            async move {
                if event["authorizationToken"] == "bad" {
                    return Err(FunctionError::new("Error", "Unauthorized"));
                }
                Ok(json!({
                    "principalId": "user1",
                    "policyDocument": { "Version": "2012-10-17", "Statement": [{
                        "Effect": "Allow", "Action": "execute-api:Invoke",
                        "Resource": event["methodArn"],
                    }]},
                }))
            }
        };
        closures.register("authz", Arc::new(authz));
    })
    .await;
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "lambda.amazonaws.com" },
    }]});
    let role = json!({ "RoleName": "authz", "AssumeRolePolicyDocument": trust.to_string() });
    let role = lab.test.door.asked(WORKLOAD, "iam:CreateRole", role).await;
    role.expect("a role");
    let role = format!("arn:aws:iam::{WORKLOAD}:role/authz");
    let named = ("authz", "authz", role.as_str());
    let made = made(
        &lab.test,
        WORKLOAD,
        named,
        json!({ "Runtime": "provided.al2023" }),
    )
    .await;
    made.expect("a function");
    (lab, asked)
}

/// An API with a method `GET` of this kind at `/` and `/b`, deployed as `prod`: its id.
async fn api(lab: &Lab, method: &Json, authorizer: Option<Json>) -> String {
    let made = well(lab, "CreateRestApi", json!({ "name": "a" })).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (api, root) = (text("id"), text("rootResourceId"));
    let mut method = method.clone();
    if let Some(mut authorizer) = authorizer {
        authorizer["restApiId"] = json!(api);
        authorizer["name"] = json!("gate");
        let made = well(lab, "CreateAuthorizer", authorizer).await;
        method["authorizerId"] = made["id"].clone();
    }
    let child = json!({ "restApiId": api, "parentId": root, "pathPart": "b" });
    let child = well(lab, "CreateResource", child).await;
    for resource in [&json!(root), &child["id"]] {
        let at = json!({ "restApiId": api, "resourceId": resource, "httpMethod": "GET" });
        let with = |more: &Json| {
            let mut input = at.clone();
            let members = input.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            input
        };
        well(lab, "PutMethod", with(&method)).await;
        let template = json!({ "application/json": "{\"statusCode\": 200}" });
        let mock = json!({ "type": "MOCK", "requestTemplates": template });
        well(lab, "PutIntegration", with(&mock)).await;
        for response in ["PutMethodResponse", "PutIntegrationResponse"] {
            well(lab, response, with(&json!({ "statusCode": "200" }))).await;
        }
    }
    deploy(lab, &api).await;
    api
}

/// Status, error type and body.
async fn send(lab: &Lab, api: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String, String) {
    let host = format!("{api}.execute-api.eu-central-1.localhost");
    let url = format!("{}/prod{path}", lab.test.door.endpoint());
    let mut request = http_client().get(url).header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let error_type = response.headers().get("x-amzn-errortype");
    let error_type = error_type.map_or(String::new(), |it| it.to_str().unwrap().to_owned());
    (
        response.status().as_u16(),
        error_type,
        response.text().await.unwrap(),
    )
}

fn token_authorizer() -> Json {
    json!({
        "type": "TOKEN", "identitySource": "method.request.header.Authorization",
        "authorizerUri": format!(
            "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/\
             arn:aws:lambda:eu-central-1:{WORKLOAD}:function:authz/invocations"
        ),
    })
}

#[tokio::test]
async fn a_function_lets_in_whom_its_policy_allows_once_it_may_be_invoked() {
    let (lab, asked) = lab().await;
    let custom = json!({ "authorizationType": "CUSTOM" });
    let api = api(&lab, &custom, Some(token_authorizer())).await;
    let good = [("authorization", "good")];
    let (status, error_type, body) = send(&lab, &api, "/", &good).await;
    assert_eq!((status, body.as_str()), (500, r#"{"message":null}"#));
    assert_eq!(error_type, "AuthorizerConfigurationException");
    let permission = json!({
        "FunctionName": "authz", "StatementId": "gate", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": format!("arn:aws:execute-api:eu-central-1:{WORKLOAD}:{api}/authorizers/*"),
    });
    let added = lab
        .test
        .door
        .asked(WORKLOAD, "lambda:AddPermission", permission)
        .await;
    added.expect("a permission");
    let not_allowed = "User is not authorized to access this resource because no identity-based policy allows the \
                       execute-api:Invoke action";
    let denied = json!({ "Message": not_allowed }).to_string();
    let unauthorized = r#"{"message":"Unauthorized"}"#;
    // The path, what is shown, what is answered, and how often the function was asked by then.
    for (path, shown, status, body, times) in [
        ("/", "good", 200, "", 1),
        // The answer for `/` is kept, and says nothing of `/b`.
        ("/b", "good", 403, &*denied, 1),
        ("/", "bad", 401, unauthorized, 2),
        ("/", "bad", 401, unauthorized, 3),
        ("/", "", 401, unauthorized, 3),
    ] {
        let answer = send(&lab, &api, path, &[("authorization", shown)]).await;
        assert_eq!(
            (answer.0, answer.2.as_str()),
            (status, body),
            "{path} {shown}"
        );
        assert_eq!(asked.load(Ordering::SeqCst), times, "{path} {shown}");
    }
    let stage = json!({ "restApiId": api, "stageName": "prod" });
    well(&lab, "FlushStageAuthorizersCache", stage).await;
    assert_eq!(send(&lab, &api, "/b", &good).await.0, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    deploy(&lab, &api).await;
    assert_eq!(send(&lab, &api, "/", &good).await.0, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn what_of_an_authorizer_is_not_simulated_lets_nobody_in_and_says_so() {
    let (lab, asked) = lab().await;
    let custom = json!({ "authorizationType": "CUSTOM" });
    for (member, value, named) in [
        ("identityValidationExpression", "(?=a)b", "`(?=a)b`"),
        (
            "authorizerCredentials",
            "arn:aws:iam::222222222222:role/authz",
            "`authorizerCredentials`",
        ),
    ] {
        let mut authorizer = token_authorizer();
        authorizer[member] = json!(value);
        let api = api(&lab, &custom, Some(authorizer)).await;
        let answer = send(&lab, &api, "/", &[("authorization", "good")]).await;
        assert_eq!((answer.0, answer.1.as_str()), (501, "NotImplemented"));
        assert!(answer.2.contains(named), "{}", answer.2);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_policy_of_an_api_holds_from_the_next_deployment_on() {
    let (lab, _) = lab().await;
    let none = json!({ "authorizationType": "NONE" });
    let api = api(&lab, &none, None).await;
    let policy = |effect: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": effect, "Principal": "*", "Action": "execute-api:Invoke",
            "Resource": "execute-api:/*",
            "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } },
        }]})
    };
    let text = |text: &str| {
        let resource = format!("arn:aws:execute-api:eu-central-1:********2222:{api}/prod/GET/b");
        let said = format!(
            "User: anonymous is not authorized to perform: execute-api:Invoke on resource: {resource}{text}"
        );
        json!({ "Message": said }).to_string()
    };
    let silent = text(" because no resource-based policy allows the execute-api:Invoke action");
    let denied = text(" with an explicit deny in a resource-based policy");
    let (inside, outside) = ("203.0.113.9", "198.51.100.1");
    for (effect, from, status, body) in [
        ("Allow", inside, 200, ""),
        ("Allow", outside, 403, silent.as_str()),
        ("Deny", inside, 403, &denied),
        ("Deny", outside, 403, &silent),
    ] {
        let patch =
            json!({ "op": "replace", "path": "/policy", "value": policy(effect).to_string() });
        let input = json!({ "restApiId": api, "patchOperations": [patch] });
        let headers = [("x-authlab-source-ip", from)];
        let before = send(&lab, &api, "/b", &headers).await;
        well(&lab, "UpdateRestApi", input).await;
        assert_eq!(
            send(&lab, &api, "/b", &headers).await,
            before,
            "{effect} {from}"
        );
        deploy(&lab, &api).await;
        let answer = send(&lab, &api, "/b", &headers).await;
        assert_eq!(
            (answer.0, answer.2.as_str()),
            (status, body),
            "{effect} {from}"
        );
    }
}

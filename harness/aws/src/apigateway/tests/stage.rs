//! What a stage answers, from the calls that make it.

use std::sync::Arc;

use authlab_gateway::Gateway;
use authlab_kernel::Enforcement;
use serde_json::{Value as Json, json};

use crate::front::ClientClock;
use crate::front::testing::{TestDoor, WORKLOAD, http_client};

/// A door with a gateway behind it.
async fn lab() -> TestDoor {
    let lab = TestDoor::start_with(ClientClock::Lab, Enforcement::Enforce, |_| {}).await;
    let door = &lab.door;
    let gateway = Gateway::new(
        door.gateway_clock().clone(),
        door.ids().clone(),
        door.journal().clone(),
        Arc::clone(door.outbound()),
        crate::ports::of(door),
    );
    door.add_site(Arc::new(gateway));
    lab
}

/// A call by WORKLOAD's root user that is answered.
async fn well(lab: &TestDoor, operation: &str, input: Json) -> Json {
    let call = format!("apigateway:{operation}");
    let answer = lab.door.asked(WORKLOAD, &call, input.clone()).await;
    answer.unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
}

/// An API whose root answers by itself, deployed as `prod`: its id, and that of the root.
async fn api(lab: &TestDoor) -> (String, String) {
    let made = well(lab, "CreateRestApi", json!({ "name": "a" })).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (api, root) = (text("id"), text("rootResourceId"));
    method(lab, &api, &root, "NONE").await;
    deploy(lab, &api).await;
    (api, root)
}

/// A method `GET` that answers by itself.
async fn method(lab: &TestDoor, api: &str, resource: &str, authorization: &str) {
    let at = json!({ "restApiId": api, "resourceId": resource, "httpMethod": "GET" });
    let mut method = at.clone();
    method["authorizationType"] = json!(authorization);
    well(lab, "PutMethod", method).await;
    let mut mock = at;
    mock["type"] = json!("MOCK");
    mock["requestTemplates"] = json!({ "application/json": "{\"statusCode\": 200}" });
    well(lab, "PutIntegration", mock.clone()).await;
    mock["statusCode"] = json!("200");
    for member in ["type", "requestTemplates"] {
        mock.as_object_mut().unwrap().remove(member);
    }
    well(lab, "PutMethodResponse", mock.clone()).await;
    well(lab, "PutIntegrationResponse", mock).await;
}

async fn deploy(lab: &TestDoor, api: &str) {
    let deployment = json!({ "restApiId": api, "stageName": "prod" });
    well(lab, "CreateDeployment", deployment).await;
}

/// Status, error type and body of a request to a path of the API's host.
async fn send(lab: &TestDoor, api: &str, method: &str, path: &str) -> (u16, String, String) {
    let host = format!("{api}.execute-api.eu-central-1.localhost");
    let url = format!("{}{path}", lab.door.endpoint());
    let request = http_client().request(method.parse().unwrap(), url);
    let response = request.header("host", host).send().await.unwrap();
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    };
    let (status, error_type) = (response.status().as_u16(), header("x-amzn-errortype"));
    assert_eq!(header("x-amzn-requestid").len(), 36);
    assert_eq!(header("x-amz-apigw-id").len(), 16);
    (status, error_type, response.text().await.unwrap())
}

#[tokio::test]
async fn what_is_not_there_is_answered_as_if_a_signature_were_missing() {
    let lab = lab().await;
    let (api, _) = api(&lab).await;
    let missing = r#"{"message":"Missing Authentication Token"}"#;
    let cases = [
        ("GET", "/prod/", 200, "", ""),
        ("GET", "/prod", 200, "", ""),
        (
            "GET",
            "/prod/x",
            403,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "POST",
            "/prod/",
            403,
            "MissingAuthenticationTokenException",
            missing,
        ),
        (
            "GET",
            "/beta/",
            403,
            "ForbiddenException",
            r#"{"message":"Forbidden"}"#,
        ),
    ];
    for (verb, path, status, error_type, body) in cases {
        let answer = send(&lab, &api, verb, path).await;
        let expected = (status, error_type.to_owned(), body.to_owned());
        assert_eq!(answer, expected, "{verb} {path}");
    }
}

#[tokio::test]
async fn a_stage_answers_what_was_deployed_until_the_next_deployment() {
    let lab = lab().await;
    let (api, root) = api(&lab).await;
    let child = json!({ "restApiId": api, "parentId": root, "pathPart": "new" });
    let child = well(&lab, "CreateResource", child).await;
    method(&lab, &api, child["id"].as_str().unwrap(), "NONE").await;
    assert_eq!(send(&lab, &api, "GET", "/prod/new").await.0, 403);
    deploy(&lab, &api).await;
    assert_eq!(send(&lab, &api, "GET", "/prod/new").await.0, 200);
    let stage = json!({ "restApiId": api, "stageName": "prod" });
    well(&lab, "DeleteStage", stage).await;
    assert_eq!(send(&lab, &api, "GET", "/prod/new").await.0, 403);
    deploy(&lab, &api).await;
    well(&lab, "DeleteRestApi", json!({ "restApiId": api })).await;
    let gone = http_client().get(format!("{}/prod/new", lab.door.endpoint()));
    let host = format!("{api}.execute-api.eu-central-1.localhost");
    let answer = gone.header("host", host).send().await.unwrap();
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn a_signature_is_asked_for_where_the_method_wants_one() {
    let lab = lab().await;
    let made = well(&lab, "CreateRestApi", json!({ "name": "a" })).await;
    let (api, root) = (&made["id"], &made["rootResourceId"]);
    let (api, root) = (api.as_str().unwrap(), root.as_str().unwrap());
    method(&lab, api, root, "AWS_IAM").await;
    deploy(&lab, api).await;
    let (status, error_type, body) = send(&lab, api, "GET", "/prod/").await;
    let missing = r#"{"message":"Missing Authentication Token"}"#;
    assert_eq!(
        (status, error_type.as_str(), body.as_str()),
        (403, "MissingAuthenticationTokenException", missing)
    );
}

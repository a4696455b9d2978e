//! What a stage answers, from the calls that make it.

use std::sync::Arc;

use authlab_gateway::Gateway;
use authlab_kernel::Enforcement;
use serde_json::{Value as Json, json};

use crate::cloud::Cloud;
use crate::front::ClientClock;
use crate::front::testing::{TestDoor, WORKLOAD, http_client};

/// A door with a gateway behind it, and a client for what its stages answer.
pub(super) struct Lab {
    pub(super) test: TestDoor,
    pub(super) client: reqwest::Client,
}

pub(super) async fn lab() -> Lab {
    lab_with(|_| {}).await
}

/// The same over a cloud that is prepared.
pub(super) async fn lab_with(prepare: impl FnOnce(&mut Cloud)) -> Lab {
    lab_of(Enforcement::Enforce, prepare).await
}

/// The same, where a refusal means this.
pub(super) async fn lab_that(enforcement: Enforcement) -> Lab {
    lab_of(enforcement, |_| {}).await
}

async fn lab_of(enforcement: Enforcement, prepare: impl FnOnce(&mut Cloud)) -> Lab {
    let lab = TestDoor::start_with(ClientClock::Lab, enforcement, prepare).await;
    let door = &lab.door;
    let gateway = Gateway::new(
        door.gateway_clock().clone(),
        door.ids().clone(),
        door.journal().clone(),
        Arc::clone(door.outbound()),
        crate::ports::of(door),
    );
    door.add_site(Arc::new(gateway));
    Lab {
        test: lab,
        client: http_client(),
    }
}

/// A call by WORKLOAD's root user that is answered.
pub(super) async fn well(lab: &Lab, operation: &str, input: Json) -> Json {
    let call = format!("apigateway:{operation}");
    let answer = lab.test.door.asked(WORKLOAD, &call, input.clone()).await;
    answer.unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
}

/// An API whose root answers by itself, deployed as `prod`: its id, and that of the root.
pub(super) async fn api(lab: &Lab) -> (String, String) {
    let made = well(lab, "CreateRestApi", json!({ "name": "a" })).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (api, root) = (text("id"), text("rootResourceId"));
    method(lab, &api, &root, "NONE").await;
    deploy(lab, &api).await;
    (api, root)
}

/// A method `GET` that answers by itself.
pub(super) async fn method(lab: &Lab, api: &str, resource: &str, authorization: &str) {
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

pub(super) async fn deploy(lab: &Lab, api: &str) {
    let deployment = json!({ "restApiId": api, "stageName": "prod" });
    well(lab, "CreateDeployment", deployment).await;
}

/// Status, error type and body of a request to a path of the API's host.
pub(super) async fn send(lab: &Lab, api: &str, method: &str, path: &str) -> (u16, String, String) {
    let host = format!("{api}.execute-api.eu-central-1.localhost");
    let url = format!("{}{path}", lab.test.door.endpoint());
    let request = lab.client.request(method.parse().unwrap(), url);
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
    let gone = lab
        .client
        .get(format!("{}/prod/new", lab.test.door.endpoint()));
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

#[tokio::test]
async fn a_long_answer_is_compressed_for_who_takes_it() {
    let lab = lab().await;
    let (api, root) = api(&lab).await;
    let template = json!({ "application/json": "{\"report\": \"daily daily daily daily\"}" });
    let answer = json!({ "restApiId": api, "resourceId": root, "httpMethod": "GET",
        "statusCode": "200", "responseTemplates": template });
    well(&lab, "PutIntegrationResponse", answer).await;
    for (bytes, accepted, coding) in [
        ("10", "gzip", Some("gzip")),
        ("10", "identity", None),
        ("1000", "gzip", None),
    ] {
        let patch = json!([{ "op": "replace", "path": "/minimumCompressionSize", "value": bytes }]);
        let patch = json!({ "restApiId": api, "patchOperations": patch });
        well(&lab, "UpdateRestApi", patch).await;
        deploy(&lab, &api).await;
        let url = format!("{}/prod/", lab.test.door.endpoint());
        let host = format!("{api}.execute-api.eu-central-1.localhost");
        let request = lab.client.get(url).header("host", host);
        let answer = request
            .header("accept-encoding", accepted)
            .send()
            .await
            .unwrap();
        let found = answer.headers().get("content-encoding");
        let found = found.map(|value| value.to_str().unwrap());
        assert_eq!(found, coding, "{bytes} {accepted}");
    }
}

#[tokio::test]
async fn a_canary_takes_its_part_of_the_traffic() {
    let lab = lab().await;
    let (api, root) = api(&lab).await;
    let at = json!({ "restApiId": api, "resourceId": root, "httpMethod": "GET" });
    well(&lab, "DeleteMethod", at).await;
    method(&lab, &api, &root, "AWS_IAM").await;
    for (percent, least, most) in [(0.0, 0, 0), (30.0, 15, 45), (100.0, 100, 100)] {
        let canary = json!({ "percentTraffic": percent });
        let canary = json!({ "restApiId": api, "stageName": "prod", "canarySettings": canary });
        well(&lab, "CreateDeployment", canary).await;
        let mut refused = 0;
        for _ in 0..100 {
            refused += usize::from(send(&lab, &api, "GET", "/prod/").await.0 == 403);
        }
        assert!((least..=most).contains(&refused), "{percent} %: {refused}");
    }
    let patch = json!([{ "op": "remove", "path": "/canarySettings" }]);
    let stage = json!({ "restApiId": api, "stageName": "prod", "patchOperations": patch });
    well(&lab, "UpdateStage", stage).await;
    assert_eq!(send(&lab, &api, "GET", "/prod/").await.0, 200);
}

/// Calls that change an API in every way that its content can be changed. Which of them are refused depends
/// on those before.
fn edits(api: &str, root: &str, child: &str) -> Vec<(&'static str, Json)> {
    let at =
        |resource: &str| json!({ "restApiId": api, "resourceId": resource, "httpMethod": "GET" });
    let with = |mut input: Json, more: Json| {
        let members = more.as_object().cloned().unwrap_or_default();
        input.as_object_mut().unwrap().extend(members);
        input
    };
    let patch = |path: &str, value: &str| json!({ "patchOperations": [{ "op": "replace", "path": path, "value": value }] });
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*" }] });
    let rest = || json!({ "restApiId": api });
    vec![
        (
            "PutMethod",
            with(at(root), json!({ "authorizationType": "AWS_IAM" })),
        ),
        (
            "PutMethod",
            with(
                at(child),
                json!({ "authorizationType": "NONE", "apiKeyRequired": true }),
            ),
        ),
        (
            "UpdateMethod",
            with(at(root), patch("/apiKeyRequired", "true")),
        ),
        (
            "UpdateMethod",
            with(at(child), patch("/authorizationType", "AWS_IAM")),
        ),
        ("DeleteMethod", at(root)),
        ("DeleteIntegration", at(child)),
        (
            "PutIntegration",
            with(
                at(root),
                json!({ "type": "HTTP_PROXY", "uri": "http://a.example/", "integrationHttpMethod": "GET" }),
            ),
        ),
        (
            "PutIntegrationResponse",
            with(
                at(child),
                json!({ "statusCode": "200", "selectionPattern": "" }),
            ),
        ),
        (
            "DeleteIntegrationResponse",
            with(at(root), json!({ "statusCode": "200" })),
        ),
        (
            "CreateResource",
            with(rest(), json!({ "parentId": root, "pathPart": "more" })),
        ),
        (
            "UpdateResource",
            with(
                json!({ "restApiId": api, "resourceId": child }),
                patch("/pathPart", "moved"),
            ),
        ),
        (
            "DeleteResource",
            json!({ "restApiId": api, "resourceId": child }),
        ),
        (
            "PutGatewayResponse",
            with(
                rest(),
                json!({ "responseType": "MISSING_AUTHENTICATION_TOKEN", "statusCode": "404" }),
            ),
        ),
        (
            "PutGatewayResponse",
            with(
                rest(),
                json!({ "responseType": "DEFAULT_4XX", "statusCode": "418" }),
            ),
        ),
        (
            "UpdateRestApi",
            with(rest(), patch("/policy", &policy.to_string())),
        ),
        (
            "UpdateRestApi",
            with(rest(), patch("/disableExecuteApiEndpoint", "true")),
        ),
        (
            "UpdateRestApi",
            with(rest(), patch("/apiKeySource", "AUTHORIZER")),
        ),
        ("UpdateRestApi", with(rest(), patch("/name", "renamed"))),
    ]
}

/// What a stage answers to requests that the edits above are about, without what names the request.
async fn answers(lab: &Lab, api: &str) -> Vec<(u16, String, String)> {
    let mut all = Vec::new();
    for (verb, path) in [
        ("GET", "/prod/"),
        ("GET", "/prod/child"),
        ("GET", "/prod/moved"),
        ("GET", "/prod/more"),
        ("POST", "/prod/"),
    ] {
        all.push(send(lab, api, verb, path).await);
    }
    all
}

#[tokio::test]
async fn no_edit_changes_what_a_stage_answers_until_it_is_deployed() {
    // A linear congruential generator: the same edits each time.
    let mut state = 20_261_127_u64;
    let mut draw = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut refused = 0;
    let mut changed = 0;
    for _ in 0..24 {
        let lab = lab().await;
        let (api, root) = api(&lab).await;
        let child = json!({ "restApiId": api, "parentId": root, "pathPart": "child" });
        let child = well(&lab, "CreateResource", child).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        method(&lab, &api, &child, "NONE").await;
        deploy(&lab, &api).await;
        let before = answers(&lab, &api).await;
        let edits = edits(&api, &root, &child);
        for _ in 0..6 {
            let (operation, input) = &edits[draw(edits.len())];
            let call = format!("apigateway:{operation}");
            let answer = lab.test.door.asked(WORKLOAD, &call, input.clone()).await;
            refused += usize::from(answer.is_err());
            assert_eq!(answers(&lab, &api).await, before, "{operation} {input}");
        }
        let deployment = json!({ "restApiId": api, "stageName": "prod" });
        let deployed = lab
            .test
            .door
            .asked(WORKLOAD, "apigateway:CreateDeployment", deployment)
            .await;
        let after = answers(&lab, &api).await;
        changed += usize::from(deployed.is_ok() && after != before);
    }
    // Edits that do nothing would show nothing.
    assert!(refused < 72, "{refused} of 144 edits were refused");
    assert!(changed > 6, "{changed} of 24 deployments changed an answer");
}

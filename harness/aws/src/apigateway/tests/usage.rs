//! Keys, plans, validators and gateway responses, from the calls that make them to what a stage answers.

use serde_json::{Value as Json, json};

use super::stage::{Lab, api, deploy, lab, well};
use crate::front::testing::http_client;

const VALUE: &str = "key-one-0123456789abcd";

/// Status and body of a request with these headers.
async fn send(
    lab: &Lab,
    api: &str,
    verb: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> (u16, String) {
    let url = format!("{}/prod/", lab.test.door.endpoint());
    let mut request = http_client().request(verb.parse().unwrap(), url).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let host = format!("{api}.execute-api.eu-central-1.localhost");
    let response = request.header("host", host).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn keyed(lab: &Lab, api: &str) -> u16 {
    send(lab, api, "GET", &[("x-api-key", VALUE)], "").await.0
}

fn patch(operation: &str, path: &str, value: &str) -> Json {
    json!([{ "op": operation, "path": path, "value": value }])
}

/// An API whose `GET` asks for a key, a key, and a plan that links neither: their ids.
async fn with_key(lab: &Lab) -> (String, String, String) {
    let (api, root) = api(lab).await;
    let required = patch("replace", "/apiKeyRequired", "true");
    let method = json!({ "restApiId": api, "resourceId": root, "httpMethod": "GET", "patchOperations": required });
    well(lab, "UpdateMethod", method).await;
    deploy(lab, &api).await;
    let key = json!({ "name": "one", "value": VALUE, "enabled": true });
    let key = well(lab, "CreateApiKey", key).await;
    let quota = json!({ "limit": 2, "period": "DAY" });
    let plan = json!({ "name": "gold", "quota": quota });
    let plan = well(lab, "CreateUsagePlan", plan).await;
    let id = |made: &Json| made["id"].as_str().unwrap().to_owned();
    (api, id(&key), id(&plan))
}

#[tokio::test]
async fn keys_and_plans_reach_a_stage_without_a_deployment() {
    let lab = lab().await;
    let (api, key, plan) = with_key(&lab).await;
    let link = json!({ "usagePlanId": plan, "keyId": key, "keyType": "API_KEY" });
    let stage = format!("{api}:prod");
    let of_plan = |operations: Json| json!({ "usagePlanId": plan, "patchOperations": operations });
    let of_key = |operations: Json| json!({ "apiKey": key, "patchOperations": operations });
    let unlink = json!({ "usagePlanId": plan, "keyId": key });
    // What is done, and what the stage answers then.
    let steps = [
        ("CreateUsagePlanKey", link, 403),
        (
            "UpdateUsagePlan",
            of_plan(patch("add", "/apiStages", &stage)),
            200,
        ),
        (
            "UpdateApiKey",
            of_key(patch("replace", "/enabled", "false")),
            403,
        ),
        (
            "UpdateApiKey",
            of_key(patch("replace", "/enabled", "true")),
            200,
        ),
        // The quota of two is used up.
        ("GetApiKey", json!({ "apiKey": key }), 429),
        (
            "UpdateUsagePlan",
            of_plan(patch("replace", "/quota/limit", "3")),
            200,
        ),
        (
            "UpdateUsagePlan",
            of_plan(json!([{ "op": "remove", "path": "/quota" }])),
            200,
        ),
        (
            "UpdateUsagePlan",
            of_plan(patch("replace", "/throttle/rateLimit", "0")),
            429,
        ),
        (
            "UpdateUsagePlan",
            of_plan(json!([{ "op": "remove", "path": "/throttle" }])),
            200,
        ),
        ("DeleteUsagePlanKey", unlink, 403),
    ];
    assert_eq!(keyed(&lab, &api).await, 403);
    for (operation, input, expected) in steps {
        well(&lab, operation, input.clone()).await;
        assert_eq!(keyed(&lab, &api).await, expected, "{operation} {input}");
    }
}

#[tokio::test]
async fn what_was_used_is_shown_and_more_is_given() {
    let lab = lab().await;
    let (api, key, plan) = with_key(&lab).await;
    let link = json!({ "usagePlanId": plan, "keyId": key, "keyType": "API_KEY" });
    well(&lab, "CreateUsagePlanKey", link).await;
    let stages = patch("add", "/apiStages", &format!("{api}:prod"));
    let stages = json!({ "usagePlanId": plan, "patchOperations": stages });
    well(&lab, "UpdateUsagePlan", stages).await;
    let today = lab.test.door.clock().now().to_string()[..10].to_owned();
    let days = json!({ "usagePlanId": plan, "startDate": today, "endDate": today });
    let used = || async { well(&lab, "GetUsage", days.clone()).await["items"].clone() };
    assert_eq!(used().await, json!({}));
    assert_eq!(keyed(&lab, &api).await, 200);
    assert_eq!(used().await, json!({ key.as_str(): [[1, 1]] }));
    assert_eq!(keyed(&lab, &api).await, 200);
    assert_eq!(keyed(&lab, &api).await, 429);
    assert_eq!(used().await, json!({ key.as_str(): [[2, 0]] }));
    let more = patch("replace", "/remaining", "10");
    let more = json!({ "usagePlanId": plan, "keyId": key, "patchOperations": more });
    let updated = well(&lab, "UpdateUsage", more.clone()).await;
    assert_eq!(updated["items"], json!({ key.as_str(): [[2, 10]] }));
    assert_eq!(keyed(&lab, &api).await, 200);
    assert_eq!(used().await, json!({ key.as_str(): [[3, 9]] }));
    for (operation, member, value) in [
        ("GetUsage", "endDate", json!("2000-01-01")),
        ("GetUsage", "startDate", json!("yesterday")),
        ("GetUsage", "startDate", json!("2000-01-01")),
        ("GetUsage", "keyId", json!("nokey")),
        (
            "UpdateUsage",
            "patchOperations",
            patch("replace", "/remaining", "-1"),
        ),
        (
            "UpdateUsage",
            "patchOperations",
            patch("add", "/remaining", "1"),
        ),
        ("UpdateUsage", "keyId", json!("nokey")),
    ] {
        let mut input = if operation == "GetUsage" {
            days.clone()
        } else {
            more.clone()
        };
        input[member] = value;
        let call = format!("apigateway:{operation}");
        let answer = lab
            .test
            .door
            .asked(crate::front::testing::WORKLOAD, &call, input.clone())
            .await;
        assert!(answer.is_err(), "{operation} {input}: {answer:?}");
    }
}

#[tokio::test]
async fn validators_and_gateway_responses_hold_from_the_deployment_on() {
    let lab = lab().await;
    let (api, root) = api(&lab).await;
    let schema = json!({ "type": "object", "required": ["b"] }).to_string();
    let model = json!({ "restApiId": api, "name": "M", "contentType": "application/json", "schema": schema });
    well(&lab, "CreateModel", model).await;
    let validator = json!({ "restApiId": api, "name": "all", "validateRequestBody": true, "validateRequestParameters": true });
    let validator = well(&lab, "CreateRequestValidator", validator).await;
    let operations = json!([
        { "op": "replace", "path": "/requestValidatorId", "value": validator["id"] },
        { "op": "add", "path": "/requestParameters/method.request.header.x-a", "value": "true" },
        { "op": "add", "path": "/requestParameters/method.request.header.x-b", "value": "false" },
        { "op": "add", "path": "/requestModels/application~1json", "value": "M" },
    ]);
    let at = json!({ "restApiId": api, "resourceId": root, "httpMethod": "GET" });
    let mut method = at.clone();
    method["patchOperations"] = operations;
    well(&lab, "UpdateMethod", method).await;
    let response =
        json!({ "restApiId": api, "responseType": "BAD_REQUEST_BODY", "statusCode": "422" });
    well(&lab, "PutGatewayResponse", response).await;
    let given = [("x-a", "1")];
    assert_eq!(send(&lab, &api, "GET", &[], "").await.0, 200);
    deploy(&lab, &api).await;
    let (status, body) = send(&lab, &api, "GET", &[], "").await;
    assert_eq!(
        (status, body.as_str()),
        (
            400,
            r#"{"message":"Missing required request parameters: [x-a]"}"#
        )
    );
    let (status, body) = send(&lab, &api, "GET", &given, "").await;
    assert_eq!(
        (status, body.as_str()),
        (422, r#"{"message":"Invalid request body"}"#)
    );
    assert_eq!(send(&lab, &api, "GET", &given, r#"{"b": 1}"#).await.0, 200);
}

#[tokio::test]
async fn a_status_that_was_not_given_is_shown_and_not_answered() {
    let lab = lab().await;
    let (api, _) = api(&lab).await;
    let at = json!({ "restApiId": api, "responseType": "INTEGRATION_FAILURE" });
    let shown = |answer: &Json| answer["statusCode"].as_str().unwrap().to_owned();
    // AWS shows 504 and answers 500.
    assert_eq!(
        shown(&well(&lab, "PutGatewayResponse", at.clone()).await),
        "504"
    );
    let kept = || {
        let cloud = lab.test.door.cloud();
        let scope = authlab_kernel::Scope::new(
            crate::front::testing::WORKLOAD.parse().unwrap(),
            "eu-central-1".parse().unwrap(),
        );
        let api = cloud.apigateway.api(&scope, &api).unwrap();
        api.content.gateway_responses["INTEGRATION_FAILURE"]
            .status_code
            .clone()
    };
    assert_eq!(kept(), None);
    let patched = |path: &str, value: &str| {
        let mut input = at.clone();
        input["patchOperations"] = patch("replace", path, value);
        input
    };
    let header = patched("/responseParameters/gatewayresponse.header.a", "'1'");
    assert_eq!(
        shown(&well(&lab, "UpdateGatewayResponse", header).await),
        "504"
    );
    assert_eq!(kept(), None);
    let status = patched("/statusCode", "504");
    assert_eq!(
        shown(&well(&lab, "UpdateGatewayResponse", status).await),
        "504"
    );
    assert_eq!(kept().as_deref(), Some("504"));
}

//! What custom domain names lead to, from the calls that make them.

use serde_json::json;

use super::stage::{Lab, api, lab, method, well};
use crate::front::testing::http_client;

const NAME: &str = "api.example.com";

/// Status and body of a request to a path of a host.
async fn send(lab: &Lab, host: &str, path: &str) -> (u16, String) {
    let request = http_client().get(format!("{}{path}", lab.test.door.endpoint()));
    let response = request.header("host", host).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_mapping_leads_to_a_stage_until_it_is_taken_away() {
    let lab = lab().await;
    let (api, root) = api(&lab).await;
    let child = json!({"restApiId": api, "parentId": root, "pathPart": "pets"});
    let child = well(&lab, "CreateResource", child).await;
    method(&lab, &api, child["id"].as_str().unwrap(), "NONE").await;
    let deployment = json!({"restApiId": api, "stageName": "prod"});
    well(&lab, "CreateDeployment", deployment).await;
    assert_ne!(send(&lab, NAME, "/v1/pets").await.0, 200);
    let certificate = "arn:aws:acm:eu-central-1:222222222222:certificate/a";
    let domain = json!({
        "domainName": NAME, "regionalCertificateArn": certificate,
        "endpointConfiguration": {"types": ["REGIONAL"]},
    });
    well(&lab, "CreateDomainName", domain).await;
    let forbidden = r#"{"message":"Forbidden"}"#.to_owned();
    assert_eq!(send(&lab, NAME, "/v1/pets").await, (403, forbidden.clone()));
    let at = |path: &str| json!({"domainName": NAME, "basePath": path});
    let mut mapping = at("v1");
    mapping["restApiId"] = json!(api);
    mapping["stage"] = json!("prod");
    well(&lab, "CreateBasePathMapping", mapping.clone()).await;
    for (host, path, status) in [
        (NAME, "/v1/pets", 200),
        ("API.example.com:4566", "/v1/pets/", 200),
        (NAME, "/v1/cats", 403),
        (NAME, "/v2/pets", 403),
    ] {
        assert_eq!(send(&lab, host, path).await.0, status, "{host} {path}");
    }
    let mut moved = at("v1");
    moved["patchOperations"] = json!([{"op": "replace", "path": "/basePath", "value": "v2"}]);
    well(&lab, "UpdateBasePathMapping", moved).await;
    assert_eq!(send(&lab, NAME, "/v1/pets").await, (403, forbidden.clone()));
    assert_eq!(send(&lab, NAME, "/v2/pets").await.0, 200);
    let disabled =
        json!([{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}]);
    let disabled = json!({"restApiId": api, "patchOperations": disabled});
    well(&lab, "UpdateRestApi", disabled).await;
    let deployment = json!({"restApiId": api, "stageName": "prod"});
    well(&lab, "CreateDeployment", deployment).await;
    let own = format!("{api}.execute-api.eu-central-1.localhost");
    assert_eq!(
        send(&lab, &own, "/prod/pets").await,
        (403, forbidden.clone())
    );
    assert_eq!(send(&lab, NAME, "/v2/pets").await.0, 200);
    well(&lab, "DeleteBasePathMapping", at("v2")).await;
    assert_eq!(send(&lab, NAME, "/v2/pets").await, (403, forbidden));
    assert!(lab.test.door.has_domain(NAME));
    well(&lab, "DeleteDomainName", json!({"domainName": NAME})).await;
    assert!(!lab.test.door.has_domain(NAME));
}

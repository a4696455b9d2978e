//! Signed callers and functions behind the gateway: the ports over the real services.

use std::sync::Arc;

use authlab_kernel::{Component, Enforcement};
use authlab_wire::sigv4::{self, Options, Signer};
use aws_sdk_apigatewayv2::types::IntegrationType;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;

use super::{api, lab, lab_with, upstream};
use crate::front::testing::{OUTSIDER, TestDoor, WORKLOAD};
use crate::lambda::{FunctionError, InvocationContext};

/// Who signs, and what is signed.
struct Signed<'a> {
    key: &'a str,
    secret: &'a str,
    region: &'a str,
    method: Method,
    path: &'a str,
}

impl<'a> Signed<'a> {
    fn get(key: &'a str, secret: &'a str, path: &'a str) -> Self {
        Self {
            key,
            secret,
            region: "eu-central-1",
            method: Method::GET,
            path,
        }
    }

    /// Sends it to `host`: status, and the reason of the refusal.
    async fn send(self, lab: &TestDoor, host: &str) -> (u16, Option<String>) {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        let signer = Signer {
            access_key: self.key,
            secret: self.secret,
            session_token: None,
            region: self.region,
            service: "execute-api",
            now: lab.now(),
            options: Options::STANDARD,
        };
        sigv4::sign(&signer, &self.method, self.path, "", &mut headers, b"").unwrap();
        let since = lab.door.journal().last();
        let url = format!("{}{}", lab.door.endpoint(), self.path);
        let request = crate::front::testing::http_client()
            .request(self.method, url)
            .headers(headers);
        let status = request.send().await.unwrap().status().as_u16();
        let events = lab.door.journal().events_since(since);
        let gateway = events.iter().filter(|event| event.component == "gateway");
        (
            status,
            gateway.filter_map(|event| event.reason.clone()).next(),
        )
    }
}

/// The id of an API with `ANY /{proxy+}` for signed callers, on the stage `$default`.
async fn signed_api(
    client: &aws_sdk_apigatewayv2::Client,
    upstream: &wiremock::MockServer,
) -> String {
    let (api_id, target) = api(client, upstream).await;
    let route = client
        .create_route()
        .api_id(&api_id)
        .route_key("ANY /{proxy+}")
        .target(target);
    route
        .authorization_type("AWS_IAM".into())
        .send()
        .await
        .unwrap();
    let stage = client
        .create_stage()
        .api_id(&api_id)
        .stage_name("$default")
        .auto_deploy(true);
    stage.stage_variables("base", "x").send().await.unwrap();
    api_id
}

/// A user with an access key: id and secret.
async fn user(lab: &TestDoor) -> (String, String) {
    let iam = aws_sdk_iam::Client::new(&lab.root(WORKLOAD));
    iam.create_user().user_name("ann").send().await.unwrap();
    let key = iam
        .create_access_key()
        .user_name("ann")
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    (key.access_key_id, key.secret_access_key)
}

#[tokio::test]
async fn a_signed_caller_needs_the_permission_for_the_very_path() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let api_id = signed_api(&client, &upstream).await;
    let (key, secret) = user(&lab).await;
    let host = format!("{api_id}.execute-api.eu-central-1.localhost");
    let missing = Some("permission-missing".to_owned());
    assert_eq!(
        Signed::get(&key, &secret, "/a").send(&lab, &host).await,
        (403, missing.clone())
    );
    let resource = format!("arn:aws:execute-api:eu-central-1:{WORKLOAD}:{api_id}/$default/GET/a");
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}]});
    let iam = aws_sdk_iam::Client::new(&lab.root(WORKLOAD));
    let put = iam.put_user_policy().user_name("ann").policy_name("invoke");
    put.policy_document(policy.to_string())
        .send()
        .await
        .unwrap();
    let by_path = format!("/_aws/execute-api/{api_id}/$default/a");
    let loopback = lab.door.address().unwrap().to_string();
    assert_eq!(
        Signed::get(&key, &secret, "/a").send(&lab, &host).await,
        (200, None)
    );
    assert_eq!(
        Signed::get(&key, &secret, &by_path)
            .send(&lab, &loopback)
            .await,
        (200, None)
    );
    let deleted = Signed {
        method: Method::DELETE,
        ..Signed::get(&key, &secret, "/a")
    };
    let elsewhere = Signed {
        region: "us-east-1",
        ..Signed::get(&key, &secret, "/a")
    };
    let refused = [
        (Signed::get(&key, &secret, "/b"), "permission-missing"),
        (deleted, "permission-missing"),
        (Signed::get(&key, "wrong", "/a"), "signature-mismatch"),
        (
            Signed::get("AKIANOBODYNOBODYNOBO", &secret, "/a"),
            "credential-unknown",
        ),
        (elsewhere, "credential-scope"),
        // HTTP APIs have no policy that could let another account in.
        (Signed::get(OUTSIDER, "test", "/a"), "permission-missing"),
    ];
    for (signed, reason) in refused {
        assert_eq!(
            signed.send(&lab, &host).await,
            (403, Some(reason.to_owned()))
        );
    }
    lab.clock
        .set_offset_seconds(Component::Gateway, 301)
        .unwrap();
    let skewed = Signed::get(&key, &secret, "/a").send(&lab, &host).await;
    assert_eq!(skewed, (403, Some("clock-skew".to_owned())));
}

#[tokio::test]
async fn under_audit_a_refused_caller_passes_and_the_refusal_stands_in_the_journal() {
    let (lab, client) = lab_with(Enforcement::Audit).await;
    let upstream = upstream().await;
    let api_id = signed_api(&client, &upstream).await;
    let (key, secret) = user(&lab).await;
    let host = format!("{api_id}.execute-api.eu-central-1.localhost");
    let missing = Some("permission-missing".to_owned());
    assert_eq!(
        Signed::get(&key, &secret, "/a").send(&lab, &host).await,
        (200, missing)
    );
    // Nobody knows whose an unproven signature is.
    let wrong = Signed::get(&key, "wrong", "/a").send(&lab, &host).await;
    assert_eq!(wrong, (403, Some("signature-mismatch".to_owned())));
}

#[tokio::test]
async fn a_function_answers_once_its_policy_lets_the_api_in() {
    let (lab, client) = lab().await;
    let greet = |event: serde_json::Value, _: InvocationContext| async move {
        Ok::<_, FunctionError>(json!({"path": event["rawPath"]}))
    };
    lab.door
        .cloud()
        .lambda
        .closures()
        .register("greet", Arc::new(greet));
    let iam = aws_sdk_iam::Client::new(&lab.root(WORKLOAD));
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"Service":"lambda.amazonaws.com"}}]}"#;
    let role = iam
        .create_role()
        .role_name("worker")
        .assume_role_policy_document(trust);
    let role = role.send().await.unwrap().role.unwrap().arn;
    let lambda = aws_sdk_lambda::Client::new(&lab.root(WORKLOAD));
    let zip = aws_sdk_lambda::primitives::Blob::new(crate::lambda::package("index.py"));
    let code = aws_sdk_lambda::types::FunctionCode::builder()
        .zip_file(zip)
        .build();
    let function = lambda
        .create_function()
        .function_name("greeter")
        .handler("greet")
        .role(role);
    let function = function
        .runtime("provided.al2023".into())
        .code(code)
        .send()
        .await
        .unwrap();
    let made = client
        .create_api()
        .name("hello")
        .protocol_type("HTTP".into());
    let made = made
        .target(function.function_arn().unwrap())
        .send()
        .await
        .unwrap();
    let api_id = made.api_id().unwrap();
    let integrations = client
        .get_integrations()
        .api_id(api_id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        integrations.items()[0].integration_type(),
        Some(&IntegrationType::AwsProxy)
    );
    let refused = super::get(&lab, api_id, "/hi").await;
    assert_eq!(
        refused,
        (500, r#"{"message":"Internal Server Error"}"#.to_owned())
    );
    // The route `$default` has no method in its ARN: two segments follow the API. The first four let
    // the gateway in, the others do not.
    let patterns = [
        ("*/*", true),
        ("*/$default", true),
        ("$default/$default", true),
        ("*", true),
        ("*/*/*", false),
        ("*/*/$default", false),
        ("$default/*/$default", false),
    ];
    for (pattern, lets_in) in patterns.into_iter().rev() {
        let source = format!("arn:aws:execute-api:eu-central-1:{WORKLOAD}:{api_id}/{pattern}");
        let permission = lambda
            .add_permission()
            .function_name("greeter")
            .statement_id("api")
            .action("lambda:InvokeFunction")
            .principal("apigateway.amazonaws.com")
            .source_arn(source);
        permission.send().await.unwrap();
        let expected = if lets_in { 200 } else { 500 };
        assert_eq!(
            super::get(&lab, api_id, "/hi").await.0,
            expected,
            "{pattern}"
        );
        if pattern != "*/*" {
            let remove = lambda.remove_permission().function_name("greeter");
            remove.statement_id("api").send().await.unwrap();
        }
    }
    assert_eq!(
        super::get(&lab, api_id, "/hi").await,
        (200, r#"{"path":"/hi"}"#.to_owned())
    );
    // What the function did leads back to the request.
    let events = lab.events();
    let mut event = events
        .iter()
        .rev()
        .find(|event| event.kind == "return")
        .unwrap();
    while event.kind != "request" {
        event = events
            .iter()
            .find(|other| Some(other.seq) == event.cause)
            .unwrap();
    }
    assert_eq!(
        (event.component.as_str(), &event.detail["path"]),
        ("gateway", &json!("/hi"))
    );
}

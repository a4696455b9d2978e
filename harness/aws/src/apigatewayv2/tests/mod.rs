//! The control plane with the real client, and what its stages answer through the gateway.

mod caller;
mod import;
mod path;
mod resources;

use std::sync::Arc;

use authlab_gateway::Gateway;
use authlab_kernel::Enforcement;
use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::operation::create_authorizer::builders::CreateAuthorizerFluentBuilder;
use aws_sdk_apigatewayv2::types::{
    AccessLogSettings, AuthorizerType, IntegrationType, JwtConfiguration, ProtocolType,
};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::front::ClientClock;
use crate::front::testing::{TestDoor, WORKLOAD};

/// The HTTP status of a refusal.
fn status<E>(error: &SdkError<E, HttpResponse>) -> u16 {
    error
        .raw_response()
        .map_or(0, |response| response.status().as_u16())
}

/// Its code.
fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> &str {
    error
        .as_service_error()
        .and_then(|error| error.code())
        .unwrap_or_default()
}

/// Its text.
fn message<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> &str {
    error
        .as_service_error()
        .and_then(|error| error.message())
        .unwrap_or_default()
}

/// A door with a gateway behind it.
async fn lab() -> (TestDoor, Client) {
    lab_with(Enforcement::Enforce).await
}

async fn lab_with(enforcement: Enforcement) -> (TestDoor, Client) {
    let lab = TestDoor::start_with(ClientClock::Lab, enforcement, |_| {}).await;
    let door = &lab.door;
    let gateway = Gateway::new(
        door.gateway_clock().clone(),
        door.ids().clone(),
        door.journal().clone(),
        Arc::clone(door.outbound()),
        crate::ports::of(door),
    );
    door.add_site(Arc::new(gateway));
    let client = Client::new(&lab.root(WORKLOAD));
    (lab, client)
}

/// GETs a path of an API by its endpoint's host: status and body.
async fn get(lab: &TestDoor, api_id: &str, path: &str) -> (u16, String) {
    let url = format!("{}{path}", lab.door.endpoint());
    let host = format!("{api_id}.execute-api.eu-central-1.localhost");
    let request = crate::front::testing::http_client()
        .get(url)
        .header("host", host);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// An upstream that answers with its path.
async fn upstream() -> wiremock::MockServer {
    let server = wiremock::MockServer::start().await;
    let echo = |request: &wiremock::Request| {
        wiremock::ResponseTemplate::new(200).set_body_string(request.url.path())
    };
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(echo)
        .mount(&server)
        .await;
    server
}

/// An issuer that has a discovery document, and nothing else.
async fn issuer() -> wiremock::MockServer {
    let server = wiremock::MockServer::start().await;
    let document = serde_json::json!({
        "issuer": server.uri(), "jwks_uri": format!("{}/keys", server.uri()),
    });
    let answer = wiremock::ResponseTemplate::new(200).set_body_json(document);
    wiremock::Mock::given(wiremock::matchers::path(
        "/.well-known/openid-configuration",
    ))
    .respond_with(answer)
    .mount(&server)
    .await;
    server
}

/// A JWT authorizer `corp` of an issuer, to be made.
fn authorizer(client: &Client, api_id: &str, issuer: &str) -> CreateAuthorizerFluentBuilder {
    let configuration = JwtConfiguration::builder().issuer(issuer).audience("a");
    client
        .create_authorizer()
        .api_id(api_id)
        .name("corp")
        .authorizer_type(AuthorizerType::Jwt)
        .identity_source("$request.header.Authorization")
        .jwt_configuration(configuration.build())
}

/// An API with an HTTP integration.
async fn api(client: &Client, upstream: &wiremock::MockServer) -> (String, String) {
    let api = client
        .create_api()
        .name("orders")
        .protocol_type(ProtocolType::Http);
    let api_id = api.send().await.unwrap().api_id.unwrap();
    let integration = client
        .create_integration()
        .api_id(&api_id)
        .integration_type(IntegrationType::HttpProxy)
        .integration_uri(format!("{}/${{stageVariables.base}}", upstream.uri()))
        .integration_method("ANY")
        .send()
        .await
        .unwrap();
    (
        api_id,
        format!("integrations/{}", integration.integration_id.unwrap()),
    )
}

#[tokio::test]
async fn a_stage_without_auto_deploy_runs_what_was_deployed() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, target) = api(&client, &upstream).await;
    let stage = client
        .create_stage()
        .api_id(&api_id)
        .stage_name("prod")
        .stage_variables("base", "one");
    stage.send().await.unwrap();
    let deploy = || {
        client
            .create_deployment()
            .api_id(&api_id)
            .stage_name("prod")
    };
    let error = deploy().send().await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "BadRequestException"));
    let add = |key: &str| {
        client
            .create_route()
            .api_id(&api_id)
            .route_key(key)
            .target(&target)
    };
    add("GET /a").send().await.unwrap();
    assert_eq!(get(&lab, &api_id, "/prod/a").await.0, 404);
    let first = deploy().send().await.unwrap();
    assert_eq!(
        get(&lab, &api_id, "/prod/a").await,
        (200, "/one".to_owned())
    );
    add("GET /b").send().await.unwrap();
    assert_eq!(get(&lab, &api_id, "/prod/b").await.0, 404);
    deploy().send().await.unwrap();
    assert_eq!(get(&lab, &api_id, "/prod/b").await.0, 200);
    // Back to the first, with another variable: settings of a stage need no deployment.
    let back = client.update_stage().api_id(&api_id).stage_name("prod");
    let back = back
        .deployment_id(first.deployment_id.unwrap())
        .stage_variables("base", "two");
    back.send().await.unwrap();
    assert_eq!(get(&lab, &api_id, "/prod/b").await.0, 404);
    assert_eq!(
        get(&lab, &api_id, "/prod/a").await,
        (200, "/two".to_owned())
    );
    client
        .delete_stage()
        .api_id(&api_id)
        .stage_name("prod")
        .send()
        .await
        .unwrap();
    assert_eq!(get(&lab, &api_id, "/prod/a").await.0, 404);
}

#[tokio::test]
async fn auto_deploy_follows_every_change_and_access_logs_are_delivered() {
    let (lab, client) = lab().await;
    let upstream = upstream().await;
    let (api_id, target) = api(&client, &upstream).await;
    let logs = aws_sdk_cloudwatchlogs::Client::new(&lab.root(WORKLOAD));
    let group = logs.create_log_group().log_group_name("orders");
    group.send().await.unwrap();
    let log = AccessLogSettings::builder()
        .destination_arn(format!(
            "arn:aws:logs:eu-central-1:{WORKLOAD}:log-group:orders"
        ))
        .format("$context.routeKey $context.status $context.authorizer.error $context.requestId")
        .build();
    let stage = client
        .create_stage()
        .api_id(&api_id)
        .stage_name("$default")
        .auto_deploy(true);
    let stage = stage
        .stage_variables("base", "x")
        .access_log_settings(log)
        .send()
        .await
        .unwrap();
    let message = stage.last_deployment_status_message.unwrap();
    assert!(message.contains("no routes exist"), "{message}");
    let route = client
        .create_route()
        .api_id(&api_id)
        .route_key("GET /a")
        .target(&target);
    let route_id = route.send().await.unwrap().route_id.unwrap();
    assert_eq!(get(&lab, &api_id, "/a").await.0, 200);
    let issuer = issuer().await;
    let authorizer = authorizer(&client, &api_id, &issuer.uri());
    let authorizer_id = authorizer.send().await.unwrap().authorizer_id.unwrap();
    let update = client.update_route().api_id(&api_id).route_id(&route_id);
    let update = update
        .authorization_type("JWT".into())
        .authorizer_id(&authorizer_id);
    update.send().await.unwrap();
    assert_eq!(
        get(&lab, &api_id, "/a").await,
        (401, r#"{"message":"Unauthorized"}"#.to_owned())
    );
    let in_use = client
        .delete_authorizer()
        .api_id(&api_id)
        .authorizer_id(&authorizer_id);
    let error = in_use.send().await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (409, "ConflictException"));
    let lines = logs
        .filter_log_events()
        .log_group_name("orders")
        .send()
        .await
        .unwrap();
    let lines: Vec<String> = lines
        .events
        .unwrap_or_default()
        .into_iter()
        .filter_map(|line| Some(line.message?.rsplit_once(' ')?.0.to_owned()))
        .collect();
    assert_eq!(
        lines,
        ["GET /a 200 -", "GET /a 401 missing: token not provided"]
    );
    client.delete_api().api_id(&api_id).send().await.unwrap();
    assert_eq!(get(&lab, &api_id, "/a").await.0, 404);
}

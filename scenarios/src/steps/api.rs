//! HTTP APIs: made through API Gateway's control plane, called under their own host.

use cucumber::gherkin::Step;
use serde_json::json;

use super::argument;
use crate::{
    World,
    error::StepResult,
    given,
    params::{AccountName, Actor, Method, Path},
    things::{access_log::AccessLog, api::Api, token::Token},
    when,
    world::ApiCall,
};

/// Imports an OpenAPI document beside the features. A stage is made by a step of its own.
///
/// Example: Given the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
#[given("the HTTP API {string} of the account {account} is imported from {string}")]
async fn api_is_imported(
    world: &mut World,
    name: String,
    account: AccountName,
    file: String,
) -> StepResult {
    let body = world.read_document(&file)?;
    let client = world.aws_account(&account)?;
    let made = client
        .call("apigatewayv2:ImportApi", json!({ "Body": body }))
        .await?;
    world.things.set(Api::made(&name, &account, &made)?);
    Ok(())
}

/// Makes an HTTP API without routes.
///
/// Example: Given the HTTP API "secrets" of the account workload-a
#[given("the HTTP API {string} of the account {account}")]
async fn api_is_made(world: &mut World, name: String, account: AccountName) -> StepResult {
    let client = world.aws_account(&account)?;
    let input = json!({ "Name": name, "ProtocolType": "HTTP" });
    let made = client.call("apigatewayv2:CreateApi", input).await?;
    world.things.set(Api::made(&name, &account, &made)?);
    Ok(())
}

/// Makes a stage that deploys every change at once and writes an access log in this format.
///
/// Example: Given the API "reports" has the stage "$default" with the access log:
#[given("the API {string} has the stage {string} with the access log:")]
async fn api_has_stage(world: &mut World, name: String, stage: String, step: &Step) -> StepResult {
    let format = argument::document(step)?;
    let api = world.things.get::<Api>(&name)?.clone();
    let client = world.aws_account(&api.account)?;
    let group = format!("/aws/apigateway/{name}");
    client
        .call("logs:CreateLogGroup", json!({ "logGroupName": group }))
        .await?;
    let (region, account) = (world.lab().region(), world.account_id(&api.account)?);
    let destination = format!("arn:aws:logs:{region}:{account}:log-group:{group}");
    let input = json!({
        "ApiId": api.id,
        "StageName": stage,
        "AutoDeploy": true,
        "AccessLogSettings": { "DestinationArn": destination, "Format": format },
    });
    client.call("apigatewayv2:CreateStage", input).await?;
    world.things.set(AccessLog {
        api: name,
        account: api.account,
        group,
    });
    Ok(())
}

/// Calls an API without any credential.
///
/// Example: When GET /daily of the API "reports" is called
#[when("{method} {path} of the API {string} is called")]
async fn api_is_called(world: &mut World, method: Method, path: Path, api: String) -> StepResult {
    call(world, &api, ApiCall::new(method.0, &path)).await
}

/// Calls an API with a token in `Authorization: Bearer`.
///
/// Example: When GET /daily of the API "reports" is called with the token "good"
#[when("{method} {path} of the API {string} is called with the token {string}")]
async fn api_is_called_with_token(
    world: &mut World,
    method: Method,
    path: Path,
    api: String,
    token: String,
) -> StepResult {
    let token = world.things.get::<Token>(&token)?.token.clone();
    call(
        world,
        &api,
        ApiCall::new(method.0, &path).bearer(token.expose_secret())?,
    )
    .await
}

/// Calls an API, signed (Signature Version 4) by the administrator of an account or by a session.
///
/// Example: When GET /report of the API "bi" is called, signed by the session of "looker"
#[when("{method} {path} of the API {string} is called, signed by {actor}")]
async fn api_is_called_signed(
    world: &mut World,
    method: Method,
    path: Path,
    api: String,
    actor: Actor,
) -> StepResult {
    let signer = world.credentials(&actor)?;
    call(world, &api, ApiCall::new(method.0, &path).signed_by(signer)).await
}

async fn call(world: &mut World, api: &str, call: ApiCall) -> StepResult {
    world.acts();
    let api = world.things.get::<Api>(api)?.clone();
    world.call_api(&api, call).await
}

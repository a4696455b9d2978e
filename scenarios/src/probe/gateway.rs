//! Experiments with the gateway.

use http::Method;
use serde_json::json;

use super::{ACCOUNT, CLIENT, ISSUER, issuer};
use crate::{
    World,
    client::aws::member,
    error::{StepError, StepResult},
    things::{access_log::AccessLog, api::Api},
    world::{ApiCall, Outcome},
};

const NAME: &str = "probe";
const LOG_GROUP: &str = "/probe/access";

/// A token of the issuer passes the authorizer, a forged one does not.
pub(super) async fn verifies_jwt(world: &mut World) -> StepResult<Option<String>> {
    let upstream = wiremock::MockServer::start().await;
    let ok = wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(200));
    ok.mount(&upstream).await;
    let issuer_url = world.lab().issuer(ISSUER).unwrap_or_default();
    make_api(world, &upstream.uri(), &issuer_url).await?;
    let good = issuer::token(world).await?;
    let status = call(world, &good).await?;
    if status != 200 {
        return Ok(Some(format!("a token of the issuer was answered {status}")));
    }
    let status = call(world, &issuer::forged(&good)).await?;
    Ok((status != 401).then(|| format!("a forged token was answered {status}")))
}

/// Both calls are in the access log.
pub(super) async fn access_logs(world: &mut World) -> StepResult<Option<String>> {
    let logs = world.aws_account(ACCOUNT)?;
    let group = json!({ "logGroupName": LOG_GROUP });
    let found = logs.call("logs:FilterLogEvents", group).await?;
    let events = found.list("events").iter();
    let lines: Vec<_> = events.map(|event| member(event, "message")).collect();
    let statuses: Vec<_> = lines
        .iter()
        .map(|line| line.rsplit(' ').next().unwrap_or(line))
        .collect();
    Ok((statuses != ["200", "401"]).then(|| format!("the access log has {lines:?}")))
}

async fn make_api(world: &mut World, upstream: &str, issuer_url: &str) -> StepResult {
    let client = world.aws_account(ACCOUNT)?;
    let group = json!({ "logGroupName": LOG_GROUP });
    client.call("logs:CreateLogGroup", group).await?;
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": NAME, "version": "1" },
        "components": { "securitySchemes": { "issuer": {
            "type": "oauth2",
            "x-amazon-apigateway-authorizer": {
                "type": "jwt",
                "identitySource": "$request.header.Authorization",
                "jwtConfiguration": { "issuer": issuer_url, "audience": [CLIENT] },
            },
        } } },
        "paths": { "/probe": { "get": {
            "security": [{ "issuer": [] }],
            "responses": { "default": { "description": "any" } },
            "x-amazon-apigateway-integration": {
                "type": "http_proxy", "httpMethod": "GET", "uri": format!("{upstream}/"),
                "payloadFormatVersion": "1.0",
            },
        } } },
    });
    let input = json!({ "Body": document.to_string() });
    let api = client.call("apigatewayv2:ImportApi", input).await?;
    let api = Api::made(NAME, ACCOUNT, &api)?;
    let (region, account) = (world.lab().region(), world.account_id(ACCOUNT)?);
    let destination = format!("arn:aws:logs:{region}:{account}:log-group:{LOG_GROUP}");
    let format = "$context.requestId $context.status";
    let input = json!({
        "ApiId": api.id,
        "StageName": "$default",
        "AutoDeploy": true,
        "AccessLogSettings": { "DestinationArn": destination, "Format": format },
    });
    client.call("apigatewayv2:CreateStage", input).await?;
    world.things.set(api);
    world.things.set(AccessLog {
        api: NAME.to_owned(),
        account: ACCOUNT.to_owned(),
        group: LOG_GROUP.to_owned(),
    });
    Ok(())
}

async fn call(world: &mut World, token: &str) -> StepResult<u16> {
    let api = world.things.get::<Api>(NAME)?.clone();
    let call = ApiCall::new(Method::GET, "/probe").bearer(token)?;
    world.call_api(&api, call).await?;
    match world.outcome()? {
        Outcome::Http(answer) => Ok(answer.status.as_u16()),
        other => Err(StepError::new(other.summary())),
    }
}

//! Experiments with the gateway.

use aws_sdk_apigatewayv2::Client as ApiGateway;
use aws_sdk_cloudwatchlogs::Client as Logs;
use http::Method;
use serde_json::json;

use super::{ACCOUNT, CLIENT, ISSUER, issuer};
use crate::{
    World,
    error::{StepError, StepResult},
    world::{Api, ApiCall, Outcome},
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
    let logs = Logs::new(&world.aws_account(ACCOUNT)?);
    let found = logs
        .filter_log_events()
        .log_group_name(LOG_GROUP)
        .send()
        .await?;
    let lines = found.events.unwrap_or_default();
    let lines: Vec<_> = lines.iter().filter_map(|event| event.message()).collect();
    let statuses: Vec<_> = lines
        .iter()
        .map(|line| line.rsplit(' ').next().unwrap_or(line))
        .collect();
    Ok((statuses != ["200", "401"]).then(|| format!("the access log has {lines:?}")))
}

async fn make_api(world: &mut World, upstream: &str, issuer_url: &str) -> StepResult {
    let logs = Logs::new(&world.aws_account(ACCOUNT)?);
    logs.create_log_group()
        .log_group_name(LOG_GROUP)
        .send()
        .await?;
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
    let gateway = ApiGateway::new(&world.aws_account(ACCOUNT)?);
    let api = gateway
        .import_api()
        .body(document.to_string())
        .send()
        .await?;
    let id = api.api_id.unwrap_or_default();
    let (region, account) = (world.lab().region(), world.account_id(ACCOUNT)?);
    let destination = format!("arn:aws:logs:{region}:{account}:log-group:{LOG_GROUP}");
    let log = aws_sdk_apigatewayv2::types::AccessLogSettings::builder()
        .destination_arn(destination)
        .format("$context.requestId $context.status")
        .build();
    let stage = gateway.create_stage().api_id(&id).stage_name("$default");
    stage
        .auto_deploy(true)
        .access_log_settings(log)
        .send()
        .await?;
    let endpoint = api.api_endpoint.unwrap_or_default();
    let host = endpoint.split("://").last().unwrap_or_default().to_owned();
    world.named.apis.set(
        NAME,
        Api {
            account: ACCOUNT.to_owned(),
            id,
            host,
            log_group: Some(LOG_GROUP.to_owned()),
        },
    );
    Ok(())
}

async fn call(world: &mut World, token: &str) -> StepResult<u16> {
    let api = world.named.apis.get(NAME)?.clone();
    let call = ApiCall::new(Method::GET, "/probe").bearer(token)?;
    world.call_api(&api, call).await?;
    match world.outcome()? {
        Outcome::Http(answer) => Ok(answer.status.as_u16()),
        other => Err(StepError::new(other.summary())),
    }
}

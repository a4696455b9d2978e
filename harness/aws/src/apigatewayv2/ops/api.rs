//! CreateApi, GetApi, GetApis, UpdateApi, DeleteApi, ImportApi, ReimportApi.

use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{ApiInput, PageInput, merged, page, wire};
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, ApiFacts, Integration, Route, Stage};
use crate::apigatewayv2::{discovery, openapi, rule};
use crate::cloud::Cloud;
use crate::front::{Desk, FrontDoor};
use crate::operation::part::changed;
use crate::operation::{Answer, Call, Reply, read, read_both, read_part};
use crate::shared::Ctx;

/// What GetApi answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApiOutput<'a> {
    api_endpoint: String,
    api_id: &'a str,
    name: &'a str,
    protocol_type: &'a str,
    description: Option<&'a str>,
    version: Option<&'a str>,
    route_selection_expression: Option<&'a str>,
    api_key_selection_expression: Option<&'a str>,
    cors_configuration: Option<&'a crate::apigatewayv2::resource::Cors>,
    disable_execute_api_endpoint: bool,
    created_date: Option<authlab_kernel::Timestamp>,
    tags: &'a crate::apigatewayv2::resource::Texts,
    warnings: Option<&'a [String]>,
}

impl<'a> ApiOutput<'a> {
    fn of(api: &'a Api, port: u16) -> Self {
        let facts = &api.facts;
        let (api_id, region) = (&facts.api_id, &api.scope.region);
        Self {
            api_endpoint: format!("http://{api_id}.execute-api.{region}.localhost:{port}"),
            api_id,
            name: &facts.name,
            protocol_type: &facts.protocol_type,
            description: facts.description.as_deref(),
            version: facts.version.as_deref(),
            route_selection_expression: facts.route_selection_expression.as_deref(),
            api_key_selection_expression: facts.api_key_selection_expression.as_deref(),
            cors_configuration: facts.cors_configuration.as_ref(),
            disable_execute_api_endpoint: facts.disable_execute_api_endpoint,
            created_date: facts.created_date,
            tags: &facts.tags,
            warnings: facts.warnings.as_deref(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QuickInput {
    #[serde(default)]
    route_key: Option<String>,
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    credentials_arn: Option<String>,
}

pub(in crate::apigatewayv2) fn create(desk: &mut Desk<'_>, input: Value) -> Answer {
    let port = desk.port();
    let (quick, facts): (QuickInput, ApiFacts) = read_both(input)?;
    let (state, ctx) = desk.cloud.apigatewayv2(desk.call);
    let api_id = state.create(facts, &ctx).map_err(wire)?;
    let edited = state.change(&api_id, &ctx, |api| quick_create(api, quick, &ctx));
    let effects = match edited {
        Ok(((), effects)) => effects,
        Err(error) => {
            // Nothing half-created stays; the API had no stage yet, so nothing was published.
            state.delete(&api_id, &ctx).map_err(wire)?;
            return Err(wire(error));
        }
    };
    changed(
        &ApiOutput::of(state.api(ctx.scope, &api_id).map_err(wire)?, port),
        effects,
    )
}

/// Quick create: a target makes an integration, a route and the stage `$default` (API Gateway V2
/// API reference, CreateApi, `target`).
fn quick_create(api: &mut Api, quick: QuickInput, ctx: &Ctx<'_>) -> Result<(), Error> {
    let Some(target) = quick.target else {
        if quick.route_key.is_some() {
            return Err(Error::invalid("routeKey", "a route key needs a target"));
        }
        return Ok(());
    };
    let is_function = target.starts_with("arn:");
    let integration = Integration {
        integration_type: if is_function {
            "AWS_PROXY"
        } else {
            "HTTP_PROXY"
        }
        .to_owned(),
        integration_uri: Some(target),
        integration_method: Some("ANY".to_owned()),
        payload_format_version: is_function.then(|| "2.0".to_owned()),
        credentials_arn: quick.credentials_arn,
        ..Integration::default()
    };
    let route_key = quick.route_key.unwrap_or_else(|| "$default".to_owned());
    let integration = api.add_integration(integration, &route_key, ctx)?;
    let target = Some(format!("integrations/{}", integration.integration_id));
    api.add_route(
        Route {
            route_key,
            target,
            ..Route::default()
        },
        ctx,
    )?;
    let stage_name = "$default".to_owned();
    api.add_stage(
        Stage {
            stage_name,
            auto_deploy: true,
            ..Stage::default()
        },
        ctx,
    )
}

pub(in crate::apigatewayv2) fn get(desk: &mut Desk<'_>, input: Value) -> Answer {
    let port = desk.port();
    let input: ApiInput = read(input)?;
    let (state, ctx) = desk.cloud.apigatewayv2(desk.call);
    let api = state.api(ctx.scope, &input.api_id).map_err(wire)?;
    Reply::to(&ApiOutput::of(api, port))
}

pub(in crate::apigatewayv2) fn list(desk: &mut Desk<'_>, input: Value) -> Answer {
    let port = desk.port();
    let asked: PageInput = read(input)?;
    let (state, ctx) = desk.cloud.apigatewayv2(desk.call);
    page(
        asked,
        state.apis(ctx.scope).map(|api| ApiOutput::of(api, port)),
    )
}

pub(in crate::apigatewayv2) fn update(desk: &mut Desk<'_>, input: Value) -> Answer {
    let port = desk.port();
    let of: ApiInput = read_part(&input)?;
    let quick: QuickInput = read_part(&input)?;
    if quick.target.is_some() || quick.route_key.is_some() || quick.credentials_arn.is_some() {
        return Err(WireError::not_implemented(
            "UpdateApi of a quick-created target",
        ));
    }
    let (state, ctx) = desk.cloud.apigatewayv2(desk.call);
    let facts: ApiFacts = merged::<ApiInput, _>(
        &state.api(ctx.scope, &of.api_id).map_err(wire)?.facts,
        input,
    )?;
    let edit = |api: &mut Api| {
        api.facts = facts;
        Ok(())
    };
    let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    changed(
        &ApiOutput::of(state.api(ctx.scope, &of.api_id).map_err(wire)?, port),
        effects,
    )
}

pub(in crate::apigatewayv2) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ApiInput = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let effects = state.delete(&input.api_id, &ctx).map_err(wire)?;
    Ok(Reply {
        effects,
        ..Reply::empty()
    })
}

pub(in crate::apigatewayv2) fn delete_cors(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ApiInput = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| {
        api.facts.cors_configuration = None;
        Ok(())
    };
    let ((), effects) = state.change(&input.api_id, &ctx, edit).map_err(wire)?;
    Ok(Reply {
        effects,
        ..Reply::empty()
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImportInput {
    body: String,
    #[serde(default)]
    basepath: Option<String>,
    #[serde(default)]
    fail_on_warnings: Option<bool>,
}

/// The document, read and with its issuers asked, without the lock.
async fn document(
    door: &FrontDoor,
    call: &Call,
    input: ImportInput,
) -> Result<openapi::Imported, WireError> {
    match input.basepath.as_deref() {
        None | Some("ignore") => {}
        Some(other) => {
            return Err(WireError::not_implemented(&format!("basepath={other}")));
        }
    }
    let mut imported = openapi::read(&input.body, false).map_err(wire)?;
    for authorizer in imported.authorizers().to_vec() {
        if let Some(issuer) = discovery::missing(door, call, &authorizer).await {
            imported.leave_out(
                &authorizer.name,
                rule::not_created(&authorizer.name, &issuer),
            );
        }
    }
    if input.fail_on_warnings.unwrap_or(false) {
        imported.refuse_warnings().map_err(wire)?;
    }
    Ok(imported)
}

pub(in crate::apigatewayv2) fn import<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let imported = document(door, call, read(input.clone())?).await?;
        door.again(call, &input, |desk| {
            let port = desk.port();
            let (state, ctx) = desk.cloud.apigatewayv2(call);
            let api_id = state.create(imported.facts.clone(), &ctx).map_err(wire)?;
            if let Err(error) = state.change(&api_id, &ctx, |api| imported.replace(api, &ctx)) {
                state.delete(&api_id, &ctx).map_err(wire)?;
                return Err(wire(error));
            }
            let api = state.api(ctx.scope, &api_id).map_err(wire)?;
            Reply::to(&ApiOutput::of(api, port))
        })
    })
}

pub(in crate::apigatewayv2) fn reimport<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let (of, import): (ApiInput, ImportInput) = read_both(input.clone())?;
        {
            let mut cloud = door.cloud();
            let (state, ctx) = cloud.apigatewayv2(call);
            state.api(ctx.scope, &of.api_id).map_err(wire)?;
        }
        let imported = document(door, call, import).await?;
        door.again(call, &input, |desk| {
            let port = desk.port();
            let (state, ctx) = desk.cloud.apigatewayv2(call);
            let edit = |api: &mut Api| imported.replace(api, &ctx);
            let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
            let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
            changed(&ApiOutput::of(api, port), effects)
        })
    })
}

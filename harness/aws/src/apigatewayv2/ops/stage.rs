//! CreateStage, GetStage, GetStages, UpdateStage, DeleteStage and the deletion of settings.

use authlab_wire::{Value, WireError};
use serde::Deserialize;

use super::{ApiInput, PageInput, changed, deleted, merged, page, wire};
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, Stage};
use crate::apigatewayv2::rule;
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read, read_both, read_part};
use crate::shared::Ctx;

/// Which stage of which API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    api_id: String,
    stage_name: String,
}

pub(in crate::apigatewayv2) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, stage): (Input, Stage) = read_both(input)?;
    check_log_group(cloud, call, &stage)?;
    edited(cloud, call, &of, |api, ctx| {
        if stage.auto_deploy && stage.deployment_id.is_some() {
            return Err(Error::AutoDeployed(stage.stage_name.clone()));
        }
        api.add_stage(stage, ctx)
    })
}

/// An access log goes to a group that is there. (AWS's text is not known.)
fn check_log_group(cloud: &Cloud, call: &Call, stage: &Stage) -> Result<(), WireError> {
    let Some(settings) = &stage.access_log_settings else {
        return Ok(());
    };
    let group = rule::log_group(settings, &call.scope).map_err(wire)?;
    if cloud.logs.group(&call.scope, &group).is_some() {
        return Ok(());
    }
    let problem = format!("there is no log group `{group}`: make it first");
    let member = "accessLogSettings.destinationArn";
    Err(wire(Error::invalid(member, problem)))
}

pub(in crate::apigatewayv2) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    Reply::to(api.stage(&of.stage_name).map_err(wire)?)
}

pub(in crate::apigatewayv2) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (ApiInput, PageInput) = read_both(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    page(asked, api.stages.values())
}

pub(in crate::apigatewayv2) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read_part(&input)?;
    let chooses_deployment = input.get("DeploymentId").is_some();
    check_log_group(cloud, call, &read_part(&input)?)?;
    let stage: Stage = {
        let (state, ctx) = cloud.apigatewayv2(call);
        let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
        merged::<Input, _>(api.stage(&of.stage_name).map_err(wire)?, input)?
    };
    edited(cloud, call, &of, |api, ctx| {
        if stage.auto_deploy && chooses_deployment {
            return Err(Error::AutoDeployed(stage.stage_name.clone()));
        }
        api.put_stage(stage, ctx)
    })
}

pub(in crate::apigatewayv2) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.remove_stage(&of.stage_name);
    let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    deleted(effects)
}

pub(in crate::apigatewayv2) fn delete_access_log(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let of: Input = read(input)?;
    let reply = edited(cloud, call, &of, |api, ctx| {
        let mut stage = api.stage(&of.stage_name)?.clone();
        stage.access_log_settings = None;
        api.put_stage(stage, ctx)
    })?;
    deleted(reply.effects)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteKeyInput {
    route_key: String,
}

pub(in crate::apigatewayv2) fn delete_route_settings(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (of, key): (Input, RouteKeyInput) = read_both(input)?;
    let reply = edited(cloud, call, &of, |api, ctx| {
        let mut stage = api.stage(&of.stage_name)?.clone();
        if stage.route_settings.remove(&key.route_key).is_none() {
            return Err(Error::NoSuchPart {
                kind: "Route",
                id: key.route_key,
            });
        }
        api.put_stage(stage, ctx)
    })?;
    deleted(reply.effects)
}

/// Changes a stage, and answers what it became.
fn edited(
    cloud: &mut Cloud,
    call: &Call,
    of: &Input,
    edit: impl FnOnce(&mut Api, &Ctx<'_>) -> Result<(), Error>,
) -> Answer {
    let (state, ctx) = cloud.apigatewayv2(call);
    let ((), effects) = state
        .change(&of.api_id, &ctx, |api| edit(api, &ctx))
        .map_err(wire)?;
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    changed(api.stage(&of.stage_name).map_err(wire)?, effects)
}

//! CreateDeployment, GetDeployment, GetDeployments, DeleteDeployment.

use authlab_wire::Value;
use serde::Deserialize;

use super::{ApiInput, PageInput, changed, deleted, page, wire};
use crate::apigatewayv2::resource::Api;
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read, read_both};

/// Which deployment of which API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    api_id: String,
    deployment_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    api_id: String,
    #[serde(default)]
    stage_name: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

pub(in crate::apigatewayv2) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let CreateInput {
        api_id,
        stage_name,
        description,
    } = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.deploy(stage_name.as_deref(), description, &ctx);
    let (facts, effects) = state.change(&api_id, &ctx, edit).map_err(wire)?;
    changed(&facts, effects)
}

pub(in crate::apigatewayv2) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    Reply::to(&api.deployment(&of.deployment_id).map_err(wire)?.facts)
}

pub(in crate::apigatewayv2) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (ApiInput, PageInput) = read_both(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    page(
        asked,
        api.deployments.values().map(|deployment| &deployment.facts),
    )
}

pub(in crate::apigatewayv2) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.remove_deployment(&of.deployment_id);
    let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    deleted(effects)
}

//! CreateIntegration, GetIntegration, GetIntegrations, UpdateIntegration, DeleteIntegration.

use authlab_wire::Value;
use serde::Deserialize;

use super::{ApiInput, PageInput, changed, deleted, merged, page, wire};
use crate::apigatewayv2::resource::{Api, Integration};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read, read_both, read_part};

/// Which integration of which API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    api_id: String,
    integration_id: String,
}

pub(in crate::apigatewayv2) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, integration): (ApiInput, Integration) = read_both(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| {
        let name = integration.integration_uri.clone().unwrap_or_default();
        api.add_integration(integration, &name, &ctx)
    };
    let (added, effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    changed(&added, effects)
}

pub(in crate::apigatewayv2) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    Reply::to(api.integration(&of.integration_id).map_err(wire)?)
}

pub(in crate::apigatewayv2) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (ApiInput, PageInput) = read_both(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    page(asked, api.content.integrations.values())
}

pub(in crate::apigatewayv2) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read_part(&input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    let integration =
        merged::<Input, _>(api.integration(&of.integration_id).map_err(wire)?, input)?;
    let edit = |api: &mut Api| api.put_integration(integration);
    let (kept, effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    changed(&kept, effects)
}

pub(in crate::apigatewayv2) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.remove_integration(&of.integration_id);
    let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    deleted(effects)
}

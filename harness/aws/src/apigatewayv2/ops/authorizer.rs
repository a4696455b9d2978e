//! CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer.

use authlab_wire::Value;
use serde::Deserialize;

use super::{ApiInput, PageInput, changed, deleted, merged, page, wire};
use crate::apigatewayv2::resource::{Api, Authorizer};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read, read_both, read_part};

/// Which authorizer of which API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    api_id: String,
    authorizer_id: String,
}

pub(in crate::apigatewayv2) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, authorizer): (ApiInput, Authorizer) = read_both(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.add_authorizer(authorizer, &ctx);
    let (added, effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    changed(&added, effects)
}

pub(in crate::apigatewayv2) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    Reply::to(api.authorizer(&of.authorizer_id).map_err(wire)?)
}

pub(in crate::apigatewayv2) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (ApiInput, PageInput) = read_both(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    page(asked, api.content.authorizers.values())
}

pub(in crate::apigatewayv2) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read_part(&input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
    let authorizer = merged::<Input, _>(api.authorizer(&of.authorizer_id).map_err(wire)?, input)?;
    let edit = |api: &mut Api| api.put_authorizer(authorizer);
    let (kept, effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    changed(&kept, effects)
}

pub(in crate::apigatewayv2) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.remove_authorizer(&of.authorizer_id);
    let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    deleted(effects)
}

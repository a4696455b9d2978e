//! CreateRestApi, GetRestApi, GetRestApis, UpdateRestApi, DeleteRestApi.

use authlab_wire::Value;
use serde::Deserialize;

use super::{PageInput, page, wire, with_tags};
use crate::apigateway::patch::{self, Patch, table};
use crate::apigateway::resource::{Api, RestApi};
use crate::apigateway::rule;
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read, read_both};

/// Which API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiInput {
    rest_api_id: String,
}

pub(in crate::apigateway) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let facts: RestApi = read(input)?;
    let (state, ctx) = cloud.apigateway(call);
    let facts = state.create(facts, &ctx).map_err(wire)?;
    let effects = vec![Api::outline(&facts, &call.scope)];
    let reply = Reply::to(&facts)?;
    Ok(Reply { effects, ..reply })
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ApiInput = read(input)?;
    let api = cloud.apigateway.api(&call.scope, &input.rest_api_id);
    Reply::to(&api.map_err(wire)?.facts)
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: PageInput = read(input)?;
    page(
        asked,
        cloud.apigateway.apis(&call.scope).map(|api| &api.facts),
    )
}

pub(in crate::apigateway) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, patch): (ApiInput, Patch) = read_both(input)?;
    let (state, ctx) = cloud.apigateway(call);
    let changed = state.change(&call.scope, &of.rest_api_id, |api| {
        let mut facts = patch::applied(&table::REST_API, &api.facts, &patch)?;
        rule::api::check(&mut facts, &ctx)?;
        api.facts = facts.clone();
        Ok(facts)
    });
    let facts = changed.map_err(wire)?;
    let effects = vec![Api::outline(&facts, &call.scope)];
    let reply = with_tags(Reply::to(&facts)?);
    Ok(Reply { effects, ..reply })
}

pub(in crate::apigateway) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ApiInput = read(input)?;
    let state = &mut cloud.apigateway;
    let gone = state.delete(&call.scope, &input.rest_api_id);
    Ok(Reply {
        effects: gone.map_err(wire)?.withdraw(),
        ..Reply::empty()
    })
}

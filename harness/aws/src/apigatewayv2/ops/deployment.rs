//! CreateDeployment: a deployment is made of what the API is, and not of what a request gives.

use authlab_wire::Value;
use serde::Deserialize;

use super::wire;
use crate::apigatewayv2::resource::Api;
use crate::cloud::Cloud;
use crate::operation::part::changed;
use crate::operation::{Answer, Call, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    api_id: String,
    #[serde(default)]
    stage_name: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

pub(in crate::apigatewayv2) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let Input {
        api_id,
        stage_name,
        description,
    } = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.deploy(stage_name.as_deref(), description, &ctx);
    let (facts, effects) = state.change(&api_id, &ctx, edit).map_err(wire)?;
    changed(&facts, effects)
}

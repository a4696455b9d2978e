//! Gateway responses: those of the API's own, and what it has without.

use authlab_wire::Value;
use serde::Deserialize;

use super::part::BesideApi;
use super::{PageInput, page};
use crate::apigateway::patch::{self, Patch, table};
use crate::apigateway::resource::{Api, GatewayResponse};
use crate::cloud::Cloud;
use crate::operation::part::{Whole, Within, changed};
use crate::operation::{Answer, Call, Reply, read_both};

/// Which gateway response; the API is read by [`Within`].
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TypeInput {
    response_type: String,
}

pub(in crate::apigateway) fn put(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, response): (Within<Api>, GatewayResponse) = read_both(input)?;
    let edit = |api: &mut Api, _: &BesideApi<'_>| api.put_gateway_response(response);
    let (put, effects) = Api::change(cloud, call, of.names(), edit)?;
    changed(&put, effects)
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, input): (Within<Api>, TypeInput) = read_both(input)?;
    let api = Api::find(cloud, call, of.names())?;
    Reply::to(&api.gateway_response(&input.response_type))
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (Within<Api>, PageInput) = read_both(input)?;
    let api = Api::find(cloud, call, of.names())?;
    page(asked, api.gateway_responses().into_iter())
}

/// What UpdateGatewayResponse gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateInput {
    response_type: String,
    #[serde(default)]
    patch_operations: Vec<patch::Operation>,
}

pub(in crate::apigateway) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, input): (Within<Api>, UpdateInput) = read_both(input)?;
    let patch = Patch {
        patch_operations: input.patch_operations,
    };
    let edit = |api: &mut Api, _: &BesideApi<'_>| {
        let before = api.gateway_response(&input.response_type);
        let patched = patch::applied(&table::GATEWAY_RESPONSE, &before, &patch)?;
        let mut operations = patch.patch_operations.iter();
        let with_status = operations.any(|operation| operation.path == "/statusCode");
        api.patch_gateway_response(patched, with_status)
    };
    let (kept, effects) = Api::change(cloud, call, of.names(), edit)?;
    changed(&kept, effects)
}

pub(in crate::apigateway) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, input): (Within<Api>, TypeInput) = read_both(input)?;
    let edit = |api: &mut Api, _: &BesideApi<'_>| api.remove_gateway_response(&input.response_type);
    let ((), effects) = Api::change(cloud, call, of.names(), edit)?;
    Ok(Reply {
        effects,
        ..Reply::empty()
    })
}

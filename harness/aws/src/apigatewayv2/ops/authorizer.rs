//! CreateAuthorizer, GetAuthorizer, GetAuthorizers, UpdateAuthorizer, DeleteAuthorizer.

use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::{ApiInput, PageInput, changed, deleted, merged, page, wire};
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, Authorizer};
use crate::apigatewayv2::{discovery, rule};
use crate::cloud::Cloud;
use crate::front::FrontDoor;
use crate::operation::{Answer, Call, Reply, read, read_both, read_part};

/// Which authorizer of which API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    api_id: String,
    authorizer_id: String,
}

/// The first half checks what can be checked, the second checks it again.
pub(in crate::apigatewayv2) fn create<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let (of, mut authorizer): (ApiInput, Authorizer) = read_both(input.clone())?;
        authorizer.authorizer_id.clear();
        {
            let mut cloud = door.cloud();
            let (state, ctx) = cloud.apigatewayv2(call);
            let api = state.api(ctx.scope, &of.api_id).map_err(wire)?;
            api.check_authorizer(&authorizer).map_err(wire)?;
        }
        discovered(door, call, &authorizer).await?;
        door.again(call, &input, |desk| {
            let (state, ctx) = desk.cloud.apigatewayv2(call);
            let edit = |api: &mut Api| api.add_authorizer(authorizer, &ctx);
            let (added, effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
            changed(&added, effects)
        })
    })
}

async fn discovered(
    door: &FrontDoor,
    call: &Call,
    authorizer: &Authorizer,
) -> Result<(), WireError> {
    match discovery::missing(door, call, authorizer).await {
        Some(issuer) => Err(wire(Error::Stated(rule::undiscovered(&issuer)))),
        None => Ok(()),
    }
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

pub(in crate::apigatewayv2) fn update<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let of: Input = read_part(&input)?;
        let updated = |api: &Api| -> Result<Authorizer, WireError> {
            let authorizer = api.authorizer(&of.authorizer_id).map_err(wire)?;
            let authorizer = merged::<Input, _>(authorizer, input.clone())?;
            api.check_authorizer(&authorizer).map_err(wire)?;
            Ok(authorizer)
        };
        let asked = {
            let mut cloud = door.cloud();
            let (state, ctx) = cloud.apigatewayv2(call);
            updated(state.api(ctx.scope, &of.api_id).map_err(wire)?)?
        };
        discovered(door, call, &asked).await?;
        door.again(call, &input, |desk| {
            let (state, ctx) = desk.cloud.apigatewayv2(call);
            let authorizer = updated(state.api(ctx.scope, &of.api_id).map_err(wire)?)?;
            let edit = |api: &mut Api| api.put_authorizer(authorizer);
            let (kept, effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
            changed(&kept, effects)
        })
    })
}

pub(in crate::apigatewayv2) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let of: Input = read(input)?;
    let (state, ctx) = cloud.apigatewayv2(call);
    let edit = |api: &mut Api| api.remove_authorizer(&of.authorizer_id);
    let ((), effects) = state.change(&of.api_id, &ctx, edit).map_err(wire)?;
    deleted(effects)
}

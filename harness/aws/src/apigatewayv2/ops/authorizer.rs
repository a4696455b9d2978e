//! CreateAuthorizer, UpdateAuthorizer: the issuer is asked for its discovery document.
//!
//! The first half checks what can be checked, the second checks it again.

use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;

use super::wire;
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, Authorizer};
use crate::apigatewayv2::{discovery, rule};
use crate::cloud::Cloud;
use crate::front::FrontDoor;
use crate::operation::part::{At, Kept, Part, Whole, Within, changed};
use crate::operation::{Answer, Call, read_both, read_part};

pub(in crate::apigatewayv2) fn create<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let (of, mut authorizer): (Within<Api>, Authorizer) = read_both(input.clone())?;
        authorizer.authorizer_id.clear();
        {
            let mut cloud = door.cloud();
            let api = Api::find(&mut cloud, call, of.names())?;
            api.check_authorizer(&authorizer).map_err(wire)?;
        }
        discovered(door, call, &authorizer).await?;
        door.again(call, &input, |desk| {
            let (added, effects) = Api::change(desk.cloud, call, of.names(), |api, ctx| {
                api.add_authorizer(authorizer, ctx)
            })?;
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

pub(in crate::apigatewayv2) fn update<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let at: At<Authorizer> = read_part(&input)?;
        let updated = |cloud: &mut Cloud| -> Result<Authorizer, WireError> {
            let api = Api::find(cloud, call, at.whole())?;
            let authorizer = Authorizer::find(api, at.part()).map_err(wire)?;
            let authorizer = authorizer.updated(input.clone())?;
            api.check_authorizer(&authorizer).map_err(wire)?;
            Ok(authorizer)
        };
        let asked = updated(&mut door.cloud())?;
        discovered(door, call, &asked).await?;
        door.again(call, &input, |desk| {
            let authorizer = updated(desk.cloud)?;
            let (kept, effects) = Api::change(desk.cloud, call, at.whole(), |api, ctx| {
                authorizer.put(api, ctx)
            })?;
            changed(&kept, effects)
        })
    })
}

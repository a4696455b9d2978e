//! CreateAuthorizer, UpdateAuthorizer: the issuers of JWT authorizers are asked for their discovery
//! documents.
//!
//! The first half checks what can be checked, the second checks it again.

use authlab_token::CachePolicy;
use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;

use super::part::{BesideApi, Patched};
use super::wire;
use crate::apigateway::error::Error;
use crate::apigateway::patch::{self, Patch};
use crate::apigateway::resource::{Api, Authorizer};
use crate::apigateway::rule;
use crate::cloud::Cloud;
use crate::front::{FrontDoor, discovered, record_undiscovered};
use crate::operation::part::{At, Part, Whole, Within, changed};
use crate::operation::{Answer, Call, read_both};

pub(in crate::apigateway) fn create<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let (of, mut authorizer): (Within<Api>, Authorizer) = read_both(input.clone())?;
        {
            let mut cloud = door.cloud();
            Api::find(&mut cloud, call, of.names())?;
            rule::authorizer::check(&authorizer).map_err(wire)?;
        }
        look_at_issuers(door, call, &mut authorizer).await?;
        door.again(call, &input, |desk| {
            let edit =
                |api: &mut Api, beside: &BesideApi<'_>| api.add_authorizer(authorizer, beside.ctx);
            let (added, effects) = Api::change(desk.cloud, call, of.names(), edit)?;
            changed(&added, effects)
        })
    })
}

/// Asks every issuer for its discovery document, and keeps where its keys are. (AWS's text is not
/// known.)
pub(super) async fn look_at_issuers(
    door: &FrontDoor,
    call: &Call,
    authorizer: &mut Authorizer,
) -> Result<(), WireError> {
    let name = authorizer.name.clone();
    let issuers = authorizer.jwt_configuration.iter_mut();
    for issuer in issuers.flat_map(|it| it.issuers.iter_mut()) {
        // That the keys are kept as for HTTP APIs is unverified.
        let policy = CachePolicy::http_api_authorizer();
        let found = discovered(door, call, policy, &issuer.issuer).await;
        let keys = found.map_err(|error| {
            record_undiscovered(door, call, (&name, &issuer.issuer), &error);
            let problem = format!(
                "`{}` has no discovery document to be used: {error}",
                issuer.issuer
            );
            wire(Error::invalid("jwtConfiguration.issuers.issuer", problem))
        })?;
        issuer.jwks_uri = Some(keys);
    }
    Ok(())
}

pub(in crate::apigateway) fn update<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let (at, patch): (At<Authorizer>, Patch) = read_both(input.clone())?;
        let patched = |cloud: &mut Cloud| -> Result<Authorizer, WireError> {
            let api = Api::find(cloud, call, at.whole())?;
            let before = Authorizer::find(api, at.part()).map_err(wire)?;
            let patched = patch::applied(Authorizer::TABLE, before, &patch).map_err(wire)?;
            rule::authorizer::check(&patched).map_err(wire)?;
            Ok(patched)
        };
        let mut asked = patched(&mut door.cloud())?;
        look_at_issuers(door, call, &mut asked).await?;
        door.again(call, &input, |desk| {
            let mut authorizer = patched(desk.cloud)?;
            authorizer.jwt_configuration = asked.jwt_configuration;
            let edit =
                |api: &mut Api, beside: &BesideApi<'_>| authorizer.keep(api, at.part(), beside);
            let (kept, effects) = Api::change(desk.cloud, call, at.whole(), edit)?;
            changed(&kept, effects)
        })
    })
}

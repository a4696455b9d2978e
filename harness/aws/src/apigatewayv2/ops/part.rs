//! Routes, integrations, authorizers, stages and deployments as parts of an API.
//!
//! What an authorizer and a stage are made and changed by stands in their own files: the one's issuer is
//! asked for its discovery document, the other's log group has to be there.

use authlab_wire::{Value, WireError};
use serde::Serialize;

use super::{PageInput, merged, page, wire};
use crate::apigatewayv2::error::Error;
use crate::apigatewayv2::resource::{Api, Authorizer, DeploymentFacts, Integration, Route, Stage};
use crate::cloud::Cloud;
use crate::operation::part::{At, Kept, Made, Part, Whole};
use crate::operation::{Answer, Call, Effect};
use crate::shared::Ctx;

/// The only one of `names`: whatever is a part of an HTTP API is named by one.
fn name(names: &[String]) -> &str {
    names.first().map_or("", String::as_str)
}

impl Whole for Api {
    type Cloud = Cloud;
    type Ctx<'c> = Ctx<'c>;
    type Error = Error;
    type Page = PageInput;

    const NAMES: &'static [&'static str] = &["ApiId"];

    fn find<'c>(
        cloud: &'c mut Cloud,
        call: &Call,
        names: &[String],
    ) -> Result<&'c Self, WireError> {
        let found = cloud.apigatewayv2.api(&call.scope, name(names));
        found.map_err(wire)
    }

    fn change<T>(
        cloud: &mut Cloud,
        call: &Call,
        names: &[String],
        edit: impl FnOnce(&mut Self, &Ctx<'_>) -> Result<T, Error>,
    ) -> Result<(T, Vec<Effect>), WireError> {
        let (state, ctx) = cloud.apigatewayv2(call);
        let changed = state.change(name(names), &ctx, |api| edit(api, &ctx));
        changed.map_err(wire)
    }

    fn wire(error: Error) -> WireError {
        wire(error)
    }

    fn page<T: Serialize>(asked: PageInput, items: impl Iterator<Item = T>) -> Answer {
        page(asked, items)
    }
}

/// A kind of part that is named by an id in the content of an API.
macro_rules! part {
    ($kind:ty, $id:literal, $find:ident, $remove:ident, |$api:ident| $all:expr) => {
        impl Part for $kind {
            type Whole = Api;

            const NAMES: &'static [&'static str] = &["ApiId", $id];

            fn find<'w>(api: &'w Api, names: &[String]) -> Result<&'w Self, Error> {
                api.$find(name(names))
            }

            fn all($api: &Api) -> impl Iterator<Item = &Self> {
                $all
            }

            fn remove(api: &mut Api, names: &[String]) -> Result<(), Error> {
                api.$remove(name(names))
            }
        }
    };
}

part!(Route, "RouteId", route, remove_route, |api| {
    api.content.routes.values()
});
part!(
    Integration,
    "IntegrationId",
    integration,
    remove_integration,
    |api| api.content.integrations.values()
);
part!(
    Authorizer,
    "AuthorizerId",
    authorizer,
    remove_authorizer,
    |api| api.content.authorizers.values()
);
part!(Stage, "StageName", stage, remove_stage, |api| api
    .stages
    .values());
part!(
    DeploymentFacts,
    "DeploymentId",
    deployment_facts,
    remove_deployment,
    |api| api.deployments.values().map(|deployment| &deployment.facts)
);

impl Made for Route {
    type Given = Self;

    fn add(api: &mut Api, route: Self, ctx: &Ctx<'_>) -> Result<Self, Error> {
        api.add_route(route, ctx)
    }
}

impl Kept for Route {
    fn updated(&self, update: Value) -> Result<Self, WireError> {
        merged::<At<Self>, _>(self, update)
    }

    fn put(self, api: &mut Api, _: &Ctx<'_>) -> Result<Self, Error> {
        api.put_route(self)
    }
}

impl Made for Integration {
    type Given = Self;

    fn add(api: &mut Api, integration: Self, ctx: &Ctx<'_>) -> Result<Self, Error> {
        let name = integration.integration_uri.clone().unwrap_or_default();
        api.add_integration(integration, &name, ctx)
    }
}

impl Kept for Integration {
    fn updated(&self, update: Value) -> Result<Self, WireError> {
        merged::<At<Self>, _>(self, update)
    }

    fn put(self, api: &mut Api, _: &Ctx<'_>) -> Result<Self, Error> {
        api.put_integration(self)
    }
}

impl Kept for Authorizer {
    fn updated(&self, update: Value) -> Result<Self, WireError> {
        merged::<At<Self>, _>(self, update)
    }

    fn put(self, api: &mut Api, _: &Ctx<'_>) -> Result<Self, Error> {
        api.put_authorizer(self)
    }
}

//! Amazon API Gateway, the control plane of HTTP APIs.
//!
//! Simulated: APIs (quick create included), import and reimport of OpenAPI 3 documents as AWS
//! exports them, routes, HTTP and Lambda proxy integrations, JWT authorizers, stages with
//! auto-deploy, access logs, variables, throttling and metrics settings, deployments, CORS, tags.
//! What a stage runs is compiled and published to the gateway with every change.
//!
//! Deliberately not, and answered with 501 that names it: WebSocket APIs, Lambda (`REQUEST`)
//! authorizers, service integrations (`IntegrationSubtype`), parameter mapping, VPC links, custom
//! domains and their mappings, portals, and [`ExportApi`].
//!
//! Sources: API Gateway V2 API reference; API Gateway developer guide, `http-api.html` and the
//! pages below it, `api-gateway-swagger-extensions.html`. Texts of errors are `unverified` unless a
//! comment says otherwise.
//!
//! [`ExportApi`]: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-exports-specification.html

mod check;
mod compile;
mod discovery;
mod draft;
mod error;
mod fault;
mod openapi;
mod ops;
mod resource;
mod rule;
mod state;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use resource::{
    Api, ApiFacts, Authorizer, Content, Deployment, DeploymentFacts, Integration, Route, Stage,
};
pub use state::State;

use crate::operation::Authorization::Checks;
use crate::operation::Handler::{AtDesk, Halves, Locked};
use crate::operation::{Handler, Row, Service, Validation, part};

/// A row; every operation is checked by its method and path.
const fn row(name: &'static str, handler: Handler) -> Row {
    Row {
        name,
        authorization: Checks(check::by_method_and_path),
        handler,
    }
}

/// The service and its operations. Those that answer an API's endpoint are at the desk, which knows
/// its port; those that make an authorizer are two halves, because its issuer is asked for its
/// discovery document.
pub const SERVICE: Service = Service {
    name: "apigatewayv2",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("BadRequestException").or(ops::in_other_words),
    token_refused: |_| ops::wire(Error::invalid("nextToken", "give one that was answered")),
    passing: None,
    rows: &[
        row("CreateApi", AtDesk(ops::api::create)),
        row("GetApi", AtDesk(ops::api::get)),
        row("GetApis", AtDesk(ops::api::list)),
        row("UpdateApi", AtDesk(ops::api::update)),
        row("DeleteApi", Locked(ops::api::delete)),
        row("ImportApi", Halves(ops::api::import)),
        row("ReimportApi", Halves(ops::api::reimport)),
        row("DeleteCorsConfiguration", Locked(ops::api::delete_cors)),
        row("CreateRoute", Locked(part::create::<Route>)),
        row("GetRoute", Locked(part::get::<Route>)),
        row("GetRoutes", Locked(part::list::<Route>)),
        row("UpdateRoute", Locked(part::update::<Route>)),
        row("DeleteRoute", Locked(part::delete::<Route>)),
        row("CreateIntegration", Locked(part::create::<Integration>)),
        row("GetIntegration", Locked(part::get::<Integration>)),
        row("GetIntegrations", Locked(part::list::<Integration>)),
        row("UpdateIntegration", Locked(part::update::<Integration>)),
        row("DeleteIntegration", Locked(part::delete::<Integration>)),
        row("CreateAuthorizer", Halves(ops::authorizer::create)),
        row("GetAuthorizer", Locked(part::get::<Authorizer>)),
        row("GetAuthorizers", Locked(part::list::<Authorizer>)),
        row("UpdateAuthorizer", Halves(ops::authorizer::update)),
        row("DeleteAuthorizer", Locked(part::delete::<Authorizer>)),
        row("CreateStage", Locked(ops::stage::create)),
        row("GetStage", Locked(part::get::<Stage>)),
        row("GetStages", Locked(part::list::<Stage>)),
        row("UpdateStage", Locked(ops::stage::update)),
        row("DeleteStage", Locked(part::delete::<Stage>)),
        row(
            "DeleteAccessLogSettings",
            Locked(ops::stage::delete_access_log),
        ),
        row(
            "DeleteRouteSettings",
            Locked(ops::stage::delete_route_settings),
        ),
        row("CreateDeployment", Locked(ops::deployment::create)),
        row("GetDeployment", Locked(part::get::<DeploymentFacts>)),
        row("GetDeployments", Locked(part::list::<DeploymentFacts>)),
        row("DeleteDeployment", Locked(part::delete::<DeploymentFacts>)),
        row("GetTags", Locked(ops::tag::get)),
        row("TagResource", Locked(ops::tag::tag)),
        row("UntagResource", Locked(ops::tag::untag)),
    ],
};

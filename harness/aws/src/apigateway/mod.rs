//! Amazon API Gateway, the control plane of REST APIs.
//!
//! Simulated: APIs, resources, methods and integrations with their responses, models, request
//! validators, gateway responses, authorizers (functions, user pools, JSON Web Tokens), deployments as
//! snapshots that nothing changes, stages, the account's settings, API keys and usage plans, custom domain
//! names with their mappings, and what is kept and answered without anything behind it: VPC links,
//! associations of domain names, documentation. Updates are patches: `patch` performs them by a table per
//! resource. What a stage runs is compiled, and published to the gateway with every change of the stage,
//! together with what was changed since and is not deployed.
//!
//! APIs are made and changed of OpenAPI documents too: `openapi`.
//!
//! Deliberately not, and answered with 501 that names it: code generation (GetSdk and its
//! kinds), client certificates (they are keys that sign what the gateway sends, and nothing here is sent
//! with one), tests of methods and authorizers, streaming answers.
//!
//! Sources: API Gateway API reference; API Gateway developer guide. Texts of errors are `unverified`
//! unless a comment says otherwise.

mod account;
mod check;
mod compile;
mod documentation;
mod draft;
mod error;
mod fault;
mod openapi;
mod ops;
mod patch;
mod publish;
mod resource;
mod rule;
mod state;

#[cfg(test)]
mod tests;

pub use state::State;

use account::{ApiKey, DomainName, UsagePlan, VpcLink};
use documentation::{DocumentationPart, DocumentationVersion};
use ops::part::{put, update};
use ops::{
    account as settings, api, authorizer, documentation as documented, domain, export,
    gateway_response, import, key, plan, stage, tag, usage,
};
use resource::{
    Authorizer, DeploymentFacts, Integration, IntegrationResponse, Method, MethodResponse, Model,
    RequestValidator, Resource, Stage,
};

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

/// The service and its operations. Those that make an authorizer are two halves, because an issuer is
/// asked for its discovery document.
pub const SERVICE: Service = Service {
    name: "apigateway",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("ValidationException").or(ops::in_other_words),
    token_refused: ops::position_refused,
    passing: None,
    rows: &[
        row("CreateRestApi", Locked(api::create)),
        row("GetRestApi", Locked(api::get)),
        row("GetRestApis", Locked(api::list)),
        row("UpdateRestApi", Locked(api::update)),
        row("DeleteRestApi", Locked(api::delete)),
        row("ImportRestApi", Halves(import::import)),
        row("PutRestApi", Halves(import::put)),
        row("CreateResource", Locked(part::create::<Resource>)),
        row("GetResource", Locked(ops::resource::get)),
        row("GetResources", Locked(ops::resource::list)),
        row("UpdateResource", Locked(update::<Resource>)),
        row("DeleteResource", Locked(part::delete::<Resource>)),
        row("PutMethod", Locked(put::<Method>)),
        row("GetMethod", Locked(part::get::<Method>)),
        row("UpdateMethod", Locked(update::<Method>)),
        row("DeleteMethod", Locked(part::delete::<Method>)),
        row("PutMethodResponse", Locked(put::<MethodResponse>)),
        row("GetMethodResponse", Locked(part::get::<MethodResponse>)),
        row("UpdateMethodResponse", Locked(update::<MethodResponse>)),
        row(
            "DeleteMethodResponse",
            Locked(part::delete::<MethodResponse>),
        ),
        row("PutIntegration", Locked(put::<Integration>)),
        row("GetIntegration", Locked(part::get::<Integration>)),
        row("UpdateIntegration", Locked(update::<Integration>)),
        row("DeleteIntegration", Locked(part::delete::<Integration>)),
        row("PutIntegrationResponse", Locked(put::<IntegrationResponse>)),
        row(
            "GetIntegrationResponse",
            Locked(part::get::<IntegrationResponse>),
        ),
        row(
            "UpdateIntegrationResponse",
            Locked(update::<IntegrationResponse>),
        ),
        row(
            "DeleteIntegrationResponse",
            Locked(part::delete::<IntegrationResponse>),
        ),
        row("CreateModel", Locked(part::create::<Model>)),
        row("GetModel", Locked(part::get::<Model>)),
        row("GetModels", Locked(part::list::<Model>)),
        row("GetModelTemplate", Locked(ops::model::template)),
        row("UpdateModel", Locked(update::<Model>)),
        row("DeleteModel", Locked(part::delete::<Model>)),
        row(
            "CreateRequestValidator",
            Locked(part::create::<RequestValidator>),
        ),
        row("GetRequestValidator", Locked(part::get::<RequestValidator>)),
        row(
            "GetRequestValidators",
            Locked(part::list::<RequestValidator>),
        ),
        row("UpdateRequestValidator", Locked(update::<RequestValidator>)),
        row(
            "DeleteRequestValidator",
            Locked(part::delete::<RequestValidator>),
        ),
        row("PutGatewayResponse", Locked(gateway_response::put)),
        row("GetGatewayResponse", Locked(gateway_response::get)),
        row("GetGatewayResponses", Locked(gateway_response::list)),
        row("UpdateGatewayResponse", Locked(gateway_response::update)),
        row("DeleteGatewayResponse", Locked(gateway_response::delete)),
        row("CreateAuthorizer", Halves(authorizer::create)),
        row("GetAuthorizer", Locked(part::get::<Authorizer>)),
        row("GetAuthorizers", Locked(part::list::<Authorizer>)),
        row("UpdateAuthorizer", Halves(authorizer::update)),
        row("DeleteAuthorizer", Locked(part::delete::<Authorizer>)),
        row("CreateDeployment", Locked(stage::deploy)),
        row("GetDeployment", Locked(stage::get_deployment)),
        row("GetDeployments", Locked(part::list::<DeploymentFacts>)),
        row("UpdateDeployment", Locked(update::<DeploymentFacts>)),
        row("DeleteDeployment", Locked(part::delete::<DeploymentFacts>)),
        row("CreateStage", Locked(part::create::<Stage>)),
        row("GetStage", Locked(part::get::<Stage>)),
        row("GetStages", Locked(stage::list)),
        row("UpdateStage", Locked(update::<Stage>)),
        row("DeleteStage", Locked(part::delete::<Stage>)),
        row("FlushStageCache", Locked(stage::flush)),
        row(
            "FlushStageAuthorizersCache",
            Locked(stage::flush_authorizers),
        ),
        row(
            "CreateDocumentationPart",
            Locked(part::create::<DocumentationPart>),
        ),
        row(
            "GetDocumentationPart",
            Locked(part::get::<DocumentationPart>),
        ),
        row("GetDocumentationParts", Locked(documented::list_parts)),
        row(
            "UpdateDocumentationPart",
            Locked(update::<DocumentationPart>),
        ),
        row(
            "DeleteDocumentationPart",
            Locked(part::delete::<DocumentationPart>),
        ),
        row("ImportDocumentationParts", Locked(documented::import)),
        row(
            "CreateDocumentationVersion",
            Locked(documented::create_version),
        ),
        row(
            "GetDocumentationVersion",
            Locked(part::get::<DocumentationVersion>),
        ),
        row(
            "GetDocumentationVersions",
            Locked(part::list::<DocumentationVersion>),
        ),
        row(
            "UpdateDocumentationVersion",
            Locked(update::<DocumentationVersion>),
        ),
        row(
            "DeleteDocumentationVersion",
            Locked(part::delete::<DocumentationVersion>),
        ),
        row("GetExport", Locked(export::get)),
        row("GetAccount", Locked(settings::get)),
        row("UpdateAccount", AtDesk(settings::update)),
        row("CreateApiKey", Locked(key::create)),
        row("GetApiKey", Locked(key::get)),
        row("GetApiKeys", Locked(key::list)),
        row("UpdateApiKey", Locked(update::<ApiKey>)),
        row("DeleteApiKey", Locked(part::delete::<ApiKey>)),
        row("ImportApiKeys", Locked(key::import)),
        row("CreateUsagePlan", Locked(part::create::<UsagePlan>)),
        row("GetUsagePlan", Locked(plan::get)),
        row("GetUsagePlans", Locked(plan::list)),
        row("UpdateUsagePlan", Locked(update::<UsagePlan>)),
        row("DeleteUsagePlan", Locked(part::delete::<UsagePlan>)),
        row("CreateUsagePlanKey", Locked(plan::create_key)),
        row("GetUsagePlanKey", Locked(plan::get_key)),
        row("GetUsagePlanKeys", Locked(plan::list_keys)),
        row("DeleteUsagePlanKey", Locked(plan::delete_key)),
        row("GetUsage", Locked(usage::get)),
        row("UpdateUsage", Locked(usage::update)),
        row("CreateVpcLink", Locked(part::create::<VpcLink>)),
        row("GetVpcLink", Locked(part::get::<VpcLink>)),
        row("GetVpcLinks", Locked(part::list::<VpcLink>)),
        row("UpdateVpcLink", Locked(update::<VpcLink>)),
        row("DeleteVpcLink", Locked(part::delete::<VpcLink>)),
        row("CreateDomainName", Locked(part::create::<DomainName>)),
        row("GetDomainName", Locked(part::get::<DomainName>)),
        row("GetDomainNames", Locked(part::list::<DomainName>)),
        row("UpdateDomainName", Locked(update::<DomainName>)),
        row("DeleteDomainName", Locked(part::delete::<DomainName>)),
        row(
            "CreateDomainNameAccessAssociation",
            Locked(ops::association::create),
        ),
        row(
            "GetDomainNameAccessAssociations",
            Locked(ops::association::list),
        ),
        row(
            "DeleteDomainNameAccessAssociation",
            Locked(ops::association::delete),
        ),
        row(
            "RejectDomainNameAccessAssociation",
            Locked(ops::association::reject),
        ),
        row("CreateBasePathMapping", Locked(domain::create)),
        row("GetBasePathMapping", Locked(domain::get)),
        row("GetBasePathMappings", Locked(domain::list)),
        row("UpdateBasePathMapping", Locked(domain::update)),
        row("DeleteBasePathMapping", Locked(domain::delete)),
        row("GetTags", Locked(tag::get)),
        row("TagResource", Locked(tag::tag)),
        row("UntagResource", Locked(tag::untag)),
    ],
};

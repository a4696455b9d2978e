//! What stands where in an API and in an account: how each part is found, listed, made and taken away.

use serde::Deserialize;

use super::part::{BesideAccount, BesideApi, Patched, Put, name};
use crate::apigateway::account::{Account, ApiKey, DomainName, UsagePlan, VpcLink};
use crate::apigateway::documentation::{DocumentationPart, DocumentationVersion};
use crate::apigateway::error::Error;
use crate::apigateway::patch::{Table, table};
use crate::apigateway::resource::{
    Api, Authorizer, DeploymentFacts, Integration, IntegrationResponse, Method, MethodResponse,
    Model, RequestValidator, Resource, Stage, Texts, TlsConfig,
};
use crate::operation::part::{Made, Part};

/// A kind of part: its whole, its names there, and how it is found, listed and taken away.
macro_rules! part {
    (
        $kind:ty, $whole:ty, [$($name:literal),*],
        |$of:ident, $names:ident| $find:expr,
        |$every:ident| $all:expr,
        |$from:ident, $gone:ident| $remove:expr
    ) => {
        impl Part for $kind {
            type Whole = $whole;

            const NAMES: &'static [&'static str] = &[$($name),*];

            fn find<'w>($of: &'w $whole, $names: &[String]) -> Result<&'w Self, Error> {
                $find
            }

            fn all($every: &$whole) -> impl Iterator<Item = &Self> {
                $all
            }

            fn remove($from: &mut $whole, $gone: &[String]) -> Result<(), Error> {
                $remove
            }
        }
    };
}

part!(
    Resource,
    Api,
    ["restApiId", "resourceId"],
    |api, names| api.resource(name(names, 0)),
    |api| api.resources().into_iter(),
    |api, names| api.remove_resource(name(names, 0))
);
part!(
    Method,
    Api,
    ["restApiId", "resourceId", "httpMethod"],
    |api, names| api.method(name(names, 0), name(names, 1)),
    |api| api
        .content
        .resources
        .values()
        .flat_map(|it| it.methods.values()),
    |api, names| api.remove_method(name(names, 0), name(names, 1))
);
part!(
    MethodResponse,
    Api,
    ["restApiId", "resourceId", "httpMethod", "statusCode"],
    |api, names| api.method_response(name(names, 0), name(names, 1), name(names, 2)),
    |api| Method::all(api).flat_map(|it| it.method_responses.values()),
    |api, names| api.remove_method_response(name(names, 0), name(names, 1), name(names, 2))
);
part!(
    Integration,
    Api,
    ["restApiId", "resourceId", "httpMethod"],
    |api, names| api.integration(name(names, 0), name(names, 1)),
    |api| Method::all(api).filter_map(|it| it.method_integration.as_ref()),
    |api, names| api.remove_integration(name(names, 0), name(names, 1))
);
part!(
    IntegrationResponse,
    Api,
    ["restApiId", "resourceId", "httpMethod", "statusCode"],
    |api, names| api.integration_response(name(names, 0), name(names, 1), name(names, 2)),
    |api| Integration::all(api).flat_map(|it| it.integration_responses.values()),
    |api, names| api.remove_integration_response(name(names, 0), name(names, 1), name(names, 2))
);
part!(
    Model,
    Api,
    ["restApiId", "modelName"],
    |api, names| api.model(name(names, 0)),
    |api| api.content.models.values(),
    |api, names| api.remove_model(name(names, 0))
);
part!(
    RequestValidator,
    Api,
    ["restApiId", "requestValidatorId"],
    |api, names| api.request_validator(name(names, 0)),
    |api| api.content.request_validators.values(),
    |api, names| api.remove_request_validator(name(names, 0))
);
part!(
    Authorizer,
    Api,
    ["restApiId", "authorizerId"],
    |api, names| api.authorizer(name(names, 0)),
    |api| api.content.authorizers.values(),
    |api, names| api.remove_authorizer(name(names, 0))
);
part!(
    DeploymentFacts,
    Api,
    ["restApiId", "deploymentId"],
    |api, names| api.deployment(name(names, 0)).map(|it| &it.facts),
    |api| api.deployments.iter().map(|it| &it.facts),
    |api, names| api.remove_deployment(name(names, 0))
);
part!(
    Stage,
    Api,
    ["restApiId", "stageName"],
    |api, names| api.stage(name(names, 0)),
    |api| api.stages.values(),
    |api, names| api.remove_stage(name(names, 0))
);
part!(
    DocumentationPart,
    Api,
    ["restApiId", "documentationPartId"],
    |api, names| api.documentation_part(name(names, 0)),
    |api| api.documentation.parts.iter(),
    |api, names| api.remove_documentation_part(name(names, 0))
);
part!(
    DocumentationVersion,
    Api,
    ["restApiId", "documentationVersion"],
    |api, names| api.documentation_version(name(names, 0)),
    |api| api.documentation.versions.iter(),
    |api, names| api.remove_documentation_version(name(names, 0))
);
part!(
    ApiKey,
    Account,
    ["apiKey"],
    |account, names| account.api_key(name(names, 0)),
    |account| account.api_keys.iter(),
    |account, names| account.remove_api_key(name(names, 0))
);
part!(
    UsagePlan,
    Account,
    ["usagePlanId"],
    |account, names| account.usage_plan(name(names, 0)),
    |account| account.usage_plans.iter(),
    |account, names| account.remove_usage_plan(name(names, 0))
);
part!(
    VpcLink,
    Account,
    ["vpcLinkId"],
    |account, names| account.vpc_link(name(names, 0)),
    |account| account.vpc_links.iter(),
    |account, names| account.remove_vpc_link(name(names, 0))
);
part!(
    DomainName,
    Account,
    ["domainName"],
    |account, names| account.domain_name(name(names, 0)),
    |account| account.domain_names.iter(),
    |account, names| account.remove_domain_name(name(names, 0))
);

/// A part that is made by what a request gives.
macro_rules! made {
    ($kind:ty, $given:ty, $beside:ident, |$whole:ident, $is:ident, $see:ident| $add:expr) => {
        impl Made for $kind {
            type Given = $given;

            fn add(
                $whole: &mut <Self as Part>::Whole,
                $is: $given,
                $see: &$beside<'_>,
            ) -> Result<Self, Error> {
                $add
            }
        }
    };
}

/// What CreateResource gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceInput {
    parent_id: String,
    path_part: String,
}

made!(Resource, ResourceInput, BesideApi, |api, given, beside| {
    api.add_resource(&given.parent_id, given.path_part, beside.ctx)
});
made!(Model, Self, BesideApi, |api, model, beside| api
    .add_model(model, beside.ctx));
made!(
    RequestValidator,
    Self,
    BesideApi,
    |api, validator, beside| api.add_request_validator(validator, beside.ctx)
);
made!(DocumentationPart, Self, BesideApi, |api, part, beside| {
    api.add_documentation_part(part, beside.ctx)
});
made!(Stage, Self, BesideApi, |api, stage, beside| {
    api.add_stage(stage, beside.has_log_role, beside.ctx)
});
made!(UsagePlan, Self, BesideAccount, |account, plan, beside| {
    account.add_usage_plan(plan, beside.apis, beside.ctx)
});
made!(VpcLink, Self, BesideAccount, |account, link, beside| {
    account.add_vpc_link(link, beside.ctx)
});
made!(
    DomainName,
    Self,
    BesideAccount,
    |account, domain, beside| account.add_domain_name(domain, beside.ctx)
);

impl Put for Method {
    type Given = Self;

    fn put(
        mut method: Self,
        api: &mut Api,
        names: &[String],
        _: &BesideApi<'_>,
    ) -> Result<Self, Error> {
        name(names, 1).clone_into(&mut method.http_method);
        api.add_method(name(names, 0), method)
    }
}

impl Put for MethodResponse {
    type Given = Self;

    fn put(
        mut response: Self,
        api: &mut Api,
        names: &[String],
        _: &BesideApi<'_>,
    ) -> Result<Self, Error> {
        name(names, 2).clone_into(&mut response.status_code);
        api.put_method_response((name(names, 0), name(names, 1)), response, true)
    }
}

/// What PutIntegration gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationInput {
    #[serde(rename = "type")]
    kind: String,
    uri: Option<String>,
    integration_http_method: Option<String>,
    credentials: Option<String>,
    connection_type: Option<String>,
    connection_id: Option<String>,
    passthrough_behavior: Option<String>,
    content_handling: Option<String>,
    request_parameters: Option<Texts>,
    request_templates: Option<std::collections::BTreeMap<String, Option<String>>>,
    timeout_in_millis: Option<i64>,
    cache_namespace: Option<String>,
    #[serde(default)]
    cache_key_parameters: Vec<String>,
    tls_config: Option<TlsConfig>,
}

impl Put for Integration {
    type Given = IntegrationInput;

    fn put(
        given: IntegrationInput,
        api: &mut Api,
        names: &[String],
        _: &BesideApi<'_>,
    ) -> Result<Self, Error> {
        let integration = Self {
            kind: given.kind,
            uri: given.uri,
            http_method: given.integration_http_method,
            credentials: given.credentials,
            connection_type: given.connection_type,
            connection_id: given.connection_id,
            passthrough_behavior: given.passthrough_behavior,
            content_handling: given.content_handling,
            request_parameters: given.request_parameters,
            request_templates: given.request_templates,
            timeout_in_millis: given.timeout_in_millis,
            cache_namespace: given.cache_namespace,
            cache_key_parameters: given.cache_key_parameters,
            tls_config: given.tls_config,
            ..Self::default()
        };
        api.put_integration(name(names, 0), name(names, 1), integration)
    }
}

impl Put for IntegrationResponse {
    type Given = Self;

    fn put(
        mut response: Self,
        api: &mut Api,
        names: &[String],
        _: &BesideApi<'_>,
    ) -> Result<Self, Error> {
        name(names, 2).clone_into(&mut response.status_code);
        api.put_integration_response((name(names, 0), name(names, 1)), response)
    }
}

/// A part that can be patched: its paths, and how it is kept.
macro_rules! patched {
    (
        $kind:ty, $table:ident, $beside:ident,
        |$own:ident, $whole:ident, $names:ident, $see:ident| $keep:expr
        $(, tags $tags:literal)? $(, seen |$kept:ident| $seen:expr)?
    ) => {
        impl Patched for $kind {
            const TABLE: &'static Table = &table::$table;
            $(const SHOWS_TAGS: bool = $tags;)?

            fn keep(
                self,
                $whole: &mut <Self as Part>::Whole,
                $names: &[String],
                $see: &$beside<'_>,
            ) -> Result<Self, Error> {
                let $own = self;
                $keep
            }

            $(fn seen(&self) -> Self {
                let $kept = self;
                $seen
            })?
        }
    };
}

patched!(Resource, RESOURCE, BesideApi, |own, api, names, _beside| {
    api.move_resource(name(names, 0), &own)
});
patched!(Method, METHOD, BesideApi, |own, api, names, _beside| {
    api.put_method(name(names, 0), own)
});
patched!(
    MethodResponse,
    METHOD_RESPONSE,
    BesideApi,
    |own, api, names, _beside| {
        api.put_method_response((name(names, 0), name(names, 1)), own, false)
    }
);
patched!(
    Integration,
    INTEGRATION,
    BesideApi,
    |own, api, names, _beside| api.put_integration(name(names, 0), name(names, 1), own)
);
patched!(
    IntegrationResponse,
    INTEGRATION_RESPONSE,
    BesideApi,
    |own, api, names, _beside| {
        api.put_integration_response((name(names, 0), name(names, 1)), own)
    }
);
patched!(Model, MODEL, BesideApi, |own, api, _names, _beside| api
    .put_model(own));
patched!(
    RequestValidator,
    REQUEST_VALIDATOR,
    BesideApi,
    |own, api, _names, _beside| api.put_request_validator(own)
);
patched!(
    Authorizer,
    AUTHORIZER,
    BesideApi,
    |own, api, _names, _beside| api.put_authorizer(own)
);
patched!(
    DeploymentFacts,
    DEPLOYMENT,
    BesideApi,
    |own, api, _names, _beside| api.put_deployment(own)
);
patched!(
    DocumentationPart,
    DOCUMENTATION_PART,
    BesideApi,
    |own, api, _names, _beside| api.put_documentation_part(own)
);
patched!(
    DocumentationVersion,
    DOCUMENTATION_VERSION,
    BesideApi,
    |own, api, _names, _beside| api.put_documentation_version(own)
);
patched!(Stage, STAGE, BesideApi, |own, api, _names, beside| {
    api.put_stage(own, beside.has_log_role, beside.ctx)
});
patched!(
    ApiKey, API_KEY, BesideAccount,
    |own, account, _names, beside| account.put_api_key(own, beside.ctx),
    tags true, seen |key| key.without_value()
);
patched!(
    UsagePlan, USAGE_PLAN, BesideAccount,
    |own, account, _names, beside| account.put_usage_plan(own, beside.apis),
    tags true
);
patched!(
    VpcLink, VPC_LINK, BesideAccount,
    |own, account, _names, _beside| account.put_vpc_link(own),
    tags true
);
patched!(
    DomainName,
    DOMAIN_NAME,
    BesideAccount,
    |own, account, _names, _beside| account.put_domain_name(own)
);

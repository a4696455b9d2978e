//! From what the control plane keeps to what the gateway runs.

mod authorizer;
mod integration;
mod usage;
mod validation;

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::ResponseType;
use authlab_gateway::access_log::LogFormat;
use authlab_gateway::deployment::rest::{
    ApiKeySource, Canary, Endpoint, ExecutionLog, GatewayResponse, LogLevel, Method as PlaneMethod,
    MethodSetting as PlaneSetting, Validation,
};
use authlab_gateway::deployment::{
    self as plane, AccessLog, Bucket, Deployment, Limit, RestApi, StageFacts, Throttle,
};
use authlab_gateway::route::RouteKey;
use authlab_kernel::Ids;
use authlab_policy::{Document, DocumentKind, Policy};

use super::draft;
use super::resource::{
    Api, Content, Deployment as Deployed, Method, MethodSetting, Resource, RestApi as Facts, Stage,
};
use super::rule::{self, api};
use crate::shared::gateway_name;

/// The settings that hold for every method which has none of its own.
const EVERY_METHOD: &str = "*/*";

/// What the gateway runs for a stage: the frozen API, and the stage's settings as they are now.
pub(super) fn compile(api: &Api, stage: &Stage, run: &Deployed, ids: &Ids) -> Deployment {
    let (facts, content) = &*run.snapshot;
    let of_stage = StageFacts {
        scope: api.scope.clone(),
        api_id: api.facts.id.clone(),
        name: stage.stage_name.clone(),
        domain_name: StageFacts::execute_api_domain(&api.scope, &api.facts.id),
        variables: stage.variables.clone(),
        access_log: access_log(api, stage, ids),
        import_warnings: Vec::new(),
        draft: draft::of(api, stage, run),
    };
    let schemas = validation::schemas(content);
    let methods = content.resources.values().flat_map(|resource| {
        let methods = resource.methods.values();
        methods.filter_map(|it| {
            let mut compiled = method(api, stage, (content, resource), it)?;
            compiled.validation = validation::of(it, content, &schemas);
            Some(compiled)
        })
    });
    let mut rest = RestApi::new(&facts.name, &of_stage, methods.collect());
    rest.deployment_id.clone_from(&run.facts.id);
    rest.tracing_enabled = stage.tracing_enabled;
    rest.endpoint = endpoint(facts);
    rest.execute_api_endpoint_disabled = facts.disable_execute_api_endpoint;
    rest.resource_policy = resource_policy(facts).map(Arc::new);
    rest.api_key_source = match facts.api_key_source.as_deref() {
        Some("AUTHORIZER") => ApiKeySource::Authorizer,
        _ => ApiKeySource::Header,
    };
    rest.binary_media_types
        .clone_from(&facts.binary_media_types);
    let compressed = facts.minimum_compression_size;
    rest.minimum_compression_bytes = compressed.and_then(|bytes| u64::try_from(bytes).ok());
    rest.gateway_responses = gateway_responses(content);
    rest.canary = canary(api, stage, ids);
    Deployment {
        stage: of_stage,
        api: plane::Api::Rest(rest),
    }
}

/// The deployment that takes a part of the traffic, with the stage's settings and the canary's variables.
fn canary(api: &Api, stage: &Stage, ids: &Ids) -> Option<Canary> {
    let settings = stage.canary_settings.as_ref()?;
    let run = api.deployment(&settings.deployment_id).ok()?;
    let mut own = stage.clone();
    own.canary_settings = None;
    own.variables
        .extend(settings.stage_variable_overrides.clone());
    Some(Canary {
        percent: settings.percent_traffic,
        deployment: Arc::new(compile(api, &own, run, ids)),
    })
}

fn endpoint(facts: &Facts) -> Endpoint {
    let configuration = facts.endpoint_configuration.as_ref();
    let kind = configuration.and_then(|it| it.types.first());
    match kind.map(String::as_str) {
        Some("PRIVATE") => Endpoint::Private,
        Some("REGIONAL") => Endpoint::Regional,
        _ => Endpoint::Edge,
    }
}

/// The API's own policy; what is kept was read before.
fn resource_policy(facts: &Facts) -> Option<Policy> {
    let document = api::policy_document(facts.policy.as_deref()?)?;
    let document = Document::parse(DocumentKind::ExecuteApi, &document.to_string()).ok()?;
    let name = format!("the resource policy of the API `{}`", facts.id);
    Some(Policy::new(name, document))
}

fn gateway_responses(content: &Content) -> BTreeMap<ResponseType, GatewayResponse> {
    let own = content.gateway_responses.values();
    let own = own.filter_map(|response| {
        let mut types = ResponseType::ALL.into_iter();
        let response_type = types.find(|it| it.as_str() == response.response_type)?;
        let compiled = GatewayResponse {
            status: response
                .status_code
                .as_deref()
                .and_then(|it| it.parse().ok()),
            parameters: response.response_parameters.clone(),
            templates: response.response_templates.clone(),
        };
        Some((response_type, compiled))
    });
    own.collect()
}

/// `None` only for what the rules refuse when it is made or deployed: such a method is not served.
fn method(
    api: &Api,
    stage: &Stage,
    (content, resource): (&Content, &Resource),
    method: &Method,
) -> Option<PlaneMethod> {
    let key: RouteKey = format!("{} {}", method.http_method, resource.path)
        .parse()
        .ok()?;
    let integration = method.method_integration.as_ref()?;
    Some(PlaneMethod {
        setting: setting(api, stage, &key),
        key,
        resource_id: resource.id.clone(),
        authorization: authorizer::authorization(method, content)?,
        api_key_required: method.api_key_required,
        validation: Validation::default(),
        integration: Arc::new(integration::integration(integration)),
    })
}

/// What the stage sets for a method, and for what it leaves open for all. A path of a setting has its
/// slashes as `~1`.
fn setting(api: &Api, stage: &Stage, key: &RouteKey) -> PlaneSetting {
    let path = key.resource().replace('/', "~1");
    let own = stage
        .method_settings
        .get(&format!("{path}/{}", key.method()));
    // Written without the slash in front it means the same: what is kept is not to be without effect.
    let own = own.or_else(|| {
        let path = path.strip_prefix("~1")?;
        stage
            .method_settings
            .get(&format!("{path}/{}", key.method()))
    });
    let own = own.or_else(|| stage.method_settings.get(EVERY_METHOD));
    let Some(own) = own else {
        return PlaneSetting::default();
    };
    PlaneSetting {
        detailed_metrics: own.metrics_enabled,
        execution_log: execution_log(own),
        limit: throttle(own).map(|throttle| Limit {
            bucket: Bucket::Method {
                api_id: api.facts.id.clone(),
                stage: stage.stage_name.clone(),
                method: key.as_str().to_owned(),
            },
            throttle,
        }),
    }
}

/// None where the log is off; a level that is none was refused before.
fn execution_log(setting: &MethodSetting) -> Option<ExecutionLog> {
    let level = match setting.logging_level.as_deref() {
        Some("INFO") => LogLevel::Info,
        Some("ERROR") => LogLevel::Error,
        _ => return None,
    };
    let data_trace = setting.data_trace_enabled;
    Some(ExecutionLog { level, data_trace })
}

fn throttle(setting: &MethodSetting) -> Option<Throttle> {
    let default = MethodSetting::default();
    let is_set = setting.throttling_rate_limit != default.throttling_rate_limit
        || setting.throttling_burst_limit != default.throttling_burst_limit;
    is_set.then(|| Throttle {
        rate_per_second: setting.throttling_rate_limit,
        burst: u32::try_from(setting.throttling_burst_limit).unwrap_or(u32::MAX),
    })
}

/// None without a format, too: then nothing is logged (recorded: it may be given later).
fn access_log(api: &Api, stage: &Stage, ids: &Ids) -> Option<AccessLog> {
    let settings = stage.access_log_settings.as_ref()?;
    Some(AccessLog {
        scope: api.scope.clone(),
        group: rule::access_log::group(settings.destination_arn.as_deref()?, &api.scope)?,
        stream: gateway_name::access_log_stream(ids, &api.facts.id, &stage.stage_name),
        format: LogFormat::parse(settings.format.as_deref()?),
    })
}

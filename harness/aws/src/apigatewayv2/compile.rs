//! From what the control plane keeps to what the gateway runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::access_log::LogFormat;
use authlab_gateway::deployment::{
    self as plane, AccessLog, Authorization, Bucket, Deployment, HttpApi, IdentitySource,
    JwtAuthorizer, Limit, PayloadFormat, StageFacts, Target, Throttle,
};
use authlab_gateway::route::RouteKey;
use authlab_gateway::uri_template::UriTemplate;
use authlab_kernel::Ids;
use authlab_token::CachePolicy;

use super::draft;
use super::resource::{
    Api, Content, Cors, Deployment as Deployed, Integration, Route, RouteSettings, Stage,
};
use super::rule;
use crate::shared::gateway_name;

/// What an account may do where a stage limits only one of the two (API Gateway developer guide,
/// `api-gateway-request-throttling.html`).
const ACCOUNT_RATE_PER_SECOND: f64 = 10_000.0;
const ACCOUNT_BURST: u32 = 5_000;

/// What the gateway runs for a stage: the frozen content, and the stage's settings as they are now.
pub(super) fn compile(api: &Api, stage: &Stage, run: &Deployed, ids: &Ids) -> Deployment {
    let content: &Content = &run.content;
    let integrations: BTreeMap<&str, Arc<plane::Integration>> = content
        .integrations
        .values()
        .filter_map(|it| Some((it.integration_id.as_str(), Arc::new(integration(it)?))))
        .collect();
    let routes = content.routes.values().filter_map(|route| {
        let key: RouteKey = route.route_key.parse().ok()?;
        let settings = merged(
            stage.route_settings.get(&route.route_key),
            &stage.default_route_settings,
        );
        let target = route
            .target
            .as_deref()
            .and_then(|target| target.strip_prefix("integrations/"));
        let bucket = || Bucket::Method {
            api_id: api.facts.api_id.clone(),
            stage: stage.stage_name.clone(),
            method: route.route_key.clone(),
        };
        Some(plane::Route {
            key,
            authorization: authorization(route, content)?,
            integration: target.and_then(|id| integrations.get(id)).cloned(),
            limit: throttle(&settings).map(|throttle| Limit {
                bucket: bucket(),
                throttle,
            }),
            detailed_metrics: settings.detailed_metrics_enabled.unwrap_or(false),
        })
    });
    let facts = StageFacts {
        scope: api.scope.clone(),
        api_id: api.facts.api_id.clone(),
        name: stage.stage_name.clone(),
        domain_name: StageFacts::execute_api_domain(&api.scope, &api.facts.api_id),
        variables: stage.stage_variables.clone(),
        access_log: access_log(api, stage, ids),
        import_warnings: api.facts.warnings.clone().unwrap_or_default(),
        draft: draft::of(api, stage, run),
    };
    let mut http = HttpApi::new(&facts, routes.collect());
    http.cors = api.facts.cors_configuration.as_ref().map(cors);
    http.execute_api_endpoint_disabled = api.facts.disable_execute_api_endpoint;
    Deployment {
        stage: facts,
        api: plane::Api::Http(http),
    }
}

/// `None` only for what the rules refuse when the route is made: such a route is not served.
fn authorization(route: &Route, content: &Content) -> Option<Authorization> {
    match route.authorization_type.as_deref().unwrap_or("NONE") {
        "NONE" => Some(Authorization::None),
        "AWS_IAM" => Some(Authorization::AwsIam),
        "JWT" => {
            let authorizer = content.authorizers.get(route.authorizer_id.as_deref()?)?;
            let configuration = authorizer.jwt_configuration.as_ref()?;
            let sources = authorizer.identity_source.iter();
            Some(Authorization::Jwt {
                authorizer: Arc::new(JwtAuthorizer {
                    name: authorizer.name.clone(),
                    issuer: configuration.issuer.clone()?,
                    audiences: configuration.audience.clone(),
                    identity_sources: sources.filter_map(|it| IdentitySource::parse(it)).collect(),
                    keys: CachePolicy::http_api_authorizer(),
                }),
                scopes: route.authorization_scopes.clone().unwrap_or_default(),
            })
        }
        _ => None,
    }
}

fn integration(integration: &Integration) -> Option<plane::Integration> {
    let uri = integration.integration_uri.as_deref()?;
    let target = match integration.integration_type.as_str() {
        "HTTP_PROXY" => Target::HttpProxy {
            uri: UriTemplate::parse(uri),
            method: integration
                .integration_method
                .as_deref()
                .filter(|method| *method != "ANY")
                .and_then(|method| http::Method::from_bytes(method.as_bytes()).ok()),
        },
        "AWS_PROXY" => Target::Function {
            arn: UriTemplate::parse(gateway_name::function_arn(uri)?),
            payload: match integration.payload_format_version.as_deref() {
                Some("2.0") => PayloadFormat::V2,
                _ => PayloadFormat::V1,
            },
        },
        _ => return None,
    };
    let timeout = integration
        .timeout_in_millis
        .unwrap_or(rule::TIMEOUT_MS_MAX);
    Some(plane::Integration {
        target,
        timeout_ms: u32::try_from(timeout).ok()?,
    })
}

/// A route's own settings, and for what they leave open the stage's.
fn merged(own: Option<&RouteSettings>, default: &RouteSettings) -> RouteSettings {
    let own = own.cloned().unwrap_or_default();
    RouteSettings {
        detailed_metrics_enabled: own
            .detailed_metrics_enabled
            .or(default.detailed_metrics_enabled),
        throttling_burst_limit: own
            .throttling_burst_limit
            .or(default.throttling_burst_limit),
        throttling_rate_limit: own.throttling_rate_limit.or(default.throttling_rate_limit),
        ..own
    }
}

fn throttle(settings: &RouteSettings) -> Option<Throttle> {
    if settings.throttling_rate_limit.is_none() && settings.throttling_burst_limit.is_none() {
        return None;
    }
    let burst = settings
        .throttling_burst_limit
        .and_then(|burst| u32::try_from(burst).ok());
    Some(Throttle {
        rate_per_second: settings
            .throttling_rate_limit
            .unwrap_or(ACCOUNT_RATE_PER_SECOND),
        burst: burst.unwrap_or(ACCOUNT_BURST),
    })
}

fn access_log(api: &Api, stage: &Stage, ids: &Ids) -> Option<AccessLog> {
    let settings = stage.access_log_settings.as_ref()?;
    let group = rule::log_group(settings, &api.scope).ok()?;
    Some(AccessLog {
        scope: api.scope.clone(),
        group,
        stream: gateway_name::access_log_stream(ids, &api.facts.api_id, &stage.stage_name),
        format: LogFormat::parse(settings.format.as_deref()?),
    })
}

fn cors(cors: &Cors) -> plane::Cors {
    plane::Cors {
        allow_origins: cors.allow_origins.clone().unwrap_or_default(),
        allow_methods: cors.allow_methods.clone().unwrap_or_default(),
        allow_headers: cors.allow_headers.clone().unwrap_or_default(),
        expose_headers: cors.expose_headers.clone().unwrap_or_default(),
        allow_credentials: cors.allow_credentials.unwrap_or(false),
        max_age_seconds: cors.max_age.filter(|seconds| *seconds >= 0),
    }
}

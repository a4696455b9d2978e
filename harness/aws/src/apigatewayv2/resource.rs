//! What an API is made of, with the member names of the model: state, input and answer are one.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{Scope, Timestamp};
use serde::{Deserialize, Serialize};

/// Texts by name: tags, variables.
pub type Texts = BTreeMap<String, String>;

/// One API.
#[derive(Clone, Debug)]
pub struct Api {
    /// The account and Region.
    pub scope: Scope,
    /// What GetApi answers, the endpoint apart.
    pub facts: ApiFacts,
    /// What a deployment freezes.
    pub content: Content,
    /// Stages by name.
    pub stages: BTreeMap<String, Stage>,
    /// Deployments by id.
    pub deployments: BTreeMap<String, Deployment>,
}

/// What a deployment freezes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// Routes by id.
    pub routes: BTreeMap<String, Route>,
    /// Integrations by id.
    pub integrations: BTreeMap<String, Integration>,
    /// Authorizers by id.
    pub authorizers: BTreeMap<String, Authorizer>,
}

/// The API itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ApiFacts {
    /// The id, unique in the lab.
    pub api_id: String,
    /// The name.
    pub name: String,
    /// `HTTP`.
    pub protocol_type: String,
    /// A text for people.
    pub description: Option<String>,
    /// A version for people.
    pub version: Option<String>,
    /// For WebSocket APIs; kept.
    pub route_selection_expression: Option<String>,
    /// For WebSocket APIs; kept.
    pub api_key_selection_expression: Option<String>,
    /// Cross-origin answers.
    pub cors_configuration: Option<Cors>,
    /// Whether the `execute-api` host is shut.
    pub disable_execute_api_endpoint: bool,
    /// When it was made.
    pub created_date: Option<Timestamp>,
    /// Tags.
    pub tags: Texts,
    /// Warnings of the last import.
    pub warnings: Option<Vec<String>>,
}

/// Cross-origin answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Cors {
    /// Whether credentials are allowed.
    pub allow_credentials: Option<bool>,
    /// Headers of requests.
    pub allow_headers: Option<Vec<String>>,
    /// Methods.
    pub allow_methods: Option<Vec<String>>,
    /// Origins.
    pub allow_origins: Option<Vec<String>>,
    /// Headers of answers.
    pub expose_headers: Option<Vec<String>>,
    /// How long a preflight holds, in seconds.
    pub max_age: Option<i64>,
}

/// A route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Route {
    /// The id.
    pub route_id: String,
    /// `GET /items/{id}`, `$default`.
    pub route_key: String,
    /// `integrations/ID`.
    pub target: Option<String>,
    /// `NONE`, `JWT`, `AWS_IAM`.
    pub authorization_type: Option<String>,
    /// The authorizer of a `JWT` route.
    pub authorizer_id: Option<String>,
    /// One of these is asked of a token.
    pub authorization_scopes: Option<Vec<String>>,
    /// A name for people.
    pub operation_name: Option<String>,
    /// Always false for HTTP APIs.
    pub api_key_required: bool,
}

/// An integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Integration {
    /// The id.
    pub integration_id: String,
    /// `HTTP_PROXY`, `AWS_PROXY`.
    pub integration_type: String,
    /// The URL, or a function's ARN, plain or in API Gateway's path form.
    pub integration_uri: Option<String>,
    /// The method of the call.
    pub integration_method: Option<String>,
    /// `1.0`, `2.0`.
    pub payload_format_version: Option<String>,
    /// `INTERNET`.
    pub connection_type: Option<String>,
    /// For VPC links, which are not simulated.
    pub connection_id: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// How long the gateway waits.
    pub timeout_in_millis: Option<i64>,
    /// For service integrations, which are not simulated.
    pub integration_subtype: Option<String>,
    /// The role of the call, which is not simulated.
    pub credentials_arn: Option<String>,
    /// Parameter mapping, which is not simulated.
    pub request_parameters: Option<Texts>,
    /// Parameter mapping, which is not simulated.
    pub response_parameters: Option<BTreeMap<String, Texts>>,
    /// Not simulated: the lab has no TLS inside.
    pub tls_config: Option<Texts>,
}

/// An authorizer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Authorizer {
    /// The id.
    pub authorizer_id: String,
    /// The name, unique in the API.
    pub name: String,
    /// `JWT`.
    pub authorizer_type: String,
    /// Where the token stands.
    pub identity_source: Vec<String>,
    /// What a token must show.
    pub jwt_configuration: Option<JwtConfiguration>,
}

/// What a token must show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct JwtConfiguration {
    /// One of which `aud` must hold.
    pub audience: Vec<String>,
    /// What `iss` must equal.
    pub issuer: Option<String>,
}

/// A stage.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Stage {
    /// The name.
    pub stage_name: String,
    /// Whether every change is deployed at once.
    pub auto_deploy: bool,
    /// What it runs.
    pub deployment_id: Option<String>,
    /// A text for people.
    pub description: Option<String>,
    /// Variables.
    pub stage_variables: Texts,
    /// Access logs.
    pub access_log_settings: Option<AccessLogSettings>,
    /// Settings of every route.
    pub default_route_settings: RouteSettings,
    /// Settings of single routes, by key.
    pub route_settings: BTreeMap<String, RouteSettings>,
    /// When it was made.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_updated_date: Option<Timestamp>,
    /// What became of the last automatic deployment.
    pub last_deployment_status_message: Option<String>,
    /// Tags.
    pub tags: Texts,
}

/// Where access logs go, and their format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccessLogSettings {
    /// A log group's ARN.
    pub destination_arn: Option<String>,
    /// A line with `$context` variables.
    pub format: Option<String>,
}

/// Settings of a route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RouteSettings {
    /// Whether metrics carry method and resource.
    pub detailed_metrics_enabled: Option<bool>,
    /// The size of the bucket.
    pub throttling_burst_limit: Option<i64>,
    /// Tokens per second.
    pub throttling_rate_limit: Option<f64>,
    /// Whether execution logs hold whole requests: of REST and WebSocket APIs only.
    pub data_trace_enabled: Option<bool>,
    /// What execution logs hold: of REST and WebSocket APIs only.
    pub logging_level: Option<String>,
}

/// A deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What GetDeployment answers.
    pub facts: DeploymentFacts,
    /// What was frozen.
    pub content: Arc<Content>,
}

/// What GetDeployment answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentFacts {
    /// The id.
    pub deployment_id: String,
    /// Whether the service made it by itself.
    pub auto_deployed: bool,
    /// When.
    pub created_date: Option<Timestamp>,
    /// `DEPLOYED`.
    pub deployment_status: String,
    /// A text for people.
    pub description: Option<String>,
}

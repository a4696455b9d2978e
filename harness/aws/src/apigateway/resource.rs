//! What a REST API is made of, with the member names of the model: state and answer are one.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{Scope, Timestamp};
use serde::{Deserialize, Serialize, Serializer};

use super::documentation::Documentation;

/// Texts by name: tags, variables, templates.
pub type Texts = BTreeMap<String, String>;

/// One API with all of its parts.
#[derive(Clone, Debug)]
pub struct Api {
    /// The account and Region.
    pub scope: Scope,
    /// What GetRestApi answers.
    pub facts: RestApi,
    /// What a deployment freezes.
    pub content: Content,
    /// Stages by name.
    pub stages: BTreeMap<String, Stage>,
    /// Deployments, in the order in which they were made.
    pub deployments: Vec<Deployment>,
    /// What is said of it.
    pub documentation: Documentation,
}

/// What a deployment freezes, beside the facts of the API.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// Resources by id.
    pub resources: BTreeMap<String, Resource>,
    /// Models by name.
    pub models: BTreeMap<String, Model>,
    /// Request validators by id.
    pub request_validators: BTreeMap<String, RequestValidator>,
    /// The API's own gateway responses by type.
    pub gateway_responses: BTreeMap<String, GatewayResponse>,
    /// Authorizers by id.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// `x-amazon-apigateway-documentation` of the document that was imported last, kept for the export.
    pub documentation: Option<serde_json::Value>,
}

/// The API itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RestApi {
    /// Ten lower-case letters and digits, unique in the lab.
    pub id: String,
    /// The name.
    pub name: String,
    /// A text for people.
    pub description: Option<String>,
    /// A version for people.
    pub version: Option<String>,
    /// When it was made.
    pub created_date: Option<Timestamp>,
    /// `HEADER`, `AUTHORIZER`.
    pub api_key_source: Option<String>,
    /// Content types whose bodies are bytes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub binary_media_types: Vec<String>,
    /// From how many bytes on answers are compressed.
    pub minimum_compression_size: Option<i64>,
    /// Where it is reached.
    pub endpoint_configuration: Option<EndpointConfiguration>,
    /// The resource policy, as it is answered: a JSON text in which quotes are escaped.
    pub policy: Option<String>,
    /// Whether the `execute-api` host is shut.
    pub disable_execute_api_endpoint: bool,
    /// The policy of TLS.
    pub security_policy: Option<String>,
    /// `BASIC`, `STRICT`.
    pub endpoint_access_mode: Option<String>,
    /// The resource `/`.
    pub root_resource_id: String,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// Where an API is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointConfiguration {
    /// One of `EDGE`, `REGIONAL`, `PRIVATE`.
    pub types: Vec<String>,
    /// `ipv4`, `dualstack`.
    pub ip_address_type: Option<String>,
    /// Endpoints from which a private API is reached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vpc_endpoint_ids: Vec<String>,
}

/// A resource: a part of the tree of paths.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Resource {
    /// The id.
    pub id: String,
    /// The resource above; none for `/`.
    pub parent_id: Option<String>,
    /// The last part of the path; none for `/`.
    pub path_part: Option<String>,
    /// The whole path.
    pub path: String,
    /// Methods by verb. Answers name them only, unless they are asked for.
    #[serde(
        rename = "resourceMethods",
        skip_deserializing,
        skip_serializing_if = "BTreeMap::is_empty",
        serialize_with = "named_only"
    )]
    pub methods: BTreeMap<String, Method>,
}

/// The names of methods, each with nothing in it.
fn named_only<S: Serializer>(
    methods: &BTreeMap<String, Method>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(methods.keys().map(|verb| (verb, Texts::new())))
}

/// A method of a resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Method {
    /// The verb, or `ANY`.
    pub http_method: String,
    /// `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS`, `JWT`.
    pub authorization_type: String,
    /// The authorizer of the last three.
    pub authorizer_id: Option<String>,
    /// One of these is asked of a token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_scopes: Vec<String>,
    /// Whether an API key is asked for.
    pub api_key_required: bool,
    /// A name for people.
    pub operation_name: Option<String>,
    /// What of a request is validated.
    pub request_validator_id: Option<String>,
    /// Parameters by mapping expression, and whether each has to be there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub request_parameters: BTreeMap<String, bool>,
    /// Models of bodies by content type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub request_models: Texts,
    /// Responses by status.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub method_responses: BTreeMap<String, MethodResponse>,
    /// What answers.
    pub method_integration: Option<Integration>,
}

/// A response of a method.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MethodResponse {
    /// The status.
    pub status_code: String,
    /// Headers by mapping expression.
    pub response_parameters: Option<BTreeMap<String, bool>>,
    /// Models of bodies by content type.
    pub response_models: Option<Texts>,
}

/// What answers a method.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Integration {
    /// `HTTP`, `HTTP_PROXY`, `AWS`, `AWS_PROXY`, `MOCK`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The URL, or API Gateway's ARN of an action.
    pub uri: Option<String>,
    /// The verb of the call.
    pub http_method: Option<String>,
    /// The role of the call.
    pub credentials: Option<String>,
    /// `INTERNET`, `VPC_LINK`.
    pub connection_type: Option<String>,
    /// The VPC link, or a stage variable that names it.
    pub connection_id: Option<String>,
    /// `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES`, `NEVER`.
    pub passthrough_behavior: Option<String>,
    /// `CONVERT_TO_BINARY`, `CONVERT_TO_TEXT`.
    pub content_handling: Option<String>,
    /// Where parameters of the call come from.
    pub request_parameters: Option<Texts>,
    /// Templates of bodies by content type.
    pub request_templates: Option<BTreeMap<String, Option<String>>>,
    /// How long the gateway waits.
    pub timeout_in_millis: Option<i64>,
    /// What cached answers are kept under: the resource's id.
    pub cache_namespace: Option<String>,
    /// Parameters that are part of the key of a cached answer.
    pub cache_key_parameters: Vec<String>,
    /// How the backend's certificate is looked at.
    pub tls_config: Option<TlsConfig>,
    /// Responses by status.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub integration_responses: BTreeMap<String, IntegrationResponse>,
}

/// How a backend's certificate is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsConfig {
    /// Whether the issuer may be any.
    pub insecure_skip_verification: bool,
}

/// A response of an integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IntegrationResponse {
    /// The status of the method's response.
    pub status_code: String,
    /// What the backend's answer, or a function's error, has to match.
    pub selection_pattern: Option<String>,
    /// `CONVERT_TO_BINARY`, `CONVERT_TO_TEXT`.
    pub content_handling: Option<String>,
    /// Where headers of the answer come from.
    pub response_parameters: Option<Texts>,
    /// Templates of bodies by content type; an empty one is null (recorded).
    pub response_templates: Option<BTreeMap<String, Option<String>>>,
}

/// A model of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Model {
    /// The id.
    pub id: String,
    /// The name, unique in the API.
    pub name: String,
    /// A text for people.
    pub description: Option<String>,
    /// A JSON schema, draft 4.
    pub schema: Option<String>,
    /// The content type of the bodies.
    pub content_type: String,
}

/// What of a request is validated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestValidator {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// Whether the body is held against its model.
    pub validate_request_body: bool,
    /// Whether required parameters have to be there.
    pub validate_request_parameters: bool,
}

/// What the gateway answers by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayResponse {
    /// On what occasion.
    pub response_type: String,
    /// The status; none for those that stand for a class.
    pub status_code: Option<String>,
    /// Where headers come from.
    pub response_parameters: Texts,
    /// Templates of bodies by content type.
    pub response_templates: Texts,
    /// Whether it is not the API's own.
    pub default_response: bool,
}

/// An authorizer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Authorizer {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// `TOKEN`, `REQUEST`, `COGNITO_USER_POOLS`, `JWT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For people: `custom`.
    pub auth_type: Option<String>,
    /// The function, as API Gateway's ARN.
    pub authorizer_uri: Option<String>,
    /// The role of the call.
    pub authorizer_credentials: Option<String>,
    /// Where the identity stands, separated by commas.
    pub identity_source: Option<String>,
    /// What a token has to match.
    pub identity_validation_expression: Option<String>,
    /// How long a decision is kept.
    pub authorizer_result_ttl_in_seconds: Option<i64>,
    /// User pools.
    #[serde(rename = "providerARNs", skip_serializing_if = "Vec::is_empty")]
    pub provider_arns: Vec<String>,
    /// What a JWT must show.
    pub jwt_configuration: Option<JwtConfiguration>,
}

/// What a JWT must show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JwtConfiguration {
    /// Who may have issued it.
    pub issuers: Vec<JwtIssuer>,
    /// How it may be signed.
    pub default_algorithms: Vec<String>,
}

/// Who may have issued a JWT.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JwtIssuer {
    /// What `iss` must equal.
    pub issuer: String,
    /// One of which `aud` must hold.
    pub audiences: Vec<String>,
    /// What else it must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_claims: Vec<JwtClaim>,
    /// Where the keys are, as the discovery document said when the authorizer was made.
    pub jwks_uri: Option<String>,
}

/// A claim that a JWT must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JwtClaim {
    /// The claim.
    pub claim_name: String,
    /// `SINGLE_STRING`.
    pub format: Option<String>,
    /// One of these; none for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected_values: Vec<String>,
    /// Whether it has to be there.
    pub required: Option<bool>,
}

/// A deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What GetDeployment answers.
    pub facts: DeploymentFacts,
    /// The API as it was.
    pub snapshot: Arc<(RestApi, Content)>,
}

/// What GetDeployment answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentFacts {
    /// The id.
    pub id: String,
    /// A text for people.
    pub description: Option<String>,
    /// When.
    pub created_date: Option<Timestamp>,
}

/// A stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stage {
    /// The name.
    pub stage_name: String,
    /// What it runs.
    pub deployment_id: String,
    /// A text for people.
    pub description: Option<String>,
    /// Variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: Texts,
    /// Settings of methods by `path/VERB`; those of `*/*` hold for the others.
    pub method_settings: BTreeMap<String, MethodSetting>,
    /// Access logs.
    pub access_log_settings: Option<AccessLogSettings>,
    /// What a part of the traffic runs instead.
    pub canary_settings: Option<CanarySettings>,
    /// The version of the documentation.
    pub documentation_version: Option<String>,
    /// Whether a cache is asked for; the lab has none.
    pub cache_cluster_enabled: bool,
    /// How large it would be, in gigabytes.
    pub cache_cluster_size: Option<String>,
    /// `NOT_AVAILABLE`, `AVAILABLE`.
    pub cache_cluster_status: Option<String>,
    /// Whether requests are traced by X-Ray.
    pub tracing_enabled: bool,
    /// When it was made.
    pub created_date: Option<Timestamp>,
    /// When it was last changed.
    pub last_updated_date: Option<Timestamp>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Texts,
}

/// Where access logs go, and their format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessLogSettings {
    /// A log group's ARN.
    pub destination_arn: Option<String>,
    /// A line with `$context` variables.
    pub format: Option<String>,
}

/// What a part of a stage's traffic runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CanarySettings {
    /// What it runs.
    pub deployment_id: String,
    /// How much of the traffic, in percent: 0 to 100.
    pub percent_traffic: f64,
    /// Variables that take the place of the stage's, or are beside them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub stage_variable_overrides: Texts,
    /// Whether it uses the stage's cache; the lab has none.
    pub use_stage_cache: bool,
}

/// Settings of a method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MethodSetting {
    /// Whether metrics carry method and resource.
    pub metrics_enabled: bool,
    /// What execution logs hold: `OFF`, `ERROR`, `INFO`.
    pub logging_level: Option<String>,
    /// Whether execution logs hold whole requests.
    pub data_trace_enabled: bool,
    /// The size of the bucket.
    pub throttling_burst_limit: i64,
    /// Tokens per second.
    pub throttling_rate_limit: f64,
    /// Whether answers are cached.
    pub caching_enabled: bool,
    /// How long.
    pub cache_ttl_in_seconds: i64,
    /// Whether they are encrypted.
    pub cache_data_encrypted: bool,
    /// Whether a permission is needed to invalidate a cached answer.
    pub require_authorization_for_cache_control: bool,
    /// What those get who lack it.
    pub unauthorized_cache_control_header_strategy: String,
}

/// What an account may do where nobody says otherwise (recorded).
impl Default for MethodSetting {
    fn default() -> Self {
        Self {
            metrics_enabled: false,
            logging_level: None,
            data_trace_enabled: false,
            throttling_burst_limit: 5000,
            throttling_rate_limit: 10_000.0,
            caching_enabled: false,
            cache_ttl_in_seconds: 300,
            cache_data_encrypted: false,
            require_authorization_for_cache_control: true,
            unauthorized_cache_control_header_strategy: "SUCCEED_WITH_RESPONSE_HEADER".to_owned(),
        }
    }
}

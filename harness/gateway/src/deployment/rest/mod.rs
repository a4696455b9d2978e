//! A stage of a REST API.

mod canary;
mod integration;
pub mod mapping;
mod method;
mod response;
mod validation;

pub use canary::Canary;
pub use integration::{
    Endpoint as HttpEndpoint, Function, IntegrationResponse, MethodBackend, MethodIntegration,
    SelectionPattern,
};
pub use method::{ExecutionLog, LogLevel, Method, MethodSetting};
pub use response::GatewayResponse;
pub use validation::{BodyModels, Place, RequiredParameter, Validation};

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_policy::Policy;
use serde::{Deserialize, Serialize};

use super::{Authorization, Dimensions, IdentitySource, StageFacts};
use crate::refusal::ResponseType;
use crate::route::RouteTable;

/// What a REST API has beside the facts of its stage.
#[derive(Debug)]
pub struct RestApi {
    /// The API's name, which its metrics carry.
    pub name: String,
    /// The id of the deployment that the stage runs.
    pub deployment_id: String,
    /// Whether the stage traces requests that nobody else traces.
    pub tracing_enabled: bool,
    /// The methods of all resources, in the order of precedence.
    pub methods: RouteTable<Method>,
    /// Where it is reached.
    pub endpoint: Endpoint,
    /// Whether the `execute-api` host is shut.
    pub execute_api_endpoint_disabled: bool,
    /// The API's own policy, where it has one.
    pub resource_policy: Option<Arc<Policy>>,
    /// Where API keys stand.
    pub api_key_source: ApiKeySource,
    /// Media types whose bodies are bytes: `image/png`, `*/*`.
    pub binary_media_types: Vec<String>,
    /// From how many bytes on answers are compressed.
    pub minimum_compression_bytes: Option<u64>,
    /// The API's own answers in place of the gateway's.
    pub gateway_responses: BTreeMap<ResponseType, GatewayResponse>,
    /// What a part of the traffic runs instead.
    pub canary: Option<Canary>,
    /// Every place where some authorizer looks for a token, and `Authorization`.
    identity_sources: Vec<IdentitySource>,
    /// ApiName; ApiName and Stage.
    dimensions: Dimensions,
}

/// Where an API is reached (`endpointConfiguration`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Endpoint {
    /// Through CloudFront.
    #[default]
    Edge,
    /// In its Region.
    Regional,
    /// From endpoints of VPCs only.
    Private,
}

/// Where API keys stand (`apiKeySource`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ApiKeySource {
    /// The header `X-API-Key`.
    #[default]
    Header,
    /// What a Lambda authorizer answers as `usageIdentifierKey`.
    Authorizer,
}

impl RestApi {
    /// An API that is open at its `execute-api` host and has nothing of its own but methods. Their keys are
    /// taken to differ.
    pub fn new(name: &str, stage: &StageFacts, methods: Vec<Method>) -> Self {
        let named = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Arc::new(owned.collect())
        };
        // A name that is no text of CloudWatch's is not shown (API Gateway developer guide,
        // `api-gateway-metrics-and-dimensions.html`).
        let shown = if name.is_ascii() { name } else { &stage.api_id };
        let (api, of_stage) = (("ApiName", shown), ("Stage", stage.name.as_str()));
        let authorizations = methods.iter().map(|method| &method.authorization);
        Self {
            name: name.to_owned(),
            deployment_id: String::new(),
            tracing_enabled: false,
            identity_sources: Authorization::identity_sources(authorizations),
            methods: RouteTable::new(methods),
            endpoint: Endpoint::default(),
            execute_api_endpoint_disabled: false,
            resource_policy: None,
            api_key_source: ApiKeySource::default(),
            binary_media_types: Vec::new(),
            minimum_compression_bytes: None,
            gateway_responses: BTreeMap::new(),
            canary: None,
            dimensions: Arc::new([named(&[api]), named(&[api, of_stage])]),
        }
    }

    /// Every place where some authorizer looks for a token, and `Authorization`: each once.
    pub fn identity_sources(&self) -> &[IdentitySource] {
        &self.identity_sources
    }

    /// The dimensions of the metrics of every request: ApiName; ApiName and Stage.
    pub fn dimensions(&self) -> &Dimensions {
        &self.dimensions
    }
}

//! A stage of an HTTP API.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Authorization, IdentitySource, Integration, Limit, StageFacts};
use crate::route::{Keyed, RouteKey, RouteTable};

/// The stage that is served at the root of the API's host.
pub const DEFAULT_STAGE: &str = "$default";

/// Sets of dimensions of CloudWatch's, each by name.
pub type Dimensions = Arc<[Arc<BTreeMap<String, String>>]>;

/// What an HTTP API has beside the facts of its stage.
#[derive(Debug)]
pub struct HttpApi {
    /// The routes, in the order of precedence.
    pub routes: RouteTable<Route>,
    /// Cross-origin answers that the gateway gives by itself.
    pub cors: Option<Cors>,
    /// Whether the `execute-api` host is shut (`DisableExecuteApiEndpoint`).
    pub execute_api_endpoint_disabled: bool,
    /// Every place where some authorizer looks for a token, and `Authorization`.
    identity_sources: Vec<IdentitySource>,
    /// ApiId; ApiId and Stage.
    dimensions: Dimensions,
}

impl HttpApi {
    /// An API without cross-origin answers whose `execute-api` host is open. Keys of routes are taken
    /// to differ.
    pub fn new(stage: &StageFacts, routes: Vec<Route>) -> Self {
        let authorizations = routes.iter().map(|route| &route.authorization);
        let identity_sources = Authorization::identity_sources(authorizations);
        let (api, name) = (("ApiId", &stage.api_id), ("Stage", &stage.name));
        let named = |pairs: &[(&str, &String)]| {
            let owned = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).clone()));
            owned.collect()
        };
        Self {
            routes: RouteTable::new(routes),
            cors: None,
            execute_api_endpoint_disabled: false,
            identity_sources,
            dimensions: Arc::new([named(&[api]), named(&[api, name])].map(Arc::new)),
        }
    }

    /// Every place where some authorizer looks for a token, and `Authorization`: each once.
    pub fn identity_sources(&self) -> &[IdentitySource] {
        &self.identity_sources
    }

    /// The dimensions of the metrics of every request: ApiId; ApiId and Stage.
    pub fn dimensions(&self) -> &Dimensions {
        &self.dimensions
    }

    /// A stage of this name is served at the root of the API's host, every other behind its name.
    pub(super) fn serves_root(stage: &str) -> bool {
        stage == DEFAULT_STAGE
    }
}

/// One route.
#[derive(Debug)]
pub struct Route {
    /// Its key: `GET /items/{id}`, `ANY /{proxy+}`, `$default`.
    pub key: RouteKey,
    /// Who may pass.
    pub authorization: Authorization,
    /// What answers; `None` for a route without a target.
    pub integration: Option<Arc<Integration>>,
    /// The token bucket, if the stage limits the route.
    pub limit: Option<Limit>,
    /// Whether metrics also carry the route's method and resource (`DetailedMetricsEnabled`).
    pub detailed_metrics: bool,
}

impl Keyed for Route {
    fn key(&self) -> &RouteKey {
        &self.key
    }
}

/// What the gateway answers to browsers by itself (`CorsConfiguration`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cors {
    /// `AllowOrigins`; `*` and `https://*` are wildcards.
    pub allow_origins: Vec<String>,
    /// `AllowMethods`.
    pub allow_methods: Vec<String>,
    /// `AllowHeaders`.
    pub allow_headers: Vec<String>,
    /// `ExposeHeaders`.
    pub expose_headers: Vec<String>,
    /// `AllowCredentials`.
    pub allow_credentials: bool,
    /// `MaxAge`, in seconds.
    pub max_age_seconds: Option<i64>,
}

//! A deployment: one stage of an API, compiled and immutable.
//!
//! The control plane makes it and publishes it to the gateway as a whole. HTTP APIs are the one kind so
//! far; another joins as data (its own way of naming routes and wording refusals), not as another walk.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::Scope;
use serde::{Deserialize, Serialize};

use crate::access_log::LogFormat;
use crate::route::{RouteKey, RouteTable};
use crate::uri_template::UriTemplate;

/// What the gateway runs for one stage of one API.
#[derive(Debug)]
pub struct Deployment {
    /// The account that owns the API, and its Region.
    pub scope: Scope,
    /// The API's id, unique in the lab.
    pub api_id: String,
    /// The stage; [`DEFAULT_STAGE`] is served at the root of the API's host.
    pub stage: String,
    /// The stage's variables.
    pub stage_variables: BTreeMap<String, String>,
    /// The routes, in the order of precedence.
    pub routes: RouteTable<Route>,
    /// Where access logs go, if anywhere.
    pub access_log: Option<AccessLog>,
    /// Cross-origin answers that the gateway gives by itself.
    pub cors: Option<Cors>,
    /// Whether the `execute-api` host is shut (`DisableExecuteApiEndpoint`).
    pub execute_api_endpoint_disabled: bool,
}

/// The stage that is served at the root of the API's host.
pub const DEFAULT_STAGE: &str = "$default";

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
    pub throttle: Option<Throttle>,
    /// Whether metrics also carry the route's method and resource (`DetailedMetricsEnabled`).
    pub detailed_metrics: bool,
}

/// Who may pass a route.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// `NONE`: everybody.
    None,
    /// `JWT`: a bearer of a token.
    Jwt {
        /// What a token must show.
        authorizer: Arc<JwtAuthorizer>,
        /// The route's scopes: one of them is enough; empty = none asked.
        scopes: Vec<String>,
    },
    /// `AWS_IAM`: a signed caller with `execute-api:Invoke`.
    AwsIam,
}

impl Authorization {
    /// Its type.
    pub fn kind(&self) -> AuthorizationType {
        match self {
            Self::None => AuthorizationType::None,
            Self::Jwt { .. } => AuthorizationType::Jwt,
            Self::AwsIam => AuthorizationType::AwsIam,
        }
    }
}

/// `AuthorizationType`, as the control plane and the journal spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationType {
    /// Everybody may pass.
    #[serde(rename = "NONE")]
    None,
    /// A bearer of a token.
    #[serde(rename = "JWT")]
    Jwt,
    /// A signed caller.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
}

/// A JWT authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtAuthorizer {
    /// Its name.
    pub name: String,
    /// What `iss` must equal, byte for byte.
    pub issuer: String,
    /// One of which `aud` must contain; `client_id` counts only where `aud` is absent.
    pub audiences: Vec<String>,
    /// Where the token stands; the first source that is present counts.
    pub identity_sources: Vec<IdentitySource>,
}

/// Where a token stands in a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentitySource {
    /// `$request.header.NAME`.
    Header(String),
    /// `$request.querystring.NAME`.
    QueryString(String),
}

impl IdentitySource {
    /// Reads the selection expression of an HTTP API's authorizer.
    ///
    /// `None` for what names neither a header nor a query parameter.
    pub fn parse(expression: &str) -> Option<Self> {
        let name = |prefix: &str| {
            let name = expression.strip_prefix(prefix)?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        name("$request.header.")
            .map(Self::Header)
            .or_else(|| name("$request.querystring.").map(Self::QueryString))
    }
}

/// The selection expression.
impl std::fmt::Display for IdentitySource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header(name) => write!(formatter, "$request.header.{name}"),
            Self::QueryString(name) => write!(formatter, "$request.querystring.{name}"),
        }
    }
}

/// What answers a route.
#[derive(Debug)]
pub struct Integration {
    /// How it answers.
    pub target: Target,
    /// How long the gateway waits, in milliseconds (`TimeoutInMillis`).
    pub timeout_ms: u32,
}

/// The ways to answer.
#[derive(Debug)]
pub enum Target {
    /// `HTTP_PROXY`: the request goes on to an HTTP endpoint.
    HttpProxy {
        /// Where to, with `${stageVariables.x}` and `{path parameters}`.
        uri: UriTemplate,
        /// The method; `None` keeps that of the request (`ANY`).
        method: Option<http::Method>,
    },
    /// `AWS_PROXY`: a function gets the request as an event.
    Function {
        /// The function's ARN, with `${stageVariables.x}`.
        arn: UriTemplate,
        /// The shape of the event and of the answer.
        payload: PayloadFormat,
    },
}

impl Target {
    /// Its type.
    pub fn kind(&self) -> IntegrationType {
        match self {
            Self::HttpProxy { .. } => IntegrationType::HttpProxy,
            Self::Function { .. } => IntegrationType::AwsProxy,
        }
    }
}

/// `IntegrationType`, as the control plane and the journal spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntegrationType {
    /// An HTTP endpoint gets the request as it came.
    #[serde(rename = "HTTP_PROXY")]
    HttpProxy,
    /// A function gets it as an event.
    #[serde(rename = "AWS_PROXY")]
    AwsProxy,
}

/// `PayloadFormatVersion` of a function integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadFormat {
    /// `1.0`, the shape of REST APIs.
    V1,
    /// `2.0`.
    V2,
}

/// A token bucket (`ThrottlingRateLimit`, `ThrottlingBurstLimit`), refilled by lab time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// Tokens per second.
    pub rate_per_second: f64,
    /// The size of the bucket.
    pub burst: u32,
}

/// Where access logs go and what a line looks like.
#[derive(Debug)]
pub struct AccessLog {
    /// The account and Region of the log group.
    pub scope: Scope,
    /// The group's name.
    pub group: String,
    /// The stream's name, chosen once per stage by the control plane.
    pub stream: String,
    /// One line.
    pub format: LogFormat,
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

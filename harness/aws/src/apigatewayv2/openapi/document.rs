//! As much of an OpenAPI document as API Gateway reads.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::apigatewayv2::resource;

/// The whole.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub openapi: String,
    pub info: Info,
    #[serde(default)]
    pub paths: BTreeMap<String, PathItem>,
    #[serde(default)]
    pub components: Components,
    #[serde(default)]
    pub tags: Vec<Tag>,
    pub security: Option<Vec<BTreeMap<String, Vec<String>>>>,
    #[serde(rename = "x-amazon-apigateway-cors")]
    pub cors: Option<Cors>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Info {
    pub title: String,
    pub version: Option<Scalar>,
    pub description: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag {
    pub name: String,
    #[serde(rename = "x-amazon-apigateway-tag-value")]
    pub value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Components {
    #[serde(rename = "securitySchemes")]
    pub security_schemes: BTreeMap<String, SecurityScheme>,
    #[serde(rename = "x-amazon-apigateway-integrations")]
    pub integrations: BTreeMap<String, Integration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SecurityScheme {
    #[serde(rename = "x-amazon-apigateway-authorizer")]
    pub authorizer: Option<AuthorizerExtension>,
    #[serde(rename = "x-amazon-apigateway-authtype")]
    pub authtype: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthorizerExtension {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub identity_source: Option<Texts>,
    pub jwt_configuration: Option<JwtConfiguration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct JwtConfiguration {
    pub issuer: String,
    pub audience: Option<Texts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PathItem {
    get: Option<Operation>,
    put: Option<Operation>,
    post: Option<Operation>,
    delete: Option<Operation>,
    options: Option<Operation>,
    head: Option<Operation>,
    patch: Option<Operation>,
    #[serde(rename = "x-amazon-apigateway-any-method")]
    any: Option<Operation>,
}

impl PathItem {
    /// Methods as route keys name them, with what is said of each.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&'static str, &Operation)> {
        [
            ("GET", &self.get),
            ("PUT", &self.put),
            ("POST", &self.post),
            ("DELETE", &self.delete),
            ("OPTIONS", &self.options),
            ("HEAD", &self.head),
            ("PATCH", &self.patch),
            ("ANY", &self.any),
        ]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    }
}

/// How a document spells a route key's method.
pub(super) fn member_of(method: &str) -> String {
    match method {
        "ANY" => "x-amazon-apigateway-any-method".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    #[serde(rename = "operationId")]
    pub operation_id: Option<String>,
    pub security: Option<Vec<BTreeMap<String, Vec<String>>>>,
    #[serde(rename = "x-amazon-apigateway-auth")]
    pub auth: Option<AuthExtension>,
    #[serde(rename = "x-amazon-apigateway-integration")]
    pub integration: Option<Integration>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AuthExtension {
    #[serde(rename = "type")]
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Integration {
    #[serde(rename = "$ref")]
    pub reference: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub uri: Option<String>,
    pub http_method: Option<String>,
    pub payload_format_version: Option<Scalar>,
    pub connection_type: Option<String>,
    pub connection_id: Option<String>,
    pub description: Option<String>,
    pub timeout_in_millis: Option<i64>,
    subtype: Option<serde_json::Value>,
    integration_subtype: Option<serde_json::Value>,
    credentials: Option<serde_json::Value>,
    request_parameters: Option<serde_json::Value>,
    response_parameters: Option<serde_json::Value>,
    tls_config: Option<serde_json::Value>,
}

impl Integration {
    /// The first member that is given and not simulated.
    pub(super) fn unsupported(&self) -> Option<(&'static str, String)> {
        let members = [
            ("subtype", &self.subtype),
            ("integrationSubtype", &self.integration_subtype),
            ("credentials", &self.credentials),
            ("requestParameters", &self.request_parameters),
            ("responseParameters", &self.response_parameters),
            ("tlsConfig", &self.tls_config),
        ];
        members
            .into_iter()
            .find_map(|(name, value)| Some((name, value.as_ref()?.to_string())))
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cors {
    allow_credentials: Option<bool>,
    allow_headers: Option<Vec<String>>,
    allow_methods: Option<Vec<String>>,
    allow_origins: Option<Vec<String>>,
    expose_headers: Option<Vec<String>>,
    max_age: Option<i64>,
}

impl Cors {
    pub(super) fn configuration(self) -> resource::Cors {
        resource::Cors {
            allow_credentials: self.allow_credentials,
            allow_headers: self.allow_headers,
            allow_methods: self.allow_methods,
            allow_origins: self.allow_origins,
            expose_headers: self.expose_headers,
            max_age: self.max_age,
        }
    }
}

/// One text or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    pub(super) fn list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// A text that YAML may take for a number: `1.0`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Number(serde_json::Number),
}

impl Scalar {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

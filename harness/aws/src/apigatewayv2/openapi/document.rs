//! As much of an OpenAPI document as API Gateway reads.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

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
    schemas: BTreeMap<String, Node>,
    responses: BTreeMap<String, Node>,
    parameters: BTreeMap<String, Node>,
    examples: BTreeMap<String, Node>,
    #[serde(rename = "requestBodies")]
    request_bodies: BTreeMap<String, Node>,
    headers: BTreeMap<String, Node>,
    links: BTreeMap<String, Node>,
    callbacks: BTreeMap<String, Node>,
}

impl Components {
    /// Whether `#/components/KIND/NAME` is there. Other references are not looked into.
    fn has(&self, reference: &str) -> bool {
        let Some(place) = reference.strip_prefix("#/components/") else {
            return true;
        };
        let Some((kind, name)) = place.split_once('/') else {
            return false;
        };
        let nodes = match kind {
            "schemas" => &self.schemas,
            "responses" => &self.responses,
            "parameters" => &self.parameters,
            "examples" => &self.examples,
            "requestBodies" => &self.request_bodies,
            "headers" => &self.headers,
            "links" => &self.links,
            "callbacks" => &self.callbacks,
            _ => return true,
        };
        let name = name.split('/').next().unwrap_or_default();
        let name = name.replace("~1", "/").replace("~0", "~");
        nodes.contains_key(&name)
    }
}

/// What is not read but for the references in it.
#[derive(Debug)]
enum Node {
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
    Text(String),
    Other,
}

impl Node {
    /// Every `$ref` below, with the names of the members on the way to it. Media types are left out
    /// of the way, as AWS's warnings leave them out.
    fn references<'a>(&'a self, way: &mut Vec<&'a str>, found: &mut Vec<(String, &'a str)>) {
        match self {
            Self::Map(members) => {
                for (name, node) in members {
                    if let (true, Self::Text(reference)) = (name == "$ref", node) {
                        found.push((way.join("."), reference));
                        continue;
                    }
                    let is_media_type = way.last() == Some(&"content") && name.contains('/');
                    if is_media_type {
                        node.references(way, found);
                    } else {
                        way.push(name);
                        node.references(way, found);
                        way.pop();
                    }
                }
            }
            Self::List(items) => {
                for node in items {
                    node.references(way, found);
                }
            }
            Self::Text(_) | Self::Other => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        // Statuses are numbers in YAML.
        while let Some((name, node)) = access.next_entry::<Scalar, Node>()? {
            members.push((name.text(), node));
        }
        Ok(Node::Map(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(node) = access.next_element()? {
            items.push(node);
        }
        Ok(Node::List(items))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }
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

impl Document {
    /// Adds a warning for each reference of an operation that leads nowhere (the text as observed for
    /// the schema of a response).
    pub(super) fn missing_references(&self, warnings: &mut Vec<String>) {
        for (path, item) in &self.paths {
            for (method, operation) in item.operations() {
                let member = member_of(method);
                let parts = [
                    ("responses", &operation.responses),
                    ("requestBody", &operation.request_body),
                    ("parameters", &operation.parameters),
                ];
                let mut found = Vec::new();
                for (name, node) in parts {
                    if let Some(node) = node {
                        node.references(&mut vec![name], &mut found);
                    }
                }
                let missing = found.iter().filter(|(_, it)| !self.components.has(it));
                warnings.extend(missing.map(|(way, reference)| {
                    format!(
                        "Parse issue: attribute paths.'{path}'({member}).{way}.{reference} is missing"
                    )
                }));
            }
        }
    }
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
    responses: Option<Node>,
    #[serde(rename = "requestBody")]
    request_body: Option<Node>,
    parameters: Option<Node>,
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

//! A row, as the README of the table has it. A member that nobody knows makes it no row.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// Members by name.
pub(super) type Members = Map<String, Json>;

/// A row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Case {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "topic")]
    _topic: String,
    #[serde(rename = "why")]
    _why: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(rename = "source")]
    _source: Json,
    pub(super) grade: String,
    #[serde(default, rename = "unsure")]
    _unsure: Vec<String>,
    /// Members of an expectation that are not compared.
    #[serde(default)]
    pub(super) ignore: Vec<String>,
    #[serde(rename = "responseType")]
    _response_type: Option<String>,
    #[serde(default)]
    pub(super) given: Given,
    #[serde(default)]
    pub(super) requests: Vec<Request>,
    pub(super) expected: Vec<Members>,
}

/// The API and its surroundings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct Given {
    pub(super) openapi: Option<Json>,
    pub(super) import_parameters: BTreeMap<String, String>,
    pub(super) calls: Vec<Members>,
    pub(super) models: Members,
    /// What a MOCK of `calls` answers.
    pub(super) template: Option<String>,
    pub(super) rest_api: Members,
    pub(super) binary_media_types: Vec<String>,
    pub(super) endpoint: Option<String>,
    pub(super) endpoint_policy: Option<Json>,
    pub(super) stages: Vec<String>,
    pub(super) stage_variables: BTreeMap<String, String>,
    pub(super) method_settings: BTreeMap<String, Members>,
    pub(super) clock: Option<String>,
    pub(super) after_deployment: Vec<Members>,
    pub(super) between: Vec<Members>,
    pub(super) functions: BTreeMap<String, Members>,
    pub(super) backends: BTreeMap<String, Json>,
    pub(super) keys: Vec<Members>,
    pub(super) usage_plans: Vec<Members>,
    pub(super) caller: Option<Json>,
    pub(super) authorization: Option<String>,
    #[serde(rename = "tokens")]
    _tokens: Option<String>,
    /// Other types of integrations with the same answer: those have rows of their own.
    #[serde(rename = "alsoFor")]
    _also_for: Option<Json>,
    // What rows that are facts about a setting are about.
    pub(super) variable: Option<Json>,
    pub(super) response_type: Option<Json>,
    pub(super) uri: Option<Json>,
    pub(super) content_handling: Option<Json>,
    pub(super) integration: Option<Json>,
    pub(super) request: Option<Json>,
    pub(super) api_types: Option<Json>,
    pub(super) usable_in: Option<Json>,
    pub(super) when: Option<Json>,
    pub(super) path_parameters: Option<Json>,
    pub(super) content_type: Option<Json>,
    pub(super) accept: Option<Json>,
}

/// A request.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) method: String,
    /// Without the stage.
    pub(super) path: Option<String>,
    pub(super) query: Option<String>,
    pub(super) headers: Option<Json>,
    pub(super) body: Option<Json>,
    pub(super) body_base64: Option<String>,
    pub(super) body_size: Option<usize>,
    pub(super) stage: Option<String>,
    pub(super) raw_url: Option<String>,
    pub(super) host: Option<String>,
    pub(super) source_ip: Option<String>,
    pub(super) vpce: Option<String>,
    pub(super) vpc: Option<String>,
    pub(super) private_dns: Option<bool>,
    pub(super) after_seconds: Option<i64>,
    #[serde(default)]
    pub(super) after_calls: Vec<String>,
    pub(super) sign: Option<Members>,
    pub(super) tamper: Option<String>,
    pub(super) token: Option<Members>,
}

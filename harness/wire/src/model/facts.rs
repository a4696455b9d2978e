//! The lines of a model's file as serde types. `ci/src/models.rs` writes what is read here.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The `metadata` line.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) name: &'static str,
    pub(super) api_version: &'static str,
    pub(super) endpoint_prefix: &'static str,
    #[serde(default)]
    pub(super) json_version: Option<&'static str>,
    pub(super) protocols: Vec<&'static str>,
    #[serde(default)]
    pub(super) query_compatible: bool,
    pub(super) service_id: &'static str,
    pub(super) signing_name: &'static str,
    #[serde(default)]
    pub(super) target_prefix: Option<&'static str>,
    #[serde(default)]
    pub(super) xml_namespace: Option<&'static str>,
}

/// A line of `operations`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) uri: &'static str,
    #[serde(default)]
    pub(super) status: Option<u16>,
    #[serde(default)]
    pub(super) input: Option<&'static str>,
    #[serde(default)]
    pub(super) output: Option<&'static str>,
    #[serde(default)]
    pub(super) result_wrapper: Option<&'static str>,
    #[serde(default)]
    pub(super) errors: Vec<&'static str>,
    #[serde(default)]
    pub(super) unsigned: bool,
}

/// A line of `shapes`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) members: BTreeMap<&'static str, Reference>,
    pub(super) required: Vec<&'static str>,
    pub(super) payload: Option<&'static str>,
    pub(super) member: Option<Reference>,
    pub(super) key: Option<Reference>,
    pub(super) value: Option<Reference>,
    pub(super) flattened: bool,
    pub(super) sensitive: bool,
    pub(super) eventstream: bool,
    pub(super) document: bool,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// The only fact that may hold escapes, hence not borrowed.
    pub(super) pattern: Option<String>,
    #[serde(rename = "enum")]
    pub(super) values: Vec<String>,
    pub(super) timestamp_format: Option<&'static str>,
    pub(super) exception: bool,
    pub(super) fault: bool,
    pub(super) error: Option<ErrorReference>,
}

/// A member, an element, a key or a value: a shape and how it stands here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reference {
    pub(super) shape: &'static str,
    pub(super) location: Option<&'static str>,
    pub(super) location_name: Option<&'static str>,
    pub(super) flattened: bool,
    pub(super) jsonvalue: bool,
    pub(super) idempotency_token: bool,
    pub(super) timestamp_format: Option<&'static str>,
    #[serde(rename = "enum")]
    pub(super) values: Vec<String>,
}

/// What an error shape says of its answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ErrorReference {
    pub(super) code: Option<&'static str>,
    pub(super) status: Option<u16>,
    pub(super) sender: Option<bool>,
}

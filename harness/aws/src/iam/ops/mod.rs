//! Decode, call, encode; the one mapping from IAM's errors to codes, and the table of operations.

mod check;
mod grant;
mod policy;
mod provider;
mod role;
mod simulate;
mod user;

use std::collections::BTreeMap;

use authlab_wire::WireError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::error::Error;
use crate::front::answer::because;
use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};

macro_rules! row {
    ($name:literal, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks(check::of),
            handler: Locked($handler),
        }
    };
}

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "iam",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("ValidationError").without_values(),
    rows: &[
        row!("CreateRole", role::create),
        row!("GetRole", role::get),
        row!("ListRoles", role::list),
        row!("UpdateRole", role::update),
        row!("UpdateRoleDescription", role::update_description),
        row!("UpdateAssumeRolePolicy", role::update_trust),
        row!("DeleteRole", role::delete),
        row!("TagRole", grant::tag),
        row!("UntagRole", grant::untag),
        row!("ListRoleTags", grant::list_tags),
        row!("PutRolePolicy", grant::put_inline),
        row!("GetRolePolicy", grant::get_inline),
        row!("ListRolePolicies", grant::list_inline),
        row!("DeleteRolePolicy", grant::delete_inline),
        row!("AttachRolePolicy", grant::attach),
        row!("DetachRolePolicy", grant::detach),
        row!("ListAttachedRolePolicies", grant::list_attached),
        row!("PutRolePermissionsBoundary", grant::put_boundary),
        row!("DeleteRolePermissionsBoundary", grant::delete_boundary),
        row!("CreateUser", user::create),
        row!("GetUser", user::get),
        row!("ListUsers", user::list),
        row!("DeleteUser", user::delete),
        row!("TagUser", grant::tag),
        row!("UntagUser", grant::untag),
        row!("ListUserTags", grant::list_tags),
        row!("PutUserPolicy", grant::put_inline),
        row!("GetUserPolicy", grant::get_inline),
        row!("ListUserPolicies", grant::list_inline),
        row!("DeleteUserPolicy", grant::delete_inline),
        row!("AttachUserPolicy", grant::attach),
        row!("DetachUserPolicy", grant::detach),
        row!("ListAttachedUserPolicies", grant::list_attached),
        row!("PutUserPermissionsBoundary", grant::put_boundary),
        row!("DeleteUserPermissionsBoundary", grant::delete_boundary),
        row!("ListGroupsForUser", user::list_groups),
        row!("CreateAccessKey", user::create_key),
        row!("ListAccessKeys", user::list_keys),
        row!("UpdateAccessKey", user::update_key),
        row!("DeleteAccessKey", user::delete_key),
        row!("CreatePolicy", policy::create),
        row!("GetPolicy", policy::get),
        row!("ListPolicies", policy::list),
        row!("DeletePolicy", policy::delete),
        row!("ListEntitiesForPolicy", policy::list_entities),
        row!("CreatePolicyVersion", policy::create_version),
        row!("GetPolicyVersion", policy::get_version),
        row!("ListPolicyVersions", policy::list_versions),
        row!("SetDefaultPolicyVersion", policy::set_default_version),
        row!("DeletePolicyVersion", policy::delete_version),
        row!("TagPolicy", policy::tag),
        row!("UntagPolicy", policy::untag),
        row!("ListPolicyTags", policy::list_tags),
        row!("CreateOpenIDConnectProvider", provider::create),
        row!("GetOpenIDConnectProvider", provider::get),
        row!("ListOpenIDConnectProviders", provider::list),
        row!("DeleteOpenIDConnectProvider", provider::delete),
        row!(
            "AddClientIDToOpenIDConnectProvider",
            provider::add_client_id
        ),
        row!(
            "RemoveClientIDFromOpenIDConnectProvider",
            provider::remove_client_id
        ),
        row!(
            "UpdateOpenIDConnectProviderThumbprint",
            provider::update_thumbprints
        ),
        row!("TagOpenIDConnectProvider", provider::tag),
        row!("UntagOpenIDConnectProvider", provider::untag),
        row!("ListOpenIDConnectProviderTags", provider::list_tags),
        row!("SimulateCustomPolicy", simulate::custom),
        row!("SimulatePrincipalPolicy", simulate::principal),
    ],
};

/// Codes and statuses as the model states them.
fn wire(error: Error) -> WireError {
    let (status, code, reason) = match &error {
        Error::NotFound(_) => (404, "NoSuchEntity", None),
        Error::Exists(_) => (409, "EntityAlreadyExists", None),
        Error::InUse(_) => (409, "DeleteConflict", None),
        Error::Quota(_) => (409, "LimitExceeded", None),
        Error::Invalid(_) => (400, "InvalidInput", None),
        Error::Validation(_) => (400, "ValidationError", None),
        Error::Document(_) => (400, "MalformedPolicyDocument", None),
        Error::Principal(_) => (
            400,
            "MalformedPolicyDocument",
            Some("trust-principal-unknown"),
        ),
        Error::Unmodifiable(_) => (400, "InvalidInput", None),
    };
    let answer = WireError::new(status, code, error.to_string());
    match reason {
        Some(reason) => because(answer, reason),
        None => answer,
    }
}

/// A tag on the wire.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

/// Tags on the wire as they are kept.
fn tags(given: Vec<Tag>) -> BTreeMap<String, String> {
    given.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// Tags as they are kept on the wire.
fn tags_output(tags: &BTreeMap<String, String>) -> Json {
    tags.iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect()
}

/// IAM answers documents percent-encoded by RFC 3986.
fn encoded(document: &str) -> String {
    const SET: AsciiSet = NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(document, &SET).to_string()
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Paging {
    marker: Option<String>,
    max_items: Option<usize>,
}

impl Paging {
    /// `{member: part of items, "IsTruncated", "Marker"}`; the marker is the number of items that
    /// were told.
    fn page(&self, member: &str, items: Vec<Json>) -> Json {
        let start = self
            .marker
            .as_deref()
            .and_then(|marker| marker.parse().ok())
            .unwrap_or(0);
        let size = self.max_items.unwrap_or(100);
        let end = items.len().min(start + size);
        let marker = (end < items.len()).then(|| end.to_string());
        let part: Vec<Json> = items.into_iter().take(end).skip(start).collect();
        json!({member: part, "IsTruncated": marker.is_some(), "Marker": marker})
    }
}

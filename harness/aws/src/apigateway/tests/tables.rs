//! Every row of the tables: those that can be replayed, those that state a fact of the model or of the
//! tables of patches, and those that wait, in one list each.

use std::collections::BTreeSet;

use authlab_wire::Models;
use serde_json::Value as Json;

use super::fixture::FIXTURES;
use super::golden::Row;
use super::replay::Replay;
use crate::apigateway::openapi;
use crate::apigateway::patch::{Table, table};
use crate::apigateway::rule::{api, documentation, domain, integration, stage, tree, usage};

const CONTROL_PLANE: &str = include_str!("../../../tests/golden/rest/control-plane.json");
const RECORDED: &str = include_str!("../../../tests/golden/rest/control-plane-recorded.json");
const KNOWN: &str = include_str!("../../../tests/golden/rest/known_differences.txt");

/// What waits, by what a topic or a path begins with: it is answered with 501, or by what is not there
/// yet.
const NOT_YET: &[(&str, &str)] = &[(
    "control-plane/test-invoke",
    "what an API answers is not there yet",
)];

/// The tables of patches by the names of their resources.
const TABLES: &[(&str, &Table)] = &[
    ("RestApi", &table::REST_API),
    ("Resource", &table::RESOURCE),
    ("Method", &table::METHOD),
    ("MethodResponse", &table::METHOD_RESPONSE),
    ("Integration", &table::INTEGRATION),
    ("IntegrationResponse", &table::INTEGRATION_RESPONSE),
    ("Model", &table::MODEL),
    ("RequestValidator", &table::REQUEST_VALIDATOR),
    ("DocumentationPart", &table::DOCUMENTATION_PART),
    ("DocumentationVersion", &table::DOCUMENTATION_VERSION),
    ("GatewayResponse", &table::GATEWAY_RESPONSE),
    ("Authorizer", &table::AUTHORIZER),
    ("Deployment", &table::DEPLOYMENT),
    ("Stage", &table::STAGE),
    ("ApiKey", &table::API_KEY),
    ("UsagePlan", &table::USAGE_PLAN),
    ("Usage", &table::USAGE),
    ("Account", &table::ACCOUNT),
    ("VpcLink", &table::VPC_LINK),
    ("DomainName", &table::DOMAIN_NAME),
    ("BasePathMapping", &table::BASE_PATH_MAPPING),
];

/// A path without the names of what its parts in braces stand for.
fn anonymous(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "{}"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The operations that a path takes are those of the table.
fn patch_path(row: &Row) -> Result<(), String> {
    let resource = row.given["resource"].as_str().unwrap_or_default();
    let path = row.given["path"].as_str().unwrap_or_default();
    let found = TABLES.iter().find(|(name, _)| *name == resource);
    let (_, table) = found.ok_or_else(|| format!("no table for `{resource}`"))?;
    let own = table
        .rows
        .iter()
        .filter(|own| anonymous(own.path) == anonymous(path));
    let own: BTreeSet<&str> = own.flat_map(|own| own.ops.iter().copied()).collect();
    let stated = row.expected[0]["ops"].as_array().into_iter().flatten();
    let stated: BTreeSet<&str> = stated.filter_map(Json::as_str).collect();
    if own == stated {
        return Ok(());
    }
    Err(format!(
        "{resource} {path} takes {own:?} instead of {stated:?}"
    ))
}

/// The model has the operation as it is stated.
fn operation(row: &Row) -> Result<(), String> {
    let name = row.given["operation"].as_str().unwrap_or_default();
    let model = Models::service("apigateway").unwrap();
    let own = model
        .operation(name)
        .ok_or_else(|| format!("no operation `{name}`"))?;
    let members = own
        .input_shape()
        .map(|shape| shape.members())
        .unwrap_or_default();
    let required = members.iter().filter(|member| member.is_required);
    let mut required: Vec<&str> = required.map(|member| member.name).collect();
    required.sort_unstable();
    let errors = own.errors.iter().map(|id| model.shape(*id).name);
    let mut errors: Vec<&str> = errors.collect();
    errors.sort_unstable();
    let own = serde_json::json!({
        "method": own.method.as_str(), "uri": own.uri, "status": own.status, "errors": errors,
    });
    let stated = row.given["required"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if own == row.expected[0] && Json::from(required.clone()) == Json::from(stated) {
        return Ok(());
    }
    Err(format!(
        "{name}: {own} {required:?} instead of {} {}",
        row.expected[0], row.given["required"]
    ))
}

/// The limits that are kept, as the table states them.
fn limit(row: &Row) -> Result<(), String> {
    let stated = row.expected[0]["value"].as_str().unwrap_or_default();
    let name = row.given["limit"].as_str().unwrap_or_default();
    let own = match name {
        "resources per API" => tree::RESOURCES_MAX.to_string(),
        "stages per API" => stage::STAGES_MAX.to_string(),
        "documentation parts per API" => documentation::PARTS_MAX.to_string(),
        "API keys per Region" => usage::KEYS_MAX.to_string(),
        "usage plans per Region" => usage::PLANS_MAX.to_string(),
        "usage plans per key" => usage::PLANS_OF_KEY_MAX.to_string(),
        "methodSettings in a usage plan per stage" => usage::METHODS_OF_STAGE_MAX.to_string(),
        "stage variables per stage" => stage::VARIABLES_MAX.to_string(),
        "stage variable name" => stage::VARIABLE_NAME_MAX.to_string(),
        "stage variable value" => stage::VARIABLE_VALUE_MAX.to_string(),
        "custom domain names" => domain::DOMAIN_NAMES_MAX.to_string(),
        "API size of OpenAPI document" => {
            format!("{} MB", openapi::DOCUMENT_BYTES_MAX / 1024 / 1024)
        }
        "resource policy" => format!("{} characters", api::POLICY_CHARACTERS_MAX),
        "minimumCompressionSize" => format!("0 to {}", api::COMPRESSION_SIZE_BYTES_MAX),
        "API key value" => format!(
            "{} to {}",
            usage::VALUE_CHARACTERS_MIN,
            usage::VALUE_CHARACTERS_MAX
        ),
        "integration timeout" => format!(
            "{} ms to {} s (can be raised for Regional and private APIs)",
            integration::TIMEOUT_MS_MIN,
            integration::TIMEOUT_MS_MAX / 1000
        ),
        _ => return Err(format!("`{name}` is not kept")),
    };
    if own == stated {
        return Ok(());
    }
    Err(format!("{name} is {own} instead of {stated}"))
}

/// Whether a row waits.
fn waits(row: &Row) -> bool {
    let resource = row.given["resource"].as_str().unwrap_or_default();
    let mut starts = NOT_YET.iter().map(|(start, _)| *start);
    let is_whole = row.complete || FIXTURES.iter().any(|(id, _)| *id == row.id);
    !is_whole || starts.any(|start| row.topic.starts_with(start) || start == resource)
}

async fn tried(row: &Row) -> Result<(), String> {
    match row.topic.as_str() {
        "control-plane/patch-path" => patch_path(row),
        "control-plane/operation" => operation(row),
        "control-plane/limit" => limit(row),
        _ if row.steps.is_empty() => Replay::of(row).calls(row).await,
        _ => Replay::of(row).sequence(row).await,
    }
}

/// Holds a table against the list of what is known to differ, which only shrinks.
async fn holds(text: &str) {
    let rows: Vec<Row> = serde_json::from_str(text).unwrap();
    let lines = KNOWN
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let known: BTreeSet<&str> = lines
        .map(|line| {
            let (id, reason) = line.split_once(" | ").expect("`id | reason`");
            assert!(!reason.is_empty(), "{id}");
            id
        })
        .collect();
    let (mut faults, mut count) = (Vec::new(), 0);
    for row in rows.iter().filter(|row| !waits(row)) {
        count += 1;
        let found = tried(row).await;
        match (found, known.contains(row.id.as_str())) {
            (Err(error), false) => faults.push(format!("{} {}: {error}", row.id, row.topic)),
            (Ok(()), true) => {
                faults.push(format!("{} differs no more: take it off the list", row.id))
            }
            _ => {}
        }
    }
    let total = rows.len();
    assert!(
        faults.is_empty(),
        "{} of {count} (of {total}):\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[tokio::test]
async fn the_control_plane_is_as_the_table_states_it() {
    holds(CONTROL_PLANE).await;
}

#[tokio::test]
async fn recorded_sequences_are_answered_as_aws_did() {
    holds(RECORDED).await;
}

#[test]
fn every_reason_to_wait_holds_rows_back() {
    let rows = |text: &str| serde_json::from_str::<Vec<Row>>(text).unwrap();
    let all: Vec<Row> = rows(CONTROL_PLANE)
        .into_iter()
        .chain(rows(RECORDED))
        .collect();
    for (start, reason) in NOT_YET {
        assert!(!reason.is_empty());
        let is_of = |row: &Row| row.topic.starts_with(start) || row.given["resource"] == *start;
        assert!(all.iter().any(is_of), "no row waits for `{start}`");
    }
}

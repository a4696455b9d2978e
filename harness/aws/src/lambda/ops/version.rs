//! Versions that are published.

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::function::ConfigurationOutput;
use super::wire;
use crate::front::Desk;
use crate::lambda::function::Configuration;
use crate::lambda::name::FunctionName;
use crate::lambda::version::NewVersion;
use crate::operation::{Answer, Call, Reply, page, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PublishInput {
    function_name: String,
    #[serde(default)]
    code_sha256: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    revision_id: Option<String>,
    #[serde(default)]
    publish_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    function_name: String,
    #[serde(default)]
    marker: Option<String>,
    #[serde(default)]
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    versions: Vec<ConfigurationOutput<'a>>,
    next_marker: Option<String>,
}

/// The function of an operation that is about all its versions.
pub(super) fn function(text: &str, call: &Call) -> Result<FunctionName, WireError> {
    let name = FunctionName::read(text, None, &call.scope);
    name.and_then(FunctionName::alone).map_err(wire)
}

/// Where a version stands in a list by name and number, `$LATEST` first.
pub(super) fn place(version: &Configuration) -> String {
    let number = version.version.parse().unwrap_or(0u64);
    format!("{}\u{1f}{number:020}", version.name)
}

pub(crate) fn publish_version(desk: &mut Desk<'_>, input: Value) -> Answer {
    let input: PublishInput = read(input)?;
    if input.publish_to.is_some() {
        return Err(WireError::not_implemented("PublishTo"));
    }
    let name = function(&input.function_name, desk.call)?;
    let new = NewVersion {
        code_sha256: input.code_sha256,
        description: input.description,
        revision_id: input.revision_id,
    };
    let (lambda, ctx) = desk.cloud.lambda(desk.call);
    let published = lambda.publish(&name, new, &ctx).map_err(wire)?.clone();
    let version = FunctionName {
        qualifier: Some(published.version.clone()),
        ..name
    };
    Reply::to(&ConfigurationOutput::seen(&published, desk).named(&version))
}

pub(crate) fn list_versions(desk: &mut Desk<'_>, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let name = function(&input.function_name, desk.call)?;
    let size = input.max_items.unwrap_or(50).min(50);
    let (part, next_marker): (Vec<Configuration>, Option<String>) = {
        let all = desk.cloud.lambda.versions(&name).map_err(wire)?;
        page::named(all.cloned(), input.marker.as_deref(), size, place)
    };
    let versions = part
        .iter()
        .map(|version| ConfigurationOutput::seen(version, desk).listed(true))
        .collect();
    Reply::to(&ListOutput {
        versions,
        next_marker,
    })
}

//! Aliases: names for versions.

use std::collections::BTreeMap;

use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::version::function;
use super::wire;
use crate::cloud::Cloud;
use crate::lambda::version::{Alias, AliasChange, NewAlias};
use crate::operation::{Answer, Call, Reply, page, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    function_name: String,
    name: String,
    function_version: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    routing_config: RoutingInput,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateInput {
    function_name: String,
    name: String,
    #[serde(default)]
    function_version: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    revision_id: Option<String>,
    #[serde(default)]
    routing_config: RoutingInput,
}

/// Weights of other versions: an alias that has them is not simulated.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RoutingInput {
    additional_version_weights: Option<BTreeMap<String, f64>>,
}

impl RoutingInput {
    fn refuse(&self) -> Result<(), WireError> {
        match self.additional_version_weights {
            None => Ok(()),
            Some(_) => Err(WireError::not_implemented("RoutingConfig")),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NameInput {
    function_name: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    function_name: String,
    #[serde(default)]
    function_version: Option<String>,
    #[serde(default)]
    marker: Option<String>,
    #[serde(default)]
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AliasOutput<'a> {
    alias_arn: &'a str,
    name: &'a str,
    function_version: &'a str,
    description: &'a str,
    revision_id: &'a str,
}

impl<'a> AliasOutput<'a> {
    fn of(alias: &'a Alias) -> Self {
        Self {
            alias_arn: &alias.arn,
            name: &alias.name,
            function_version: &alias.version,
            description: &alias.description,
            revision_id: &alias.revision_id,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    aliases: Vec<AliasOutput<'a>>,
    next_marker: Option<String>,
}

pub(crate) fn create_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: CreateInput = read(input)?;
    input.routing_config.refuse()?;
    let name = function(&input.function_name, call)?;
    let new = NewAlias {
        name: input.name,
        version: input.function_version,
        description: input.description,
    };
    let (lambda, ctx) = cloud.lambda(call);
    let made = lambda.create_alias(&name, new, &ctx).map_err(wire)?;
    Reply::to(&AliasOutput::of(made))
}

pub(crate) fn update_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UpdateInput = read(input)?;
    input.routing_config.refuse()?;
    let name = function(&input.function_name, call)?;
    let change = AliasChange {
        version: input.function_version,
        description: input.description,
        revision_id: input.revision_id,
    };
    let (lambda, ctx) = cloud.lambda(call);
    let changed = lambda.update_alias(&name, &input.name, change, &ctx);
    Reply::to(&AliasOutput::of(changed.map_err(wire)?))
}

pub(crate) fn get_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let name = function(&input.function_name, call)?;
    let alias = cloud.lambda.alias(&name, &input.name).map_err(wire)?;
    Reply::to(&AliasOutput::of(alias))
}

pub(crate) fn list_aliases(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let name = function(&input.function_name, call)?;
    let version = input.function_version;
    let is_meant = |alias: &&Alias| version.as_ref().is_none_or(|it| *it == alias.version);
    let meant = cloud.lambda.aliases(&name).map_err(wire)?.filter(is_meant);
    let size = input.max_items.unwrap_or(50).min(50);
    let by_name = |alias: &&Alias| alias.name.clone();
    let (part, next_marker) = page::named(meant, input.marker.as_deref(), size, by_name);
    Reply::to(&ListOutput {
        aliases: part.into_iter().map(AliasOutput::of).collect(),
        next_marker,
    })
}

pub(crate) fn delete_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let name = function(&input.function_name, call)?;
    let deleted = cloud.lambda.delete_alias(&name, &input.name);
    deleted.map_err(wire)?;
    Ok(Reply::empty())
}

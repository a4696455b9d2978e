//! Names for keys.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{page, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read};

/// How many aliases a page has when nothing is asked for (API reference, `ListAliases`).
const PAGE_SIZE: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetInput {
    alias_name: String,
    target_key_id: String,
}

pub(in crate::kms) fn create_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TargetInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    keys.create_alias(&input.alias_name, &input.target_key_id, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(in crate::kms) fn update_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TargetInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    keys.update_alias(&input.alias_name, &input.target_key_id, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NameInput {
    alias_name: String,
}

pub(in crate::kms) fn delete_alias(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: NameInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    keys.delete_alias(&input.alias_name, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct ListInput {
    key_id: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AliasItem<'a> {
    alias_name: &'a str,
    alias_arn: String,
    target_key_id: &'a str,
    creation_date: Timestamp,
    last_updated_date: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    aliases: Vec<AliasItem<'a>>,
    next_marker: Option<String>,
    truncated: bool,
}

pub(in crate::kms) fn list_aliases(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let of = match &input.key_id {
        Some(id) => {
            let key = keys.find_key(id, ctx.scope, ctx.now).map_err(wire)?;
            Some(key.id.as_str())
        }
        None => None,
    };
    let items = keys
        .aliases(of, &ctx)
        .into_iter()
        .map(|(name, alias)| AliasItem {
            alias_name: name,
            alias_arn: ctx.scope.arn("kms", name),
            target_key_id: &alias.target,
            creation_date: alias.created,
            last_updated_date: alias.updated,
        });
    let size = input.limit.unwrap_or(PAGE_SIZE);
    let (aliases, next_marker) = page(items.collect(), size, input.marker).map_err(wire)?;
    Reply::to(&ListOutput {
        aliases,
        truncated: next_marker.is_some(),
        next_marker,
    })
}

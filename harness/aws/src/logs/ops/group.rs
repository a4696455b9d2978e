//! Log groups and their tags.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::logs::error::Error;
use crate::logs::group::{Group, group_arn};
use crate::logs::key;
use crate::logs::state::{NewGroup, Target};
use crate::operation::{Answer, Call, Reply, page, read};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupInput {
    log_group_name: String,
    #[serde(default)]
    log_group_class: Option<String>,
    #[serde(default)]
    kms_key_id: Option<String>,
    #[serde(default)]
    tags: Option<BTreeMap<String, String>>,
    #[serde(default)]
    retention_in_days: Option<i64>,
    #[serde(default)]
    deletion_protection_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UntagInput {
    log_group_name: String,
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProtectionInput {
    log_group_identifier: String,
    deletion_protection_enabled: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct DescribeInput {
    account_identifiers: Option<Vec<AccountId>>,
    include_linked_accounts: Option<bool>,
    limit: Option<usize>,
    log_group_class: Option<String>,
    log_group_identifiers: Option<Vec<String>>,
    log_group_name_pattern: Option<String>,
    log_group_name_prefix: Option<String>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeOutput<'a> {
    log_groups: Vec<GroupOutput<'a>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupOutput<'a> {
    arn: String,
    log_group_arn: String,
    log_group_name: &'a str,
    log_group_class: &'a str,
    creation_time: i64,
    retention_in_days: Option<i64>,
    kms_key_id: Option<&'a str>,
    metric_filter_count: i64,
    /// Not told when groups were looked for by a pattern (recorded), as the next.
    stored_bytes: Option<usize>,
    deletion_protection_enabled: Option<bool>,
}

impl<'a> GroupOutput<'a> {
    fn of(group: &'a Group) -> Self {
        let arn = group.arn();
        Self {
            arn: format!("{arn}:*"),
            log_group_arn: arn,
            log_group_name: &group.name,
            log_group_class: &group.class,
            creation_time: group.created.as_millisecond(),
            retention_in_days: group.retention_days,
            kms_key_id: group.kms_key_id.as_deref(),
            metric_filter_count: 0,
            stored_bytes: Some(group.stored_bytes()),
            deletion_protection_enabled: Some(group.is_protected),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TagInput {
    resource_arn: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

#[derive(Serialize)]
struct TagsOutput<'a> {
    tags: &'a BTreeMap<String, String>,
}

pub(crate) fn create_log_group(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let new = NewGroup {
        name: input.log_group_name,
        class: input.log_group_class,
        kms_key_id: input.kms_key_id,
        tags: input.tags.unwrap_or_default(),
        is_protected: input.deletion_protection_enabled.unwrap_or(false),
    };
    if let Some(id) = &new.kms_key_id {
        key::check_usable(cloud, call, &new.name, id)?;
    }
    let (logs, ctx) = cloud.logs(call);
    logs.create_group(new, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyInput {
    log_group_name: String,
    #[serde(default)]
    kms_key_id: Option<String>,
}

pub(crate) fn associate_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    if let Some(id) = &input.kms_key_id {
        key::check_usable(cloud, call, &input.log_group_name, id)?;
    }
    let (logs, ctx) = cloud.logs(call);
    logs.set_key(&input.log_group_name, input.kms_key_id, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn disassociate_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.set_key(&input.log_group_name, None, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn delete_log_group(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.delete_group(&input.log_group_name, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn put_retention_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.set_retention(&input.log_group_name, input.retention_in_days, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn delete_retention_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.set_retention(&input.log_group_name, None, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn describe_log_groups(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DescribeInput = read(input)?;
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        let text =
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
        return Err(wire(Error::Parameter(text.to_owned())));
    }
    let targets = input.log_group_identifiers.iter().flatten();
    let targets: Vec<String> = targets
        .map(|identifier| Target::identified(identifier).map(|target| target.arn(&call.scope)))
        .collect::<Result<_, _>>()
        .map_err(wire)?;
    let by_pattern = input.log_group_name_pattern.is_some();
    let prefix = input.log_group_name_prefix.as_deref().unwrap_or("");
    let pattern = input.log_group_name_pattern.as_deref().unwrap_or("");
    let linked = input.include_linked_accounts.unwrap_or(false);
    let accounts = input.account_identifiers.unwrap_or_default();
    let (logs, ctx) = cloud.logs(call);
    let is_named = |group: &&Group| group.name.starts_with(prefix) && group.name.contains(pattern);
    let notice = if linked {
        None
    } else {
        let all = logs.visible(true, &[], &ctx).into_iter().filter(is_named);
        let others = all.filter(|group| group.scope != call.scope);
        let others: BTreeSet<String> = others
            .map(|group| group.scope.account.to_string())
            .collect();
        let oam = &ctx.shared.oam;
        oam.left_out("includeLinkedAccounts", others.into_iter().collect())
    };
    let groups = logs
        .visible(linked, &accounts, &ctx)
        .into_iter()
        .filter(is_named)
        .filter(|group| {
            input
                .log_group_class
                .as_ref()
                .is_none_or(|class| *class == group.class)
        })
        .filter(|group| targets.is_empty() || targets.contains(&group.arn()));
    let (place, size) = (input.next_token.as_deref(), input.limit.unwrap_or(50));
    let (groups, next_token) = page::named(groups, place, size, |group| token(group));
    let log_groups = groups
        .into_iter()
        .map(|group| GroupOutput {
            stored_bytes: (!by_pattern).then(|| group.stored_bytes()),
            deletion_protection_enabled: (!by_pattern).then_some(group.is_protected),
            ..GroupOutput::of(group)
        })
        .collect();
    let reply = Reply::to(&DescribeOutput {
        log_groups,
        next_token,
    })?;
    Ok(reply.noticing(notice))
}

/// Sorts as [`crate::logs::State::visible`] does: no name holds a blank.
fn token(group: &Group) -> String {
    format!("{} {}", group.name, group.scope)
}

pub(crate) fn put_deletion_protection(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ProtectionInput = read(input)?;
    let target = Target::identified(&input.log_group_identifier).map_err(wire)?;
    let (logs, ctx) = cloud.logs(call);
    logs.protect(&target, input.deletion_protection_enabled, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

/// The old name of TagResource, by the group's name.
pub(crate) fn tag_log_group(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let arn = group_arn(&call.scope, &input.log_group_name);
    let (logs, ctx) = cloud.logs(call);
    logs.tag(&arn, input.tags.unwrap_or_default(), &ctx)
        .map_err(group_wire)?;
    Ok(Reply::empty())
}

/// The old name of UntagResource.
pub(crate) fn untag_log_group(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UntagInput = read(input)?;
    let arn = group_arn(&call.scope, &input.log_group_name);
    let (logs, ctx) = cloud.logs(call);
    let tags = logs.tags_mut(&arn, &ctx).map_err(group_wire)?;
    tags.retain(|key, _| !input.tags.contains(key));
    Ok(Reply::empty())
}

/// The old name of ListTagsForResource.
pub(crate) fn list_tags_log_group(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let arn = group_arn(&call.scope, &input.log_group_name);
    let (logs, ctx) = cloud.logs(call);
    let tags = logs.tags_mut(&arn, &ctx).map_err(group_wire)?;
    Reply::to(&TagsOutput { tags })
}

/// Who named a group is told of a group, not of a resource.
fn group_wire(error: Error) -> WireError {
    wire(match error {
        Error::NoSuchResource => Error::NoSuchGroup,
        other => other,
    })
}

pub(crate) fn tag_resource(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.tag(&input.resource_arn, input.tags, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn untag_resource(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    let tags = logs.tags_mut(&input.resource_arn, &ctx).map_err(wire)?;
    tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(Reply::empty())
}

pub(crate) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (logs, ctx) = cloud.logs(call);
    let tags = logs.tags_mut(&input.resource_arn, &ctx).map_err(wire)?;
    Reply::to(&TagsOutput { tags })
}

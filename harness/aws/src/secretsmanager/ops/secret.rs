//! Secrets as a whole: make, change, delete, list, tag.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::rotation::RotationOutput;
use super::{
    ContentInput, FilterInput, NamedOutput, SecretIdInput, VersionedOutput, filters, page, wire,
};
use crate::cloud::Cloud;
use crate::front::Desk;
use crate::operation::{Answer, Call, Reply, Tag, Tags, read, read_both, tag};
use crate::secretsmanager::error::Error;
use crate::secretsmanager::key;
use crate::secretsmanager::secret::Entry;
use crate::secretsmanager::state::{Change, NewSecret};

/// How many secrets a page has when nothing is asked for (API reference, `ListSecrets`).
const PAGE_SIZE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    kms_key_id: Option<String>,
    #[serde(default, rename = "Type")]
    kind: Option<String>,
    #[serde(default)]
    client_request_token: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    add_replica_regions: Vec<Replica>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Replica {
    #[serde(default)]
    region: Option<String>,
    #[serde(default, rename = "KmsKeyId")]
    _kms_key_id: Option<String>,
}

pub(in crate::secretsmanager) fn create_secret(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (content, input): (ContentInput, CreateInput) = read_both(input)?;
    let own_region = call.scope.region.as_str();
    let replicas = &input.add_replica_regions;
    if replicas
        .iter()
        .any(|replica| replica.region.as_deref() == Some(own_region))
    {
        return Err(wire(Error::ReplicaRegion));
    }
    if !input.add_replica_regions.is_empty() {
        let what = "secretsmanager:CreateSecret with AddReplicaRegions";
        return Err(wire(Error::NotImplemented(what.to_owned())));
    }
    let new = NewSecret {
        name: input.name,
        description: input.description,
        kms_key_id: input.kms_key_id,
        kind: input.kind,
        tags: by_key(input.tags),
        token: input.client_request_token,
        content: content.content().map_err(wire)?,
    };
    if new.content.is_some() {
        let (name, key) = (new.name.as_str(), new.kms_key_id.as_deref());
        key::check_encrypts(cloud, call, name, key).map_err(wire)?;
        key::ensure_default(cloud, call, name, key);
    }
    let (secrets, ctx) = cloud.secretsmanager(call);
    let (entry, version_id) = secrets.create(new, &ctx).map_err(wire)?;
    Reply::to(&VersionedOutput {
        arn: &entry.arn,
        name: &entry.name,
        version_id,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateInput {
    secret_id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    kms_key_id: Option<String>,
    #[serde(default, rename = "Type")]
    kind: Option<String>,
    #[serde(default)]
    client_request_token: Option<String>,
}

pub(in crate::secretsmanager) fn update_secret(desk: &mut Desk<'_>, input: Value) -> Answer {
    let call = desk.call;
    let (content, input): (ContentInput, UpdateInput) = read_both(input)?;
    let id = input.secret_id.as_str();
    let re_encrypts = match &input.kms_key_id {
        Some(new) => {
            key::check_encrypts(desk.cloud, call, id, Some(new)).map_err(wire)?;
            key::may_re_encrypt(desk, id, new)
        }
        None => false,
    };
    if content.has_any() {
        let kept = key::key_of(desk.cloud, call, id);
        let own = input.kms_key_id.as_deref().or(kept.as_deref());
        key::check_encrypts(desk.cloud, call, id, own).map_err(wire)?;
        key::ensure_default(desk.cloud, call, id, own);
    }
    let change = Change {
        description: input.description,
        kms_key_id: input.kms_key_id,
        re_encrypts,
        kind: input.kind,
        token: input.client_request_token,
        content: content.content().map_err(wire)?,
    };
    let (secrets, ctx) = desk.cloud.secretsmanager(call);
    let (entry, version_id) = secrets
        .update(&input.secret_id, change, &ctx)
        .map_err(wire)?;
    Reply::to(&VersionedOutput {
        arn: &entry.arn,
        name: &entry.name,
        version_id,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteInput {
    secret_id: String,
    #[serde(default)]
    recovery_window_in_days: Option<i64>,
    #[serde(default)]
    force_delete_without_recovery: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeletedOutput {
    #[serde(rename = "ARN")]
    arn: Option<String>,
    name: String,
    deletion_date: Timestamp,
}

pub(in crate::secretsmanager) fn delete_secret(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: DeleteInput = read(input)?;
    let is_forced = input.force_delete_without_recovery.unwrap_or(false);
    let (secrets, ctx) = cloud.secretsmanager(call);
    let deleted = secrets
        .delete(
            &input.secret_id,
            input.recovery_window_in_days,
            is_forced,
            &ctx,
        )
        .map_err(wire)?;
    Reply::to(&DeletedOutput {
        arn: deleted.arn,
        name: deleted.name,
        deletion_date: deleted.due,
    })
}

pub(in crate::secretsmanager) fn restore_secret(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: SecretIdInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets.restore(&input.secret_id, &ctx).map_err(wire)?;
    Reply::to(&NamedOutput::of(entry))
}

/// A secret without what it holds: an answer of DescribeSecret, an entry of ListSecrets.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Description<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    kms_key_id: Option<&'a str>,
    #[serde(rename = "Type")]
    kind: Option<&'a str>,
    created_date: Timestamp,
    last_changed_date: Timestamp,
    last_accessed_date: Option<Timestamp>,
    /// When the recovery window ends.
    deleted_date: Option<Timestamp>,
    #[serde(flatten)]
    rotation: RotationOutput<'a>,
    tags: Option<Vec<Tag>>,
    version_ids_to_stages: Option<BTreeMap<&'a str, Vec<&'a str>>>,
    secret_versions_to_stages: Option<BTreeMap<&'a str, Vec<&'a str>>>,
}

impl<'a> Description<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            arn: &entry.arn,
            name: &entry.name,
            description: entry.description.as_deref(),
            kms_key_id: entry.kms_key_id.as_deref(),
            kind: entry.kind.as_deref(),
            created_date: entry.created,
            last_changed_date: entry.changed,
            last_accessed_date: entry.accessed,
            deleted_date: entry.deletion.map(|deletion| deletion.due),
            rotation: RotationOutput::of(entry),
            tags: entry.was_tagged.then(|| tag::listed(&entry.tags)),
            version_ids_to_stages: None,
            secret_versions_to_stages: None,
        }
    }
}

/// The labels of each version that has any; `None` for a secret without a version.
fn stages(entry: &Entry) -> Option<BTreeMap<&str, Vec<&str>>> {
    let versions = entry
        .versions()
        .iter()
        .filter(|version| !version.stages.is_empty());
    let stages: BTreeMap<&str, Vec<&str>> = versions
        .map(|version| {
            (
                version.id.as_str(),
                version.stages.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    (!stages.is_empty()).then_some(stages)
}

pub(in crate::secretsmanager) fn describe_secret(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: SecretIdInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets.get(&input.secret_id, &ctx).map_err(wire)?;
    Reply::to(&Description {
        version_ids_to_stages: stages(entry),
        ..Description::of(entry)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    #[serde(default)]
    filters: Vec<FilterInput>,
    #[serde(default)]
    include_planned_deletion: Option<bool>,
    #[serde(default)]
    max_results: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
    #[serde(default)]
    sort_by: Option<String>,
    #[serde(default)]
    sort_order: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    secret_list: Vec<Description<'a>>,
    next_token: Option<String>,
}

/// Ascending where no order is asked for (`unverified`).
pub(in crate::secretsmanager) fn list_secrets(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: ListInput = read(input)?;
    let filters = filters(input.filters).map_err(wire)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let mut entries = secrets.list(
        &filters,
        input.include_planned_deletion.unwrap_or(false),
        &ctx,
    );
    match input.sort_by.as_deref() {
        Some("name") => entries.sort_by(|one, two| one.name.cmp(&two.name)),
        Some("last-changed-date") => entries.sort_by_key(|entry| entry.changed),
        Some("last-accessed-date") => entries.sort_by_key(|entry| entry.accessed),
        _ => {}
    }
    if input.sort_order.as_deref() == Some("desc") {
        entries.reverse();
    }
    let size = input.max_results.unwrap_or(PAGE_SIZE);
    let (entries, next_token) = page(entries, size, input.next_token).map_err(wire)?;
    let described = entries.into_iter().map(|entry| Description {
        secret_versions_to_stages: stages(entry),
        ..Description::of(entry)
    });
    let secret_list = described.collect();
    Reply::to(&ListOutput {
        secret_list,
        next_token,
    })
}

/// Of two tags with the same key the later one is kept.
fn by_key(tags: Vec<Tag>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagInput {
    secret_id: String,
    tags: Vec<Tag>,
}

pub(in crate::secretsmanager) fn tag_resource(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: TagInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    secrets
        .tag(&input.secret_id, by_key(input.tags), &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagInput {
    secret_id: String,
    tag_keys: Vec<String>,
}

pub(in crate::secretsmanager) fn untag_resource(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: UntagInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    secrets
        .untag(&input.secret_id, &input.tag_keys, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

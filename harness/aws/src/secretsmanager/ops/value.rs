//! What secrets hold: versions, their labels, random passwords.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{ContentInput, ContentOutput, NamedOutput, page, wire};
use crate::cloud::Cloud;
use crate::evidence::Notice;
use crate::operation::{Answer, Call, Reply, read, read_both};
use crate::secretsmanager::error::Error;
use crate::secretsmanager::key;
use crate::secretsmanager::password::PasswordRule;
use crate::secretsmanager::secret::{CURRENT, Entry, Version};
use crate::secretsmanager::state::NewVersion;

/// How many versions a page has when nothing is asked for (`unverified`).
const PAGE_SIZE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetInput {
    secret_id: String,
    #[serde(default)]
    version_id: Option<String>,
    #[serde(default)]
    version_stage: Option<String>,
}

/// A version with what it holds: an answer of GetSecretValue, an entry of BatchGetSecretValue.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ValueOutput {
    #[serde(rename = "ARN")]
    arn: String,
    name: String,
    version_id: String,
    version_stages: Vec<String>,
    created_date: Timestamp,
    #[serde(flatten)]
    content: ContentOutput,
}

impl ValueOutput {
    pub(super) fn of(entry: &Entry, version: &Version) -> Self {
        Self {
            arn: entry.arn.clone(),
            name: entry.name.clone(),
            version_id: version.id.clone(),
            version_stages: version.stages.iter().cloned().collect(),
            created_date: version.created,
            content: ContentOutput::of(version.content.as_ref()),
        }
    }
}

pub(in crate::secretsmanager) fn get_secret_value(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: GetInput = read(input)?;
    let (version, stage) = (input.version_id.as_deref(), input.version_stage.as_deref());
    let read = (input.secret_id.as_str(), version, stage);
    key::check_decrypts(cloud, call, read).map_err(wire)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let (entry, id) = secrets
        .read(&input.secret_id, version, stage, &ctx)
        .map_err(wire)?;
    let version = entry.select(Some(&id), None).map_err(wire)?;
    let reply = Reply::to(&ValueOutput::of(entry, version))?;
    let asked = match (&input.version_id, &input.version_stage) {
        (Some(id), _) => format!("VersionId {id}"),
        (None, Some(stage)) => format!("VersionStage {stage}"),
        (None, None) => String::new(),
    };
    Ok(reply.noticing(not_current(entry, version, asked)))
}

/// Whether a version is answered that is not the current one, and which is.
fn not_current(entry: &Entry, version: &Version, asked: String) -> Option<Notice> {
    let current = entry.select(None, Some(CURRENT)).ok()?;
    (current.id != version.id).then(|| Notice::VersionNotCurrent {
        secret: entry.arn.clone(),
        version: version.id.clone(),
        labels: version.stages.iter().cloned().collect(),
        current: current.id.clone(),
        asked,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutInput {
    secret_id: String,
    #[serde(default)]
    client_request_token: Option<String>,
    #[serde(default)]
    version_stages: Option<Vec<String>>,
    #[serde(default)]
    rotation_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutOutput<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
    version_stages: Vec<&'a str>,
    version_id: String,
}

pub(in crate::secretsmanager) fn put_secret_value(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (content, input): (ContentInput, PutInput) = read_both(input)?;
    let content = content
        .content()
        .and_then(|content| content.ok_or(Error::NoContent));
    let new = NewVersion {
        token: input.client_request_token,
        content: content.map_err(wire)?,
        stages: input.version_stages,
        rotation_token: input.rotation_token,
    };
    let own = key::key_of(cloud, call, &input.secret_id);
    key::check_encrypts(cloud, call, &input.secret_id, own.as_deref()).map_err(wire)?;
    key::ensure_default(cloud, call, &input.secret_id, own.as_deref());
    let (secrets, ctx) = cloud.secretsmanager(call);
    let (entry, version_id) = secrets.put(&input.secret_id, new, &ctx).map_err(wire)?;
    let stages = entry
        .version(&version_id)
        .into_iter()
        .flat_map(|version| &version.stages);
    Reply::to(&PutOutput {
        arn: &entry.arn,
        name: &entry.name,
        version_stages: stages.map(String::as_str).collect(),
        version_id,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StageInput {
    secret_id: String,
    version_stage: String,
    #[serde(default)]
    remove_from_version_id: Option<String>,
    #[serde(default)]
    move_to_version_id: Option<String>,
}

pub(in crate::secretsmanager) fn update_stage(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: StageInput = read(input)?;
    let (from, to) = (
        input.remove_from_version_id.as_deref(),
        input.move_to_version_id.as_deref(),
    );
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets
        .restage(&input.secret_id, &input.version_stage, from, to, &ctx)
        .map_err(wire)?;
    Reply::to(&NamedOutput::of(entry))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    secret_id: String,
    #[serde(default)]
    include_deprecated: Option<bool>,
    #[serde(default)]
    max_results: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VersionItem<'a> {
    version_id: &'a str,
    version_stages: Option<Vec<&'a str>>,
    created_date: Timestamp,
    last_accessed_date: Option<Timestamp>,
    kms_key_ids: [&'a str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
    versions: Vec<VersionItem<'a>>,
    next_token: Option<String>,
}

pub(in crate::secretsmanager) fn list_versions(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: ListInput = read(input)?;
    let is_all = input.include_deprecated.unwrap_or(false);
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets.get(&input.secret_id, &ctx).map_err(wire)?;
    let versions = entry
        .versions()
        .iter()
        .filter(|version| is_all || !version.stages.is_empty());
    let items = versions.map(|version| {
        let stages: Vec<&str> = version.stages.iter().map(String::as_str).collect();
        VersionItem {
            version_id: &version.id,
            version_stages: (!stages.is_empty()).then_some(stages),
            created_date: version.created,
            last_accessed_date: version.accessed,
            kms_key_ids: [version
                .kms_key_id
                .as_deref()
                .unwrap_or("DefaultEncryptionKey")],
        }
    });
    let size = input.max_results.unwrap_or(PAGE_SIZE);
    let (versions, next_token) = page(items.collect(), size, input.next_token).map_err(wire)?;
    Reply::to(&ListOutput {
        arn: &entry.arn,
        name: &entry.name,
        versions,
        next_token,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct PasswordInput {
    password_length: Option<usize>,
    exclude_characters: Option<String>,
    exclude_numbers: Option<bool>,
    exclude_punctuation: Option<bool>,
    exclude_uppercase: Option<bool>,
    exclude_lowercase: Option<bool>,
    include_space: Option<bool>,
    require_each_included_type: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PasswordOutput<'a> {
    random_password: &'a str,
}

pub(in crate::secretsmanager) fn get_random_password(
    _: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: PasswordInput = read(input)?;
    let rule = PasswordRule {
        length: input.password_length,
        exclude: input.exclude_characters.unwrap_or_default(),
        exclude_lowercase: input.exclude_lowercase.unwrap_or(false),
        exclude_uppercase: input.exclude_uppercase.unwrap_or(false),
        exclude_numbers: input.exclude_numbers.unwrap_or(false),
        exclude_punctuation: input.exclude_punctuation.unwrap_or(false),
        include_space: input.include_space.unwrap_or(false),
        require_each: input.require_each_included_type,
    };
    let password = rule
        .draw(&call.ids, &call.scope.to_string())
        .map_err(wire)?;
    Reply::to(&PasswordOutput {
        random_password: password.expose_secret(),
    })
}

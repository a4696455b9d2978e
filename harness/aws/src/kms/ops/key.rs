//! Keys as a whole: make, describe, list, enable, delete, tag.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{KeyIdOutput, KeyInput, PageInput, page, policy, wire};
use crate::cloud::Cloud;
use crate::kms::error::Error;
use crate::kms::identifier::Identifier;
use crate::kms::key::{Keeper, Key, Kind};
use crate::kms::mac::MacSpec;
use crate::kms::policy as key_policy;
use crate::operation::{Answer, Call, Reply, Tag, read};

/// How many keys a page has when nothing is asked for (API reference, `ListKeys`).
const PAGE_SIZE: usize = 100;

/// The same for tags (API reference, `ListResourceTags`: 50).
const TAG_PAGE_SIZE: usize = 50;

/// How long a key waits for its deletion when nothing is asked for, in days.
const WINDOW_DEFAULT_DAYS: i64 = 30;

const SYMMETRIC: &str = "SYMMETRIC_DEFAULT";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct CreateInput {
    description: Option<String>,
    key_spec: Option<String>,
    customer_master_key_spec: Option<String>,
    key_usage: Option<String>,
    origin: Option<String>,
    multi_region: Option<bool>,
    policy: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
    tags: Vec<Tag>,
}

pub(in crate::kms) fn create_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: CreateInput = read(input)?;
    let kind = kind(&input).map_err(wire)?;
    let description = input.description.unwrap_or_default();
    let is_given = input.policy.is_some();
    let created = {
        let (keys, ctx) = cloud.kms(call);
        let policy = |arn: &str| match &input.policy {
            Some(text) => key_policy::read(arn, text, ctx.shared),
            None => Ok(key_policy::default(arn, &ctx.scope.account)),
        };
        let key = keys.create((kind, description), input.tags, policy, &ctx);
        key.map_err(wire)?.clone()
    };
    let is_bypassed = input.bypass_policy_lockout_safety_check.unwrap_or(false);
    // The policy that KMS writes itself lets the account change it.
    if is_given && !is_bypassed && policy::locks_out(cloud, call, &created) {
        cloud.shared.kms.forget(&created);
        return Err(wire(Error::Lockout));
    }
    Reply::to(&KeyOutput {
        key_metadata: Metadata::of(&created, call.now),
    })
}

/// What key is asked for, if the lab has such keys.
fn kind(input: &CreateInput) -> Result<Kind, Error> {
    let spec = match (&input.key_spec, &input.customer_master_key_spec) {
        (Some(one), Some(two)) if one != two => {
            let problem = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.";
            return Err(Error::Parameter(problem.to_owned()));
        }
        (Some(spec), _) | (None, Some(spec)) => spec.as_str(),
        (None, None) => SYMMETRIC,
    };
    let usage = match &input.key_usage {
        Some(usage) => usage.as_str(),
        None if spec == SYMMETRIC => "ENCRYPT_DECRYPT",
        None => return Err(Error::UsageMissing),
    };
    if !usages(spec).contains(&usage) {
        return Err(Error::Usage {
            usage: usage.to_owned(),
            spec: spec.to_owned(),
        });
    }
    let missing = |what: &str| Err(Error::NotImplemented(format!("kms:CreateKey with {what}")));
    let kind = match MacSpec::read(spec) {
        Some(spec) => Kind::Mac(spec),
        None if spec == SYMMETRIC => Kind::Symmetric,
        None => return missing(&format!("KeySpec {spec}")),
    };
    match input.origin.as_deref() {
        None | Some("AWS_KMS") => {}
        Some(origin) => return missing(&format!("Origin {origin}")),
    }
    if input.multi_region == Some(true) {
        return missing("MultiRegion");
    }
    Ok(kind)
}

/// What a key of a spec may be for (API reference, `CreateKey`, `KeyUsage`).
fn usages(spec: &str) -> &'static [&'static str] {
    match spec.split('_').next().unwrap_or_default() {
        "SYMMETRIC" => &["ENCRYPT_DECRYPT"],
        "HMAC" => &["GENERATE_VERIFY_MAC"],
        "RSA" => &["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
        "ECC" if spec == "ECC_SECG_P256K1" => &["SIGN_VERIFY"],
        "ECC" if spec.starts_with("ECC_NIST_P") => &["SIGN_VERIFY", "KEY_AGREEMENT"],
        "ECC" => &["SIGN_VERIFY"],
        "SM2" => &["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"],
        "ML" if spec.starts_with("ML_KEM") => &["ENCAPSULATE_DECAPSULATE"],
        _ => &["SIGN_VERIFY"],
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyOutput {
    key_metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(rename = "AWSAccountId")]
    account: String,
    key_id: String,
    arn: String,
    creation_date: Timestamp,
    enabled: bool,
    description: String,
    key_usage: &'static str,
    key_state: &'static str,
    deletion_date: Option<Timestamp>,
    origin: &'static str,
    key_manager: &'static str,
    customer_master_key_spec: &'static str,
    key_spec: &'static str,
    encryption_algorithms: Option<[&'static str; 1]>,
    mac_algorithms: Option<[&'static str; 1]>,
    multi_region: bool,
    current_key_material_id: Option<String>,
}

impl Metadata {
    fn of(key: &Key, now: Timestamp) -> Self {
        let mac = match key.kind {
            Kind::Symmetric => None,
            Kind::Mac(spec) => Some([spec.algorithm()]),
        };
        let spec = key.kind.spec();
        Self {
            account: key.scope.account.to_string(),
            key_id: key.id.clone(),
            arn: key.arn.clone(),
            creation_date: key.created,
            enabled: key.state() == "Enabled",
            description: key.description.clone(),
            key_usage: key.kind.usage(),
            key_state: key.state(),
            deletion_date: key.deletion.map(|deletion| deletion.due),
            origin: "AWS_KMS",
            key_manager: match key.keeper {
                Keeper::Customer => "CUSTOMER",
                Keeper::Aws => "AWS",
            },
            customer_master_key_spec: spec,
            key_spec: spec,
            encryption_algorithms: mac.is_none().then_some([SYMMETRIC]),
            mac_algorithms: mac,
            multi_region: false,
            current_key_material_id: mac.is_none().then(|| key.material_id(now)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeInput {
    key_id: String,
    #[serde(default)]
    grant_tokens: Vec<String>,
}

/// An alias of AWS's own that has no key yet gets one here (API reference, `DescribeKey`).
pub(in crate::kms) fn describe_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DescribeInput = read(input)?;
    super::grant::check_tokens(&cloud.shared.kms, &input.grant_tokens, call).map_err(wire)?;
    let (keys, ctx) = cloud.kms(call);
    if let Ok(Identifier::Alias(scope, name)) = Identifier::parse(&input.key_id, &call.scope) {
        keys.ensure_managed(&name, &scope, ctx.ids, ctx.now);
    }
    let key = keys.find(&input.key_id, ctx.scope, ctx.now).map_err(wire)?;
    Reply::to(&KeyOutput {
        key_metadata: Metadata::of(key, ctx.now),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyItem<'a> {
    key_id: &'a str,
    key_arn: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    keys: Vec<KeyItem<'a>>,
    next_marker: Option<String>,
    truncated: bool,
}

pub(in crate::kms) fn list_keys(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PageInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let keys = keys.keys(&ctx);
    let items = keys.into_iter().map(|key| KeyItem {
        key_id: &key.id,
        key_arn: &key.arn,
    });
    let size = input.limit.unwrap_or(PAGE_SIZE);
    let (keys, next_marker) = page(items.collect(), size, input.marker).map_err(wire)?;
    Reply::to(&ListOutput {
        keys,
        truncated: next_marker.is_some(),
        next_marker,
    })
}

pub(in crate::kms) fn enable_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    set_enabled(cloud, call, input, true)
}

pub(in crate::kms) fn disable_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    set_enabled(cloud, call, input, false)
}

fn set_enabled(cloud: &mut Cloud, call: &Call, input: Value, is_enabled: bool) -> Answer {
    let input: KeyInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
    key.check_kept().map_err(wire)?;
    key.is_enabled = is_enabled;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteInput {
    key_id: String,
    #[serde(default)]
    pending_window_in_days: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteOutput<'a> {
    key_id: &'a str,
    deletion_date: Timestamp,
    key_state: &'static str,
    pending_window_in_days: i64,
}

pub(in crate::kms) fn schedule_deletion(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DeleteInput = read(input)?;
    let window = input.pending_window_in_days.unwrap_or(WINDOW_DEFAULT_DAYS);
    let (keys, ctx) = cloud.kms(call);
    let (key, deletion) = keys
        .schedule_deletion(&input.key_id, window, &ctx)
        .map_err(wire)?;
    Reply::to(&DeleteOutput {
        key_id: &key.arn,
        deletion_date: deletion.due,
        key_state: key.state(),
        pending_window_in_days: deletion.window_days,
    })
}

pub(in crate::kms) fn cancel_deletion(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: KeyInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.cancel_deletion(&input.key_id, &ctx).map_err(wire)?;
    Reply::to(&KeyIdOutput { key_id: &key.arn })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescriptionInput {
    key_id: String,
    description: String,
}

pub(in crate::kms) fn update_description(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DescriptionInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
    key.check_kept().map_err(wire)?;
    key.description = input.description;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagInput {
    key_id: String,
    tags: Vec<Tag>,
}

pub(in crate::kms) fn tag_resource(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    keys.tag(&input.key_id, input.tags, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagInput {
    key_id: String,
    tag_keys: Vec<String>,
}

pub(in crate::kms) fn untag_resource(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UntagInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
    key.check_kept().map_err(wire)?;
    key.tags.retain(|name, _| !input.tag_keys.contains(name));
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTagsInput {
    key_id: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    marker: Option<String>,
}

/// A tag, as KMS spells it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagOutput<'a> {
    tag_key: &'a str,
    tag_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListTagsOutput<'a> {
    tags: Vec<TagOutput<'a>>,
    next_marker: Option<String>,
    truncated: bool,
}

pub(in crate::kms) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListTagsInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys
        .find_key(&input.key_id, ctx.scope, ctx.now)
        .map_err(wire)?;
    let tags = key.tags.iter().map(|(name, value)| TagOutput {
        tag_key: name,
        tag_value: value,
    });
    let size = input.limit.unwrap_or(TAG_PAGE_SIZE);
    let (tags, next_marker) = page(tags.collect(), size, input.marker).map_err(wire)?;
    Reply::to(&ListTagsOutput {
        tags,
        truncated: next_marker.is_some(),
        next_marker,
    })
}

//! Key policies. A key has one, called `default`.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::front::{Environment, first_refused};
use crate::kms::error::Error;
use crate::kms::key::Key;
use crate::kms::policy;
use crate::operation::{Answer, Call, Check, Reply, read};

const NAME: &str = "default";

/// Whether the key's policy keeps its author from changing it again (developer guide,
/// `key-policy-default.html#prevent-unmanageable-key`).
pub(super) fn locks_out(cloud: &Cloud, call: &Call, key: &Key) -> bool {
    let check = Check::new(
        "kms:PutKeyPolicy",
        key.arn.as_str(),
        key.scope.account.clone(),
    )
    .resource_policy(Some(key.policy.clone()))
    .with("kms:CallerAccount", call.account().as_str())
    .with("kms:BypassPolicyLockoutSafetyCheck", "false");
    first_refused(cloud, &call.caller, &Environment::of(call), &[check]).is_some()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutInput {
    key_id: String,
    policy: String,
    #[serde(default)]
    policy_name: Option<String>,
    #[serde(default)]
    bypass_policy_lockout_safety_check: Option<bool>,
}

pub(in crate::kms) fn put_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PutInput = read(input)?;
    if input.policy_name.is_some_and(|name| name != NAME) {
        return Err(wire(Error::PolicyName));
    }
    let mut changed = {
        let (keys, ctx) = cloud.kms(call);
        let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
        key.check_kept().map_err(wire)?;
        key.clone()
    };
    let (_, ctx) = cloud.kms(call);
    changed.policy = policy::read(&changed.arn, &input.policy, ctx.shared).map_err(wire)?;
    let is_bypassed = input.bypass_policy_lockout_safety_check.unwrap_or(false);
    if !is_bypassed && locks_out(cloud, call, &changed) {
        return Err(wire(Error::Lockout));
    }
    let (keys, ctx) = cloud.kms(call);
    let key = keys.find_mut(&input.key_id, &ctx).map_err(wire)?;
    key.policy = changed.policy;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetInput {
    key_id: String,
    #[serde(default)]
    policy_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetOutput {
    policy: String,
    policy_name: &'static str,
}

/// The policy with the ARNs of those that live; who was deleted stands there as a unique id.
pub(in crate::kms) fn get_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GetInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    let key = keys
        .find_key(&input.key_id, ctx.scope, ctx.now)
        .map_err(wire)?;
    if input.policy_name.is_some_and(|name| name != NAME) {
        return Err(wire(Error::NoSuchPolicy));
    }
    Reply::to(&GetOutput {
        policy: ctx.shared.show_principals(&key.policy.document),
        policy_name: NAME,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    key_id: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput {
    policy_names: Vec<&'static str>,
    next_marker: Option<String>,
    truncated: bool,
}

pub(in crate::kms) fn list_policies(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (keys, ctx) = cloud.kms(call);
    keys.find_key(&input.key_id, ctx.scope, ctx.now)
        .map_err(wire)?;
    let size = input.limit.unwrap_or(1);
    let (policy_names, next_marker) = super::page(vec![NAME], size, input.marker).map_err(wire)?;
    Reply::to(&ListOutput {
        policy_names,
        truncated: next_marker.is_some(),
        next_marker,
    })
}

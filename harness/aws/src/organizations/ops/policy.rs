//! Policies of the organization: decode, call, encode.

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::json;

use super::{root_output, tags, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, Tag, read};
use crate::organizations::error::Error;
use crate::organizations::policy::{ControlPolicy, NewPolicy, PolicyChange, PolicyType};
use crate::organizations::state::Realm;

fn summary(policy: &ControlPolicy) -> serde_json::Value {
    json!({
        "Id": policy.id,
        "Arn": policy.arn,
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.kind.as_str(),
        "AwsManaged": policy.is_aws_managed,
    })
}

fn whole(policy: &ControlPolicy) -> serde_json::Value {
    json!({"Policy": {"PolicySummary": summary(policy), "Content": policy.text}})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfPolicy {
    policy_id: String,
    target_id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    content: Option<String>,
}

impl OfPolicy {
    fn target(&self) -> &str {
        self.target_id.as_deref().unwrap_or("")
    }
}

pub(in super::super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        content: String,
        description: String,
        name: String,
        r#type: String,
        #[serde(default)]
        tags: Vec<Tag>,
    }
    let asked: Input = read(input)?;
    let new = NewPolicy {
        kind: PolicyType::read(&asked.r#type).map_err(wire)?,
        name: asked.name,
        description: asked.description,
        text: asked.content,
        tags: tags(asked.tags)?,
    };
    let realm = managed(cloud, call)?;
    let policy = realm.create_policy(new, &call.ids);
    Reply::to(&whole(&policy.map_err(wire)?))
}

fn managed<'a>(cloud: &'a mut Cloud, call: &Call) -> Result<&'a mut Realm, WireError> {
    cloud
        .shared
        .organizations
        .managed_mut(call.account())
        .map_err(wire)
}

fn read_by<'a>(cloud: &'a Cloud, call: &Call) -> Result<&'a Realm, WireError> {
    cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)
}

/// A policy that an operation reads. One that is not there is told in other words than where a policy
/// is to be changed (M: moto).
fn policy_to_read(realm: &Realm, id: &str) -> Result<ControlPolicy, WireError> {
    realm.policy(id).map_err(|error| {
        let mut error = wire(error);
        "You specified a policy that doesn't exist.".clone_into(&mut error.message);
        error
    })
}

pub(in super::super) fn describe(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let realm = read_by(cloud, call)?;
    Reply::to(&whole(&policy_to_read(realm, &asked.policy_id)?))
}

pub(in super::super) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let change = PolicyChange {
        name: asked.name,
        description: asked.description,
        content: asked.content,
    };
    let policy = managed(cloud, call)?.update_policy(&asked.policy_id, change);
    Reply::to(&whole(&policy.map_err(wire)?))
}

pub(in super::super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let done = managed(cloud, call)?.delete_policy(&asked.policy_id);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn attach(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let done = managed(cloud, call)?.attach_policy(&asked.policy_id, asked.target());
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn detach(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let done = managed(cloud, call)?.detach_policy(&asked.policy_id, asked.target());
    done.map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filtered {
    filter: String,
    target_id: Option<String>,
}

pub(in super::super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Filtered = read(input)?;
    let realm = read_by(cloud, call)?;
    let kind = PolicyType::read(&asked.filter).map_err(wire)?;
    let own = realm.policies.values();
    let of_aws = realm.control_policy(kind.full_access_id());
    let policies: Vec<_> = of_aws
        .into_iter()
        .chain(own)
        .filter(|policy| policy.kind == kind)
        .map(summary)
        .collect();
    Reply::to(&json!({"Policies": policies}))
}

pub(in super::super) fn list_for_target(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Filtered = read(input)?;
    let realm = read_by(cloud, call)?;
    let kind = PolicyType::read(&asked.filter).map_err(wire)?;
    let target = asked.target_id.unwrap_or_default();
    let attached = realm.attached_of_kind(&target, kind).map_err(wire)?;
    let policies: Vec<_> = attached.into_iter().map(summary).collect();
    Reply::to(&json!({"Policies": policies}))
}

fn target_output(realm: &Realm, id: &str) -> serde_json::Value {
    let organization = &realm.organization;
    let (kind, segment, name) = if id == organization.root {
        ("ROOT", "root", "Root".to_owned())
    } else if let Some(unit) = organization.unit(id) {
        ("ORGANIZATIONAL_UNIT", "ou", unit.name.clone())
    } else {
        let id = id.parse::<AccountId>().ok();
        let account = id.and_then(|id| organization.account(&id));
        let name = account.map(|account| account.name.clone());
        ("ACCOUNT", "account", name.unwrap_or_default())
    };
    let arn = organization.arn(segment, id);
    json!({"TargetId": id, "Arn": arn, "Name": name, "Type": kind})
}

pub(in super::super) fn list_targets(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let realm = read_by(cloud, call)?;
    policy_to_read(realm, &asked.policy_id)?;
    let attached = realm.attached.iter();
    let targets = attached.filter(|(_, policies)| policies.contains(&asked.policy_id));
    let targets: Vec<_> = targets.map(|(id, _)| target_output(realm, id)).collect();
    Reply::to(&json!({"Targets": targets}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfRoot {
    root_id: String,
    policy_type: String,
}

pub(in super::super) fn enable_type(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfRoot = read(input)?;
    let realm = managed(cloud, call)?;
    realm.check_root(&asked.root_id).map_err(wire)?;
    let kind = PolicyType::read(&asked.policy_type).map_err(wire)?;
    realm.enable_type(&asked.root_id, kind).map_err(wire)?;
    Reply::to(&json!({"Root": root_output(realm)}))
}

/// A type that is not simulated is never on.
pub(in super::super) fn disable_type(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfRoot = read(input)?;
    let realm = managed(cloud, call)?;
    realm.check_root(&asked.root_id).map_err(wire)?;
    let kind = PolicyType::read(&asked.policy_type).map_err(|_| wire(Error::TypeNotEnabled))?;
    realm.disable_type(&asked.root_id, kind).map_err(wire)?;
    Reply::to(&json!({"Root": root_output(realm)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_is_not_simulated_is_named_in_a_501() {
        let error = wire(PolicyType::read("TAG_POLICY").unwrap_err());
        assert_eq!(error.status, 501);
        assert!(error.message.contains("TAG_POLICY"));
    }
}

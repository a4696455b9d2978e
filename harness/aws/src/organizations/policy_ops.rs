//! Policies of the organization: decode, call, encode.

use authlab_kernel::AccountId;
use authlab_wire::Value;
use serde::Deserialize;
use serde_json::json;

use super::error::Error;
use super::ops::wire;
use super::policy::{ControlPolicy, PolicyChange, PolicyType};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read};

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

pub(super) fn create_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        content: String,
        description: String,
        name: String,
        r#type: String,
    }
    let asked: Input = read(input)?;
    let kind = PolicyType::read(&asked.r#type).map_err(wire)?;
    let names = (asked.name.as_str(), asked.description.as_str());
    let policy =
        cloud
            .organizations
            .create_policy(call.account(), names, kind, &asked.content, &call.ids);
    Reply::to(&whole(&policy.map_err(wire)?))
}

pub(super) fn describe_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    cloud
        .organizations
        .of_management(call.account())
        .map_err(wire)?;
    let policy = cloud.organizations.control_policy(&asked.policy_id);
    Reply::to(&whole(
        &policy.ok_or_else(|| wire(Error::NoPolicy(asked.policy_id)))?,
    ))
}

pub(super) fn update_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let change = PolicyChange {
        name: asked.name,
        description: asked.description,
        content: asked.content,
    };
    let policy = cloud
        .organizations
        .update_policy(call.account(), &asked.policy_id, change);
    Reply::to(&whole(&policy.map_err(wire)?))
}

pub(super) fn delete_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    cloud
        .organizations
        .delete_policy(call.account(), &asked.policy_id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn attach_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    cloud
        .organizations
        .attach_policy(call.account(), &asked.policy_id, asked.target())
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn detach_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    cloud
        .organizations
        .detach_policy(call.account(), &asked.policy_id, asked.target())
        .map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filtered {
    filter: String,
    target_id: Option<String>,
}

pub(super) fn list_policies(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Filtered = read(input)?;
    cloud
        .organizations
        .of_management(call.account())
        .map_err(wire)?;
    let kind = PolicyType::read(&asked.filter).map_err(wire)?;
    let own = cloud.organizations.policies.values().cloned();
    let all = cloud
        .organizations
        .control_policy(kind.full_access_id())
        .into_iter()
        .chain(own);
    let policies: Vec<_> = all
        .filter(|policy| policy.kind == kind)
        .map(|policy| summary(&policy))
        .collect();
    Reply::to(&json!({"Policies": policies}))
}

pub(super) fn list_policies_for_target(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Filtered = read(input)?;
    cloud
        .organizations
        .of_management(call.account())
        .map_err(wire)?;
    let kind = PolicyType::read(&asked.filter).map_err(wire)?;
    let target = asked.target_id.unwrap_or_default();
    let attached = cloud
        .organizations
        .attached_of_kind(&target, kind)
        .map_err(wire)?;
    let policies: Vec<_> = attached.iter().map(summary).collect();
    Reply::to(&json!({"Policies": policies}))
}

pub(super) fn list_targets_for_policy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfPolicy = read(input)?;
    let organizations = &cloud.organizations;
    let organization = organizations.of_management(call.account()).map_err(wire)?;
    if organizations.control_policy(&asked.policy_id).is_none() {
        return Err(wire(Error::NoPolicy(asked.policy_id)));
    }
    let describe = |id: &str| {
        let (kind, segment, name) = if id == organization.root {
            ("ROOT", "root", "Root".to_owned())
        } else if let Some(unit) = organization.units.iter().find(|unit| unit.id == id) {
            ("ORGANIZATIONAL_UNIT", "ou", unit.name.clone())
        } else {
            let account = id
                .parse::<AccountId>()
                .ok()
                .and_then(|id| organizations.account(&id).cloned());
            (
                "ACCOUNT",
                "account",
                account.map(|account| account.name).unwrap_or_default(),
            )
        };
        let arn = format!(
            "arn:aws:organizations::{}:{segment}/{}/{id}",
            organization.management, organization.id
        );
        json!({"TargetId": id, "Arn": arn, "Name": name, "Type": kind})
    };
    let attached = organizations.attached.iter();
    let targets = attached.filter(|(_, policies)| policies.contains(&asked.policy_id));
    let targets: Vec<_> = targets.map(|(id, _)| describe(id)).collect();
    Reply::to(&json!({"Targets": targets}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfRoot {
    root_id: String,
    policy_type: String,
}

pub(super) fn enable_policy_type(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfRoot = read(input)?;
    let kind = PolicyType::read(&asked.policy_type).map_err(wire)?;
    cloud
        .organizations
        .enable_type(call.account(), &asked.root_id, kind)
        .map_err(wire)?;
    root(cloud, call)
}

pub(super) fn disable_policy_type(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: OfRoot = read(input)?;
    let kind = PolicyType::read(&asked.policy_type).map_err(wire)?;
    cloud
        .organizations
        .disable_type(call.account(), &asked.root_id, kind)
        .map_err(wire)?;
    root(cloud, call)
}

/// The root as it is now: what switching a type on or off answers.
fn root(cloud: &Cloud, call: &Call) -> Answer {
    let organization = cloud
        .organizations
        .of_member(call.account())
        .map_err(wire)?;
    let types = cloud.organizations.enabled.iter();
    let types: Vec<_> = types
        .map(|kind| json!({"Type": kind.as_str(), "Status": "ENABLED"}))
        .collect();
    let arn = format!(
        "arn:aws:organizations::{}:root/{}/{}",
        organization.management, organization.id, organization.root
    );
    Reply::to(
        &json!({"Root": {"Id": organization.root, "Arn": arn, "Name": "Root", "PolicyTypes": types}}),
    )
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

//! Policies, boundaries and tags of roles and users on the wire: one function for both owners.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{encoded, tags, wire};
use crate::cloud::Cloud;
use crate::iam::Owner;
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    role_name: Option<String>,
    user_name: Option<String>,
    group_name: Option<String>,
    #[serde(default)]
    policy_name: String,
    #[serde(default)]
    policy_document: String,
    #[serde(default)]
    policy_arn: String,
    #[serde(default)]
    path_prefix: String,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

impl Input {
    fn owner(&self) -> Owner<'_> {
        match (&self.role_name, &self.group_name) {
            (Some(name), _) => Owner::Role(name),
            (None, Some(name)) => Owner::Group(name),
            (None, None) => Owner::User(self.user_name.as_deref().unwrap_or_default()),
        }
    }
}

pub(super) fn put_inline(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (name, text) = (&asked.policy_name, &asked.policy_document);
    cloud
        .shared
        .iam
        .put_inline(call.account(), asked.owner(), name, text)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn get_inline(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let owner = asked.owner();
    let stored = cloud
        .shared
        .iam
        .inline(call.account(), owner, &asked.policy_name)
        .map_err(wire)?;
    let name = match owner {
        Owner::Role(_) => "RoleName",
        Owner::User(_) => "UserName",
        Owner::Group(_) => "GroupName",
    };
    Reply::to(&json!({
        name: owner.name(),
        "PolicyName": asked.policy_name,
        "PolicyDocument": encoded(&stored.text),
    }))
}

pub(super) fn list_inline(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let grants = cloud
        .shared
        .iam
        .grants(call.account(), asked.owner())
        .map_err(wire)?;
    let names: Vec<&String> = grants.inline.keys().collect();
    Reply::to(&json!({"PolicyNames": names}))
}

pub(super) fn delete_inline(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_inline(call.account(), asked.owner(), &asked.policy_name)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn attach(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .attach(call.account(), asked.owner(), &asked.policy_arn)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn detach(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .detach(call.account(), asked.owner(), &asked.policy_arn)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_attached(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let grants = cloud
        .shared
        .iam
        .grants(call.account(), asked.owner())
        .map_err(wire)?;
    let in_path = |arn: &&String| {
        let rest = arn.split_once(":policy").map_or("", |(_, path)| path);
        asked.path_prefix.is_empty() || rest.starts_with(&asked.path_prefix)
    };
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let attached: Vec<Json> = grants
        .attached
        .iter()
        .filter(in_path)
        .map(|arn| json!({"PolicyName": name(arn), "PolicyArn": arn}))
        .collect();
    Reply::to(&json!({"AttachedPolicies": attached}))
}

pub(super) fn put_boundary(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let boundary = asked.permissions_boundary.clone();
    cloud
        .shared
        .iam
        .set_boundary(call.account(), asked.owner(), boundary)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_boundary(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .set_boundary(call.account(), asked.owner(), None)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .tag(call.account(), asked.owner(), tags(asked.tags.clone())?)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .untag(call.account(), asked.owner(), &asked.tag_keys)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let grants = cloud
        .shared
        .iam
        .grants(call.account(), asked.owner())
        .map_err(wire)?;
    Reply::to(&json!({"Tags": listed(&grants.tags)}))
}

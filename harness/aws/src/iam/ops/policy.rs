//! Managed policies on the wire.

use authlab_kernel::{AccountId, Timestamp};
use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Paging, Tag, encoded, tags, tags_output, wire};
use crate::cloud::Cloud;
use crate::iam::aws_managed::{self, AwsManaged};
use crate::iam::policy::no_version;
use crate::iam::{Error, ManagedPolicy, Owner, PolicyVersion, State};
use crate::operation::{Answer, Call, Reply, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    policy_name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    policy_arn: String,
    #[serde(default)]
    version_id: String,
    #[serde(default)]
    set_as_default: bool,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

fn output(state: &State, account: &AccountId, policy: &ManagedPolicy) -> Json {
    json!({
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version,
        "AttachmentCount": state.attached_to(account, &policy.arn).len(),
        "IsAttachable": true,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    })
}

/// AWS's own: the dates of its policies are not known to the lab.
fn aws_output(state: &State, account: &AccountId, policy: &AwsManaged) -> Json {
    json!({
        "PolicyName": policy.short_name(),
        "PolicyId": format!("ANPA{}", authlab_kernel::Draw::of(policy.name).base32(17)),
        "Arn": policy.arn(),
        "Path": policy.path(),
        "DefaultVersionId": "v1",
        "AttachmentCount": state.attached_to(account, &policy.arn()).len(),
        "IsAttachable": true,
        "CreateDate": Timestamp::UNIX_EPOCH,
        "UpdateDate": Timestamp::UNIX_EPOCH,
    })
}

fn version_output(policy: &ManagedPolicy, version: &PolicyVersion) -> Json {
    json!({
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default_version,
        "CreateDate": version.created,
    })
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let names = (asked.policy_name.as_str(), asked.path.as_str());
    let about = (asked.description, tags(asked.tags));
    let when = (call.now, &call.ids);
    let policy =
        cloud
            .iam
            .create_policy(call.account(), names, &asked.policy_document, about, when);
    let policy = policy.map_err(wire)?;
    Reply::to(&json!({"Policy": output(&cloud.iam, call.account(), &policy)}))
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if let Some(policy) = aws_managed::find(&asked.policy_arn) {
        return Reply::to(&json!({"Policy": aws_output(&cloud.iam, call.account(), policy)}));
    }
    let policy = cloud.iam.get_policy(&asked.policy_arn).map_err(wire)?;
    let mut whole = output(&cloud.iam, call.account(), policy);
    if let Json::Object(members) = &mut whole {
        members.insert("Description".to_owned(), policy.description.clone().into());
        members.insert("Tags".to_owned(), tags_output(&policy.tags));
    }
    Reply::to(&json!({"Policy": whole}))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        scope: Option<String>,
        #[serde(default)]
        only_attached: bool,
        #[serde(default)]
        path_prefix: String,
    }
    let (paging, asked): (Paging, Input) = read_both(input)?;
    let (state, account) = (&cloud.iam, call.account());
    let mut policies = Vec::new();
    if asked.scope.as_deref() != Some("AWS") {
        policies.extend(
            state
                .policies(account)
                .map(|policy| output(state, account, policy)),
        );
    }
    if asked.scope.as_deref() != Some("Local") {
        policies.extend(
            aws_managed::ALL
                .iter()
                .map(|policy| aws_output(state, account, policy)),
        );
    }
    policies.retain(|policy| {
        let is_attached = policy["AttachmentCount"] != json!(0);
        let path = policy["Path"].as_str().unwrap_or("/");
        (is_attached || !asked.only_attached) && path.starts_with(&asked.path_prefix)
    });
    Reply::to(&paging.page("Policies", policies))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .iam
        .delete_policy(call.account(), &asked.policy_arn)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_entities(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if cloud.iam.managed(&asked.policy_arn).is_none() {
        return Err(wire(Error::no_policy(&asked.policy_arn)));
    }
    let (mut roles, mut users) = (Vec::new(), Vec::new());
    for (owner, id) in cloud.iam.attached_to(call.account(), &asked.policy_arn) {
        match owner {
            Owner::Role(name) => roles.push(json!({"RoleName": name, "RoleId": id})),
            Owner::User(name) => users.push(json!({"UserName": name, "UserId": id})),
        }
    }
    Reply::to(
        &json!({"PolicyRoles": roles, "PolicyUsers": users, "PolicyGroups": [], "IsTruncated": false}),
    )
}

pub(super) fn create_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (arn, text) = (&asked.policy_arn, &asked.policy_document);
    let made = cloud
        .iam
        .create_version(call.account(), arn, text, asked.set_as_default, call.now);
    let made = made.map_err(wire)?;
    let policy = cloud.iam.get_policy(arn).map_err(wire)?;
    Reply::to(&json!({"PolicyVersion": version_output(policy, &made)}))
}

pub(super) fn get_version(cloud: &mut Cloud, _call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let missing = || wire(no_version(&asked.policy_arn, &asked.version_id));
    let mut version = match aws_managed::find(&asked.policy_arn) {
        Some(policy) if asked.version_id == "v1" => json!({
            "VersionId": "v1",
            "IsDefaultVersion": true,
            "CreateDate": Timestamp::UNIX_EPOCH,
            "Document": encoded(policy.text),
        }),
        Some(_) => return Err(missing()),
        None => Json::Null,
    };
    if version.is_null() {
        let policy = cloud.iam.get_policy(&asked.policy_arn).map_err(wire)?;
        let found = policy.version(&asked.version_id).ok_or_else(missing)?;
        version = version_output(policy, found);
        version["Document"] = encoded(&found.stored.text).into();
    }
    Reply::to(&json!({"PolicyVersion": version}))
}

pub(super) fn list_versions(cloud: &mut Cloud, _call: &Call, input: Value) -> Answer {
    let (paging, asked): (Paging, Input) = read_both(input)?;
    if aws_managed::find(&asked.policy_arn).is_some() {
        let only = json!({"VersionId": "v1", "IsDefaultVersion": true, "CreateDate": Timestamp::UNIX_EPOCH});
        return Reply::to(&paging.page("Versions", vec![only]));
    }
    let policy = cloud.iam.get_policy(&asked.policy_arn).map_err(wire)?;
    let versions = policy
        .versions
        .iter()
        .rev()
        .map(|version| version_output(policy, version))
        .collect();
    Reply::to(&paging.page("Versions", versions))
}

pub(super) fn set_default_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (arn, id) = (&asked.policy_arn, &asked.version_id);
    cloud
        .iam
        .set_default_version(call.account(), arn, id, call.now)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .iam
        .delete_version(call.account(), &asked.policy_arn, &asked.version_id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .iam
        .tag_policy(call.account(), &asked.policy_arn, tags(asked.tags), &[])
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (arn, keys) = (&asked.policy_arn, &asked.tag_keys);
    cloud
        .iam
        .tag_policy(call.account(), arn, Default::default(), keys)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, _call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let policy = cloud.iam.get_policy(&asked.policy_arn).map_err(wire)?;
    Reply::to(&json!({"Tags": tags_output(&policy.tags), "IsTruncated": false}))
}

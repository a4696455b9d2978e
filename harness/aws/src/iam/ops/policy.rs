//! Managed policies on the wire.

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{encoded, tags, wire};
use crate::cloud::Cloud;
use crate::iam::aws_managed::{self, AwsManaged};
use crate::iam::policy::no_version;
use crate::iam::{Error, ManagedPolicy, Owner, PolicyVersion, State};
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

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
        "PermissionsBoundaryUsageCount": state.boundary_uses(account, &policy.arn),
        "IsAttachable": true,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    })
}

/// AWS's own; their unique ids are not known to the lab.
fn aws_output(state: &State, account: &AccountId, policy: &AwsManaged) -> Json {
    json!({
        "PolicyName": policy.name,
        "PolicyId": format!("ANPA{}", authlab_kernel::Draw::of(policy.name).base32(17)),
        "Arn": policy.arn(),
        "Path": policy.path,
        "DefaultVersionId": policy.version,
        "AttachmentCount": state.attached_to(account, &policy.arn()).len(),
        "PermissionsBoundaryUsageCount": state.boundary_uses(account, &policy.arn()),
        "IsAttachable": true,
        "CreateDate": policy.created(),
        "UpdateDate": policy.updated(),
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
    let about = (asked.description, tags(asked.tags)?);
    let when = (call.now, &call.ids);
    let policy =
        cloud
            .shared
            .iam
            .create_policy(call.account(), names, &asked.policy_document, about, when);
    let policy = policy.map_err(wire)?;
    let mut made = output(&cloud.shared.iam, call.account(), &policy);
    if !policy.tags.is_empty() {
        made["Tags"] = json!(listed(&policy.tags));
    }
    Reply::to(&json!({"Policy": made}))
}

/// A policy of the caller's account.
fn own<'c>(cloud: &'c Cloud, call: &Call, arn: &str) -> Result<&'c ManagedPolicy, WireError> {
    if aws_managed::is_arn(arn) {
        return Err(wire(Error::Unknown {
            text: format!("Policy {arn} was not found."),
            why: format!(
                "the lab holds AWS's managed policies as of {}: `{arn}` is not among them",
                aws_managed::as_of()
            ),
        }));
    }
    cloud
        .shared
        .iam
        .get_policy(call.account(), arn)
        .map_err(wire)
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if let Some(policy) = aws_managed::find(&asked.policy_arn) {
        let mut whole = aws_output(&cloud.shared.iam, call.account(), &policy);
        whole["Tags"] = json!([]);
        return Reply::to(&json!({"Policy": whole}));
    }
    let policy = own(cloud, call, &asked.policy_arn)?;
    let mut whole = output(&cloud.shared.iam, call.account(), policy);
    if let Json::Object(members) = &mut whole {
        members.insert("Description".to_owned(), policy.description.clone().into());
        members.insert("Tags".to_owned(), json!(listed(&policy.tags)));
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
        policy_usage_filter: Option<String>,
    }
    let asked: Input = read(input)?;
    let (state, account) = (&cloud.shared.iam, call.account());
    let mut policies = Vec::new();
    if asked.scope.as_deref() != Some("AWS") {
        policies.extend(
            state
                .policies(account)
                .map(|policy| output(state, account, policy)),
        );
    }
    if asked.scope.as_deref() != Some("Local") {
        policies.extend(aws_managed::all().map(|policy| aws_output(state, account, &policy)));
    }
    policies.retain(|policy| {
        let is_attached = policy["AttachmentCount"] != json!(0);
        let is_boundary = policy["PermissionsBoundaryUsageCount"] != json!(0);
        let is_used = match asked.policy_usage_filter.as_deref() {
            Some("PermissionsPolicy") => is_attached,
            Some("PermissionsBoundary") => is_boundary,
            _ => true,
        };
        let path = policy["Path"].as_str().unwrap_or("/");
        is_used && (is_attached || !asked.only_attached) && path.starts_with(&asked.path_prefix)
    });
    Reply::to(&json!({"Policies": policies}))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_policy(call.account(), &asked.policy_arn)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_entities(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        policy_arn: String,
        entity_filter: Option<String>,
        #[serde(default)]
        path_prefix: String,
        policy_usage_filter: Option<String>,
    }
    let asked: Input = read(input)?;
    if aws_managed::find(&asked.policy_arn).is_none() {
        own(cloud, call, &asked.policy_arn)?;
    }
    let (iam, account) = (&cloud.shared.iam, call.account());
    let entities = match asked.policy_usage_filter.as_deref() {
        Some("PermissionsBoundary") => iam.bounded_by(account, &asked.policy_arn),
        _ => iam.attached_to(account, &asked.policy_arn),
    };
    let (mut roles, mut users, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for (owner, id) in entities {
        let kind = match owner {
            Owner::Role(_) => "Role",
            Owner::User(_) => "User",
            Owner::Group(_) => "Group",
        };
        let is_asked = match asked.entity_filter.as_deref() {
            Some(only @ ("Role" | "User" | "Group")) => only == kind,
            Some(_) => false,
            None => true,
        };
        if !is_asked || !iam.path_of(account, owner).starts_with(&asked.path_prefix) {
            continue;
        }
        match owner {
            Owner::Role(name) => roles.push(json!({"RoleName": name, "RoleId": id})),
            Owner::User(name) => users.push(json!({"UserName": name, "UserId": id})),
            Owner::Group(name) => groups.push(json!({"GroupName": name, "GroupId": id})),
        }
    }
    Reply::to(&json!({"PolicyGroups": groups, "PolicyUsers": users, "PolicyRoles": roles}))
}

pub(super) fn create_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (arn, text) = (&asked.policy_arn, &asked.policy_document);
    let made =
        cloud
            .shared
            .iam
            .create_version(call.account(), arn, text, asked.set_as_default, call.now);
    let made = made.map_err(wire)?;
    let policy = own(cloud, call, arn)?;
    Reply::to(&json!({"PolicyVersion": version_output(policy, &made)}))
}

pub(super) fn get_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let missing = || wire(no_version(&asked.policy_arn, &asked.version_id));
    let mut version = match aws_managed::find(&asked.policy_arn) {
        Some(policy) if asked.version_id == policy.version => json!({
            "VersionId": policy.version,
            "IsDefaultVersion": true,
            "CreateDate": policy.updated(),
            "Document": encoded(&policy.text().unwrap_or_default()),
        }),
        Some(_) => return Err(missing()),
        None => Json::Null,
    };
    if version.is_null() {
        let policy = own(cloud, call, &asked.policy_arn)?;
        let found = policy.version(&asked.version_id).ok_or_else(missing)?;
        version = version_output(policy, found);
        version["Document"] = encoded(&found.stored.text).into();
    }
    Reply::to(&json!({"PolicyVersion": version}))
}

/// Of AWS's own the lab knows the version in force only.
pub(super) fn list_versions(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if let Some(policy) = aws_managed::find(&asked.policy_arn) {
        let only = json!({
            "VersionId": policy.version,
            "IsDefaultVersion": true,
            "CreateDate": policy.updated(),
        });
        return Reply::to(&json!({"Versions": [only]}));
    }
    let policy = own(cloud, call, &asked.policy_arn)?;
    let versions: Vec<Json> = policy
        .versions
        .iter()
        .rev()
        .map(|version| version_output(policy, version))
        .collect();
    Reply::to(&json!({"Versions": versions}))
}

pub(super) fn set_default_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (arn, id) = (&asked.policy_arn, &asked.version_id);
    cloud
        .shared
        .iam
        .set_default_version(call.account(), arn, id, call.now)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_version(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_version(call.account(), &asked.policy_arn, &asked.version_id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .tag_policy(call.account(), &asked.policy_arn, tags(asked.tags)?, &[])
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (arn, keys) = (&asked.policy_arn, &asked.tag_keys);
    cloud
        .shared
        .iam
        .tag_policy(call.account(), arn, Default::default(), keys)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let policy = own(cloud, call, &asked.policy_arn)?;
    Reply::to(&json!({"Tags": listed(&policy.tags)}))
}

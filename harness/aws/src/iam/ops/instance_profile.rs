//! Instance profiles on the wire.

use authlab_kernel::AccountId;
use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{role, tags, wire};
use crate::cloud::Cloud;
use crate::iam::{InstanceProfile, State};
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    instance_profile_name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    path_prefix: String,
    role_name: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

fn output(state: &State, account: &AccountId, profile: &InstanceProfile) -> Json {
    let held = profile
        .role
        .as_deref()
        .and_then(|name| state.role(account, name));
    let roles: Vec<Json> = held
        .into_iter()
        .map(|held| role::brief(state, held))
        .collect();
    let mut output = json!({
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": profile.created,
        "Roles": roles,
    });
    if !profile.tags.is_empty() {
        output["Tags"] = json!(listed(&profile.tags));
    }
    output
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let names = (asked.instance_profile_name.as_str(), asked.path.as_str());
    let made = cloud.shared.iam.create_instance_profile(
        call.account(),
        names,
        tags(asked.tags)?,
        (call.now, &call.ids),
    );
    let profile = made.map_err(wire)?;
    Reply::to(&json!({"InstanceProfile": output(&cloud.shared.iam, call.account(), &profile)}))
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let found = cloud
        .shared
        .iam
        .instance_profile(call.account(), &asked.instance_profile_name);
    let profile = found.map_err(wire)?;
    let mut whole = output(&cloud.shared.iam, call.account(), profile);
    // Here also where there are none (recorded on AWS).
    whole["Tags"] = json!(listed(&profile.tags));
    Reply::to(&json!({"InstanceProfile": whole}))
}

/// ListInstanceProfiles, and ListInstanceProfilesForRole.
pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if let Some(name) = &asked.role_name {
        cloud
            .shared
            .iam
            .get_role(call.account(), name)
            .map_err(wire)?;
    }
    let profiles = cloud.shared.iam.instance_profiles(call.account());
    let profiles: Vec<Json> = profiles
        .filter(|profile| profile.path.starts_with(&asked.path_prefix))
        .filter(|profile| asked.role_name.is_none() || profile.role == asked.role_name)
        .map(|profile| output(&cloud.shared.iam, call.account(), profile))
        .collect();
    Reply::to(&json!({"InstanceProfiles": profiles}))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = &asked.instance_profile_name;
    cloud
        .shared
        .iam
        .delete_instance_profile(call.account(), name)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn add_role(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let role = asked.role_name.as_deref().unwrap_or_default();
    let name = &asked.instance_profile_name;
    cloud
        .shared
        .iam
        .add_role_to_profile(call.account(), name, role)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn remove_role(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let role = asked.role_name.as_deref().unwrap_or_default();
    let name = &asked.instance_profile_name;
    cloud
        .shared
        .iam
        .remove_role_from_profile(call.account(), name, role)
        .map_err(wire)?;
    Ok(Reply::empty())
}

/// TagInstanceProfile and UntagInstanceProfile.
pub(super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (add, name) = (tags(asked.tags)?, &asked.instance_profile_name);
    let done = cloud
        .shared
        .iam
        .tag_instance_profile(call.account(), name, add, &asked.tag_keys);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let found = cloud
        .shared
        .iam
        .instance_profile(call.account(), &asked.instance_profile_name);
    Reply::to(&json!({"Tags": listed(&found.map_err(wire)?.tags)}))
}

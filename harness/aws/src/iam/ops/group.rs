//! Groups on the wire.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{user, wire};
use crate::cloud::Cloud;
use crate::iam::Group;
use crate::operation::{Answer, Call, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    group_name: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    path_prefix: String,
    new_group_name: Option<String>,
    new_path: Option<String>,
    user_name: Option<String>,
}

pub(super) fn output(group: &Group) -> Json {
    json!({
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.created,
    })
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let names = (asked.group_name.as_str(), asked.path.as_str());
    let when = (call.now, &call.ids);
    let group = cloud.shared.iam.create_group(call.account(), names, when);
    Reply::to(&json!({"Group": output(&group.map_err(wire)?)}))
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let group = cloud
        .shared
        .iam
        .group(call.account(), &asked.group_name)
        .map_err(wire)?;
    let members = group.members.iter();
    let users: Vec<Json> = members
        .filter_map(|name| cloud.shared.iam.user(call.account(), name))
        .map(user::output)
        .collect();
    Reply::to(&json!({"Group": output(group), "Users": users}))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let groups = cloud.shared.iam.groups(call.account());
    let groups: Vec<Json> = groups
        .filter(|group| group.path.starts_with(&asked.path_prefix))
        .map(output)
        .collect();
    Reply::to(&json!({"Groups": groups}))
}

pub(super) fn list_for_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name.as_deref().unwrap_or_default();
    cloud
        .shared
        .iam
        .get_user(call.account(), name)
        .map_err(wire)?;
    let groups: Vec<Json> = cloud
        .shared
        .iam
        .groups_of(call.account(), name)
        .map(output)
        .collect();
    Reply::to(&json!({"Groups": groups}))
}

pub(super) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (name, path) = (asked.new_group_name.as_deref(), asked.new_path.as_deref());
    let done = cloud
        .shared
        .iam
        .update_group(call.account(), &asked.group_name, name, path);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .delete_group(call.account(), &asked.group_name)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn add_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let user = asked.user_name.as_deref().unwrap_or_default();
    let done = cloud
        .shared
        .iam
        .add_to_group(call.account(), &asked.group_name, user);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn remove_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let user = asked.user_name.as_deref().unwrap_or_default();
    let done = cloud
        .shared
        .iam
        .remove_from_group(call.account(), &asked.group_name, user);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

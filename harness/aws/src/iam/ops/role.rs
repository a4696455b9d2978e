//! Roles on the wire.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{encoded, tags, wire};
use crate::cloud::Cloud;
use crate::iam::role::NewRole;
use crate::iam::{Role, State};
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    role_name: String,
    #[serde(default)]
    path: String,
    assume_role_policy_document: Option<String>,
    policy_document: Option<String>,
    description: Option<String>,
    max_session_duration: Option<i64>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// A permissions boundary on the wire; AWS says `Policy` where its model says
/// `PermissionsBoundaryPolicy` (recorded).
pub(super) fn boundary_output(arn: Option<&str>) -> Json {
    arn.map_or(
        Json::Null,
        |arn| json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}),
    )
}

/// Without the longest session, as CreateRole tells it.
pub(super) fn brief(state: &State, role: &Role) -> Json {
    json!({
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": encoded(&state.show_trust(&role.trust.document)),
        "Description": role.description,
    })
}

/// As ListRoles tells it.
fn output(state: &State, role: &Role) -> Json {
    let mut output = brief(state, role);
    output["MaxSessionDuration"] = role.max_session_duration_seconds.into();
    output
}

/// With what only GetRole and CreateRole tell.
fn whole(mut whole: Json, role: &Role) -> Json {
    if let Json::Object(members) = &mut whole {
        members.insert(
            "PermissionsBoundary".to_owned(),
            boundary_output(role.grants.boundary.as_deref()),
        );
        if !role.grants.tags.is_empty() {
            members.insert("Tags".to_owned(), json!(listed(&role.grants.tags)));
        }
    }
    whole
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let new = NewRole {
        name: asked.role_name,
        path: asked.path,
        trust: asked.assume_role_policy_document.unwrap_or_default(),
        description: asked.description,
        max_session_duration_seconds: asked.max_session_duration,
        boundary: asked.permissions_boundary,
        tags: tags(asked.tags)?,
    };
    let role = cloud
        .shared
        .iam
        .create_role(call.account(), new, call.now, &call.ids)
        .map_err(wire)?;
    let mut made = whole(brief(&cloud.shared.iam, &role), &role);
    if let Json::Object(members) = &mut made {
        // Recorded on AWS: it is kept, and not told here.
        members.shift_remove("Description");
    }
    Reply::to(&json!({"Role": made}))
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let role = cloud
        .shared
        .iam
        .get_role(call.account(), &asked.role_name)
        .map_err(wire)?;
    let mut role = whole(output(&cloud.shared.iam, role), role);
    if let Json::Object(members) = &mut role {
        // When a role was last used is not recorded.
        members.insert("RoleLastUsed".to_owned(), json!({}));
    }
    Reply::to(&json!({"Role": role}))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        #[serde(default)]
        path_prefix: String,
    }
    let asked: Input = read(input)?;
    let roles = cloud.shared.iam.roles(call.account(), &asked.path_prefix);
    let roles: Vec<Json> = roles
        .into_iter()
        .map(|role| output(&cloud.shared.iam, role))
        .collect();
    Reply::to(&json!({"Roles": roles}))
}

pub(super) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (description, longest) = (asked.description, asked.max_session_duration);
    cloud
        .shared
        .iam
        .update_role(call.account(), &asked.role_name, description, longest)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn update_description(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.role_name;
    let text = asked.description.unwrap_or_default();
    cloud
        .shared
        .iam
        .describe_role(call.account(), &name, text)
        .map_err(wire)?;
    let role = cloud
        .shared
        .iam
        .get_role(call.account(), &name)
        .map_err(wire)?;
    Reply::to(&json!({"Role": brief(&cloud.shared.iam, role)}))
}

pub(super) fn update_trust(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let text = asked.policy_document.unwrap_or_default();
    cloud
        .shared
        .iam
        .update_trust(call.account(), &asked.role_name, &text)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let role = cloud
        .shared
        .iam
        .delete_role(call.account(), &asked.role_name, call.now)
        .map_err(wire)?;
    cloud.principal_is_now(&role.arn, &role.id);
    Ok(Reply::empty())
}

//! Users and access keys on the wire.

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::role::boundary_output;
use super::{tags, user_or_caller, wire};
use crate::cloud::Cloud;
use crate::iam::{AccessKey, Error, User};
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    user_name: Option<String>,
    #[serde(default)]
    path: String,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    new_user_name: Option<String>,
    new_path: Option<String>,
    access_key_id: Option<String>,
    status: Option<String>,
}

impl Input {
    /// The user that is named, else the caller if it is one.
    fn user_name<'a>(&'a self, call: &'a Call) -> Result<&'a str, WireError> {
        user_or_caller(self.user_name.as_deref(), call)
    }

    fn key_id(&self) -> &str {
        self.access_key_id.as_deref().unwrap_or_default()
    }
}

pub(super) fn output(user: &User) -> Json {
    json!({
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created,
    })
}

fn whole(user: &User) -> Json {
    let mut whole = output(user);
    if let Json::Object(members) = &mut whole {
        members.insert(
            "PermissionsBoundary".to_owned(),
            boundary_output(user.grants.boundary.as_deref()),
        );
        if !user.grants.tags.is_empty() {
            members.insert("Tags".to_owned(), json!(listed(&user.grants.tags)));
        }
    }
    whole
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name.as_deref().unwrap_or_default();
    let (boundary, tags) = (
        asked.permissions_boundary.clone(),
        tags(asked.tags.clone())?,
    );
    let when = (call.now, &call.ids);
    let user =
        cloud
            .shared
            .iam
            .create_user(call.account(), (name, &asked.path), boundary, tags, when);
    Reply::to(&json!({"User": whole(&user.map_err(wire)?)}))
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if let (None, Principal::Root { account }) = (&asked.user_name, &call.caller.principal) {
        let made = cloud
            .shared
            .organizations
            .account(call.account())
            .map_or_else(
                || cloud.shared.iam.first_use(call.account(), call.now),
                |own| own.joined,
            );
        return Reply::to(&json!({"User": {
            "Path": "/",
            "UserName": "root",
            "UserId": account,
            "Arn": call.caller.arn,
            "CreateDate": made,
        }}));
    }
    let name = asked.user_name(call)?;
    let user = cloud
        .shared
        .iam
        .get_user(call.account(), name)
        .map_err(wire)?;
    Reply::to(&json!({"User": whole(user)}))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        #[serde(default)]
        path_prefix: String,
    }
    let asked: Input = read(input)?;
    let users = cloud.shared.iam.users(call.account(), &asked.path_prefix);
    let users: Vec<Json> = users.into_iter().map(output).collect();
    Reply::to(&json!({"Users": users}))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name.unwrap_or_default();
    let user = cloud
        .shared
        .iam
        .delete_user(call.account(), &name)
        .map_err(wire)?;
    cloud.principal_is_now(&user.arn, &user.id);
    Ok(Reply::empty())
}

pub(super) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name.as_deref().unwrap_or_default();
    let (new_name, new_path) = (asked.new_user_name.as_deref(), asked.new_path.as_deref());
    let done = cloud
        .shared
        .iam
        .update_user(call.account(), name, new_name, new_path);
    let (before, after) = done.map_err(wire)?;
    cloud.principal_is_now(&before, &after);
    Ok(Reply::empty())
}

fn key_output(user: &str, key: &AccessKey) -> Json {
    json!({
        "UserName": user,
        "AccessKeyId": key.id,
        "Status": if key.is_active { "Active" } else { "Inactive" },
        "CreateDate": key.created,
    })
}

pub(super) fn create_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name(call)?;
    let key = cloud
        .shared
        .iam
        .create_access_key(call.account(), name, call.now, &call.ids)
        .map_err(wire)?;
    let mut output = key_output(name, &key);
    if let Json::Object(members) = &mut output {
        members.insert(
            "SecretAccessKey".to_owned(),
            key.secret.expose_secret().into(),
        );
    }
    Reply::to(&json!({"AccessKey": output}))
}

pub(super) fn list_keys(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name(call)?;
    let user = cloud
        .shared
        .iam
        .get_user(call.account(), name)
        .map_err(wire)?;
    let keys = user.access_keys.values();
    let keys: Vec<Json> = keys.map(|key| key_output(name, key)).collect();
    Reply::to(&json!({"AccessKeyMetadata": keys}))
}

pub(super) fn update_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let is_active = match asked.status.as_deref() {
        Some("Active") => true,
        Some("Inactive") => false,
        other => {
            let text = format!(
                "the status `{}` is not simulated: give Active or Inactive",
                other.unwrap_or("")
            );
            return Err(wire(Error::Validation(text)));
        }
    };
    let name = asked.user_name(call)?;
    cloud
        .shared
        .iam
        .set_access_key_active(call.account(), name, asked.key_id(), is_active)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name(call)?;
    cloud
        .shared
        .iam
        .delete_access_key(call.account(), name, asked.key_id(), call.now)
        .map_err(wire)?;
    Ok(Reply::empty())
}

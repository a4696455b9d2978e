//! Users and access keys on the wire.

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::role::boundary_output;
use super::{Paging, Tag, tags, tags_output, wire};
use crate::cloud::Cloud;
use crate::iam::{AccessKey, Error, User};
use crate::operation::{Answer, Call, Reply, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    user_name: Option<String>,
    #[serde(default)]
    path: String,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    access_key_id: Option<String>,
    status: Option<String>,
}

impl Input {
    /// The user that is named, else the caller if it is one.
    fn user_name<'a>(&'a self, call: &'a Call) -> Result<&'a str, WireError> {
        match (&self.user_name, &call.caller.principal) {
            (Some(name), _) => Ok(name),
            (None, Principal::User { name, .. }) => Ok(name),
            (None, _) => {
                let text = "Must specify userName when calling with non-User credentials";
                Err(wire(Error::Validation(text.to_owned())))
            }
        }
    }

    fn key_id(&self) -> &str {
        self.access_key_id.as_deref().unwrap_or_default()
    }
}

fn output(user: &User) -> Json {
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
            members.insert("Tags".to_owned(), tags_output(&user.grants.tags));
        }
    }
    whole
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name.as_deref().unwrap_or_default();
    let (boundary, tags) = (asked.permissions_boundary.clone(), tags(asked.tags.clone()));
    let when = (call.now, &call.ids);
    let user = cloud
        .iam
        .create_user(call.account(), (name, &asked.path), boundary, tags, when);
    Reply::to(&json!({"User": whole(&user.map_err(wire)?)}))
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if let (None, Principal::Root { account }) = (&asked.user_name, &call.caller.principal) {
        // The root user is older than everything in its account; the lab knows no date.
        return Reply::to(&json!({"User": {
            "Path": "/",
            "UserName": "root",
            "UserId": account,
            "Arn": call.caller.arn,
            "CreateDate": authlab_kernel::Timestamp::UNIX_EPOCH,
        }}));
    }
    let name = asked.user_name(call)?;
    let user = cloud.iam.get_user(call.account(), name).map_err(wire)?;
    Reply::to(&json!({"User": whole(user)}))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        #[serde(default)]
        path_prefix: String,
    }
    let (paging, asked): (Paging, Input) = read_both(input)?;
    let users = cloud.iam.users(call.account(), &asked.path_prefix);
    Reply::to(&paging.page("Users", users.into_iter().map(output).collect()))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name.unwrap_or_default();
    cloud.iam.delete_user(call.account(), &name).map_err(wire)?;
    Ok(Reply::empty())
}

/// There are no groups: a user is in none.
pub(super) fn list_groups(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .iam
        .get_user(call.account(), asked.user_name(call)?)
        .map_err(wire)?;
    Reply::to(&Paging::default().page("Groups", Vec::new()))
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
    let (paging, asked): (Paging, Input) = read_both(input)?;
    let name = asked.user_name(call)?;
    let user = cloud.iam.get_user(call.account(), name).map_err(wire)?;
    let keys = user
        .access_keys
        .values()
        .map(|key| key_output(name, key))
        .collect();
    Reply::to(&paging.page("AccessKeyMetadata", keys))
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
        .iam
        .set_access_key_active(call.account(), name, asked.key_id(), is_active)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn delete_key(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let name = asked.user_name(call)?;
    cloud
        .iam
        .delete_access_key(call.account(), name, asked.key_id())
        .map_err(wire)?;
    Ok(Reply::empty())
}

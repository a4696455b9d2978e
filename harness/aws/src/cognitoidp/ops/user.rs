//! Users, by administrators.

use authlab_kernel::{Secret, Timestamp};
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{Attribute, attributes, part, wire};
use crate::cloud::Cloud;
use crate::cognitoidp::directory::NewUser;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::user::{Status, User};
use crate::operation::{Answer, Call, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserInput {
    pub(super) user_pool_id: String,
    pub(super) username: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    user_pool_id: String,
    username: String,
    #[serde(default)]
    user_attributes: Option<Vec<Attribute>>,
    #[serde(default)]
    temporary_password: Option<String>,
    #[serde(default)]
    message_action: Option<String>,
}

/// A user in lists.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserOutput {
    username: String,
    attributes: Vec<Attribute>,
    user_create_date: Timestamp,
    user_last_modified_date: Timestamp,
    enabled: bool,
    user_status: &'static str,
}

impl UserOutput {
    pub(super) fn of(user: &User, only: Option<&[String]>) -> Self {
        let is_asked = |name: &String| only.is_none_or(|only| only.contains(name));
        let all = user.all_attributes().into_iter();
        let told = all.filter(|(name, _)| is_asked(name));
        Self {
            username: user.name.clone(),
            attributes: listed(told),
            user_create_date: user.created,
            user_last_modified_date: user.changed,
            enabled: user.is_enabled,
            user_status: user.status.as_str(),
        }
    }
}

pub(super) fn listed(all: impl Iterator<Item = (String, String)>) -> Vec<Attribute> {
    all.map(|(name, value)| Attribute { name, value }).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreateOutput {
    user: UserOutput,
}

pub(in crate::cognitoidp) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: CreateInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    let drawn = || {
        let drawn = ctx
            .ids
            .draw("temporary-password", &pool.id, &input.username);
        // One of each kind, whatever the policy asks for.
        format!("Aa1!{}", drawn.base62(20))
    };
    let password = input.temporary_password.clone().unwrap_or_else(drawn);
    if input.message_action.as_deref() == Some("RESEND") {
        let user = pool.user(&input.username).map_err(wire)?;
        if user.status != Status::ForceChangePassword {
            // Unverified.
            let text = "Resend not possible. User has already been confirmed.";
            return Err(wire(Error::parameter("MessageAction", text)));
        }
        let set = pool.set_password(&input.username, &password, false, ctx.now);
        set.map_err(wire)?;
        let user = pool.user(&input.username).map_err(wire)?;
        let user = UserOutput::of(user, None);
        return Reply::to(&CreateOutput { user });
    }
    let new = NewUser {
        name: input.username,
        attributes: attributes(input.user_attributes),
        password: Secret::new(password),
        is_sign_up: false,
    };
    let user = pool.add_user(new, (ctx.now, ctx.ids)).map_err(wire)?;
    let user = UserOutput::of(user, None);
    Reply::to(&CreateOutput { user })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetOutput {
    username: String,
    user_attributes: Vec<Attribute>,
    user_create_date: Timestamp,
    user_last_modified_date: Timestamp,
    enabled: bool,
    user_status: &'static str,
}

pub(in crate::cognitoidp) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UserInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let user = pool.map_err(wire)?.user(&input.username).map_err(wire)?;
    Reply::to(&GetOutput {
        username: user.name.clone(),
        user_attributes: listed(user.all_attributes().into_iter()),
        user_create_date: user.created,
        user_last_modified_date: user.changed,
        enabled: user.is_enabled,
        user_status: user.status.as_str(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PasswordInput {
    user_pool_id: String,
    username: String,
    password: String,
    #[serde(default)]
    permanent: bool,
}

pub(in crate::cognitoidp) fn set_password(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PasswordInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    pool.set_password(&input.username, &input.password, input.permanent, ctx.now)
        .map_err(wire)?;
    Ok(Reply::empty())
}

/// Changes a user who is named by pool and name.
fn change(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
    edit: impl FnOnce(&mut User, Timestamp),
) -> Answer {
    let input: UserInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let user = pool.map_err(wire)?.user_mut(&input.username);
    edit(user.map_err(wire)?, ctx.now);
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn enable(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    change(cloud, call, input, |user, now| {
        (user.is_enabled, user.changed) = (true, now);
    })
}

pub(in crate::cognitoidp) fn disable(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    change(cloud, call, input, |user, now| {
        (user.is_enabled, user.changed) = (false, now);
    })
}

pub(in crate::cognitoidp) fn confirm(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UserInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let confirmed = pool.map_err(wire)?.confirm(&input.username, None, ctx.now);
    confirmed.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UserInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let gone = pool.map_err(wire)?.delete_user(&input.username);
    gone.map_err(wire)?;
    Ok(Reply::empty())
}

/// Signs a user out everywhere.
pub(in crate::cognitoidp) fn sign_out(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UserInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    let key = pool.find_user(&input.username);
    let key = key.ok_or_else(|| wire(Error::NoUser(input.username)))?;
    pool.sign_out(&key);
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateAttributesInput {
    user_pool_id: String,
    username: String,
    user_attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteAttributesInput {
    user_pool_id: String,
    username: String,
    user_attribute_names: Vec<String>,
}

pub(in crate::cognitoidp) fn update_attributes(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: UpdateAttributesInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let given = attributes(Some(input.user_attributes));
    pool.map_err(wire)?
        .update_attributes(&input.username, given, ctx.now)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn delete_attributes(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: DeleteAttributesInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    pool.map_err(wire)?
        .delete_attributes(&input.username, &input.user_attribute_names, ctx.now)
        .map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    user_pool_id: String,
    #[serde(default)]
    attributes_to_get: Option<Vec<String>>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    pagination_token: Option<String>,
    #[serde(default)]
    filter: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput {
    users: Vec<UserOutput>,
    pagination_token: Option<String>,
}

pub(in crate::cognitoidp) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let found = pool.map_err(wire)?.filtered(input.filter.as_deref());
    let found = found.map_err(wire)?;
    let only = input.attributes_to_get.as_deref();
    let users = found.into_iter().map(|user| UserOutput::of(user, only));
    let place = input.pagination_token.as_deref();
    let (users, pagination_token) = part(users.collect(), input.limit, place)?;
    Reply::to(&ListOutput {
        users,
        pagination_token,
    })
}

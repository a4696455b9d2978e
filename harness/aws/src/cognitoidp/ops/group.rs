//! Groups.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::user::UserOutput;
use super::{part, wire};
use crate::cloud::Cloud;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::user::{Group, GroupChange};
use crate::operation::{Answer, Call, Reply, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GroupInput {
    user_pool_id: String,
    group_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupOutput<'a> {
    group: &'a Group,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupsOutput {
    groups: Vec<Group>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsersOutput {
    users: Vec<UserOutput>,
    next_token: Option<String>,
}

pub(in crate::cognitoidp) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (input, given): (GroupInput, GroupChange) = read_both(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    if pool.groups.contains_key(&input.group_name) {
        return Err(wire(Error::GroupExists(input.group_name)));
    }
    let group = Group {
        group_name: input.group_name,
        user_pool_id: pool.id.clone(),
        description: given.description,
        role_arn: given.role_arn,
        precedence: given.precedence,
        creation_date: ctx.now,
        last_modified_date: ctx.now,
    };
    let answer = Reply::to(&GroupOutput { group: &group });
    pool.groups.insert(group.group_name.clone(), group);
    answer
}

pub(in crate::cognitoidp) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let group = pool.map_err(wire)?.group(&input.group_name);
    Reply::to(&GroupOutput {
        group: group.map_err(wire)?,
    })
}

pub(in crate::cognitoidp) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (input, given): (GroupInput, GroupChange) = read_both(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let group = pool.map_err(wire)?.groups.get_mut(&input.group_name);
    let group = group.ok_or_else(|| wire(Error::NoGroup(input.group_name)))?;
    // What is not stated stays (unverified).
    group.description = given.description.or(group.description.take());
    group.role_arn = given.role_arn.or(group.role_arn.take());
    group.precedence = given.precedence.or(group.precedence.take());
    group.last_modified_date = ctx.now;
    Reply::to(&GroupOutput { group })
}

pub(in crate::cognitoidp) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GroupInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    pool.group(&input.group_name).map_err(wire)?;
    pool.groups.remove(&input.group_name);
    for user in pool.users.values_mut() {
        user.groups.remove(&input.group_name);
    }
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    user_pool_id: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

pub(in crate::cognitoidp) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let groups = pool.map_err(wire)?.groups.values().cloned();
    let place = input.next_token.as_deref();
    let (groups, next_token) = part(groups.collect(), input.limit, place)?;
    Reply::to(&GroupsOutput { groups, next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MemberInput {
    user_pool_id: String,
    username: String,
    group_name: String,
}

fn change(cloud: &mut Cloud, call: &Call, input: Value, is_in: bool) -> Answer {
    let input: MemberInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    pool.group(&input.group_name).map_err(wire)?;
    let user = pool.user_mut(&input.username).map_err(wire)?;
    match is_in {
        true => user.groups.insert(input.group_name),
        false => user.groups.remove(&input.group_name),
    };
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn add_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    change(cloud, call, input, true)
}

pub(in crate::cognitoidp) fn remove_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    change(cloud, call, input, false)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfUserInput {
    user_pool_id: String,
    username: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

pub(in crate::cognitoidp) fn list_of_user(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: OfUserInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    let user = pool.user(&input.username).map_err(wire)?;
    let groups = pool.groups_of(user).into_iter().cloned();
    let place = input.next_token.as_deref();
    let (groups, next_token) = part(groups.collect(), input.limit, place)?;
    Reply::to(&GroupsOutput { groups, next_token })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UsersInput {
    user_pool_id: String,
    group_name: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

pub(in crate::cognitoidp) fn list_users(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UsersInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    pool.group(&input.group_name).map_err(wire)?;
    let users = pool.users.values();
    let users = users
        .filter(|user| user.groups.contains(&input.group_name))
        .map(|user| UserOutput::of(user, None));
    let place = input.next_token.as_deref();
    let (users, next_token) = part(users.collect(), input.limit, place)?;
    Reply::to(&UsersOutput { users, next_token })
}

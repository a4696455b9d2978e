//! Pools, their domains and tags.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{PoolInput, part, wire};
use crate::cloud::Cloud;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::pool::{
    LambdaConfig, Pool, PoolNature, PoolSettings, UsernameConfiguration,
};
use crate::cognitoidp::schema::SchemaAttribute;
use crate::cognitoidp::state::{NewPool, check_settings};
use crate::operation::{Answer, Call, Reply, Tags, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    pool_name: String,
    #[serde(default)]
    schema: Option<Vec<SchemaAttribute>>,
    #[serde(default)]
    username_attributes: Option<Vec<String>>,
    #[serde(default)]
    alias_attributes: Option<Vec<String>>,
    #[serde(default)]
    username_configuration: Option<UsernameConfiguration>,
    #[serde(default)]
    user_pool_tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateInput {
    user_pool_id: String,
    #[serde(default)]
    pool_name: Option<String>,
    #[serde(default)]
    user_pool_tags: Option<Tags>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PoolOutput<'a> {
    id: &'a str,
    name: &'a str,
    arn: String,
    #[serde(flatten)]
    settings: &'a PoolSettings,
    schema_attributes: &'a [SchemaAttribute],
    username_attributes: Option<&'a Vec<String>>,
    alias_attributes: Option<&'a Vec<String>>,
    username_configuration: Option<&'a UsernameConfiguration>,
    user_pool_tags: &'a Tags,
    domain: Option<&'a str>,
    estimated_number_of_users: usize,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Described<'a> {
    user_pool: PoolOutput<'a>,
}

fn described(pool: &Pool) -> Answer {
    Reply::to(&Described {
        user_pool: PoolOutput {
            id: &pool.id,
            name: &pool.name,
            arn: pool.arn(),
            settings: &pool.settings,
            schema_attributes: pool.schema.all(),
            username_attributes: pool.nature.username_attributes.as_ref(),
            alias_attributes: pool.nature.alias_attributes.as_ref(),
            username_configuration: pool.nature.username_configuration.as_ref(),
            user_pool_tags: &pool.tags,
            domain: pool.domain.as_deref(),
            estimated_number_of_users: pool.users.len(),
            creation_date: pool.created,
            last_modified_date: pool.changed,
        },
    })
}

pub(in crate::cognitoidp) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (input, settings): (CreateInput, PoolSettings) = read_both(input)?;
    if input.username_attributes.is_some() && input.alias_attributes.is_some() {
        // Unverified.
        let text =
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.";
        return Err(wire(Error::parameter("UsernameAttributes", text)));
    }
    let new = NewPool {
        name: input.pool_name,
        settings,
        nature: PoolNature {
            username_attributes: input.username_attributes,
            alias_attributes: input.alias_attributes,
            username_configuration: input.username_configuration,
        },
        schema: input.schema.unwrap_or_default(),
        tags: input.user_pool_tags.unwrap_or_default(),
    };
    let (state, ctx) = cloud.cognitoidp(call);
    described(state.create_pool(new, &ctx).map_err(wire)?)
}

pub(in crate::cognitoidp) fn describe(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PoolInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    described(state.pool(&input.user_pool_id, ctx.scope).map_err(wire)?)
}

/// "If you don't provide a value for an attribute, Amazon Cognito sets it to its default value" (API
/// reference, `UpdateUserPool`).
pub(in crate::cognitoidp) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (input, settings): (UpdateInput, PoolSettings) = read_both(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    check_settings(&settings).map_err(wire)?;
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    pool.settings = settings;
    if let Some(name) = input.pool_name {
        pool.name = name;
    }
    if let Some(tags) = input.user_pool_tags {
        pool.tags = tags;
    }
    pool.changed = ctx.now;
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PoolInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    state.delete_pool(&input.user_pool_id, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    max_results: usize,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
    name: String,
    lambda_config: LambdaConfig,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput {
    user_pools: Vec<Listed>,
    next_token: Option<String>,
}

pub(in crate::cognitoidp) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pools = state.pools(ctx.scope).into_iter().map(|pool| Listed {
        id: pool.id.clone(),
        name: pool.name.clone(),
        lambda_config: pool.settings.lambda_config.clone(),
        creation_date: pool.created,
        last_modified_date: pool.changed,
    });
    let place = input.next_token.as_deref();
    let (user_pools, next_token) = part(pools.collect(), Some(input.max_results), place)?;
    Reply::to(&ListOutput {
        user_pools,
        next_token,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DomainInput {
    user_pool_id: String,
    domain: String,
}

pub(in crate::cognitoidp) fn create_domain(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DomainInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let put = state.put_domain(&input.user_pool_id, &input.domain, &ctx);
    put.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn delete_domain(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DomainInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    if pool.domain.as_deref() != Some(input.domain.as_str()) {
        return Err(wire(Error::NoDomain(input.domain)));
    }
    pool.domain = None;
    Ok(Reply::empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeDomainInput {
    domain: String,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DomainDescription {
    user_pool_id: Option<String>,
    #[serde(rename = "AWSAccountId")]
    aws_account_id: Option<String>,
    domain: Option<String>,
    status: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DomainOutput {
    domain_description: DomainDescription,
}

/// Of a domain that nobody has, or another account, the description is empty.
pub(in crate::cognitoidp) fn describe_domain(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: DescribeDomainInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_of_domain(ctx.scope.region.as_str(), &input.domain);
    let pool = pool.filter(|pool| pool.scope == *ctx.scope);
    let described = pool.map(|pool| DomainDescription {
        user_pool_id: Some(pool.id.clone()),
        aws_account_id: Some(pool.scope.account.to_string()),
        domain: pool.domain.clone(),
        status: Some("ACTIVE"),
    });
    Reply::to(&DomainOutput {
        domain_description: described.unwrap_or_default(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagInput {
    resource_arn: String,
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagInput {
    resource_arn: String,
    tag_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagsInput {
    resource_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagsOutput<'a> {
    tags: &'a Tags,
}

/// The id in a pool's ARN.
pub(in crate::cognitoidp) fn id_of(arn: &str) -> Result<&str, Error> {
    let id = arn
        .split_once(":cognito-idp:")
        .and_then(|(_, rest)| rest.split_once(":userpool/"));
    id.map(|(_, id)| id)
        .ok_or_else(|| Error::Arn(arn.to_owned()))
}

pub(in crate::cognitoidp) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let id = id_of(&input.resource_arn).map_err(wire)?;
    let pool = state.pool_mut(id, ctx.scope).map_err(wire)?;
    pool.tags.extend(input.tags);
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: UntagInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let id = id_of(&input.resource_arn).map_err(wire)?;
    let pool = state.pool_mut(id, ctx.scope).map_err(wire)?;
    pool.tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: TagsInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let id = id_of(&input.resource_arn).map_err(wire)?;
    let pool = state.pool(id, ctx.scope).map_err(wire)?;
    Reply::to(&TagsOutput { tags: &pool.tags })
}

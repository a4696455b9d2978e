//! App clients and resource servers.

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{part, wire};
use crate::cloud::Cloud;
use crate::cognitoidp::client::{Client, Settings};
use crate::cognitoidp::error::Error;
use crate::cognitoidp::state::NewClient;
use crate::cognitoidp::user::{ResourceScope, ResourceServer};
use crate::operation::{Answer, Call, Reply, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    user_pool_id: String,
    client_name: String,
    #[serde(default)]
    generate_secret: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateInput {
    user_pool_id: String,
    client_id: String,
    #[serde(default)]
    client_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ClientInput {
    user_pool_id: String,
    client_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    user_pool_id: String,
    #[serde(default)]
    max_results: Option<usize>,
    #[serde(default)]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ClientOutput<'a> {
    user_pool_id: &'a str,
    client_id: &'a str,
    client_name: &'a str,
    client_secret: Option<&'a str>,
    creation_date: Timestamp,
    last_modified_date: Timestamp,
    #[serde(flatten)]
    settings: Settings,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Described<'a> {
    user_pool_client: ClientOutput<'a>,
}

fn described(pool: &str, client: &Client) -> Answer {
    let mut settings = client.settings.clone();
    settings.refresh_token_validity = settings.refresh_token_validity.or(Some(30));
    settings.explicit_auth_flows = settings
        .explicit_auth_flows
        .filter(|flows| !flows.is_empty())
        .or_else(|| Some(client.flows().iter().map(ToString::to_string).collect()));
    settings.allowed_oauth_flows_user_pool_client =
        Some(settings.allowed_oauth_flows_user_pool_client == Some(true));
    settings.enable_token_revocation = Some(client.revokes());
    settings.auth_session_validity = settings.auth_session_validity.or(Some(3));
    Reply::to(&Described {
        user_pool_client: ClientOutput {
            user_pool_id: pool,
            client_id: &client.id,
            client_name: &client.name,
            client_secret: client.secret.as_ref().map(|it| it.expose_secret()),
            creation_date: client.created,
            last_modified_date: client.changed,
            settings,
        },
    })
}

pub(in crate::cognitoidp) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (input, settings): (CreateInput, Settings) = read_both(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let new = NewClient {
        name: input.client_name,
        has_secret: input.generate_secret,
        settings,
    };
    let made = state.create_client(&input.user_pool_id, new, &ctx);
    described(&input.user_pool_id, made.map_err(wire)?)
}

pub(in crate::cognitoidp) fn describe(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ClientInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    described(&pool.id, pool.client(&input.client_id).map_err(wire)?)
}

/// "If you don't provide a value for an attribute, Amazon Cognito sets it to its default value" (API
/// reference, `UpdateUserPoolClient`).
pub(in crate::cognitoidp) fn update(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (input, settings): (UpdateInput, Settings) = read_both(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    let mut changed = pool.client(&input.client_id).map_err(wire)?.clone();
    changed.settings = settings;
    changed.changed = ctx.now;
    if let Some(name) = input.client_name {
        changed.name = name;
    }
    changed.check().map_err(wire)?;
    pool.check_scopes(changed.scopes()).map_err(wire)?;
    pool.check_attributes(&changed).map_err(wire)?;
    let answer = described(&pool.id, &changed);
    pool.clients.insert(input.client_id, changed);
    answer
}

pub(in crate::cognitoidp) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ClientInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    pool.client(&input.client_id).map_err(wire)?;
    pool.clients.remove(&input.client_id);
    Ok(Reply::empty())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    client_id: String,
    user_pool_id: String,
    client_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput {
    user_pool_clients: Vec<Listed>,
    next_token: Option<String>,
}

pub(in crate::cognitoidp) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    let clients = pool.clients.values().map(|client| Listed {
        client_id: client.id.clone(),
        user_pool_id: pool.id.clone(),
        client_name: client.name.clone(),
    });
    let place = input.next_token.as_deref();
    let (user_pool_clients, next_token) = part(clients.collect(), input.max_results, place)?;
    Reply::to(&ListOutput {
        user_pool_clients,
        next_token,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServerInput {
    user_pool_id: String,
    identifier: String,
    name: String,
    #[serde(default)]
    scopes: Option<Vec<ResourceScope>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServerNameInput {
    user_pool_id: String,
    identifier: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ServerOutput<'a> {
    resource_server: &'a ResourceServer,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ServerListOutput {
    resource_servers: Vec<ResourceServer>,
    next_token: Option<String>,
}

fn put_server(cloud: &mut Cloud, call: &Call, input: Value, is_new: bool) -> Answer {
    let input: ServerInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let pool = pool.map_err(wire)?;
    let id = input.identifier.clone();
    match (pool.resource_servers.contains_key(&id), is_new) {
        (true, true) => {
            let taken = Error::ResourceServerExists(id, pool.id.clone());
            return Err(wire(taken));
        }
        (false, false) => return Err(wire(Error::NoResourceServer(id))),
        _ => {}
    }
    let server = ResourceServer {
        user_pool_id: pool.id.clone(),
        identifier: input.identifier,
        name: input.name,
        scopes: input.scopes.unwrap_or_default(),
    };
    let answer = Reply::to(&ServerOutput {
        resource_server: &server,
    });
    pool.resource_servers.insert(id, server);
    answer
}

pub(in crate::cognitoidp) fn create_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    put_server(cloud, call, input, true)
}

pub(in crate::cognitoidp) fn update_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    put_server(cloud, call, input, false)
}

pub(in crate::cognitoidp) fn describe_server(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: ServerNameInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let found = pool.map_err(wire)?.resource_servers.get(&input.identifier);
    let found = found.ok_or_else(|| wire(Error::NoResourceServer(input.identifier)))?;
    Reply::to(&ServerOutput {
        resource_server: found,
    })
}

pub(in crate::cognitoidp) fn delete_server(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ServerNameInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool_mut(&input.user_pool_id, ctx.scope);
    let gone = pool
        .map_err(wire)?
        .resource_servers
        .remove(&input.identifier);
    gone.ok_or_else(|| wire(Error::NoResourceServer(input.identifier)))?;
    Ok(Reply::empty())
}

pub(in crate::cognitoidp) fn list_servers(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = state.pool(&input.user_pool_id, ctx.scope);
    let servers = pool.map_err(wire)?.resource_servers.values().cloned();
    let place = input.next_token.as_deref();
    let (resource_servers, next_token) = part(servers.collect(), input.max_results, place)?;
    Reply::to(&ServerListOutput {
        resource_servers,
        next_token,
    })
}

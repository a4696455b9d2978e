//! Logging in and out. Each login is two halves, for a trigger may run in between; the second looks again.

use std::collections::BTreeMap;

use authlab_kernel::{Ids, Timestamp};
use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::issue::{self, Asker};
use super::wire;
use crate::cloud::Cloud;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::login::{self, Asked, Begun};
use crate::cognitoidp::pool::Pool;
use crate::front::FrontDoor;
use crate::operation::{Answer, Call, Reply, read};

type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InitiateInput {
    #[serde(default)]
    user_pool_id: Option<String>,
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Option<Texts>,
    #[serde(default)]
    client_metadata: Option<Texts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RespondInput {
    #[serde(default)]
    user_pool_id: Option<String>,
    client_id: String,
    challenge_name: String,
    #[serde(default)]
    session: Option<String>,
    #[serde(default)]
    challenge_responses: Option<Texts>,
    #[serde(default)]
    client_metadata: Option<Texts>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tokens {
    access_token: String,
    id_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: i64,
    token_type: &'static str,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    challenge_name: Option<&'static str>,
    session: Option<String>,
    challenge_parameters: Texts,
    authentication_result: Option<Tokens>,
}

/// Does something with the pool of a client: the named one for an administrator, whichever has the
/// client for a user.
fn at_pool<T>(
    cloud: &mut Cloud,
    call: &Call,
    (pool, client): (Option<&str>, &str),
    work: impl FnOnce(&mut Pool, (Timestamp, &Ids)) -> Result<T, Error>,
) -> Result<T, WireError> {
    let (state, ctx) = cloud.cognitoidp(call);
    let pool = match pool {
        Some(id) => state.pool_mut(id, ctx.scope),
        None => state.pool_of_client(client),
    };
    let now = ctx.now;
    pool.and_then(|pool| work(pool, (now, ctx.ids)))
        .map_err(wire)
}

pub(in crate::cognitoidp) fn initiate<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let given: InitiateInput = read(input.clone())?;
        let pool = given.user_pool_id;
        let asked = Asked {
            client: given.client_id,
            flow: given.auth_flow,
            parameters: given.auth_parameters.unwrap_or_default(),
            metadata: given.client_metadata.unwrap_or_default(),
            is_admin: pool.is_some(),
        };
        let begun = at_pool(
            &mut door.cloud(),
            call,
            (pool.as_deref(), &asked.client),
            |pool, at| login::begin(pool, &asked, at),
        )?;
        complete(door, call, &input, begun).await
    })
}

pub(in crate::cognitoidp) fn respond<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let given: RespondInput = read(input.clone())?;
        let pool = given.user_pool_id;
        let asked = Asked {
            client: given.client_id,
            flow: given.challenge_name,
            parameters: given.challenge_responses.unwrap_or_default(),
            metadata: given.client_metadata.unwrap_or_default(),
            is_admin: pool.is_some(),
        };
        let session = given.session;
        let begun = at_pool(
            &mut door.cloud(),
            call,
            (pool.as_deref(), &asked.client),
            |pool, at| login::respond(pool, &asked, session.as_deref(), at),
        )?;
        complete(door, call, &input, begun).await
    })
}

/// The second half.
async fn complete(door: &FrontDoor, call: &Call, input: &Value, begun: Begun) -> Answer {
    let mut draft = match begun {
        Begun::Challenge {
            name,
            session,
            parameters,
        } => {
            return Reply::to(&Output {
                challenge_name: Some(name),
                session: Some(session.expose_secret().to_owned()),
                challenge_parameters: parameters,
                authentication_result: None,
            });
        }
        Begun::Tokens(draft) => draft,
    };
    let asker = Asker {
        cause: call.cause,
        request_id: call.request_id.clone(),
        trace_id: call.trace_id.clone(),
    };
    let run = issue::run_trigger(door, &mut draft, &asker).await;
    run.map_err(wire)?;
    let signed = issue::sign(&draft).map_err(wire)?;
    let refresh = door.again(call, input, |desk| {
        let pool = desk.cloud.cognitoidp.pool_anywhere_mut(&draft.pool);
        let pool = pool.ok_or_else(|| wire(Error::NoPool(draft.pool.clone())))?;
        login::finish(pool, &draft, (call.now, &call.ids)).map_err(wire)
    })?;
    issue::record(door, &draft, &signed, refresh.as_ref(), &asker);
    Reply::to(&Output {
        authentication_result: Some(Tokens {
            access_token: signed.access,
            id_token: signed.id,
            refresh_token: refresh.map(|it| it.expose_secret().to_owned()),
            expires_in: signed.expires_seconds,
            token_type: "Bearer",
        }),
        ..Output::default()
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RevokeInput {
    token: String,
    client_id: String,
    #[serde(default)]
    client_secret: Option<String>,
}

pub(in crate::cognitoidp) fn revoke(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: RevokeInput = read(input)?;
    at_pool(cloud, call, (None, &input.client_id), |pool, _| {
        let client = pool.client(&input.client_id)?;
        if !client.has_secret(input.client_secret.as_deref()) {
            return Err(Error::Unauthorized);
        }
        login::revoke(pool, &input.client_id, &input.token)
    })?;
    Ok(Reply::empty())
}

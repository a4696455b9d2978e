//! ImportRestApi, PutRestApi: the document is read without the lock, the issuers of its JWT authorizers
//! are asked, and then all of it is made or nothing.

use authlab_wire::{Blob, Value, WireError};
use futures_util::future::BoxFuture;
use serde::Deserialize;

use super::authorizer::look_at_issuers;
use super::part::BesideApi;
use super::{wire, with_tags};
use crate::apigateway::error::Error;
use crate::apigateway::openapi::{self, Imported, Mode, Parameters};
use crate::apigateway::resource::{Api, Texts};
use crate::front::FrontDoor;
use crate::operation::part::{Whole, Within};
use crate::operation::{Answer, Call, Reply, read, read_both};

/// The document and what stands beside it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImportInput {
    body: Blob,
    #[serde(default)]
    fail_on_warnings: bool,
    #[serde(default)]
    parameters: Texts,
    /// PutRestApi has it.
    #[serde(default)]
    mode: Mode,
}

/// Reads the document: the body of the request as it is.
fn imported(input: ImportInput) -> Result<Imported, WireError> {
    let parameters = Parameters {
        fail_on_warnings: input.fail_on_warnings,
        parameters: input.parameters,
    };
    parameters.check().map_err(wire)?;
    let document = std::str::from_utf8(&input.body.0);
    let document = document.map_err(|error| {
        wire(Error::NoDocument {
            problem: format!("it is not UTF-8: {error}"),
        })
    })?;
    openapi::read(document, &parameters).map_err(wire)
}

/// Asks the issuers of its authorizers.
async fn look_at_all(
    door: &FrontDoor,
    call: &Call,
    imported: &mut Imported,
) -> Result<(), WireError> {
    for authorizer in imported.authorizers_mut() {
        look_at_issuers(door, call, authorizer).await?;
    }
    Ok(())
}

/// The answer with what was warned of.
fn with_warnings(mut reply: Reply, imported: &Imported) -> Reply {
    let warnings = imported.warnings();
    if let Value::Map(members) = &mut reply.output
        && !warnings.is_empty()
    {
        let warnings = warnings.iter().map(|text| Value::from(text.as_str()));
        members.insert("warnings".to_owned(), Value::List(warnings.collect()));
    }
    reply
}

pub(in crate::apigateway) fn import<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let mut imported = imported(read(input.clone())?)?;
        look_at_all(door, call, &mut imported).await?;
        door.again(call, &input, |desk| {
            let (state, ctx) = desk.cloud.apigateway(call);
            let made = state.create(imported.facts(), &ctx).map_err(wire)?;
            let built = state.change(&call.scope, &made.id, |api| imported.build(api, &ctx));
            if let Err(error) = built {
                drop(state.delete(&call.scope, &made.id).map_err(wire)?);
                return Err(wire(error));
            }
            let api = state.api(&call.scope, &made.id).map_err(wire)?;
            let effects = vec![Api::outline(&api.facts, &call.scope)];
            let reply = with_warnings(Reply::to(&api.facts)?, &imported);
            Ok(Reply { effects, ..reply })
        })
    })
}

pub(in crate::apigateway) fn put<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let (of, given): (Within<Api>, ImportInput) = read_both(input.clone())?;
        let mode = given.mode;
        // The document comes before the API (recorded).
        let mut imported = imported(given)?;
        {
            let mut cloud = door.cloud();
            let (state, _) = cloud.apigateway(call);
            let id = of.names().first().map_or("", String::as_str);
            state.api(&call.scope, id).map_err(wire)?;
        }
        look_at_all(door, call, &mut imported).await?;
        door.again(call, &input, |desk| {
            let edit = |api: &mut Api, beside: &BesideApi<'_>| -> Result<_, Error> {
                imported.put(api, mode, beside.ctx)?;
                Ok(api.facts.clone())
            };
            let (facts, mut effects) = Api::change(desk.cloud, call, of.names(), edit)?;
            effects.push(Api::outline(&facts, &call.scope));
            let reply = with_warnings(with_tags(Reply::to(&facts)?), &imported);
            Ok(Reply { effects, ..reply })
        })
    })
}

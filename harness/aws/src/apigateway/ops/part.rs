//! APIs and accounts as wholes, and what is put into them, changed and taken away by its names.

use authlab_wire::{Value, WireError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{PageInput, page, wire, with_tags};
use crate::apigateway::account::Account;
use crate::apigateway::error::Error;
use crate::apigateway::patch::{self, Patch, Table};
use crate::apigateway::resource::Api;
use crate::apigateway::state::State;
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, changed};
use crate::operation::{Answer, Call, Effect, read_both};
use crate::shared::Ctx;

/// The name at a place; whatever is a part has as many as its operations ask for.
pub(super) fn name(names: &[String], at: usize) -> &str {
    names.get(at).map_or("", String::as_str)
}

/// What the rules about an API see beside it.
pub struct BesideApi<'c> {
    /// The call.
    pub ctx: &'c Ctx<'c>,
    /// Whether the account has a role by which logs are written.
    pub has_log_role: bool,
}

/// What the rules about an account see beside it.
pub struct BesideAccount<'c> {
    /// The call.
    pub ctx: &'c Ctx<'c>,
    /// The APIs.
    pub apis: &'c State,
}

/// Whether AWS, where the API is not there, says that the part is not (recorded for some of each kind):
/// so it does of one part, and of the API where a part is made or all are listed.
fn names_the_part(operation: &str) -> bool {
    let is_list = operation.ends_with('s') && operation.starts_with("Get");
    let makes = operation.starts_with("Create") || operation.starts_with("Import");
    let names_the_api =
        operation.contains("GatewayResponse") || operation == "DeleteDocumentationPart";
    !makes && !is_list && !names_the_api
}

/// What AWS says of an API that is not there where a part of it is made (recorded).
fn no_api(operation: &str, error: Error) -> Error {
    match operation {
        "CreateAuthorizer" => Error::Conflict(
            "Unable to complete operation due to concurrent modification. Please try again later.",
        ),
        "CreateRequestValidator" => Error::stated("Invalid REST API identifier specified"),
        _ => error,
    }
}

impl Whole for Api {
    type Cloud = Cloud;
    type Ctx<'c> = BesideApi<'c>;
    type Error = Error;
    type Page = PageInput;

    const NAMES: &'static [&'static str] = &["restApiId"];

    fn find<'c>(
        cloud: &'c mut Cloud,
        call: &Call,
        names: &[String],
    ) -> Result<&'c Self, WireError> {
        let id = name(names, 0);
        let state = &mut cloud.apigateway;
        if names_the_part(call.operation) {
            return Ok(state.api_or_nothing(&call.scope, id));
        }
        let found = state.api(&call.scope, id);
        found.map_err(|error| wire(no_api(call.operation, error)))
    }

    fn change<T>(
        cloud: &mut Cloud,
        call: &Call,
        names: &[String],
        edit: impl FnOnce(&mut Self, &BesideApi<'_>) -> Result<T, Error>,
    ) -> Result<(T, Vec<Effect>), WireError> {
        let id = name(names, 0);
        let (state, ctx) = cloud.apigateway(call);
        let role = &state.account(&call.scope).settings.cloudwatch_role_arn;
        let beside = BesideApi {
            ctx: &ctx,
            has_log_role: role.is_some(),
        };
        if let Err(error) = state.api(&call.scope, id) {
            let mut nothing = state.api_or_nothing(&call.scope, id).clone();
            let error = no_api(call.operation, error);
            // What is changed of nothing is not kept, whatever comes of it.
            return Err(wire(if names_the_part(call.operation) {
                edit(&mut nothing, &beside).err().unwrap_or(error)
            } else {
                error
            }));
        }
        let before = state.api(&call.scope, id).map_err(wire)?.published();
        let changed = state.change(&call.scope, id, |api| edit(api, &beside));
        let changed = changed.map_err(wire)?;
        let api = state.api(&call.scope, id).map_err(wire)?;
        Ok((changed, api.publish(&before, ctx.ids)))
    }

    fn wire(error: Error) -> WireError {
        wire(error)
    }

    fn page<T: Serialize>(asked: PageInput, items: impl Iterator<Item = T>) -> Answer {
        page(asked, items)
    }
}

impl Whole for Account {
    type Cloud = Cloud;
    type Ctx<'c> = BesideAccount<'c>;
    type Error = Error;
    type Page = PageInput;

    const NAMES: &'static [&'static str] = &[];

    fn find<'c>(cloud: &'c mut Cloud, call: &Call, _: &[String]) -> Result<&'c Self, WireError> {
        Ok(cloud.apigateway.account(&call.scope))
    }

    fn change<T>(
        cloud: &mut Cloud,
        call: &Call,
        _: &[String],
        edit: impl FnOnce(&mut Self, &BesideAccount<'_>) -> Result<T, Error>,
    ) -> Result<(T, Vec<Effect>), WireError> {
        let (state, ctx) = cloud.apigateway(call);
        let before = state.account(&call.scope).clone();
        let led = before.led();
        let changed = state.change_account(&call.scope, |account, apis| {
            edit(account, &BesideAccount { ctx: &ctx, apis })
        });
        let changed = changed.map_err(wire)?;
        let account = state.account(&call.scope);
        let mut effects = account.lead(&led);
        effects.extend(account.publish_usage(&before));
        Ok((changed, effects))
    }

    fn wire(error: Error) -> WireError {
        wire(error)
    }

    fn page<T: Serialize>(asked: PageInput, items: impl Iterator<Item = T>) -> Answer {
        page(asked, items)
    }
}

/// A part that a request puts at the place which its names say.
pub(in crate::apigateway) trait Put: Part<Whole = Api> {
    /// What the request gives beside the names.
    type Given: DeserializeOwned;

    /// Puts it there.
    ///
    /// # Errors
    /// There is no such place, or what is given cannot be.
    fn put(
        given: Self::Given,
        api: &mut Api,
        names: &[String],
        beside: &BesideApi<'_>,
    ) -> Result<Self, Error>;
}

/// Puts a part at its place.
pub(in crate::apigateway) fn put<P: Put>(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, given): (At<P>, P::Given) = read_both(input)?;
    let edit = |api: &mut Api, beside: &BesideApi<'_>| P::put(given, api, at.part(), beside);
    let (put, effects) = Api::change(cloud, call, at.whole(), edit)?;
    changed(&put, effects)
}

/// A part that can be patched.
pub(in crate::apigateway) trait Patched: Part + DeserializeOwned {
    /// Its paths.
    const TABLE: &'static Table;
    /// Whether the answer has tags, also where there are none (recorded).
    const SHOWS_TAGS: bool = false;

    /// Keeps what a patch made of it.
    ///
    /// # Errors
    /// The rules refuse it.
    fn keep(
        self,
        whole: &mut Self::Whole,
        names: &[String],
        beside: &<Self::Whole as Whole>::Ctx<'_>,
    ) -> Result<Self, Error>;

    /// What is answered.
    fn seen(&self) -> Self
    where
        Self: Clone,
    {
        self.clone()
    }
}

/// Patches a part.
pub(in crate::apigateway) fn update<P>(cloud: &mut Cloud, call: &Call, input: Value) -> Answer
where
    P: Patched + Clone,
    P::Whole: Whole<Cloud = Cloud, Error = Error>,
{
    let (at, patch): (At<P>, Patch) = read_both(input)?;
    let edit = |whole: &mut P::Whole, beside: &<P::Whole as Whole>::Ctx<'_>| {
        let patched = patch::applied(P::TABLE, P::find(whole, at.part())?, &patch)?;
        patched.keep(whole, at.part(), beside)
    };
    let (kept, effects) = P::Whole::change(cloud, call, at.whole(), edit)?;
    let reply = changed(&kept.seen(), effects)?;
    Ok(if P::SHOWS_TAGS {
        with_tags(reply)
    } else {
        reply
    })
}

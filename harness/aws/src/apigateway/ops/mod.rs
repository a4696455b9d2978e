//! Decode, call, encode; the only place where the errors of REST APIs meet codes and statuses.

pub(super) mod account;
pub(super) mod api;
pub(super) mod association;
pub(super) mod authorizer;
pub(super) mod documentation;
pub(super) mod domain;
pub(super) mod export;
pub(super) mod gateway_response;
pub(super) mod import;
pub(super) mod key;
pub(super) mod model;
pub(super) mod part;
pub(super) mod place;
pub(super) mod plan;
pub(super) mod resource;
pub(super) mod stage;
pub(super) mod tag;
pub(super) mod usage;
mod validation;

use std::collections::BTreeMap;

use authlab_wire::{Value, WireError, to_value};
use serde::{Deserialize, Serialize};

pub(super) use validation::in_other_words;

use super::error::Error;
use super::fault;
use crate::operation::{Answer, Reply, page};

/// How many entries a part of a list has where nobody says, and at most (API Gateway API reference,
/// `limit`).
const PAGE_SIZE: usize = 25;
const PAGE_SIZE_MAX: usize = 500;

/// Codes and statuses as the model states them.
pub(super) fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::NoSuchApi { .. } | Error::NoSuch { .. } => (404, "NotFoundException"),
        Error::Taken { .. } | Error::Conflict(_) => (409, "ConflictException"),
        Error::InUse { is_conflict, .. } if *is_conflict => (409, "ConflictException"),
        Error::Quota { .. } => (429, "LimitExceededException"),
        Error::InUse { .. }
        | Error::Invalid { .. }
        | Error::Stated(_)
        | Error::NoDocument { .. }
        | Error::Import(_)
        | Error::Warnings(_) => (400, "BadRequestException"),
        Error::NotImplemented(_) => (501, "NotImplemented"),
    };
    let answer = WireError::new(status, code, error.to_string());
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// What is told of a place in a list that was not given for it. (Text unverified.)
pub(super) fn position_refused(_: &str) -> WireError {
    wire(Error::invalid("position", "give one that was answered"))
}

/// Which part of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInput {
    #[serde(default)]
    position: Option<String>,
    #[serde(default)]
    limit: Option<i64>,
}

/// A part of a list.
#[derive(Serialize)]
struct Page {
    items: Vec<Value>,
    position: Option<String>,
}

/// The part of `items` that is asked for, as an answer.
fn page<T: Serialize>(asked: PageInput, items: impl Iterator<Item = T>) -> Answer {
    let (shown, position) = paged(asked, items)?;
    let items = shown
        .iter()
        .map(to_value)
        .collect::<Result<Vec<Value>, _>>();
    let items = items.map_err(|error| WireError::new(500, "InternalFailure", error.to_string()))?;
    Reply::to(&Page { items, position })
}

/// The part of `items` that is asked for, and the place of the next.
fn paged<T>(
    asked: PageInput,
    items: impl Iterator<Item = T>,
) -> Result<(Vec<T>, Option<String>), WireError> {
    let size = match asked.limit {
        None => PAGE_SIZE,
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| *limit > 0)
            .map(|limit| limit.min(PAGE_SIZE_MAX))
            .ok_or_else(|| wire(Error::invalid("limit", "give a number of entries")))?,
    };
    page::numbered(items, asked.position.as_deref(), size).map_err(|_| position_refused(""))
}

/// The answer with its tags, also where there are none: some operations say so (recorded).
fn with_tags(mut reply: Reply) -> Reply {
    if let Value::Map(members) = &mut reply.output {
        members
            .entry("tags".to_owned())
            .or_insert_with(|| Value::Map(BTreeMap::new()));
    }
    reply
}

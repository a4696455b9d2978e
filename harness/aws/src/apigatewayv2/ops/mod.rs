//! Decode, call, encode; the only place where the errors of HTTP APIs meet codes and statuses.

pub(super) mod api;
pub(super) mod authorizer;
pub(super) mod deployment;
mod part;
pub(super) mod stage;
pub(super) mod tag;

use authlab_wire::{Rule, ValidationFailure, Value, WireError, to_value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::fault;
use crate::operation::{Answer, Reply, page, read_both};

/// Codes and statuses as the model states them.
pub(super) fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::NoSuchApi { .. }
        | Error::NoSuchPart { .. }
        | Error::NoSuchRouteKey(_)
        | Error::NoSuchResource(_) => (404, "NotFoundException"),
        Error::RouteExists(_)
        | Error::StageExists(_)
        | Error::AuthorizerExists(_)
        | Error::InUse { .. } => (409, "ConflictException"),
        Error::DeploymentInUse(_)
        | Error::NoRoutes
        | Error::AutoDeployed(_)
        | Error::Invalid { .. }
        | Error::Stated(_)
        | Error::TooManyAuthorizers(_)
        | Error::LogPolicyTooLong { .. }
        | Error::Document(_)
        | Error::Warnings(_) => (400, "BadRequestException"),
        Error::NotImplemented(_) => (501, "NotImplemented"),
    };
    let answer = WireError::new(status, code, error.to_string());
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// What is known of AWS's own words (M); everything else is told in the common sentence, which no
/// recorded answer contradicts (unverified).
pub(super) fn in_other_words(_: &str, failure: &ValidationFailure) -> Option<WireError> {
    let is_protocol = |at: &str, rule: Rule| at == "protocolType" && rule == Rule::Enum;
    let violation = failure.violations.first()?;
    is_protocol(&violation.at, violation.rule).then(|| {
        let text = "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]";
        WireError::new(400, "BadRequestException", text)
    })
}

/// `existing` with the members that an update gives; what it does not give stays.
/// `Of` reads which one is updated.
fn merged<Of: DeserializeOwned, T: Serialize + DeserializeOwned>(
    existing: &T,
    update: Value,
) -> Result<T, WireError> {
    let internal =
        |error: &dyn std::fmt::Display| WireError::new(500, "InternalFailure", error.to_string());
    let mut whole = to_value(existing).map_err(|error| internal(&error))?;
    if let (Value::Map(members), Value::Map(given)) = (&mut whole, update) {
        members.extend(given.into_iter().filter(|(_, value)| *value != Value::Null));
    }
    let (_, merged): (Of, T) = read_both(without_nulls(whole))?;
    Ok(merged)
}

/// Absent members take their defaults; null ones would not.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Map(members) => {
            let given = members
                .into_iter()
                .filter(|(_, value)| *value != Value::Null);
            Value::Map(
                given
                    .map(|(name, value)| (name, without_nulls(value)))
                    .collect(),
            )
        }
        Value::List(items) => Value::List(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Which API.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ApiInput {
    api_id: String,
}

/// Which page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PageInput {
    #[serde(default)]
    max_results: Option<String>,
    #[serde(default)]
    next_token: Option<String>,
}

/// A page of a list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    items: Vec<Value>,
    next_token: Option<String>,
}

/// The page of `items` that is asked for.
fn page<T: Serialize>(asked: PageInput, items: impl Iterator<Item = T>) -> Answer {
    let invalid = |member| wire(Error::invalid(member, "give a number of items"));
    let size = asked
        .max_results
        .map_or(Ok(usize::MAX), |size| size.parse::<usize>());
    let size = size
        .ok()
        .filter(|size| *size > 0)
        .ok_or_else(|| invalid("maxResults"))?;
    let (shown, next_token) = page::numbered(items, asked.next_token.as_deref(), size)
        .map_err(|_| wire(Error::invalid("nextToken", "give one that was answered")))?;
    let shown = shown.iter().map(to_value);
    let shown = shown
        .collect::<Result<Vec<Value>, _>>()
        .map_err(|error| WireError::new(500, "InternalFailure", error.to_string()))?;
    Reply::to(&Page {
        items: shown,
        next_token,
    })
}

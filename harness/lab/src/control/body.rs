//! What the control API's bodies say. Errors name the field.

use authlab_kernel::{Component, Timestamp};
use authlab_oidc::MintRequest;
use authlab_token::once::Once;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Refusal;
use crate::evidence;

/// One move of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockMove {
    Advance(i64),
    Set(Timestamp),
    Offset(Component, i64),
}

impl ClockMove {
    /// Reads exactly one of the three forms.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let members = object(body)?;
        // Members of an object have no order; the forms below are spelled in that of the alphabet.
        let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
        names.sort_unstable();
        match names.as_slice() {
            ["advance_seconds"] => Ok(Self::Advance(integer(&members, "advance_seconds")?)),
            ["set"] => {
                let text = string(&members, "set")?;
                let time = text.parse().map_err(|_| {
                    let what = "is no time: give one such as `2026-01-15T12:00:00Z`";
                    Refusal::bad_request(format!("set: `{text}` {what}"))
                })?;
                Ok(Self::Set(time))
            }
            ["component", "offset_seconds"] => {
                let component = string(&members, "component")?
                    .parse()
                    .map_err(|error| Refusal::bad_request(format!("component: {error}")))?;
                Ok(Self::Offset(
                    component,
                    integer(&members, "offset_seconds")?,
                ))
            }
            ["component"] => Err(Refusal::bad_request("offset_seconds: is missing")),
            ["offset_seconds"] => Err(Refusal::bad_request("component: is missing")),
            _ => {
                let known = ["advance_seconds", "set", "component", "offset_seconds"];
                let unknown = names.iter().find(|name| !known.contains(name));
                let what = "give `advance_seconds`, `set`, or `component` with `offset_seconds`";
                Err(Refusal::bad_request(match unknown {
                    Some(name) => format!("{name}: is not known: {what}"),
                    None => format!("give one move of the clock: {what}"),
                }))
            }
        }
    }

    /// What the journal says of it.
    pub(super) fn evidence(self) -> evidence::Clock {
        match self {
            Self::Advance(advance_seconds) => evidence::Clock::Advanced { advance_seconds },
            Self::Set(set) => evidence::Clock::Set { set },
            Self::Offset(component, offset_seconds) => evidence::Clock::Offset {
                component: component.as_str().to_owned(),
                offset_seconds,
            },
        }
    }
}

/// Reads the body of `POST /_lab/oidc/token`.
pub(super) fn mint_request(body: &[u8]) -> Result<MintRequest, Refusal> {
    MintRequest::parse(&Value::Object(object(body)?)).map_err(Refusal::bad_request)
}

/// Whether there is no body, or an object without a member.
pub(super) fn nothing(body: &[u8]) -> Result<(), Refusal> {
    let members = match body {
        [] => Map::new(),
        _ => object(body)?,
    };
    match members.keys().next() {
        None => Ok(()),
        Some(name) => Err(Refusal::bad_request(format!(
            "{name}: is not known: nothing is to be said here"
        ))),
    }
}

/// Reads a body whose members stand in a type. Errors name the member.
pub(super) fn members<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let value = Value::Object(object(body)?);
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let what = error.into_inner();
        Refusal::bad_request(match path.as_str() {
            "." => what.to_string(),
            path => format!("{path}: {what}"),
        })
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Once(Value::Object(members))) => Ok(members),
        Ok(Once(_)) => Err(Refusal::bad_request("the body is no JSON object")),
        Err(error) => Err(Refusal::bad_request(format!(
            "the body is no JSON: {error}"
        ))),
    }
}

fn integer(members: &Map<String, Value>, name: &str) -> Result<i64, Refusal> {
    let value = members.get(name).unwrap_or(&Value::Null);
    value.as_i64().ok_or_else(|| {
        Refusal::bad_request(format!("{name}: `{value}` is no whole number of seconds"))
    })
}

fn string<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    let value = members.get(name).unwrap_or(&Value::Null);
    value
        .as_str()
        .ok_or_else(|| Refusal::bad_request(format!("{name}: `{value}` is no text")))
}

//! What the lab is told to break.

use authlab_kernel::Component;
use authlab_kernel::fault::{Calls, Effect, Fault};
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::route::{Answer, Asked};
use super::{Refusal, body, json_answer};
use crate::evidence;
use crate::running::Core;

/// A fault as the API spells it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default)]
    calls: Calls,
    effect: Effect,
    /// Only told.
    #[serde(default, skip_serializing_if = "Option::is_none", skip_deserializing)]
    calls_so_far: Option<u64>,
}

impl Stated {
    fn fault(self) -> Result<Fault, Refusal> {
        let from = self.from.map(|from| from.parse::<Component>()).transpose();
        let from = from.map_err(|error| Refusal::bad_request(format!("from: {error}")))?;
        if let Effect::Status(status) = self.effect
            && StatusCode::from_u16(status).is_err()
        {
            let what = format!("effect: `{status}` is no HTTP status: give 100 to 999");
            return Err(Refusal::bad_request(what));
        }
        if let Calls::First(0) | Calls::Every(0) = self.calls {
            return Err(Refusal::bad_request("calls: `0` hits none: give 1 or more"));
        }
        if let Some(path) = self.path.as_deref().filter(|path| !path.starts_with('/')) {
            let what = format!("path: `{path}` does not begin with a slash");
            return Err(Refusal::bad_request(what));
        }
        if self
            .to_host
            .as_deref()
            .is_some_and(|host| host.contains('/') || host.is_empty())
        {
            let what = "to_host: give a host, or a host and its port, as the caller names it";
            return Err(Refusal::bad_request(what));
        }
        Ok(Fault {
            from,
            to_host: self.to_host,
            path: self.path,
            calls: self.calls,
            effect: self.effect,
        })
    }
}

/// The faults in force.
pub(super) fn list(core: &Core) -> Response<Bytes> {
    let faults = core.faults().in_force().into_iter();
    let told: Vec<Stated> = faults
        .map(|(fault, calls)| Stated {
            from: fault.from.map(|from| from.as_str().to_owned()),
            to_host: fault.to_host,
            path: fault.path,
            calls: fault.calls,
            effect: fault.effect,
            calls_so_far: Some(calls),
        })
        .collect();
    json_answer(StatusCode::OK, &json!({ "faults": told }))
}

/// Adds one.
pub(super) fn add(asked: &Asked<'_>) -> Answer {
    let stated: Stated = body::members(asked.body)?;
    let fault = stated.fault()?;
    let told = evidence::Fault::Added {
        from: fault.from.map(|from| from.as_str().to_owned()),
        to_host: fault.to_host.clone(),
        path: fault.path.clone(),
        calls: fault.calls,
        effect: fault.effect,
    };
    asked.core.faults().add(fault);
    asked.core.record(&told);
    Ok(list(asked.core))
}

/// Mends all.
pub(super) fn clear(asked: &Asked<'_>) -> Answer {
    let mended = asked.core.faults().in_force().len();
    asked.core.faults().clear();
    asked.core.record(&evidence::Fault::Mended { mended });
    Ok(list(asked.core))
}

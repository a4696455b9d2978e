//! The lab's clock, and the way back to its start.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::body::ClockMove;
use super::route::{Answer, Asked};
use super::{Refusal, json_answer};
use crate::running::Core;

/// What time it is.
pub(super) fn answer(core: &Core) -> Response<Bytes> {
    let clock = core.clock();
    let answer = json!({ "now": clock.now(), "running": clock.is_running() });
    json_answer(StatusCode::OK, &answer)
}

/// Moves the clock as told.
pub(super) async fn advance(asked: Asked<'_>) -> Answer {
    let core = asked.core;
    let wanted = ClockMove::parse(asked.body)?;
    match wanted {
        ClockMove::Advance(seconds) => {
            core.clock()
                .advance_seconds(seconds)
                .await
                .map_err(|error| Refusal::bad_request(format!("advance_seconds: {error}")))?;
        }
        ClockMove::Set(time) => {
            let set = core.clock().set(time).await;
            set.map_err(|error| Refusal::bad_request(format!("set: {error}")))?;
        }
        ClockMove::Offset(component, seconds) => {
            let set = core.clock().set_offset_seconds(component, seconds);
            set.map_err(|error| Refusal::bad_request(format!("offset_seconds: {error}")))?;
        }
    }
    core.record(&wanted.evidence());
    Ok(answer(core))
}

/// Back to the start of the lab.
pub(super) async fn reset(asked: Asked<'_>) -> Answer {
    asked
        .core
        .reset()
        .await
        .map_err(|error| Refusal::of(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(answer(asked.core))
}

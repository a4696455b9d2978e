//! The keys that the server would encrypt its storage with: there is no storage, but their number,
//! their time and the rule for changing them are kept and shown.

use authlab_kernel::Timestamp;
use serde_json::{Value, json};

use crate::duration;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;

/// Bounds and defaults of the rule (recorded).
const OPERATIONS_MIN: i64 = 1_000_000;
const OPERATIONS_MAX: i64 = 3_865_470_566;
const INTERVAL_MIN: i64 = 24 * 3600;

/// The keys, as far as they show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyring {
    term: u64,
    installed: Timestamp,
    enabled: bool,
    max_operations: i64,
    /// Seconds; 0 is never.
    interval: i64,
}

impl Keyring {
    /// The keys of a server that starts.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            term: 1,
            installed: now,
            enabled: true,
            max_operations: OPERATIONS_MAX,
            interval: 0,
        }
    }
}

/// Nothing is encrypted, so nothing is counted.
pub(super) fn status(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let Keyring {
        term, installed, ..
    } = state.keyring;
    Ok(Some(Response::data(json!({
        "encryptions": 0,
        "install_time": installed.to_string(),
        "term": term,
    }))))
}

pub(super) fn rotate(state: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    state.keyring.term += 1;
    state.keyring.installed = call.now;
    Ok(None)
}

pub(super) fn read(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let ring = state.keyring;
    let interval = if ring.interval == 0 {
        Value::from(0)
    } else {
        Value::from(duration::long(ring.interval))
    };
    Ok(Some(Response::data(json!({
        "enabled": ring.enabled,
        "interval": interval,
        "max_operations": ring.max_operations,
    }))))
}

pub(super) fn write(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let mut ring = state.keyring;
    if let Some(operations) = fields.given_int("max_operations") {
        if !(OPERATIONS_MIN..=OPERATIONS_MAX).contains(&operations) {
            return Err(Fault::answer(format!(
                "max_operations must be in the range [{OPERATIONS_MIN},{OPERATIONS_MAX}]"
            )));
        }
        ring.max_operations = operations;
    }
    if let Some(interval) = fields.given_int("interval") {
        if interval != 0 && interval < INTERVAL_MIN {
            return Err(Fault::answer(format!(
                "interval must be greater or equal to {}",
                duration::long(INTERVAL_MIN)
            )));
        }
        ring.interval = interval;
    }
    if let Some(enabled) = fields.given_bool("enabled") {
        ring.enabled = enabled;
    }
    state.keyring = ring;
    Ok(None)
}

//! Times: whose clock is off, and by how much.

use authlab_gateway::evidence::{Reason, Times};
use authlab_kernel::Timestamp;
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::told::{class, judged};
use crate::case::Case;

/// How far a clock may be off before "not yet valid" is no longer taken for skew, in seconds.
const SKEW_SECONDS_MAX: i64 = 300;

pub(super) const CLOCK: Entry = class(
    "clock-skew",
    Mender::Owner,
    "the gateway's clock and the issuer's differ",
    |case| {
        if let Some(found) = ended_by_clock(case) {
            return Some(found);
        }
        let times = judged(case, Reason::TokenNotYetValid)?.times?;
        let (claim, begins) = begin(&times)?;
        let (ahead, off) = (
            begins.saturating_sub(times.now),
            times.clock_ahead_seconds.unwrap_or(0),
        );
        let lab_now = times.now.saturating_sub(off);
        if begins <= lab_now {
            return Some(Finding::certain(
                format!(
                    "the token's `{claim}` is {}, the gateway's time is {}: its clock is {} s behind, and it grants no \
                     leeway",
                    moment(begins),
                    moment(times.now),
                    -off
                ),
                "set the gateway's clock right; until then let the issuer date `nbf` and `iat` back a little",
            ));
        }
        (ahead <= SKEW_SECONDS_MAX).then(|| {
            Finding::certain(
                format!(
                    "the token begins {ahead} s after the gateway's time: its `{claim}` is {}, the gateway's time is {}, \
                     and the gateway grants no leeway",
                    moment(begins),
                    moment(times.now)
                ),
                "set the issuer's clock right, or let it date `nbf` and `iat` back a little",
            )
            .with_doubt(
                Certainty::Likely,
                &["the issuer's time when it made the token"],
            )
        })
    },
);

pub(super) const NOT_YET: Entry = class(
    "token-not-yet-valid",
    Mender::Owner,
    "the token is meant for later",
    |case| {
        let times = judged(case, Reason::TokenNotYetValid)?.times?;
        let (claim, begins) = begin(&times)?;
        Some(Finding::certain(
            format!(
                "the token's `{claim}` is {}, {} s after the gateway's time {}",
                moment(begins),
                begins.saturating_sub(times.now),
                moment(times.now)
            ),
            format!(
                "let the issuer set `{claim}` to the time at which it makes the token: it is too far ahead for a clock that \
                 is merely off"
            ),
        ))
    },
);

pub(super) const NOT_NUMBER: Entry = class(
    "token-time-not-number",
    Mender::Owner,
    "a time of the token is no number",
    |case| {
        let times = judged(case, Reason::TokenMalformed)?.times?;
        let named = [("exp", times.exp), ("nbf", times.nbf), ("iat", times.iat)];
        let (claim, value) = named.into_iter().find_map(|(name, value)| {
            value
                .filter(|value| !value.is_number())
                .map(|value| (name, value))
        })?;
        Some(Finding::certain(
            format!("the token's `{claim}` is {}", words::claim(Some(&value))),
            format!(
                "let the issuer write `{claim}` as a number of seconds since 1970, not as a text"
            ),
        ))
    },
);

/// A token that has ended by the gateway's clock alone, which is ahead.
pub(in crate::diagnose) fn ended_by_clock(case: &Case<'_>) -> Option<Finding> {
    let times = judged(case, Reason::TokenExpired)?.times?;
    let (end, off) = (
        times.exp.as_deref().and_then(seconds)?,
        times.clock_ahead_seconds?,
    );
    (end > times.now.saturating_sub(off)).then(|| {
        Finding::certain(
            format!(
                "the token's `exp` is {}, the gateway's time is {}: its clock is {off} s ahead",
                moment(end),
                moment(times.now)
            ),
            "set the gateway's clock right: the token has not ended",
        )
    })
}

/// The later of the times from which a token counts.
fn begin(times: &Times<'_>) -> Option<(&'static str, i64)> {
    let named = [("nbf", &times.nbf), ("iat", &times.iat)];
    let named = named
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref().and_then(seconds)?)));
    named.max_by_key(|(_, begins)| *begins)
}

/// A time of a token, in whole seconds.
fn seconds(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time with a fraction is told in whole seconds"
    )]
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

/// A time in words.
pub(in crate::diagnose) fn moment(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(
        |_| format!("{seconds} s after 1970"),
        |time| time.to_string(),
    )
}

//! Signatures of another time.

use authlab_aws::evidence::Reason;
use authlab_kernel::Timestamp;

use super::told::{Refused, refused, scope, span};
use crate::case::Case;
use crate::diagnose::finding::{Certainty, Finding};

/// How far the service's clock may stand from the lab's before it is the one that is off.
const AGREES_SECONDS: i64 = 5;

/// The scope's day is not that of the signed time.
pub(super) fn of_scope(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::ClockSkew)?;
    let named = told.inspected.scope.as_ref()?;
    let signed = told.signed?.strftime("%Y%m%d").to_string();
    Some(Finding::certain(
        format!(
            "the scope `{}` names the day `{}`, the request is dated `{signed}` (UTC)",
            scope(named),
            named.date
        ),
        format!(
            "make the scope's day of the date that is signed, both in UTC: `{signed}` for this request; \
             a key that was derived for another day signs nothing of this one"
        ),
    ))
}

/// A presigned URL is older than it says that it counts.
pub(super) fn presigned(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::ClockSkew)?;
    let (signed, now) = (told.signed?, told.now?);
    let life = told
        .inspected
        .window_seconds
        .filter(|_| told.inspected.is_presigned)?;
    let age = seconds(now, signed);
    (age > life).then(|| {
        Finding::certain(
            format!(
                "the URL was signed at {signed} for {} (`X-Amz-Expires={life}`), and used {} later, at {now}",
                span(life),
                span(age)
            ),
            format!(
                "sign a new URL shortly before it is used, or sign it for longer: `X-Amz-Expires` of \
                 {age} or more, at most 604800 (7 d)"
            ),
        )
    })
}

/// The signed date is outside the service's window.
pub(super) fn skew(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::ClockSkew)?;
    let (Some(signed), Some(now)) = (told.signed, told.now) else {
        return Some(cut(&told));
    };
    let behind = seconds(now, signed);
    let direction = if behind >= 0 { "before" } else { "after" };
    let window = match told.inspected.window_seconds {
        Some(window) => format!("; the service takes {}", span(window)),
        None => String::new(),
    };
    let drift = seconds(now, told.time);
    let (whose, fix) = if drift.abs() > AGREES_SECONDS {
        let way = if drift > 0 { "ahead of" } else { "behind" };
        (
            format!(
                "; by the lab's time it is the service's clock that is off, {} {way} it",
                span(drift)
            ),
            format!(
                "let both clocks show one time: the signer's is {} {} the service's, which the lab has set \
                 off on purpose",
                span(behind),
                if behind >= 0 { "behind" } else { "ahead of" }
            ),
        )
    } else {
        let way = if behind >= 0 { "behind" } else { "ahead" };
        (
            format!(
                "; by the lab's time the signer's clock is {} {way}",
                span(behind)
            ),
            format!(
                "set the signer's clock right (NTP; {} {way}), and sign when sending: a request that \
                 waited, or is sent again, is signed anew",
                span(behind)
            ),
        )
    };
    let found = Finding::certain(
        format!(
            "the request is dated {signed}, {} {direction} the service's time {now}{window}{whose}",
            span(behind)
        ),
        fix,
    );
    // A request that waited looks as one from a clock that is behind.
    Some(match behind >= 0 && drift.abs() <= AGREES_SECONDS {
        true => found.with_doubt(
            Certainty::Likely,
            &["the signer's own log: a request that was signed in time and sent late looks the same"],
        ),
        false => found,
    })
}

/// What is left where the times were cut from the evidence.
fn cut(told: &Refused) -> Finding {
    Finding::certain(
        told.message.clone(),
        "set the signer's clock right (NTP), and sign when sending",
    )
}

fn seconds(later: Timestamp, earlier: Timestamp) -> i64 {
    later.duration_since(earlier).as_secs()
}

//! Web identities of another time: whose clock is off.

use authlab_aws::evidence::{Reason, TimesHeld, WebIdentity};
use authlab_kernel::Component;
use authlab_token::evidence::Described;
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::gateway::moment;
use crate::case::Case;
use crate::diagnose::entry::sts as entry;
use crate::told::Told;

/// How far a clock may be off before "not yet valid" is no longer taken for skew, in seconds.
const SKEW_SECONDS_MAX: i64 = 300;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "web-identity-sts-clock",
        Mender::Lab,
        "STS's clock is behind, and the token counts already",
        |case| {
            let early = Early::of(case)?;
            let behind = early.lab_now.saturating_sub(early.held.now);
            (early.begins <= early.lab_now && behind > 0).then(|| {
                Finding::certain(
                    format!("{}; STS's clock is {behind} s behind the lab's", early.cause()),
                    "set the services' clock to the lab's time: on AWS it is right, and the issuer's is \
                     the one to look after",
                )
            })
        },
    ),
    entry(
        "web-identity-issuer-clock",
        Mender::Owner,
        "the issuer's clock is ahead of STS's",
        |case| {
            let early = Early::of(case)?;
            let ahead = early.ahead();
            (ahead <= SKEW_SECONDS_MAX).then(|| {
                Finding::certain(
                    early.cause(),
                    format!(
                        "set the issuer's clock right (NTP; it is {ahead} s ahead), or let it date `{}` \
                         back by a minute",
                        early.claim
                    ),
                )
                .with_doubt(
                    Certainty::Likely,
                    &["the issuer's time when it made the token"],
                )
            })
        },
    ),
    entry(
        "web-identity-not-yet-valid",
        Mender::Owner,
        "the token is meant for later",
        |case| {
            let early = Early::of(case)?;
            Some(Finding::certain(
                early.cause(),
                format!(
                    "let the issuer set `{}` to the time at which it makes the token, or send the token \
                     from {} on: that is too far ahead for a clock that is merely off",
                    early.claim,
                    moment(early.begins)
                ),
            ))
        },
    ),
];

/// A token that counts from a time on that has not come.
struct Early {
    /// Which claim says so.
    claim: &'static str,
    begins: i64,
    held: TimesHeld,
    lab_now: i64,
}

impl Early {
    fn of(case: &Case<'_>) -> Option<Self> {
        let told = case.refused(Component::Aws, Reason::NotYetValid)?;
        let Told::WebIdentity(looked_at) = told else {
            return None;
        };
        let WebIdentity::Refused { token, times, .. } = *looked_at else {
            return None;
        };
        let token = Described::read(&token?)?;
        let seconds = |name| token.claim(name).and_then(Value::as_i64);
        let named = ["nbf", "iat"].into_iter();
        let named = named.filter_map(|name| Some((name, seconds(name)?)));
        let (claim, begins) = named.max_by_key(|(_, begins)| *begins)?;
        Some(Self {
            claim,
            begins,
            held: times?,
            lab_now: case.refusal()?.time.as_second(),
        })
    }

    /// How far it is ahead of STS's time.
    fn ahead(&self) -> i64 {
        self.begins.saturating_sub(self.held.now)
    }

    fn cause(&self) -> String {
        let leeway = match self.held.leeway_seconds {
            0 => "forgives nothing".to_owned(),
            seconds => format!("forgives {seconds} s"),
        };
        format!(
            "the token's `{}` is {}, {} s after STS's time {}, and STS {leeway}",
            self.claim,
            moment(self.begins),
            self.ahead(),
            moment(self.held.now)
        )
    }
}

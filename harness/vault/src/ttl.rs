//! How long a token or lease lives.

use authlab_kernel::Timestamp;

use crate::duration;
use crate::evidence::{Cap, CapBy};

/// The bounds of a mount, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Without a wish.
    pub(crate) default_ttl: i64,
    /// At most.
    pub(crate) max_ttl: i64,
}

/// What is wished for, in seconds; 0 is no wish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// What the client asked for.
    pub(crate) increment: i64,
    /// What the role gives.
    pub(crate) ttl: i64,
    /// Replaces the TTL, and frees a renewal from every maximum but the explicit one.
    pub(crate) period: i64,
    /// The role's maximum.
    pub(crate) max_ttl: i64,
    /// The maximum that also binds a period.
    pub(crate) explicit_max_ttl: i64,
}

/// The cap is the smallest of the mount's, the role's and the explicit maximum, counted from the
/// issue. Returns the TTL and the warnings about capping.
///
/// # Errors
/// The maximum has passed: nothing is left to renew. Or there is none.
pub(crate) fn calculate(
    bounds: Bounds,
    wish: Wish,
    issued: Timestamp,
    now: Timestamp,
) -> Result<(i64, Vec<String>), &'static str> {
    let mut warnings = Vec::new();
    let maxima = [wish.max_ttl, wish.explicit_max_ttl];
    let cap = maxima
        .into_iter()
        .filter(|ttl| *ttl > 0)
        .fold(bounds.max_ttl, i64::min);
    if cap <= 0 {
        // A mount may be tuned so.
        return Err("max TTL must be greater than zero");
    }
    let (mut ttl, span) = if wish.period > 0 {
        if wish.period > cap {
            warnings.push(format!(
                "period of {} exceeded the effective max_ttl of {}; period value is capped \
                 accordingly",
                shown(wish.period),
                shown(cap)
            ));
        }
        (
            wish.period.min(cap),
            (wish.explicit_max_ttl > 0).then_some(wish.explicit_max_ttl),
        )
    } else {
        let wishes = [wish.increment, wish.ttl];
        let ttl = wishes
            .into_iter()
            .find(|ttl| *ttl > 0)
            .unwrap_or(bounds.default_ttl);
        (ttl, Some(cap))
    };
    if let Some(span) = span {
        let left = issued.as_second().saturating_add(span) - now.as_second();
        if left <= 0 {
            return Err("past the max TTL, cannot renew");
        }
        if ttl > left {
            warnings.push(format!(
                "TTL of {} exceeded the effective max_ttl of {}; TTL value is capped accordingly",
                shown(ttl),
                shown(left)
            ));
            ttl = left;
        }
    }
    Ok((ttl, warnings))
}

/// The maximum that cuts a time to live short: that which was wished for would have lived longer.
pub(crate) fn cut(
    bounds: Bounds,
    wish: Wish,
    ttl: i64,
    issued: Timestamp,
    now: Timestamp,
) -> Option<Cap> {
    let maxima = [
        (CapBy::ExplicitMaximum, wish.explicit_max_ttl),
        (CapBy::Role, wish.max_ttl),
        (CapBy::Mount, bounds.max_ttl),
    ];
    // A period is free of every maximum but the explicit one.
    let counting = if wish.period > 0 { 1 } else { maxima.len() };
    let given = maxima.into_iter().take(counting);
    let (by, seconds) = given
        .filter(|(_, seconds)| *seconds > 0)
        .min_by_key(|(_, seconds)| *seconds)?;
    let wishes = [wish.period, wish.increment, wish.ttl, bounds.default_ttl];
    let wished = wishes.into_iter().find(|ttl| *ttl > 0)?;
    let is_at_cap = now.as_second() + ttl >= issued.as_second().saturating_add(seconds);
    (is_at_cap && wished > ttl).then_some(Cap { by, seconds })
}

/// The same where nothing is left to renew.
pub(crate) fn spent(bounds: Bounds, wish: Wish, issued: Timestamp, now: Timestamp) -> Option<Cap> {
    cut(bounds, wish, 0, issued, now)
}

fn shown(seconds: i64) -> String {
    duration::quoted(&duration::short(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        default_ttl: 2_764_800,
        max_ttl: 2_764_800,
    };

    #[test]
    fn the_smallest_maximum_caps_and_says_so() {
        let start = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(2).unwrap();
        let ask = |wish: Wish, now| calculate(BOUNDS, wish, start, now).unwrap();
        assert_eq!(ask(Wish::default(), start).0, 2_764_800);
        assert_eq!(
            ask(
                Wish {
                    ttl: 60,
                    increment: 90,
                    ..Wish::default()
                },
                start
            )
            .0,
            90
        );
        let capped = ask(
            Wish {
                increment: 10,
                explicit_max_ttl: 5,
                ..Wish::default()
            },
            later,
        );
        assert_eq!(capped.0, 3);
        assert_eq!(
            capped.1,
            [
                "TTL of \"10s\" exceeded the effective max_ttl of \"3s\"; TTL value is capped \
              accordingly"
            ]
        );
        let period = ask(
            Wish {
                period: 3600,
                max_ttl: 60,
                ..Wish::default()
            },
            later,
        );
        assert_eq!(period.0, 60);
        let past = Wish {
            explicit_max_ttl: 1,
            ..Wish::default()
        };
        assert!(calculate(BOUNDS, past, start, later).is_err());
    }
}

//! What is used of quotas.
//!
//! The gateway counts, and the control plane shows and changes it (`GetUsage`, `UpdateUsage`): both hold
//! the same counts. Source: API Gateway API reference, `GetUsage`.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, ToSpan as _};
use parking_lot::Mutex;

use crate::deployment::Quota;

/// How many days back usage is kept (the most that `GetUsage` shows, unverified).
pub const DAYS_KEPT: i32 = 90;

/// What is used of the quotas of usage plans, by plan and key.
#[derive(Debug, Default)]
pub struct Quotas(Mutex<BTreeMap<String, BTreeMap<String, Counts>>>);

/// The requests with one key under one plan.
#[derive(Debug, Default)]
struct Counts {
    /// Those of each day that had some.
    used: BTreeMap<Date, u64>,
    /// How many more than the limit a period has, by its first day.
    granted: BTreeMap<Date, i64>,
}

/// What came of a request that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Whether there was something left.
    pub is_within: bool,
    /// How many were let through in this period, with this one if it was.
    pub used: u64,
    /// How many more are let through in it.
    pub remaining: u64,
    /// The first day of the next period.
    pub renewed: Date,
}

/// The day of a time, UTC.
pub fn day_of(time: Timestamp) -> Date {
    Offset::UTC.to_datetime(time).date()
}

impl Counts {
    /// What was used in the period of `day` up to and with it.
    fn used_by(&self, quota: &Quota, day: Date) -> u64 {
        let (first, _) = quota.period_of(day);
        self.used.range(first..=day).map(|(_, count)| count).sum()
    }

    /// What remained at the end of `day`.
    fn remaining(&self, quota: &Quota, day: Date) -> u64 {
        let (first, _) = quota.period_of(day);
        let granted = self.granted.get(&first).copied().unwrap_or_default();
        let limit = quota.limit.saturating_add_signed(granted);
        limit.saturating_sub(self.used_by(quota, day))
    }

    fn forget_before(&mut self, day: Date) {
        // A period may have begun a month before the first day that is shown.
        let kept = Span::new().days(DAYS_KEPT + 31);
        let first = day.saturating_sub(kept);
        self.used = self.used.split_off(&first);
        self.granted = self.granted.split_off(&first);
    }
}

impl Quotas {
    /// Counts a request, unless nothing is left. (Whether AWS counts what it refuses is not known.)
    pub fn draw(&self, (plan, key): (&str, &str), quota: &Quota, now: Timestamp) -> Drawn {
        let day = day_of(now);
        let mut plans = self.0.lock();
        let counts = plans.entry(plan.to_owned()).or_default();
        let counts = counts.entry(key.to_owned()).or_default();
        counts.forget_before(day);
        // What a clock that was set back has counted of later days of the period counts too.
        let (_, renewed) = quota.period_of(day);
        let last = renewed.saturating_sub(1.day());
        let is_within = counts.remaining(quota, last) > 0;
        if is_within {
            *counts.used.entry(day).or_default() += 1;
        }
        Drawn {
            is_within,
            used: counts.used_by(quota, last),
            remaining: counts.remaining(quota, last),
            renewed,
        }
    }

    /// Leaves a key `remaining` requests for the rest of the period.
    pub fn grant(&self, (plan, key): (&str, &str), quota: &Quota, remaining: u64, now: Timestamp) {
        let day = day_of(now);
        let (first, next) = quota.period_of(day);
        let mut plans = self.0.lock();
        let counts = plans.entry(plan.to_owned()).or_default();
        let counts = counts.entry(key.to_owned()).or_default();
        let used = counts.used_by(quota, next.saturating_sub(1.day()));
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let limit = signed(used).saturating_add(signed(remaining));
        let granted = limit.saturating_sub(signed(quota.limit));
        counts.granted.insert(first, granted);
    }

    /// Of each key of a plan that was counted or granted something: used and remaining of each day.
    pub fn days(
        &self,
        plan: &str,
        quota: &Quota,
        (first, last): (Date, Date),
    ) -> BTreeMap<String, Vec<(u64, u64)>> {
        let plans = self.0.lock();
        let keys = plans.get(plan).into_iter().flatten();
        let shown = keys.map(|(key, counts)| {
            let days = first.series(1.day()).take_while(|day| *day <= last);
            let days = days.map(|day| {
                let used = counts.used.get(&day).copied().unwrap_or_default();
                (used, counts.remaining(quota, day))
            });
            (key.clone(), days.collect())
        });
        shown.collect()
    }

    /// Forgets a plan.
    pub fn forget_plan(&self, plan: &str) {
        self.0.lock().remove(plan);
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.0.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::Period;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const WEEKLY: Quota = Quota {
        limit: 3,
        period: Period::Week,
        offset_days: 0,
    };

    #[test]
    fn a_quota_lasts_for_its_period_and_what_is_refused_does_not_count() {
        let quotas = Quotas::default();
        // 2026-11-27 is a Friday: the week ends with the 28th.
        let cases = [
            ("2026-11-22T00:00:00Z", (true, 1, 2)),
            ("2026-11-27T12:00:00Z", (true, 2, 1)),
            ("2026-11-28T23:59:59Z", (true, 3, 0)),
            ("2026-11-28T23:59:59Z", (false, 3, 0)),
            // Set back within the period: it is used up all the same.
            ("2026-11-24T00:00:00Z", (false, 3, 0)),
            ("2026-11-29T00:00:00Z", (true, 1, 2)),
            ("2026-11-28T00:00:00Z", (false, 3, 0)),
        ];
        for (at, (is_within, used, remaining)) in cases {
            let drawn = quotas.draw(("p", "k"), &WEEKLY, time(at));
            let found = (drawn.is_within, drawn.used, drawn.remaining);
            assert_eq!(found, (is_within, used, remaining), "{at}");
        }
        assert!(
            quotas
                .draw(("p", "other"), &WEEKLY, time("2026-11-28T00:00:00Z"))
                .is_within
        );
        assert!(
            quotas
                .draw(("other", "k"), &WEEKLY, time("2026-11-28T00:00:00Z"))
                .is_within
        );
    }

    #[test]
    fn what_is_granted_holds_for_the_period() {
        let (quotas, day) = (Quotas::default(), time("2026-11-27T12:00:00Z"));
        let draw = |at: Timestamp| quotas.draw(("p", "k"), &WEEKLY, at).is_within;
        assert!(draw(day));
        quotas.grant(("p", "k"), &WEEKLY, 0, day);
        assert!(!draw(day));
        quotas.grant(("p", "k"), &WEEKLY, 1, day);
        assert!(draw(day));
        assert!(!draw(day));
        let days = (day_of(day), day_of(time("2026-11-29T00:00:00Z")));
        let shown = quotas.days("p", &WEEKLY, days);
        assert_eq!(shown["k"], [(2, 0), (0, 0), (0, 3)]);
        assert!(draw(time("2026-11-29T00:00:00Z")));
        assert_eq!(quotas.days("p", &WEEKLY, days)["k"][2], (1, 2));
        quotas.forget_plan("p");
        assert!(quotas.days("p", &WEEKLY, days).is_empty());
    }
}

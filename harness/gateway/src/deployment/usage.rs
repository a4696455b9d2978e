//! API keys and usage plans of an account in a Region.
//!
//! They are no part of a deployment: a change of a key or a plan holds at once. Source: API Gateway developer
//! guide, `api-gateway-api-usage-plans.html` and `api-gateway-api-key-source.html`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::Throttle;

/// The name of a stage with that of its API.
pub type StageOf = (String, String);

/// What an account has of API keys and usage plans in a Region.
#[derive(Clone, Debug, Default)]
pub struct AccountUsage {
    /// Keys by what callers send.
    pub keys: BTreeMap<String, ApiKey>,
    /// Plans by id.
    pub plans: BTreeMap<String, Arc<UsagePlan>>,
    /// How fast all APIs of the account together are called in the Region; `None`: as fast as callers like.
    pub throttle: Option<Throttle>,
}

/// An API key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKey {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// Whether it is taken.
    pub enabled: bool,
    /// The plans that it is in.
    pub plans: Vec<String>,
    /// Stages that it opens without a plan (`stageKeys`), as before there were any.
    pub stages: BTreeSet<StageOf>,
}

/// A usage plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsagePlan {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The stages that it opens, each with how fast single methods are, by key: `GET /a`.
    pub stages: BTreeMap<StageOf, BTreeMap<String, Throttle>>,
    /// How fast a key is.
    pub throttle: Option<Throttle>,
    /// How often a key is taken.
    pub quota: Option<Quota>,
}

/// How often a key is taken in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many requests.
    pub limit: u64,
    /// Of how long.
    pub period: Period,
    /// The day that a period begins with: 0 is Sunday, or the first of a month.
    pub offset_days: u8,
}

/// How long a quota lasts, from 00:00 UTC of its first day (unverified).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// A month.
    Month,
}

impl Period {
    /// As the control plane spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
        }
    }
}

impl Quota {
    /// The first day of the period that `day` is in, and that of the next.
    pub fn period_of(&self, day: Date) -> (Date, Date) {
        let offset = self.offset_days;
        match self.period {
            Period::Day => (day, day.saturating_add(1.day())),
            Period::Week => {
                let weekday = i16::from(day.weekday().to_sunday_zero_offset());
                let since = (weekday - i16::from(offset)).rem_euclid(7);
                let first = day.saturating_sub(i32::from(since).days());
                (first, first.saturating_add(7.days()))
            }
            Period::Month => {
                let begins = |month: Date| month.saturating_add(i32::from(offset).days());
                let month = day.first_of_month();
                let first = if begins(month) <= day {
                    month
                } else {
                    month.saturating_sub(1.month())
                };
                (begins(first), begins(first.saturating_add(1.month())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_with_its_own_day() {
        // Period, offset, day, first day, first day of the next. 2026-11-27 is a Friday.
        let cases = [
            (Period::Day, 0, "2026-11-27", "2026-11-27", "2026-11-28"),
            (Period::Week, 0, "2026-11-27", "2026-11-22", "2026-11-29"),
            (Period::Week, 0, "2026-11-29", "2026-11-29", "2026-12-06"),
            (Period::Week, 5, "2026-11-27", "2026-11-27", "2026-12-04"),
            (Period::Week, 6, "2026-11-27", "2026-11-21", "2026-11-28"),
            (Period::Month, 0, "2026-11-27", "2026-11-01", "2026-12-01"),
            (Period::Month, 27, "2026-11-27", "2026-10-28", "2026-11-28"),
            (Period::Month, 27, "2026-02-28", "2026-02-28", "2026-03-28"),
            (Period::Month, 9, "2027-01-09", "2026-12-10", "2027-01-10"),
        ];
        for (period, offset_days, day, first, next) in cases {
            let quota = Quota {
                limit: 1,
                period,
                offset_days,
            };
            let date = |text: &str| text.parse::<Date>().unwrap();
            let expected = (date(first), date(next));
            assert_eq!(
                quota.period_of(date(day)),
                expected,
                "{period:?} {offset_days} {day}"
            );
        }
    }
}

//! What is granted of a quota by hand, and the usage that it shows.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, tz::TimeZone};

use crate::apigateway::account::{Account, Grant, Quota, UsagePlan};
use crate::apigateway::error::{Error, Missing};
use crate::shared::Ctx;

/// The longest time of which usage is told, in days (the lab's own; AWS's is not known).
const DAYS_MAX: i32 = 366;

/// How much was used on a day, and what remained.
pub type Day = (i64, i64);

impl Account {
    /// How much remains of a quota for a key, up to the end of its period.
    ///
    /// # Errors
    /// Plan or key are not there, the plan has no quota, or the number is negative.
    pub fn grant(
        &mut self,
        plan: &str,
        key: &str,
        remaining: i64,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        self.plan_key(plan, key)?;
        if self.usage_plan(plan)?.quota.is_none() {
            return Err(Error::invalid("usagePlanId", "the plan has no quota"));
        }
        if remaining < 0 {
            let problem = format!("`{remaining}` is negative");
            return Err(Error::invalid("remaining", problem));
        }
        let grant = Grant {
            remaining,
            granted: ctx.now,
        };
        self.grants.insert((plan.to_owned(), key.to_owned()), grant);
        Ok(())
    }

    /// What remains for each key of a plan, day by day, as far as something was granted. The other keys
    /// used nothing yet.
    ///
    /// # Errors
    /// The days are too many.
    pub fn granted_usage(
        &self,
        plan: &UsagePlan,
        (start, end): (Date, Date),
    ) -> Result<BTreeMap<String, Vec<Day>>, Error> {
        let days = (end - start).get_days();
        if days >= DAYS_MAX {
            let problem = format!("it is {DAYS_MAX} days or more after `startDate`");
            return Err(Error::invalid("endDate", problem));
        }
        let Some(quota) = &plan.quota else {
            return Ok(BTreeMap::new());
        };
        let own = self.grants.iter().filter(|((of, _), _)| *of == plan.id);
        let of_key = |grant: &Grant| {
            let mut days = Vec::new();
            let mut day = start;
            while day <= end {
                let remaining = if grant.holds_on(day, quota) {
                    grant.remaining
                } else {
                    quota.limit
                };
                days.push((0, remaining));
                match day.tomorrow() {
                    Ok(next) => day = next,
                    Err(_) => break,
                }
            }
            days
        };
        let own = own.map(|((_, key), grant)| (key.clone(), of_key(grant)));
        Ok(own.collect())
    }

    /// The period of a plan's quota that a time is in: its first day, and the day of that time.
    ///
    /// # Errors
    /// There is no such plan.
    pub fn period_at(&self, plan: &str, now: Timestamp) -> Result<(Date, Date), Error> {
        let quota = self.usage_plan(plan)?.quota.as_ref();
        let quota = quota.ok_or_else(|| Missing::UsagePlan.named(plan))?;
        let today = day_of(now);
        Ok((start_of_period(today, quota), today))
    }
}

impl Grant {
    /// Whether it holds on a day: from the day on which it was made to the end of the period.
    fn holds_on(&self, day: Date, quota: &Quota) -> bool {
        let granted = day_of(self.granted);
        day >= granted && start_of_period(day, quota) == start_of_period(granted, quota)
    }
}

fn day_of(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

/// The first day of the period that a day is in. A week starts on Sunday, a month on its first day, and
/// `offset` days later (CloudFormation user guide, `AWS::ApiGateway::UsagePlan QuotaSettings`).
fn start_of_period(day: Date, quota: &Quota) -> Date {
    let offset = quota.offset;
    let first = |of: Date| of.first_of_month().saturating_add(offset.days());
    match quota.period.as_deref() {
        Some("WEEK") => {
            let since = i64::from(day.weekday().since(Weekday::Sunday));
            day.saturating_sub(((since - offset).rem_euclid(7)).days())
        }
        Some("MONTH") if first(day) > day => first(day.first_of_month().saturating_sub(1.day())),
        Some("MONTH") => first(day),
        _ => day,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_period_starts_on_its_day_and_so_many_days_later() {
        let quota = |period: &str, offset: i64| Quota {
            limit: 1,
            offset,
            period: Some(period.to_owned()),
        };
        // 1 January 2026 is a Thursday.
        for (period, offset, day, start) in [
            ("DAY", 0, date(2026, 1, 1), date(2026, 1, 1)),
            ("WEEK", 0, date(2026, 1, 1), date(2025, 12, 28)),
            ("WEEK", 0, date(2026, 1, 4), date(2026, 1, 4)),
            ("WEEK", 1, date(2026, 1, 4), date(2025, 12, 29)),
            ("WEEK", 1, date(2026, 1, 5), date(2026, 1, 5)),
            ("WEEK", 6, date(2026, 1, 2), date(2025, 12, 27)),
            ("WEEK", 6, date(2026, 1, 3), date(2026, 1, 3)),
            ("MONTH", 0, date(2026, 1, 31), date(2026, 1, 1)),
            ("MONTH", 27, date(2026, 1, 27), date(2025, 12, 28)),
            ("MONTH", 27, date(2026, 1, 28), date(2026, 1, 28)),
        ] {
            let found = start_of_period(day, &quota(period, offset));
            assert_eq!(found, start, "{period} {offset} {day}");
        }
    }
}

//! When a secret is rotated: every so many days or hours, or as a cron expression says.
//!
//! Sources: user guide, `rotate-secrets_schedule.html` (all times are UTC; a window begins on the hour,
//! that of a rate at midnight; it closes after an hour for a schedule in hours and at the end of the
//! day for one in days, unless a duration says otherwise; at most every four hours, at least every 999
//! days); API reference, `RotationRulesType`. AWS rotates at any time of a window, this lab when it
//! begins.

use authlab_kernel::Timestamp;

use super::cron::Cron;
use crate::secretsmanager::error::Error;

pub(super) const HOURS_A_DAY: i64 = 24;
const HOUR_SECONDS: i64 = 3600;

/// A secret is rotated every four hours at the most.
pub(super) const HOURS_MIN: i64 = 4;

/// The longest rate, in days.
const DAYS_MAX: i64 = 999;

/// What a caller states of when a secret is rotated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// `AutomaticallyAfterDays`.
    pub days: Option<i64>,
    /// `Duration`: how long a window is, `3h`.
    pub duration: Option<String>,
    /// `ScheduleExpression`: `rate(10 days)`, `cron(0 8 * * ? *)`.
    pub expression: Option<String>,
}

/// When a secret is rotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    every: Every,
    window_hours: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Every {
    Days(i64),
    Hours(i64),
    Cron(Cron),
}

/// In which a rotation falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins.
    pub start: Timestamp,
    /// Its last second.
    pub end: Timestamp,
}

impl Rules {
    /// The schedule that the rules state; `None` where they state none.
    ///
    /// # Errors
    /// Both ways to state one, an expression that is none, a window that is too long (texts
    /// `unverified`).
    pub fn schedule(&self) -> Result<Option<Schedule>, Error> {
        let every = match (self.days, &self.expression) {
            (Some(_), Some(_)) => {
                return Err(Error::Schedule(
                    "You can't specify both AutomaticallyAfterDays and ScheduleExpression."
                        .to_owned(),
                ));
            }
            (None, None) => return Ok(None),
            (Some(days), None) => Every::Days(days),
            (None, Some(expression)) => every(expression)?,
        };
        let window_hours = self.duration.as_deref().map(hours).transpose()?;
        let schedule = Schedule {
            every,
            window_hours,
        };
        match window_hours {
            Some(hours) if hours < 1 || hours > schedule.window_hours_max() => {
                Err(Error::Schedule(format!(
                    "The rotation window of {hours}h must not extend into the next UTC day or \
                     into the next rotation window."
                )))
            }
            _ => Ok(Some(schedule)),
        }
    }
}

impl Schedule {
    /// The first window that begins after `now`, where the secret was last rotated at `rotated`.
    pub fn next(&self, rotated: Timestamp, now: Timestamp) -> Option<Window> {
        let start = match &self.every {
            Every::Days(days) => first_after(now, midnight_of(rotated), days * HOURS_A_DAY),
            Every::Hours(hours) => first_after(now, midnight_of(rotated), *hours),
            Every::Cron(cron) => cron.first_after(hour_of(now))?,
        };
        let end = match self.window_hours {
            Some(hours) => start + hours,
            None if self.is_in_hours() => start + 1,
            None => start - start.rem_euclid(HOURS_A_DAY) + HOURS_A_DAY,
        };
        Some(Window {
            start: time_of(start, 0)?,
            end: time_of(end, -1)?,
        })
    }

    /// How many days lie between two rotations, as `DescribeSecret` shows them (for anything but
    /// whole days `unverified`).
    pub fn days(&self, now: Timestamp) -> Option<i64> {
        match &self.every {
            Every::Days(days) => Some(*days),
            Every::Hours(hours) => Some(days_of(*hours)),
            Every::Cron(cron) => {
                let first = cron.first_after(hour_of(now))?;
                Some(days_of(cron.first_after(first)? - first))
            }
        }
    }

    fn is_in_hours(&self) -> bool {
        match &self.every {
            Every::Days(_) => false,
            Every::Hours(_) => true,
            Every::Cron(cron) => cron.hours().len() > 1,
        }
    }

    /// A window ends before the next one begins, and on its day.
    fn window_hours_max(&self) -> i64 {
        match &self.every {
            Every::Days(_) => HOURS_A_DAY,
            Every::Hours(hours) => HOURS_A_DAY.min(*hours),
            Every::Cron(cron) => {
                let ends = cron.hours().iter().skip(1).chain([&HOURS_A_DAY]);
                let lengths = cron.hours().iter().zip(ends).map(|(from, to)| to - from);
                lengths.min().unwrap_or(HOURS_A_DAY)
            }
        }
    }
}

fn every(expression: &str) -> Result<Every, Error> {
    let within = |name: &str| expression.strip_prefix(name)?.strip_suffix(')');
    if let Some(rate) = within("rate(") {
        return self::rate(rate).ok_or_else(|| not_a_schedule(expression));
    }
    match within("cron(") {
        Some(fields) => Cron::read(fields).map(Every::Cron),
        None => Err(not_a_schedule(expression)),
    }
}

fn rate(text: &str) -> Option<Every> {
    let (value, unit) = text.split_once(' ')?;
    let value: i64 = value.parse().ok()?;
    match unit {
        "hour" | "hours" if (HOURS_MIN..=DAYS_MAX * HOURS_A_DAY).contains(&value) => {
            Some(Every::Hours(value))
        }
        "day" | "days" if (1..=DAYS_MAX).contains(&value) => Some(Every::Days(value)),
        _ => None,
    }
}

/// `3h`; the model's pattern was checked before.
fn hours(duration: &str) -> Result<i64, Error> {
    let hours = duration
        .strip_suffix('h')
        .and_then(|hours| hours.parse().ok());
    hours.ok_or_else(|| Error::Schedule(format!("`{duration}` is no length of a window: say `3h`")))
}

/// The refusal of an expression that is none.
pub(super) fn not_a_schedule(expression: &str) -> Error {
    Error::Schedule(format!(
        "`{expression}` is no schedule: say `rate(10 days)`, `rate(4 hours)` (four to 999 days) or \
         `cron(0 8 * * ? *)`, with minute 0 and four hours between two rotations"
    ))
}

fn days_of(hours: i64) -> i64 {
    (hours + HOURS_A_DAY - 1) / HOURS_A_DAY
}

/// The hour since 1970 that a moment lies in.
fn hour_of(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(HOUR_SECONDS)
}

fn midnight_of(moment: Timestamp) -> i64 {
    let hour = hour_of(moment);
    hour - hour.rem_euclid(HOURS_A_DAY)
}

/// The first hour after `now` of those that follow `from` every `step` hours.
fn first_after(now: Timestamp, from: i64, step: i64) -> i64 {
    let steps = (hour_of(now) - from).div_euclid(step) + 1;
    from + steps.max(1) * step
}

fn time_of(hour: i64, more_seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(hour.checked_mul(HOUR_SECONDS)? + more_seconds).ok()
}

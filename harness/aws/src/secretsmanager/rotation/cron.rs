//! Cron expressions of rotation schedules: `Minutes Hours Day-of-month Month Day-of-week Year`.
//!
//! Source: user guide, `rotate-secrets_schedule.html`: the minute is 0, the year is `*`, one of the two
//! days is `?`, hours of a list or an increment begin anew each day, `L` is the last day of a month and
//! `6#3` its third Friday.

use jiff::civil::{Date, Weekday, date};

use super::schedule::{HOURS_A_DAY, HOURS_MIN, not_a_schedule};
use crate::secretsmanager::error::Error;

/// How far a day is looked for: 29 February of a leap year is eight years away at the most.
const DAYS_AHEAD_MAX: i32 = 366 * 9;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    hours: Vec<i64>,
    months: Vec<i64>,
    day: Day,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Day {
    OfMonth(Vec<i64>),
    LastOfMonth,
    /// 1 is Sunday.
    OfWeek(Vec<i64>),
    /// The last such day of the month.
    LastOfWeek(i64),
    /// The so-manieth such day of the month.
    NthOfWeek(i64, i64),
}

impl Cron {
    /// Reads what stands between the parentheses.
    ///
    /// # Errors
    /// It is no expression, or asks for a rotation more often than every four hours.
    pub(super) fn read(fields: &str) -> Result<Self, Error> {
        if fields.contains('W') && !fields.contains("WED") {
            let what = "secretsmanager:RotateSecret with `W` in a schedule";
            return Err(Error::NotImplemented(what.to_owned()));
        }
        Self::parse(fields).ok_or_else(|| not_a_schedule(&format!("cron({fields})")))
    }

    fn parse(fields: &str) -> Option<Self> {
        let fields: Vec<&str> = fields.split(' ').collect();
        let &["0", hours, of_month, months, of_week, "*"] = fields.as_slice() else {
            return None;
        };
        let day = match (of_month, of_week) {
            ("L", "?") => Day::LastOfMonth,
            (of_month, "?") => Day::OfMonth(values(of_month, (1, 31), &[])?),
            ("?", of_week) => day_of_week(of_week)?,
            _ => return None,
        };
        let hours = values(hours, (0, HOURS_A_DAY - 1), &[])?;
        let is_rare = hours.windows(2).all(|two| two[1] - two[0] >= HOURS_MIN);
        is_rare.then_some(Self {
            hours,
            months: values(months, (1, 12), &MONTHS)?,
            day,
        })
    }

    /// The hours of a day, in order.
    pub(super) fn hours(&self) -> &[i64] {
        &self.hours
    }

    /// The first hour after this one, both since 1970.
    pub(super) fn first_after(&self, hour: i64) -> Option<i64> {
        let epoch = date(1970, 1, 1);
        let first = hour.div_euclid(HOURS_A_DAY);
        for ahead in 0..DAYS_AHEAD_MAX {
            let day = first + i64::from(ahead);
            let date = epoch.checked_add(jiff::Span::new().days(day)).ok()?;
            if !self.is_on(date) {
                continue;
            }
            let hours = self.hours.iter().map(|of_day| day * HOURS_A_DAY + of_day);
            if let Some(found) = hours.into_iter().find(|found| *found > hour) {
                return Some(found);
            }
        }
        None
    }

    fn is_on(&self, date: Date) -> bool {
        let (day, last) = (i64::from(date.day()), i64::from(date.days_in_month()));
        let weekday = number_of(date.weekday());
        self.months.contains(&i64::from(date.month()))
            && match &self.day {
                Day::OfMonth(days) => days.contains(&day),
                Day::LastOfMonth => day == last,
                Day::OfWeek(days) => days.contains(&weekday),
                Day::LastOfWeek(of_week) => weekday == *of_week && day + 7 > last,
                Day::NthOfWeek(of_week, nth) => weekday == *of_week && (day - 1) / 7 + 1 == *nth,
            }
    }
}

fn day_of_week(text: &str) -> Option<Day> {
    let one = |text: &str| number(text, (1, 7), &WEEKDAYS);
    if let Some((of_week, nth)) = text.split_once('#') {
        return Some(Day::NthOfWeek(one(of_week)?, number(nth, (1, 5), &[])?));
    }
    match text.strip_suffix('L') {
        Some("") => Some(Day::OfWeek(vec![7])),
        Some(of_week) => Some(Day::LastOfWeek(one(of_week)?)),
        None => values(text, (1, 7), &WEEKDAYS).map(Day::OfWeek),
    }
}

/// `*`, `8`, `1-5`, `4/12`, `MON-FRI`, and lists of them.
fn values(text: &str, bounds: (i64, i64), names: &[&str]) -> Option<Vec<i64>> {
    let mut values = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step, (1, bounds.1), &[])?)),
            None => (part, None),
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => bounds,
            (_, Some((from, to))) => (number(from, bounds, names)?, number(to, bounds, names)?),
            (one, None) => {
                let one = number(one, bounds, names)?;
                (one, if step.is_some() { bounds.1 } else { one })
            }
        };
        let step = usize::try_from(step.unwrap_or(1)).ok()?;
        values.extend((from..=to).step_by(step));
    }
    values.sort_unstable();
    values.dedup();
    (!values.is_empty()).then_some(values)
}

fn number(text: &str, (least, most): (i64, i64), names: &[&str]) -> Option<i64> {
    let named = names.iter().position(|name| *name == text);
    let number = match named {
        Some(position) => i64::try_from(position).ok()? + least,
        None => text.parse().ok()?,
    };
    (least..=most).contains(&number).then_some(number)
}

/// 1 is Sunday.
fn number_of(weekday: Weekday) -> i64 {
    i64::from(weekday.to_sunday_one_offset())
}

//! Dates of conditions, as the older parser reads them: ISO 8601 from a year on, or seconds.

use serde_json::Value;

/// Whether a condition's value is a date.
pub(super) fn is_one(value: &Value) -> bool {
    match value {
        Value::String(text) => is_date(&text.to_ascii_lowercase()),
        Value::Number(number) => number
            .as_u64()
            .is_some_and(|number| i64::try_from(number).is_ok()),
        _ => false,
    }
}

fn is_date(text: &str) -> bool {
    if !text.contains(['t', '-']) {
        return text.parse::<i64>().is_ok_and(|seconds| seconds >= 0);
    }
    let (date, time) = match text.split_once('t') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    is_day(date) && time.is_none_or(|time| time.is_empty() || is_time(time))
}

fn within(text: &str, least: i64, most: i64) -> bool {
    text.parse::<i64>()
        .is_ok_and(|number| (least..=most).contains(&number))
}

/// A year, a month, a day; the years are those that Java's dates know.
fn is_day(text: &str) -> bool {
    let (is_before_christ, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = rest.split('-');
    let year = parts.next().unwrap_or_default();
    let last_year = if is_before_christ {
        292_275_054
    } else {
        292_278_993
    };
    within(year, 0, last_year)
        && parts.next().is_none_or(|month| within(month, 1, 12))
        && parts.next().is_none_or(|day| within(day, 1, 31))
        && parts.next().is_none()
}

/// Hours, minutes, seconds with a fraction, and a zone after the seconds.
fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    parts.next().is_none_or(|hours| within(hours, 0, 23))
        && parts.next().is_none_or(|minutes| within(minutes, 0, 59))
        && parts.next().is_none_or(is_second)
}

fn is_second(text: &str) -> bool {
    let (seconds, has_zone) = if let Some((seconds, after)) = text.split_once('z') {
        (seconds, after.is_empty())
    } else if let Some((seconds, zone)) = text.split_once('+') {
        (seconds, is_zone(zone))
    } else {
        (text, true)
    };
    let (whole, fraction) = match seconds.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (seconds, None),
    };
    has_zone
        && within(whole, 0, 59)
        && fraction.is_none_or(|fraction| within(fraction, 0, 999_999_999))
}

fn is_zone(text: &str) -> bool {
    let (hours, minutes) = match text.split_once(':') {
        Some((hours, minutes)) => (hours, Some(minutes)),
        None => (text, None),
    };
    hours.len() == 2
        && within(hours, 0, 23)
        && minutes.is_none_or(|minutes| minutes.len() == 2 && within(minutes, 0, 59))
}

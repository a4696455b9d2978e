//! Points in time as condition values: the W3C profile of ISO 8601, or seconds since 1970.
//!
//! Source: IAM user guide, `reference_policies_elements_condition_operators.html`, date operators.
//! That a date alone means midnight UTC is unverified (grade K).

/// Nanoseconds since 1970-01-01T00:00:00Z, or `None` when `text` is no date.
pub(crate) fn parse(text: &str) -> Option<i128> {
    if let Some(epoch) = parse_epoch(text) {
        return Some(epoch);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let seconds = i128::from(days_from_civil(year, month, day)) * 86_400;
    let nanos = match time {
        Some(time) => parse_time(time)?,
        None => 0,
    };
    Some(seconds * 1_000_000_000 + nanos)
}

/// Four digits are a year, not an epoch value.
fn parse_epoch(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    let is_number = !unsigned.is_empty()
        && unsigned.len() <= 18
        && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || (whole.len() == 4 && fraction.is_empty()) {
        return None;
    }
    let nanos = fraction_nanos(fraction)?;
    let seconds: i128 = unsigned.parse().ok()?;
    let sum = seconds * 1_000_000_000 + nanos;
    Some(if whole.starts_with('-') { -sum } else { sum })
}

fn parse_time(text: &str) -> Option<i128> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone_at);
    let mut parts = clock.splitn(3, ':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, nanos) = match parts.next() {
        Some(part) => {
            let (second, fraction) = part.split_once('.').unwrap_or((part, ""));
            (digits(second, 2)?, fraction_nanos(fraction)?)
        }
        None => (0, 0),
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let local = i128::from(hour * 3600 + minute * 60 + second);
    Some((local - i128::from(zone_seconds(zone)?)) * 1_000_000_000 + nanos)
}

fn zone_seconds(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let rest = zone.get(1..)?;
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (digits(hours, 2)?, digits(minutes, 2)?),
        None => (digits(rest.get(..2)?, 2)?, digits(rest.get(2..)?, 2)?),
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn fraction_nanos(fraction: &str) -> Option<i128> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.get(..fraction.len().min(9))?;
    let value: i128 = if digits.is_empty() {
        0
    } else {
        digits.parse().ok()?
    };
    let missing = u32::try_from(9 - digits.len()).ok()?;
    Some(value * 10_i128.pow(missing))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn forms_of_the_same_moment() {
        let expected = parse("1577836800");
        assert!(expected.is_some());
        for text in [
            "2020-01-01T00:00:00Z",
            "2020-01-01T00:00Z",
            "2020-01-01",
            "2020-01",
            "2020",
            "2020-01-01T01:00:00+01:00",
            "2019-12-31T23:00:00.000-0100",
            "1577836800.0",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "tomorrow",
            "2020-13-01",
            "2020-02-30",
            "2020-01-01T00:00:00",
            "1e3",
            "-",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

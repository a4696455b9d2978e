//! Durations as Vault spells them: Go's `time.ParseDuration` with days and bare seconds.

/// Nanoseconds in one second.
const NANOSECONDS: i64 = 1_000_000_000;

/// Reads a duration of Vault's API: a bare number of seconds, `90m`, `1h30m`, `1.5h`, `7d`.
/// The result is in nanoseconds.
///
/// # Errors
/// The text that Go's parser gives, such as `time: invalid duration "abc"`.
pub(crate) fn parse_nanoseconds(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds.saturating_mul(NANOSECONDS));
    }
    if let Some(days) = text
        .strip_suffix('d')
        .and_then(|days| days.parse::<i64>().ok())
    {
        return Ok(days.saturating_mul(86_400).saturating_mul(NANOSECONDS));
    }
    parse_go(text)
}

/// Reads a duration and drops the fraction of a second.
///
/// # Errors
/// As [`parse_nanoseconds`].
pub(crate) fn parse_seconds(text: &str) -> Result<i64, String> {
    parse_nanoseconds(text).map(|nanoseconds| nanoseconds / NANOSECONDS)
}

/// The refusal of a number of seconds or days that no duration can hold.
pub(crate) const OVERFLOW: &str =
    "multiplication of durations resulted in overflow, one operand may be too large";

/// Whether a bare number of seconds, or one of days, is more than a duration can hold.
pub(crate) fn overflows(text: &str) -> bool {
    let (number, scale) = match text.strip_suffix('d') {
        Some(days) => (days, 86_400 * NANOSECONDS),
        None => (text, NANOSECONDS),
    };
    let number = number.parse::<i64>().ok();
    number.is_some_and(|number| number.checked_mul(scale).is_none())
}

fn parse_go(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: f64 = 0.0;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(number_length(rest));
        if number.is_empty() || number == "." {
            return Err(invalid());
        }
        let unit_end = tail
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .unwrap_or(tail.len());
        let (unit, next) = tail.split_at(unit_end);
        let value: f64 = number.parse().map_err(|_| invalid())?;
        let scale: f64 = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quoted(text))),
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    quoted(unit),
                    quoted(text)
                ));
            }
        };
        total += value * scale;
        rest = next;
    }
    if total > i64::MAX as f64 {
        return Err(invalid());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounded by the check above"
    )]
    let nanoseconds = total as i64;
    Ok(if negative { -nanoseconds } else { nanoseconds })
}

/// How long the number is that a text begins with: digits, with one point at most.
fn number_length(text: &str) -> usize {
    let mut points = 0;
    let ends = |character: char| {
        points += usize::from(character == '.');
        !(character.is_ascii_digit() || (character == '.' && points == 1))
    };
    text.find(ends).unwrap_or(text.len())
}

/// A text in Go's `%q` form.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if (other as u32) < 0x20 || other as u32 == 0x7f => {
                quoted.push_str(&format!("\\x{:02x}", other as u32));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Whole seconds as Go prints a `time.Duration`: `1h0m0s`, `10m0s`, `8s`.
pub(crate) fn long(seconds: i64) -> String {
    let (sign, seconds) = if seconds < 0 {
        ("-", -seconds)
    } else {
        ("", seconds)
    };
    let (hours, minutes, rest) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    if hours > 0 {
        format!("{sign}{hours}h{minutes}m{rest}s")
    } else if minutes > 0 {
        format!("{sign}{minutes}m{rest}s")
    } else {
        format!("{sign}{rest}s")
    }
}

/// The same without parts that are zero at the end: `1h`, `10m`, `8s`.
pub(crate) fn short(seconds: i64) -> String {
    let mut text = long(seconds);
    if text.ends_with("m0s") {
        text.truncate(text.len() - 2);
    }
    if text.ends_with("h0m") {
        text.truncate(text.len() - 2);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_vault_reads_them() {
        for (text, seconds) in [
            ("90", 90),
            ("90m", 5400),
            ("1.5h", 5400),
            ("1d", 86_400),
            ("1h30m", 5400),
            ("", 0),
        ] {
            assert_eq!(parse_seconds(text), Ok(seconds), "{text}");
        }
        for (text, error) in [
            ("abc", "time: invalid duration \"abc\""),
            ("1w", "time: unknown unit \"w\" in duration \"1w\""),
            ("61 s", "time: unknown unit \" s\" in duration \"61 s\""),
            ("1.5", "time: missing unit in duration \"1.5\""),
            ("1.2.3", "time: missing unit in duration \"1.2.3\""),
            ("..1s", "time: invalid duration \"..1s\""),
        ] {
            assert_eq!(parse_seconds(text), Err(error.to_owned()), "{text}");
        }
    }

    #[test]
    fn durations_print_as_go_prints_them() {
        assert_eq!(
            (long(3600).as_str(), short(3600).as_str()),
            ("1h0m0s", "1h")
        );
        assert_eq!((long(600).as_str(), short(600).as_str()), ("10m0s", "10m"));
        assert_eq!((long(90).as_str(), short(90).as_str()), ("1m30s", "1m30s"));
        assert_eq!((long(8).as_str(), short(0).as_str()), ("8s", "0s"));
    }
}

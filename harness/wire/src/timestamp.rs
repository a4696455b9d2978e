//! The three ways in which AWS writes a point in time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Value;
use crate::model::TimestampFormat;

/// An instant from seconds since 1970, with a fraction of which milliseconds are kept (Smithy,
/// `timestampFormat`).
pub(crate) fn from_epoch_seconds(seconds: f64) -> Option<Timestamp> {
    if !seconds.is_finite() {
        return None;
    }
    let millis = (seconds * 1000.0).round();
    if millis.abs() > 253_402_300_799_999.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "finite, integral and bounded just above"
    )]
    Timestamp::from_millisecond(millis as i64).ok()
}

/// Seconds since 1970, with a fraction of milliseconds.
pub(crate) fn epoch_seconds(instant: Timestamp) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of four-digit years fit 53 bits"
    )]
    let millis = instant.as_millisecond() as f64;
    millis / 1000.0
}

/// Reads a timestamp: ISO 8601 with any offset, RFC 7231, or seconds. AWS's readers take all of them,
/// whichever the model states.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    if let Ok(civil) = text.parse::<jiff::civil::DateTime>()
        && text.len() >= 10
        && text.contains('-')
    {
        return civil
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp());
    }
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(zoned.timestamp());
    }
    text.parse::<f64>().ok().and_then(from_epoch_seconds)
}

/// The instant that a value states: a timestamp, text in any format that [`parse`] reads, or seconds.
pub(crate) fn of_value(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Timestamp(instant) => Some(*instant),
        Value::Text(text) => parse(text),
        Value::Integer(seconds) => Timestamp::from_second(*seconds).ok(),
        Value::Float(seconds) => from_epoch_seconds(*seconds),
        _ => None,
    }
}

/// Writes a timestamp as text in a format.
pub(crate) fn text(instant: Timestamp, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::Iso8601 => {
            let whole_second = instant.subsec_nanosecond() == 0;
            let pattern = if whole_second {
                "%Y-%m-%dT%H:%M:%SZ"
            } else {
                "%Y-%m-%dT%H:%M:%S.%3fZ"
            };
            instant.strftime(pattern).to_string()
        }
        TimestampFormat::Rfc822 => instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        TimestampFormat::UnixTimestamp => {
            let seconds = epoch_seconds(instant);
            if seconds.fract() == 0.0 {
                instant.as_second().to_string()
            } else {
                seconds.to_string()
            }
        }
    }
}

//! Statistics over a distribution.
//!
//! Source: CloudWatch user guide, `Statistics-definitions.html`. Simulated: the five basic ones and
//! percentiles; trimmed means and their kin are not.

use std::fmt;

use super::error::Error;
use super::metric::Distribution;

/// A statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// How many values.
    SampleCount,
    /// Their sum.
    Sum,
    /// Sum by count.
    Average,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
    /// The value below which this share of the values lies, from 0 to 100.
    Percentile(f64),
}

impl Statistic {
    /// Reads a statistic's name: `Sum`, `p99`, `p99.9`.
    ///
    /// # Errors
    /// A name that CloudWatch does not know, or one that is not simulated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Ok(match text {
            "SampleCount" => Self::SampleCount,
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            _ => return Self::percentile(text),
        })
    }

    fn percentile(text: &str) -> Result<Self, Error> {
        let kin = ["tm", "wm", "tc", "ts", "TM", "WM", "TC", "TS", "PR"];
        if text == "IQM" || kin.iter().any(|prefix| text.starts_with(prefix)) {
            return Err(Error::NotSimulated(format!(
                "the statistic `{text}` is not simulated"
            )));
        }
        let share = text
            .strip_prefix('p')
            .and_then(|digits| digits.parse::<f64>().ok());
        match share.filter(|share| (0.0..=100.0).contains(share)) {
            Some(share) => Ok(Self::Percentile(share)),
            None => Err(Error::Value(format!(
                "The value {text} for parameter Stat is not supported."
            ))),
        }
    }

    /// The statistic of a distribution; `None` where there is none.
    pub fn of(self, values: &Distribution) -> Option<f64> {
        let (minimum, maximum) = values.range?;
        match self {
            Self::SampleCount => Some(values.count),
            Self::Sum => Some(values.sum),
            Self::Average => (values.count > 0.0).then(|| values.sum / values.count),
            Self::Minimum => Some(minimum),
            Self::Maximum => Some(maximum),
            Self::Percentile(share) => percentile(values, share),
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SampleCount => formatter.write_str("SampleCount"),
            Self::Sum => formatter.write_str("Sum"),
            Self::Average => formatter.write_str("Average"),
            Self::Minimum => formatter.write_str("Minimum"),
            Self::Maximum => formatter.write_str("Maximum"),
            Self::Percentile(share) => write!(formatter, "p{share}"),
        }
    }
}

/// The least value that at least this share of all values does not exceed (the nearest rank; how
/// CloudWatch interpolates is not documented).
fn percentile(values: &Distribution, share: f64) -> Option<f64> {
    if values.has_summary {
        return None;
    }
    let wanted = values.count * share / 100.0;
    let mut seen = 0.0;
    for (value, count) in &values.values {
        seen += count;
        if seen >= wanted {
            return Some(value.0);
        }
    }
    values.range.map(|(_, maximum)| maximum)
}

//! Data points in periods.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;

use super::error::Error;
use super::metric::{Distribution, Metric};

/// A span of whole seconds since 1970; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first second.
    pub start_second: i64,
    /// The first second that is not in it.
    pub end_second: i64,
}

impl Span {
    /// From a start that is rounded down to the minute (to the period, when that is shorter) to an
    /// end that is exclusive (API reference, `GetMetricData`, `StartTime`).
    ///
    /// # Errors
    /// The end is not in a later second than the start.
    pub fn new(start: Timestamp, end: Timestamp, period_seconds: i64) -> Result<Self, Error> {
        if end.as_second() <= start.as_second() {
            return Err(Error::Backwards);
        }
        let grain = period_seconds.clamp(1, 60);
        let start_second = start.as_second().div_euclid(grain) * grain;
        let whole_second = end.subsec_nanosecond() == 0;
        let end_second = end.as_second() + i64::from(!whole_second);
        Ok(Self {
            start_second,
            end_second,
        })
    }

    /// The same with a start on a boundary of the period, as GetMetricData's data points lie.
    #[must_use]
    pub fn on_boundaries(self, period_seconds: i64) -> Self {
        let start_second = self.start_second.div_euclid(period_seconds) * period_seconds;
        Self {
            start_second,
            ..self
        }
    }
}

/// A period that CloudWatch takes: 1, 5, 10, 20, 30 or a multiple of 60, in seconds.
///
/// # Errors
/// Another number.
pub fn period_seconds(period: i64) -> Result<i64, Error> {
    if matches!(period, 1 | 5 | 10 | 20 | 30) || (period > 0 && period % 60 == 0) {
        return Ok(period);
    }
    Err(Error::Validation(format!(
        "`{period}` is no period: give 1, 5, 10, 20, 30 or a multiple of 60 seconds"
    )))
}

/// What a metric measured in one period, in one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Bin {
    /// The first second of the period.
    pub start_second: i64,
    /// The unit.
    pub unit: String,
    /// The values.
    pub values: Distribution,
}

/// A metric's data in periods that begin with the span, in the order of time; only data in `unit`
/// when one is given. Data in different units stays apart.
pub fn bins(metric: &Metric, span: Span, period_seconds: i64, unit: Option<&str>) -> Vec<Bin> {
    let mut bins: BTreeMap<(i64, &str), Distribution> = BTreeMap::new();
    for (second, found, values) in metric.between(span.start_second, span.end_second) {
        if unit.is_none_or(|unit| unit == found) {
            let nth = (second - span.start_second).div_euclid(period_seconds);
            let start_second = span.start_second + nth * period_seconds;
            bins.entry((start_second, found)).or_default().merge(values);
        }
    }
    bins.into_iter()
        .map(|((start_second, unit), values)| Bin {
            start_second,
            unit: unit.to_owned(),
            values,
        })
        .collect()
}

//! A metric and its data points.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::Timestamp;

/// What a metric is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricId {
    /// `AWS/ApiGateway`.
    pub namespace: Cow<'static, str>,
    /// `Count`.
    pub name: Cow<'static, str>,
    /// Its dimensions; all of them make the metric.
    pub dimensions: Arc<BTreeMap<String, String>>,
}

/// A number in CloudWatch's total order (no NaN gets here).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What was measured at one moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// A value, so many times.
    Value {
        /// The value.
        value: f64,
        /// How many times.
        count: f64,
    },
    /// A summary whose single values nobody kept.
    Summary {
        /// How many values.
        count: f64,
        /// Their sum.
        sum: f64,
        /// The least.
        minimum: f64,
        /// The greatest.
        maximum: f64,
    },
}

/// Values together: enough for every statistic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// How many values.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
    /// The least and the greatest; `None` while there is none.
    pub range: Option<(f64, f64)>,
    /// How many times each value came.
    pub values: BTreeMap<Number, f64>,
    /// Whether a summary of different values is in it: there are no percentiles then.
    pub has_summary: bool,
}

impl Distribution {
    /// Adds a sample.
    pub fn add(&mut self, sample: &Sample) {
        match *sample {
            Sample::Value { value, count } => {
                self.merge_totals(count, value * count, (value, value));
                *self.values.entry(Number(value)).or_default() += count;
            }
            Sample::Summary {
                count,
                sum,
                minimum,
                maximum,
            } => {
                self.merge_totals(count, sum, (minimum, maximum));
                // A summary of one value is that value (CloudWatch user guide, "Percentiles").
                if count == 1.0 || minimum == maximum {
                    *self.values.entry(Number(minimum)).or_default() += count;
                } else {
                    self.has_summary = true;
                }
            }
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        if let Some(range) = other.range {
            self.merge_totals(other.count, other.sum, range);
        }
        for (value, count) in &other.values {
            *self.values.entry(*value).or_default() += count;
        }
        self.has_summary |= other.has_summary;
    }

    fn merge_totals(&mut self, count: f64, sum: f64, (minimum, maximum): (f64, f64)) {
        self.count += count;
        self.sum += sum;
        self.range = Some(match self.range {
            None => (minimum, maximum),
            Some((least, greatest)) => (least.min(minimum), greatest.max(maximum)),
        });
    }
}

/// A metric's data points, a distribution for each second and unit.
#[derive(Clone, Debug, Default)]
pub struct Metric {
    seconds: BTreeMap<(i64, Cow<'static, str>), Distribution>,
}

impl Metric {
    /// Adds a sample.
    pub fn add(&mut self, time: Timestamp, unit: Cow<'static, str>, sample: &Sample) {
        self.seconds
            .entry((time.as_second(), unit))
            .or_default()
            .add(sample);
    }

    /// The data of the seconds from `start` to before `end`, with their units.
    pub fn between(
        &self,
        start_second: i64,
        end_second: i64,
    ) -> impl Iterator<Item = (i64, &str, &Distribution)> {
        // An empty span would have its ends in the wrong order.
        let end_second = end_second.max(start_second);
        self.seconds
            .range((start_second, Cow::Borrowed(""))..(end_second, Cow::Borrowed("")))
            .map(|((second, unit), distribution)| (*second, &**unit, distribution))
    }

    /// When the last data point was, in seconds since 1970.
    pub fn last_second(&self) -> Option<i64> {
        self.seconds.keys().next_back().map(|(second, _)| *second)
    }
}

//! GetMetricStatistics.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{Dimension, dimensions, wire};
use crate::cloud::Cloud;
use crate::cloudwatch::error::Error;
use crate::cloudwatch::metric::MetricId;
use crate::cloudwatch::query::{Bin, Span, bins, period_seconds};
use crate::cloudwatch::statistic::Statistic;
use crate::operation::{Answer, Call, Reply, read};

/// The most data points of one answer.
const DATAPOINTS_MAX: i64 = 1440;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticsInput {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Option<Vec<Dimension>>,
    start_time: Timestamp,
    end_time: Timestamp,
    period: i64,
    #[serde(default)]
    statistics: Option<Vec<String>>,
    #[serde(default)]
    extended_statistics: Option<Vec<String>>,
    #[serde(default)]
    unit: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticsOutput {
    label: String,
    datapoints: Vec<BTreeMap<String, Value>>,
}

pub(crate) fn get_metric_statistics(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: StatisticsInput = read(input)?;
    let basic = input.statistics.unwrap_or_default();
    let extended = input.extended_statistics.unwrap_or_default();
    if basic.is_empty() == extended.is_empty() {
        // Of both, grade D: "but not both".
        let text = "Must specify either Statistics or ExtendedStatistics";
        return Err(wire(Error::Combination(text.to_owned())));
    }
    let parse = |names: &[String]| {
        let names = names
            .iter()
            .map(|name| Ok((name.clone(), Statistic::parse(name)?)));
        names.collect::<Result<Vec<_>, Error>>()
    };
    let basic = parse(&basic).map_err(wire)?;
    let extended = parse(&extended).map_err(wire)?;
    let period = period_seconds(input.period).map_err(wire)?;
    let span = Span::new(input.start_time, input.end_time, period);
    // Here it is a wrong value (recorded), in GetMetricData a failed validation.
    let span = span.map_err(|error| wire(Error::Value(error.to_string())))?;
    // Times that lie on no boundary touch one period more, which AWS does not count.
    let periods = (input.end_time.as_second() - input.start_time.as_second()).div_euclid(period);
    if periods > DATAPOINTS_MAX {
        return Err(wire(Error::TooManyDatapoints(periods)));
    }
    let dimensions = dimensions(input.dimensions).map_err(wire)?;
    let label = input.metric_name.clone();
    let id = MetricId {
        namespace: input.namespace.into(),
        name: input.metric_name.into(),
        dimensions: Arc::new(dimensions),
    };
    let metric = cloud.cloudwatch.metric(&call.scope, &id);
    let bins = metric.map_or_else(Vec::new, |metric| {
        bins(metric, span, period, input.unit.as_deref())
    });
    let datapoints = bins
        .iter()
        .map(|bin| datapoint(bin, &basic, &extended))
        .collect();
    Reply::to(&StatisticsOutput { label, datapoints })
}

fn datapoint(
    bin: &Bin,
    basic: &[(String, Statistic)],
    extended: &[(String, Statistic)],
) -> BTreeMap<String, Value> {
    let numbers = |statistics: &[(String, Statistic)]| -> BTreeMap<String, Value> {
        let found = statistics.iter().filter_map(|(name, statistic)| {
            Some((name.clone(), Value::Float(statistic.of(&bin.values)?)))
        });
        found.collect()
    };
    let mut members = numbers(basic);
    if !extended.is_empty() {
        members.insert(
            "ExtendedStatistics".to_owned(),
            Value::Map(numbers(extended)),
        );
    }
    if let Ok(time) = Timestamp::from_second(bin.start_second) {
        members.insert("Timestamp".to_owned(), Value::Timestamp(time));
    }
    members.insert("Unit".to_owned(), Value::Text(bin.unit.clone()));
    members
}

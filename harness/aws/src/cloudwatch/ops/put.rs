//! PutMetricData.

use authlab_kernel::Timestamp;
use authlab_wire::{Value, WireError};
use serde::Deserialize;

use super::{Dimension, dimensions, wire};
use crate::cloud::Cloud;
use crate::cloudwatch::error::Error;
use crate::cloudwatch::metric::Sample;
use crate::cloudwatch::state::Datum;
use crate::operation::{Answer, Call, Reply, read};

/// The most data of one request, and the most values of one datum (API reference).
const DATA_MAX: usize = 1000;
const VALUES_MAX: usize = 150;

/// What CloudWatch takes as a value: from -2^360 to 2^360.
const VALUE_MAX: f64 = 2.348_542_582_773_833_3e108;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutInput {
    namespace: String,
    #[serde(default)]
    metric_data: Option<Vec<DatumInput>>,
    #[serde(default)]
    entity_metric_data: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DatumInput {
    metric_name: String,
    #[serde(default)]
    dimensions: Option<Vec<Dimension>>,
    #[serde(default)]
    timestamp: Option<Timestamp>,
    #[serde(default)]
    value: Option<f64>,
    #[serde(default)]
    values: Option<Vec<f64>>,
    #[serde(default)]
    counts: Option<Vec<f64>>,
    #[serde(default)]
    statistic_values: Option<StatisticSet>,
    #[serde(default)]
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticSet {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

pub(crate) fn put_metric_data(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PutInput = read(input)?;
    if input.entity_metric_data.is_some() {
        return Err(WireError::not_implemented("EntityMetricData"));
    }
    let data = input.metric_data.unwrap_or_default();
    if data.is_empty() {
        let text = "The parameter MetricData is required.";
        return Err(WireError::new(
            400,
            "MissingRequiredParameterException",
            text,
        ));
    }
    if data.len() > DATA_MAX {
        let text = format!(
            "MetricData has {} elements, at most {DATA_MAX} are allowed",
            data.len()
        );
        return Err(wire(Error::Value(text)));
    }
    let data = data
        .into_iter()
        .enumerate()
        .map(|(index, datum)| read_datum(index + 1, datum));
    let data = data.collect::<Result<Vec<_>, _>>().map_err(wire)?;
    let (cloudwatch, ctx) = cloud.cloudwatch(call);
    cloudwatch.put(&input.namespace, data, &ctx).map_err(wire)?;
    Ok(Reply::empty())
}

fn read_datum(nth: usize, datum: DatumInput) -> Result<Datum, Error> {
    let path = format!("MetricData.member.{nth}");
    let samples = match (datum.value, datum.values, datum.statistic_values) {
        (Some(value), None, None) => vec![Sample::Value { value, count: 1.0 }],
        (None, Some(values), None) => counted(&path, values, datum.counts)?,
        (None, None, Some(set)) => vec![Sample::Summary {
            count: set.sample_count,
            sum: set.sum,
            minimum: set.minimum,
            maximum: set.maximum,
        }],
        (None, None, None) => {
            return Err(Error::Combination(format!(
                "{path} needs one of Value, Values and StatisticValues"
            )));
        }
        _ => {
            return Err(Error::Combination(format!(
                "{path} has more than one of Value, Values and StatisticValues"
            )));
        }
    };
    if !samples.iter().all(is_measurable) {
        return Err(Error::Value(format!(
            "{path} has a value that CloudWatch does not take"
        )));
    }
    Ok(Datum {
        name: datum.metric_name,
        dimensions: dimensions(datum.dimensions)?,
        time: datum.timestamp,
        unit: datum.unit.unwrap_or_else(|| "None".to_owned()),
        samples,
    })
}

fn counted(path: &str, values: Vec<f64>, counts: Option<Vec<f64>>) -> Result<Vec<Sample>, Error> {
    let counts = counts.unwrap_or_else(|| vec![1.0; values.len()]);
    if values.len() > VALUES_MAX || counts.len() != values.len() {
        return Err(Error::Value(format!(
            "{path} has {} Values and {} Counts: they have to be as many, and at most {VALUES_MAX}",
            values.len(),
            counts.len()
        )));
    }
    let pairs = values.into_iter().zip(counts);
    Ok(pairs
        .map(|(value, count)| Sample::Value { value, count })
        .collect())
}

fn is_measurable(sample: &Sample) -> bool {
    let is_number = |number: f64| number.abs() <= VALUE_MAX;
    match *sample {
        Sample::Value { value, count } => is_number(value) && is_number(count) && count >= 0.0,
        Sample::Summary {
            count,
            sum,
            minimum,
            maximum,
        } => {
            [count, sum, minimum, maximum].into_iter().all(is_number)
                && count >= 0.0
                && minimum <= maximum
        }
    }
}

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
    /// 1 or 60: all data is kept by the second, and asked for in periods of any length.
    #[serde(default)]
    storage_resolution: Option<i64>,
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
        let text = too_long("MetricData", DATA_MAX);
        return Err(wire(text));
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

/// A list that is too long (`unverified`).
fn too_long(path: &str, max: usize) -> Error {
    Error::Value(format!(
        "The collection {path} must not have a size greater than {max}."
    ))
}

/// Two members of which one at most may be given.
fn exclusive(path: &str, one: &str, other: &str) -> Error {
    Error::Combination(format!(
        "The parameters {path}.{one} and {path}.{other} are mutually exclusive and you have \
         specified both."
    ))
}

fn read_datum(nth: usize, datum: DatumInput) -> Result<Datum, Error> {
    let path = format!("MetricData.member.{nth}");
    if datum.value.is_some() && datum.values.is_some() {
        return Err(exclusive(&path, "Value", "Values"));
    }
    if datum.value.is_some() && datum.statistic_values.is_some() {
        return Err(exclusive(&path, "Value", "StatisticValues"));
    }
    if let Some(seconds) = datum.storage_resolution
        && !matches!(seconds, 1 | 60)
    {
        // The text is `unverified`.
        return Err(Error::Value(format!(
            "The value {seconds} for parameter {path}.StorageResolution is invalid."
        )));
    }
    let mut samples = Vec::new();
    if let Some(value) = datum.value {
        let value = measurable(&path, "Value", value)?;
        samples.push(Sample::Value { value, count: 1.0 });
    }
    // Values and a statistic set in one datum are taken (recorded); both count.
    samples.extend(counted(&path, datum.values, datum.counts)?);
    if let Some(set) = datum.statistic_values {
        samples.push(summary(&format!("{path}.StatisticValues"), &set)?);
    }
    if samples.is_empty() {
        return Err(Error::Combination(format!(
            "{path} needs one of Value, Values and StatisticValues"
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

fn summary(path: &str, set: &StatisticSet) -> Result<Sample, Error> {
    if set.minimum > set.maximum {
        return Err(invalid(path, "Minimum", set.minimum));
    }
    Ok(Sample::Summary {
        count: countable(path, "SampleCount", set.sample_count)?,
        sum: measurable(path, "Sum", set.sum)?,
        minimum: measurable(path, "Minimum", set.minimum)?,
        maximum: measurable(path, "Maximum", set.maximum)?,
    })
}

fn counted(
    path: &str,
    values: Option<Vec<f64>>,
    counts: Option<Vec<f64>>,
) -> Result<Vec<Sample>, Error> {
    let values = values.unwrap_or_default();
    let counts = counts.unwrap_or_else(|| vec![1.0; values.len()]);
    if counts.len() != values.len() {
        return Err(Error::Value(format!(
            "The parameters {path}.Values and {path}.Counts must be of the same size."
        )));
    }
    if values.len() > VALUES_MAX {
        return Err(too_long(&format!("{path}.Values"), VALUES_MAX));
    }
    let pairs = values.into_iter().zip(counts).enumerate();
    pairs
        .map(|(index, (value, count))| {
            let (value_at, count_at) = (
                format!("Values.member.{}", index + 1),
                format!("Counts.member.{}", index + 1),
            );
            Ok(Sample::Value {
                value: measurable(path, &value_at, value)?,
                count: countable(path, &count_at, count)?,
            })
        })
        .collect()
}

/// A number that CloudWatch takes: finite, and not too far from zero.
fn measurable(path: &str, member: &str, number: f64) -> Result<f64, Error> {
    if number.abs() <= VALUE_MAX {
        Ok(number)
    } else {
        Err(invalid(path, member, number))
    }
}

/// A number of values.
fn countable(path: &str, member: &str, number: f64) -> Result<f64, Error> {
    match measurable(path, member, number)? {
        number if number >= 0.0 => Ok(number),
        number => Err(invalid(path, member, number)),
    }
}

fn invalid(path: &str, member: &str, number: f64) -> Error {
    let shown = match number {
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        other => format!("{other:?}"),
    };
    Error::Value(format!(
        "The value {shown} for parameter {path}.{member} is invalid."
    ))
}

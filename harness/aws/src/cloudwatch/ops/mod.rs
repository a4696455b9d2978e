//! Decode, call, encode.
//!
//! - [`put`]: the operation PutMetricData.
//! - [`data`]: the operation GetMetricData.
//! - [`statistics`]: the operation GetMetricStatistics.
//! - [`list`]: the operation ListMetrics.
//! - [`stream`]: the operations of metric streams.

pub(super) mod data;
pub(super) mod list;
pub(super) mod put;
pub(super) mod statistics;
pub(super) mod stream;

use std::collections::BTreeMap;

use authlab_wire::{Rule, ValidationFailure, WireError};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::fault;

/// What is missing has a code of its own where the model gives the operation one (text `unverified`);
/// everything else is told in the common sentence.
pub(super) fn in_other_words(operation: &str, failure: &ValidationFailure) -> Option<WireError> {
    let violation = failure.violations.first()?;
    let has_code = matches!(operation, "PutMetricData" | "GetMetricStatistics");
    (has_code && violation.rule == Rule::Required).then(|| {
        let text = format!("The parameter {} is required.", spelled(&violation.at));
        WireError::new(400, "MissingRequiredParameterException", text)
    })
}

/// `metricData.1.member.metricName` as the service spells it: `MetricData.member.1.MetricName`.
fn spelled(at: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in at.split('.') {
        let mut letters = part.chars();
        match letters.next() {
            Some(first)
                if part == "member" && parts.last().is_some_and(|it| it.parse::<u32>().is_ok()) =>
            {
                let number = parts.pop().unwrap_or_default();
                parts.extend([format!("{first}{}", letters.as_str()), number]);
            }
            Some(first) => parts.push(first.to_uppercase().chain(letters).collect()),
            None => {}
        }
    }
    parts.join(".")
}

/// The only place where the service's errors meet codes and statuses.
fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::Value(_) => (400, "InvalidParameterValueException"),
        Error::Combination(_) | Error::TooManyDatapoints(_) => {
            (400, "InvalidParameterCombinationException")
        }
        // Not in the model: one of the errors common to all services of awsQuery.
        Error::Validation(_) | Error::Backwards | Error::DataBackwards | Error::DataEmpty => {
            (400, "ValidationError")
        }
        Error::NextToken => (400, "InvalidNextToken"),
        Error::NoSuchStream(_) => (404, "ResourceNotFoundException"),
        Error::NotSimulated(_) => (501, "NotImplemented"),
    };
    let answer = WireError::new(status, code, error.to_string());
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// The refusal of a token; ListMetrics has no InvalidNextToken in its model.
pub(super) fn token_refused(operation: &str) -> WireError {
    wire(match operation {
        // Its model has no InvalidNextToken (`unverified`: an assertion of moto).
        "ListMetrics" => Error::Value("Request parameter NextToken is invalid".to_owned()),
        _ => Error::NextToken,
    })
}

#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

/// Dimensions by name.
///
/// # Errors
/// One name twice.
fn dimensions(list: Option<Vec<Dimension>>) -> Result<BTreeMap<String, String>, Error> {
    let mut dimensions = BTreeMap::new();
    for Dimension { name, value } in list.unwrap_or_default() {
        if dimensions.insert(name.clone(), value).is_some() {
            return Err(Error::Value(format!(
                "the dimension `{name}` is given twice"
            )));
        }
    }
    Ok(dimensions)
}

/// What a read asks for, in words.
fn of_namespace(namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("metrics of the namespace {namespace}"),
        None => "metrics".to_owned(),
    }
}

fn listed(dimensions: &BTreeMap<String, String>) -> Vec<Dimension> {
    let list = dimensions.iter();
    list.map(|(name, value)| Dimension {
        name: name.clone(),
        value: value.clone(),
    })
    .collect()
}

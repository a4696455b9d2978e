//! Decode, call, encode.
//!
//! - [`put`]: the operation PutMetricData.
//! - [`data`]: the operation GetMetricData.
//! - [`statistics`]: the operation GetMetricStatistics.
//! - [`list`]: the operation ListMetrics.

pub(super) mod data;
pub(super) mod list;
pub(super) mod put;
pub(super) mod statistics;

use std::collections::BTreeMap;

use authlab_wire::WireError;
use serde::{Deserialize, Serialize};

use super::error::Error;

/// The only place where the service's errors meet codes and statuses.
fn wire(error: Error) -> WireError {
    let (status, code) = match &error {
        Error::Value(_) => (400, "InvalidParameterValueException"),
        Error::Combination(_) | Error::TooManyDatapoints(_) => {
            (400, "InvalidParameterCombinationException")
        }
        // Not in the model: one of the errors common to all services of awsQuery.
        Error::Validation(_) => (400, "ValidationError"),
        Error::NextToken => (400, "InvalidNextToken"),
        Error::NotSimulated(_) => (501, "NotImplemented"),
    };
    WireError::new(status, code, error.to_string())
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

fn listed(dimensions: &BTreeMap<String, String>) -> Vec<Dimension> {
    let list = dimensions.iter();
    list.map(|(name, value)| Dimension {
        name: name.clone(),
        value: value.clone(),
    })
    .collect()
}

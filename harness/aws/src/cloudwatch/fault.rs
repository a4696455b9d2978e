//! What stood against what where CloudWatch refuses.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error; most texts name the member and the value.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::Backwards | Error::DataBackwards | Error::DataEmpty => {
            Fault::value("EndTime", None, "later than `StartTime`")
        }
        Error::NoSuchStream(name) => Fault::not_there("metric stream", name),
        Error::NextToken => {
            Fault::value("NextToken", None, "the one that the page before answered")
        }
        Error::TooManyDatapoints(count) => Fault::quota(
            "data points of an answer of GetMetricStatistics",
            1440,
            usize::try_from(*count).ok(),
        ),
        Error::NotSimulated(what) => Fault::NotSimulated { what: what.clone() },
        Error::Value(_) | Error::Combination(_) | Error::Validation(_) => return None,
    })
}

//! Why CloudWatch refuses.

use thiserror::Error;

/// Why an operation of CloudWatch is refused.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Error {
    /// A value that the service does not take (texts `unverified`).
    #[error("{0}")]
    Value(String),
    /// Members that exclude or need one another (recorded for `Value` beside `Values`; the other
    /// texts are `unverified`).
    #[error("{0}")]
    Combination(String),
    /// The input breaks a rule that the model does not hold (texts `unverified`).
    #[error("{0}")]
    Validation(String),
    /// A span that ends before it starts, or with it.
    #[error("The parameter StartTime must be less than the parameter EndTime.")]
    Backwards,
    /// The same for GetMetricData (`unverified`: an assertion of moto).
    #[error("The parameter EndTime must be greater than StartTime.")]
    DataBackwards,
    /// A span of GetMetricData within a second (`unverified`: an assertion of moto).
    #[error("The parameter StartTime must not equal parameter EndTime.")]
    DataEmpty,
    /// The token is none of ours (text `unverified`).
    #[error("the next token is invalid: give the one that the page before answered")]
    NextToken,
    /// No metric stream of this name (text `unverified`).
    #[error("the metric stream `{0}` does not exist: `ListMetricStreams` names those that do")]
    NoSuchStream(String),
    /// Not simulated.
    #[error("{0}")]
    NotSimulated(String),
    /// GetMetricStatistics answers at most 1440 data points.
    #[error(
        "You have requested up to {0} datapoints, which exceeds the limit of 1440. You may \
         reduce the datapoints requested by increasing Period, or decreasing the time range."
    )]
    TooManyDatapoints(i64),
}

//! CloudWatch metrics, and reading those of linked accounts.
//!
//! Simulated: PutMetricData (values, arrays of values with counts, statistic sets), GetMetricData
//! with MetricStat queries, GetMetricStatistics, ListMetrics; SampleCount, Sum, Average, Minimum,
//! Maximum and percentiles. A monitoring account names a source by `AccountId` or lists with
//! `IncludeLinkedAccounts` through its OAM links, filters included. Other services write through
//! [`State::add`]. Data points are there at once, and kept for the lab's life.
//!
//! Deliberately not: metric math and Metrics Insights (an `Expression` is a 501), dynamic labels,
//! trimmed statistics, entities, alarms, dashboards, streams, coarser storage of older data.
//!
//! What a monitoring account is answered for a source that is not linked is not documented: the
//! result is empty with the status `Forbidden`, a value that the model has (`unverified`).
//!
//! Sources: the CloudWatch API reference; CloudWatch user guide, `cloudwatch_concepts.html`,
//! `cloudwatch_limits.html`.

mod check;
mod error;
mod fault;
mod metric;
mod ops;
mod query;
mod state;
mod statistic;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use metric::{Metric, MetricId};
pub use query::{Bin, Span};
pub use state::State;
pub use statistic::Statistic;

use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "cloudwatch",
    // Measured on AWS, as for Lambda (reference, SIG-01).
    clock_skew_seconds: 5 * 60,
    validation: Validation::with_code("ValidationError").or(ops::in_other_words),
    token_refused: ops::token_refused,
    passing: None,
    rows: &[
        Row {
            name: "PutMetricData",
            authorization: Checks(check::put_metric_data),
            handler: Locked(ops::put::put_metric_data),
        },
        Row {
            name: "GetMetricData",
            authorization: Checks(check::get_metric_data),
            handler: Locked(ops::data::get_metric_data),
        },
        Row {
            name: "GetMetricStatistics",
            authorization: Checks(check::get_metric_statistics),
            handler: Locked(ops::statistics::get_metric_statistics),
        },
        Row {
            name: "ListMetrics",
            authorization: Checks(check::list_metrics),
            handler: Locked(ops::list::list_metrics),
        },
    ],
};

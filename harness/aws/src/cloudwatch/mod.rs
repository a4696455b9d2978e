//! CloudWatch metrics, and reading those of linked accounts.
//!
//! Simulated: PutMetricData (values, arrays of values with counts, statistic sets), GetMetricData
//! with MetricStat queries, GetMetricStatistics, ListMetrics; SampleCount, Sum, Average, Minimum,
//! Maximum and percentiles. A monitoring account names a source by `AccountId` or lists with
//! `IncludeLinkedAccounts` through its OAM links, filters included. Other services write through
//! [`State::add`]. Data points are there at once, and kept for the lab's life.
//!
//! Metric streams are kept and shown, with what one leaves out of linked accounts. What they send is not
//! simulated: there is no Firehose in the lab that could take it.
//!
//! Deliberately not: metric math and Metrics Insights (an `Expression` is a 501), dynamic labels,
//! trimmed statistics, entities, alarms, dashboards, coarser storage of older data.
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
mod stream;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use metric::{Metric, MetricId};
pub use query::{Bin, Span};
pub use state::State;
pub use statistic::Statistic;
pub use stream::{MetricStream, StreamFilter};

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
        Row {
            name: "PutMetricStream",
            authorization: Checks(check::put_metric_stream),
            handler: Locked(ops::stream::put_metric_stream),
        },
        Row {
            name: "GetMetricStream",
            authorization: Checks(check::get_metric_stream),
            handler: Locked(ops::stream::get_metric_stream),
        },
        Row {
            name: "ListMetricStreams",
            authorization: Checks(check::list_metric_streams),
            handler: Locked(ops::stream::list_metric_streams),
        },
        Row {
            name: "DeleteMetricStream",
            authorization: Checks(check::delete_metric_stream),
            handler: Locked(ops::stream::delete_metric_stream),
        },
    ],
};

//! CloudWatch Logs: groups, streams, events, and reading those of linked accounts.
//!
//! Simulated: log groups with retention, class and tags; streams; PutLogEvents with its limits on
//! time, order and size; GetLogEvents and FilterLogEvents with their tokens and filter patterns
//! (terms, quoted phrases, exclusions, alternatives, JSON selectors); account resource policies as
//! documents; subscription filters whose destination is a function of the account. A monitoring account reads a source account's groups by ARN through its OAM links,
//! filters included. Other services write through [`State::append`].
//!
//! What a function logs that a subscription invoked is not passed on, which on AWS goes on without end
//! where groups and functions form a circle.
//!
//! Deliberately not: Insights queries, other destinations of subscription filters, those of the whole
//! account, metric filters, exports, live tail, data protection, resource policies as grants (no caller in the lab needs one: the gateway's deliveries
//! are effects), sequence tokens (AWS ignores them since 2023). A group's key is asked when it is
//! given to the group, not when events are written and read. A stream keeps its latest 16 MiB.
//!
//! What a monitoring account is answered for a group that is not shared is not documented: here
//! the group does not exist (`unverified`).
//!
//! Sources: the CloudWatch Logs API reference; CloudWatch Logs user guide,
//! `FilterAndPatternSyntax.html`, `cloudwatch_limits_cwl.html`.

mod check;
mod delivery;
mod error;
mod fault;
mod group;
mod key;
mod ops;
mod pattern;
mod read;
mod state;
mod subscription;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use group::{Group, LogEvent, Stream};
pub use pattern::Pattern;
pub use state::State;
pub use subscription::Subscription;

use crate::operation::{
    Authorization::Checks,
    Handler::{Halves, Locked},
    Row, Service, Validation,
};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "logs",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("InvalidParameterException").or(ops::in_other_words),
    token_refused: |_| {
        ops::wire(Error::Parameter(
            "The specified nextToken is invalid.".to_owned(),
        ))
    },
    passing: None,
    rows: &[
        Row {
            name: "CreateLogGroup",
            authorization: Checks(check::create_log_group),
            handler: Locked(ops::group::create_log_group),
        },
        Row {
            name: "DeleteLogGroup",
            authorization: Checks(check::delete_log_group),
            handler: Locked(ops::group::delete_log_group),
        },
        Row {
            name: "DescribeLogGroups",
            authorization: Checks(check::describe_log_groups),
            handler: Locked(ops::group::describe_log_groups),
        },
        Row {
            name: "AssociateKmsKey",
            authorization: Checks(check::associate_key),
            handler: Locked(ops::group::associate_key),
        },
        Row {
            name: "DisassociateKmsKey",
            authorization: Checks(check::disassociate_key),
            handler: Locked(ops::group::disassociate_key),
        },
        Row {
            name: "PutRetentionPolicy",
            authorization: Checks(check::put_retention_policy),
            handler: Locked(ops::group::put_retention_policy),
        },
        Row {
            name: "DeleteRetentionPolicy",
            authorization: Checks(check::delete_retention_policy),
            handler: Locked(ops::group::delete_retention_policy),
        },
        Row {
            name: "CreateLogStream",
            authorization: Checks(check::create_log_stream),
            handler: Locked(ops::event::create_log_stream),
        },
        Row {
            name: "DeleteLogStream",
            authorization: Checks(check::delete_log_stream),
            handler: Locked(ops::event::delete_log_stream),
        },
        Row {
            name: "DescribeLogStreams",
            authorization: Checks(check::describe_log_streams),
            handler: Locked(ops::event::describe_log_streams),
        },
        Row {
            name: "PutLogEvents",
            authorization: Checks(check::put_log_events),
            handler: Locked(ops::event::put_log_events),
        },
        Row {
            name: "GetLogEvents",
            authorization: Checks(check::get_log_events),
            handler: Locked(ops::event::get_log_events),
        },
        Row {
            name: "FilterLogEvents",
            authorization: Checks(check::filter_log_events),
            handler: Locked(ops::event::filter_log_events),
        },
        Row {
            name: "PutLogGroupDeletionProtection",
            authorization: Checks(check::put_deletion_protection),
            handler: Locked(ops::group::put_deletion_protection),
        },
        Row {
            name: "TagLogGroup",
            authorization: Checks(check::tag_log_group),
            handler: Locked(ops::group::tag_log_group),
        },
        Row {
            name: "UntagLogGroup",
            authorization: Checks(check::untag_log_group),
            handler: Locked(ops::group::untag_log_group),
        },
        Row {
            name: "ListTagsLogGroup",
            authorization: Checks(check::list_tags_log_group),
            handler: Locked(ops::group::list_tags_log_group),
        },
        Row {
            name: "TagResource",
            authorization: Checks(check::tag_resource),
            handler: Locked(ops::group::tag_resource),
        },
        Row {
            name: "UntagResource",
            authorization: Checks(check::untag_resource),
            handler: Locked(ops::group::untag_resource),
        },
        Row {
            name: "ListTagsForResource",
            authorization: Checks(check::list_tags),
            handler: Locked(ops::group::list_tags),
        },
        Row {
            name: "PutSubscriptionFilter",
            authorization: Checks(check::put_subscription_filter),
            handler: Halves(ops::subscription::put_subscription_filter),
        },
        Row {
            name: "DescribeSubscriptionFilters",
            authorization: Checks(check::describe_subscription_filters),
            handler: Locked(ops::subscription::describe_subscription_filters),
        },
        Row {
            name: "DeleteSubscriptionFilter",
            authorization: Checks(check::delete_subscription_filter),
            handler: Locked(ops::subscription::delete_subscription_filter),
        },
        Row {
            name: "PutResourcePolicy",
            authorization: Checks(check::put_resource_policy),
            handler: Locked(ops::policy::put_resource_policy),
        },
        Row {
            name: "DescribeResourcePolicies",
            authorization: Checks(check::describe_resource_policies),
            handler: Locked(ops::policy::describe_resource_policies),
        },
        Row {
            name: "DeleteResourcePolicy",
            authorization: Checks(check::delete_resource_policy),
            handler: Locked(ops::policy::delete_resource_policy),
        },
    ],
};

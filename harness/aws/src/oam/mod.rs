//! CloudWatch Observability Access Manager: which account shares its telemetry with which.
//!
//! Simulated: sinks (one for an account and Region), sink policies, links with label templates, all
//! seven resource types and both filters, tags. Who may link is decided by the checks of the row:
//! the caller's identity policies on the link and on the sink, the sink's policy as the resource
//! policy, `oam:ResourceTypes`, and one `…:Link` permission for each type. What is shared is read by
//! CloudWatch and CloudWatch Logs through [`State::linked`] and [`State::sources`].
//!
//! Deliberately not: request rates, the console's cross-account role (`CloudWatch-CrossAccount-
//! SharingRole`), and the sharing of types whose services are not in the lab (a link for them is
//! made, nothing is there to read).
//!
//! Sources: the OAM API reference; CloudWatch user guide, `CloudWatch-Unified-Cross-Account.html`,
//! `CloudWatch-Unified-Cross-Account-Setup.html`, `cloudwatch_limits.html`.

mod check;
mod error;
mod fault;
mod filter;
mod link;
mod notice;
mod ops;
mod state;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use filter::Filter;
pub use link::{Link, ResourceType};
pub use state::{Ctx, LinkChange, NewLink, Sink, State};

use authlab_wire::WireError;

use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "oam",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("InvalidParameterException").or(ops::in_other_words),
    // Unverified text.
    token_refused: |_| {
        let text = "The value of NextToken is invalid.";
        WireError::new(400, "InvalidParameterException", text)
    },
    passing: None,
    rows: &[
        Row {
            name: "CreateSink",
            authorization: Checks(check::create_sink),
            handler: Locked(ops::create_sink),
        },
        Row {
            name: "GetSink",
            authorization: Checks(check::get_sink),
            handler: Locked(ops::get_sink),
        },
        Row {
            name: "ListSinks",
            authorization: Checks(check::list_sinks),
            handler: Locked(ops::list_sinks),
        },
        Row {
            name: "DeleteSink",
            authorization: Checks(check::delete_sink),
            handler: Locked(ops::delete_sink),
        },
        Row {
            name: "PutSinkPolicy",
            authorization: Checks(check::put_sink_policy),
            handler: Locked(ops::put_sink_policy),
        },
        Row {
            name: "GetSinkPolicy",
            authorization: Checks(check::get_sink_policy),
            handler: Locked(ops::get_sink_policy),
        },
        Row {
            name: "ListAttachedLinks",
            authorization: Checks(check::list_attached_links),
            handler: Locked(ops::list_attached_links),
        },
        Row {
            name: "CreateLink",
            authorization: Checks(check::create_link),
            handler: Locked(ops::create_link),
        },
        Row {
            name: "GetLink",
            authorization: Checks(check::get_link),
            handler: Locked(ops::get_link),
        },
        Row {
            name: "ListLinks",
            authorization: Checks(check::list_links),
            handler: Locked(ops::list_links),
        },
        Row {
            name: "UpdateLink",
            authorization: Checks(check::update_link),
            handler: Locked(ops::update_link),
        },
        Row {
            name: "DeleteLink",
            authorization: Checks(check::delete_link),
            handler: Locked(ops::delete_link),
        },
        Row {
            name: "TagResource",
            authorization: Checks(check::tag_resource),
            handler: Locked(ops::tag_resource),
        },
        Row {
            name: "UntagResource",
            authorization: Checks(check::untag_resource),
            handler: Locked(ops::untag_resource),
        },
        Row {
            name: "ListTagsForResource",
            authorization: Checks(check::list_tags),
            handler: Locked(ops::list_tags),
        },
    ],
};

//! Buckets that are empty.

use authlab_gateway::evidence::{Bucketed, Reason};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::told::class;
use crate::told::Told;

pub(super) const EMPTY: Entry = class(
    "throttled",
    Mender::Caller,
    "the bucket of requests is empty",
    |case| {
        let Some(Told::Throttle(throttle)) = case.refused(Component::Gateway, Reason::Throttled)
        else {
            return None;
        };
        let (which, owner) = match throttle.bucket.as_ref()? {
            Bucketed::Account { account, region } => (
                format!("of all APIs of the account {account} in {region}"),
                "the account's quota".to_owned(),
            ),
            Bucketed::Stage { stage } => (
                format!("of the stage `{stage}`"),
                format!("the stage's `DefaultRouteSettings` of `{stage}`"),
            ),
            Bucketed::Route { stage, route_key } => (
                format!("of the route `{route_key}` in the stage `{stage}`"),
                format!(
                    "`RouteSettings` of `{route_key}`, or `DefaultRouteSettings`, of the stage `{stage}`"
                ),
            ),
            Bucketed::Method { stage, method } => (
                format!("of the method `{method}` in the stage `{stage}`"),
                format!("`methodSettings` of the stage `{stage}` for `{method}`, or for `*/*`"),
            ),
            Bucketed::Plan { plan, key, method } => {
                let of = match method {
                    Some(method) => format!(" for `{method}`"),
                    None => String::new(),
                };
                (
                    format!("of the API key `{key}` under the usage plan `{plan}`{of}"),
                    format!("`throttle` of the usage plan `{plan}`{of}"),
                )
            }
        };
        let (rate, burst) = (throttle.rate_per_second, throttle.burst);
        let refilled = if rate > 0.0 {
            let wait = (1.0 - throttle.tokens).max(0.0) / rate;
            format!("the next request is let through in {wait:.1} s")
        } else {
            "it is never filled again".to_owned()
        };
        Some(Finding::certain(
            format!(
                "the bucket {which} holds {burst} requests and is filled at {rate} a second; it has {:.1} left, and \
                 {refilled}",
                throttle.tokens
            ),
            format!(
                "ask at most {rate} times a second and wait before trying again; its owner raises {owner}"
            ),
        ))
    },
);

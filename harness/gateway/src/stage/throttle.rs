//! Whether a bucket has a token left.

use crate::deployment::{Api, Bucket, Limit};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};

/// Takes a token from the bucket of the route or method, where there is one, then from that which all APIs
/// of the account share in the Region, where there is one (API Gateway developer guide,
/// `api-gateway-request-throttling.html`).
pub(crate) fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    limit: Option<&Limit>,
) -> Result<(), Box<Refusal>> {
    if let Some(limit) = limit {
        draw(plane, exchange, limit)?;
    }
    if !plane.usages.is_throttled() {
        return Ok(());
    }
    let scope = &exchange.stage.scope;
    let Some(throttle) = plane.usages.of(scope).throttle else {
        return Ok(());
    };
    let bucket = Bucket::Account(scope.clone());
    draw(plane, exchange, &Limit { bucket, throttle })
}

/// Takes a token from a bucket.
pub(crate) fn draw(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    limit: &Limit,
) -> Result<(), Box<Refusal>> {
    let (drawn, tokens) = plane.buckets.draw(limit, plane.clock.now());
    let mut told = evidence::Throttle {
        rate_per_second: limit.throttle.rate_per_second,
        burst: limit.throttle.burst,
        tokens,
        bucket: None,
    };
    if drawn {
        exchange.allowed(&plane.journal, &told);
        return Ok(());
    }
    told.bucket = Some(bucketed(&limit.bucket, exchange.api));
    let throttled = ResponseType::Throttled;
    Err(Refusal::refused(Reason::Throttled, throttled, &told))
}

fn bucketed(bucket: &Bucket, api: &Api) -> evidence::Bucketed {
    match bucket.clone() {
        Bucket::Account(scope) => evidence::Bucketed::Account {
            account: scope.account.to_string(),
            region: scope.region.to_string(),
        },
        Bucket::Stage { stage, .. } => evidence::Bucketed::Stage { stage },
        Bucket::Method { stage, method, .. } => match api {
            Api::Http(_) => evidence::Bucketed::Route {
                stage,
                route_key: method,
            },
            Api::Rest(_) => evidence::Bucketed::Method { stage, method },
        },
        Bucket::Plan { plan_id, key_id } => evidence::Bucketed::Plan {
            plan: plan_id,
            key: key_id,
            method: None,
        },
        Bucket::PlanMethod {
            plan_id,
            key_id,
            method,
            ..
        } => evidence::Bucketed::Plan {
            plan: plan_id,
            key: key_id,
            method: Some(method),
        },
    }
}

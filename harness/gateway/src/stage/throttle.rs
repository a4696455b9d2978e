//! Whether a bucket has a token left.

use crate::deployment::{Bucket, Limit};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};

/// Takes a token from the bucket, where there is a limit.
pub(crate) fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    limit: Option<&Limit>,
) -> Result<(), Box<Refusal>> {
    let Some(limit) = limit else {
        return Ok(());
    };
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
    told.bucket = Some(bucketed(&limit.bucket));
    let throttled = ResponseType::Throttled;
    Err(Refusal::refused(Reason::Throttled, throttled, &told))
}

fn bucketed(bucket: &Bucket) -> evidence::Bucketed {
    match bucket.clone() {
        Bucket::Account(scope) => evidence::Bucketed::Account {
            account: scope.account.to_string(),
            region: scope.region.to_string(),
        },
        Bucket::Stage { stage, .. } => evidence::Bucketed::Stage { stage },
        Bucket::Method { stage, method, .. } => evidence::Bucketed::Route {
            stage,
            route_key: method,
        },
        Bucket::Plan { plan_id, .. } => evidence::Bucketed::Plan { plan: plan_id },
    }
}

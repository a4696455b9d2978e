//! Whether a bucket has a token left.

use crate::deployment::Limit;
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
    let told = evidence::Throttle {
        rate_per_second: limit.throttle.rate_per_second,
        burst: limit.throttle.burst,
        tokens,
    };
    if drawn {
        exchange.allowed(&plane.journal, &told);
        return Ok(());
    }
    let throttled = ResponseType::Throttled;
    Err(Refusal::refused(Reason::Throttled, throttled, &told))
}

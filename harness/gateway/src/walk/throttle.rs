//! Token buckets, refilled by the gateway's clock.
//!
//! Source: API Gateway developer guide, `http-api-throttling.html` and
//! `api-gateway-request-throttling.html`: the rate refills, the burst is the size. No timer is
//! needed: what has been refilled follows from the time that has passed.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use parking_lot::Mutex;
use serde_json::json;

use crate::deployment::{Route, Throttle};
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::refusal::{Refusal, RefusalAnswer};

/// The name of the stage in the journal.
const STAGE: &str = "throttle";

/// The buckets, by API, stage and route.
#[derive(Default)]
pub(crate) struct Buckets(Mutex<BTreeMap<(String, String, String), Bucket>>);

struct Bucket {
    tokens: f64,
    filled: Timestamp,
    /// Other settings make another bucket, which starts full (that AWS does so at once is
    /// unverified).
    limit: Throttle,
}

impl Buckets {
    /// Forgets every bucket of a stage: it starts full when it is published again.
    pub(crate) fn forget_stage(&self, api_id: &str, stage: &str) {
        self.0
            .lock()
            .retain(|(api, of_stage, _), _| api != api_id || of_stage != stage);
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }

    /// Takes a token; the answer is whether there was one, and what was left before.
    fn draw(&self, key: (String, String, String), limit: Throttle, now: Timestamp) -> (bool, f64) {
        let size = f64::from(limit.burst);
        let mut buckets = self.0.lock();
        let full = Bucket {
            tokens: size,
            filled: now,
            limit,
        };
        let bucket = buckets.entry(key).or_insert(full);
        if bucket.limit != limit {
            *bucket = Bucket {
                tokens: size,
                filled: now,
                limit,
            };
        }
        // A clock that was set back refills nothing.
        let passed = now.duration_since(bucket.filled).as_secs_f64().max(0.0);
        bucket.tokens = (bucket.tokens + passed * limit.rate_per_second).min(size);
        bucket.filled = now;
        let before = bucket.tokens;
        let drawn = before >= 1.0;
        if drawn {
            bucket.tokens -= 1.0;
        }
        (drawn, before)
    }
}

/// Takes a token from the route's bucket, if the stage limits the route.
pub(crate) fn take(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    route: &Route,
) -> Result<(), Box<Refusal>> {
    let Some(limit) = route.throttle else {
        return Ok(());
    };
    let deployment = exchange.deployment;
    let key = (
        deployment.api_id.clone(),
        deployment.stage.clone(),
        route.key.to_string(),
    );
    let (drawn, tokens) = gateway.buckets.draw(key, limit, gateway.clock.now());
    let evidence = json!({
        "rate_per_second": limit.rate_per_second,
        "burst": limit.burst,
        "tokens": tokens,
    });
    if drawn {
        exchange.allowed(&gateway.journal, STAGE, evidence);
        Ok(())
    } else {
        Err(Refusal::refused(
            STAGE,
            "throttled",
            RefusalAnswer::TooManyRequests,
            evidence,
        ))
    }
}

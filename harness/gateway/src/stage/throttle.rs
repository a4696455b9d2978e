//! Token buckets, refilled by the gateway's clock.
//!
//! Source: API Gateway developer guide, `http-api-throttling.html` and
//! `api-gateway-request-throttling.html`: the rate refills, the burst is the size. No timer is
//! needed: what has been refilled follows from the time that has passed.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use parking_lot::Mutex;

use crate::deployment::{Route, Throttle};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::refusal::{Refusal, RefusalAnswer};

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
        // A clock that was set back refills nothing, and what it shows for the second time is not
        // filled again.
        let passed = now.duration_since(bucket.filled).as_secs_f64().max(0.0);
        bucket.tokens = (bucket.tokens + passed * limit.rate_per_second).min(size);
        bucket.filled = bucket.filled.max(now);
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
    let evidence = evidence::Throttle {
        rate_per_second: limit.rate_per_second,
        burst: limit.burst,
        tokens,
    };
    if drawn {
        exchange.allowed(&gateway.journal, &evidence);
        Ok(())
    } else {
        let answer = RefusalAnswer::TooManyRequests;
        Err(Refusal::refused(Reason::Throttled, answer, &evidence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_time_fills_a_bucket_once_whichever_way_the_clock_goes() {
        let limit = Throttle {
            rate_per_second: 1.0,
            burst: 10,
        };
        // At which second how many are asked for, and how many are let through.
        type Steps = &'static [(i64, u32, u32)];
        let cases: [(&str, Steps); 5] = [
            ("standing", &[(0, 12, 10), (0, 1, 0)]),
            ("forwards", &[(0, 10, 10), (3, 5, 3), (4, 5, 1)]),
            ("back", &[(3, 10, 10), (0, 5, 0), (2, 5, 0)]),
            (
                "back and forth",
                &[
                    (3, 10, 10),
                    (0, 5, 0),
                    (3, 5, 0),
                    (5, 5, 2),
                    (0, 1, 0),
                    (5, 1, 0),
                ],
            ),
            ("no fuller than full", &[(0, 1, 1), (3_600, 12, 10)]),
        ];
        for (name, steps) in cases {
            let buckets = Buckets::default();
            for (second, asked, expected) in steps {
                let now = Timestamp::from_second(1_795_176_000 + second).expect("a time");
                let key = || ("api".to_owned(), "stage".to_owned(), "route".to_owned());
                let drawn = (0..*asked).filter(|_| buckets.draw(key(), limit, now).0);
                let drawn = u32::try_from(drawn.count()).expect("a few");
                assert_eq!(drawn, *expected, "{name} at {second}");
            }
        }
    }
}

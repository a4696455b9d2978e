//! Token buckets, refilled by the gateway's clock.
//!
//! Source: API Gateway developer guide, `http-api-throttling.html` and
//! `api-gateway-request-throttling.html`: the rate refills, the burst is the size. No timer is
//! needed: what has been refilled follows from the time that has passed.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use parking_lot::Mutex;

use crate::deployment::{Bucket, Limit, Throttle};

/// What is in the buckets.
#[derive(Default)]
pub(crate) struct Buckets(Mutex<BTreeMap<Bucket, Content>>);

struct Content {
    tokens: f64,
    filled: Timestamp,
    /// Other settings make another bucket, which starts full (that AWS does so at once is
    /// unverified).
    throttle: Throttle,
}

impl Content {
    fn full(throttle: Throttle, now: Timestamp) -> Self {
        Self {
            tokens: f64::from(throttle.burst),
            filled: now,
            throttle,
        }
    }

    fn draw(&mut self, now: Timestamp) -> (bool, f64) {
        let size = f64::from(self.throttle.burst);
        // A clock that was set back refills nothing, and what it shows for the second time is not
        // filled again.
        let passed = now.duration_since(self.filled).as_secs_f64().max(0.0);
        self.tokens = (self.tokens + passed * self.throttle.rate_per_second).min(size);
        self.filled = self.filled.max(now);
        let before = self.tokens;
        // A bucket that is never filled lets nothing through, also where it would begin full.
        let drawn = before >= 1.0 && self.throttle.rate_per_second > 0.0;
        if drawn {
            self.tokens -= 1.0;
        }
        (drawn, before)
    }
}

impl Buckets {
    /// Forgets every bucket of a stage: it starts full when it is published again.
    pub(crate) fn forget_stage(&self, api_id: &str, stage: &str) {
        let mut contents = self.0.lock();
        contents.retain(|bucket, _| !bucket.is_of_stage(api_id, stage));
    }

    /// Forgets every bucket of a usage plan.
    pub(crate) fn forget_plan(&self, plan_id: &str) {
        let mut contents = self.0.lock();
        contents.retain(|bucket, _| !bucket.is_of_plan(plan_id));
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }

    /// Takes a token; the answer is whether there was one, and what was left before.
    pub(crate) fn draw(&self, limit: &Limit, now: Timestamp) -> (bool, f64) {
        let mut contents = self.0.lock();
        match contents.get_mut(&limit.bucket) {
            Some(content) if content.throttle == limit.throttle => content.draw(now),
            _ => {
                let mut full = Content::full(limit.throttle, now);
                let drawn = full.draw(now);
                contents.insert(limit.bucket.clone(), full);
                drawn
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::Scope;

    use super::*;

    fn method(api_id: &str, stage: &str) -> Bucket {
        Bucket::Method {
            api_id: api_id.to_owned(),
            stage: stage.to_owned(),
            method: "GET /".to_owned(),
        }
    }

    #[test]
    fn each_bucket_is_its_own_and_a_stage_takes_its_own_away() {
        let account = |id: &str| {
            let scope = Scope::new(id.parse().unwrap(), "us-east-1".parse().unwrap());
            Bucket::Account(scope)
        };
        let plan = |key: &str| Bucket::Plan {
            plan_id: "plan".to_owned(),
            key_id: key.to_owned(),
        };
        let plan_method = |stage: &str| Bucket::PlanMethod {
            plan_id: "plan".to_owned(),
            key_id: "k1".to_owned(),
            api_id: "a".to_owned(),
            stage: stage.to_owned(),
            method: "GET /".to_owned(),
        };
        let stage = |stage: &str| Bucket::Stage {
            api_id: "a".to_owned(),
            stage: stage.to_owned(),
        };
        // Whether it is full again once the stage `prod` of the API `a` is gone.
        let cases = [
            (account("111111111111"), false),
            (account("222222222222"), false),
            (plan("k1"), false),
            (plan("k2"), false),
            (plan_method("prod"), true),
            (plan_method("beta"), false),
            (stage("prod"), true),
            (stage("beta"), false),
            (method("a", "prod"), true),
            (method("a", "beta"), false),
            (method("b", "prod"), false),
        ];
        let throttle = Throttle {
            rate_per_second: 1.0,
            burst: 1,
        };
        let (buckets, now) = (Buckets::default(), Timestamp::UNIX_EPOCH);
        let draw = |bucket: &Bucket| {
            let bucket = bucket.clone();
            buckets.draw(&Limit { bucket, throttle }, now).0
        };
        for (bucket, _) in &cases {
            assert!(draw(bucket), "{bucket:?} is full");
            assert!(!draw(bucket), "{bucket:?} is empty");
        }
        buckets.forget_stage("a", "prod");
        for (bucket, is_full) in &cases {
            assert_eq!(draw(bucket), *is_full, "{bucket:?}");
        }
        buckets.forget_plan("plan");
        for (bucket, _) in &cases {
            let is_of_plan = matches!(bucket, Bucket::Plan { .. } | Bucket::PlanMethod { .. });
            assert_eq!(draw(bucket), is_of_plan, "{bucket:?}");
        }
    }

    #[test]
    fn a_rate_or_a_burst_of_nothing_lets_nothing_through() {
        for (rate_per_second, burst, expected) in [(0.0, 5, false), (5.0, 0, false), (5.0, 5, true)]
        {
            let limit = Limit {
                bucket: method("a", "prod"),
                throttle: Throttle {
                    rate_per_second,
                    burst,
                },
            };
            let (drawn, _) = Buckets::default().draw(&limit, Timestamp::UNIX_EPOCH);
            assert_eq!(drawn, expected, "{rate_per_second}/{burst}");
        }
    }

    #[test]
    fn the_same_time_fills_a_bucket_once_whichever_way_the_clock_goes() {
        let throttle = Throttle {
            rate_per_second: 1.0,
            burst: 10,
        };
        let limit = Limit {
            bucket: method("api", "stage"),
            throttle,
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
                let drawn = (0..*asked).filter(|_| buckets.draw(&limit, now).0);
                let drawn = u32::try_from(drawn.count()).expect("a few");
                assert_eq!(drawn, *expected, "{name} at {second}");
            }
        }
    }
}

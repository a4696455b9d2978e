//! A canary: another deployment that takes a part of a stage's traffic.

use std::sync::Arc;

use authlab_kernel::Draw;

use crate::deployment::{Api, Deployment};

/// How finely a percentage divides the traffic.
const PARTS_PER_PERCENT: f64 = 100.0;
const PARTS: u64 = 10_000;

/// What a part of the traffic runs (`canarySettings`).
#[derive(Debug)]
pub struct Canary {
    /// How much of the traffic, in percent.
    pub percent: f64,
    /// What it runs, with the stage's variables and the canary's own.
    pub deployment: Arc<Deployment>,
}

impl Canary {
    /// Whether the request that a number was drawn for is the canary's.
    fn takes(&self, draw: &Draw) -> bool {
        let share = (draw.number() % PARTS) as u32;
        f64::from(share) < self.percent * PARTS_PER_PERCENT
    }
}

impl Deployment {
    /// What runs a request: the canary where there is one and the draw is for it. The same draw always
    /// chooses the same, so that a lab of one seed answers alike.
    pub(crate) fn or_canary(self: Arc<Self>, draw: &Draw) -> (Arc<Self>, bool) {
        if let Api::Rest(api) = &self.api
            && let Some(canary) = api.canary.as_ref().filter(|canary| canary.takes(draw))
        {
            return (Arc::clone(&canary.deployment), true);
        }
        (self, false)
    }
}

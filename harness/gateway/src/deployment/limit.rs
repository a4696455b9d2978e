//! How often.

use authlab_kernel::Scope;

/// A bucket, and how it fills.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Which one.
    pub bucket: Bucket,
    /// Its size and its rate.
    pub throttle: Throttle,
}

/// Which bucket a request takes a token from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// All requests to an account in a Region.
    Account(Scope),
    /// All requests to a stage.
    Stage {
        /// The API.
        api_id: String,
        /// The stage.
        stage: String,
    },
    /// Those to one route or method of a stage.
    Method {
        /// The API.
        api_id: String,
        /// The stage.
        stage: String,
        /// The route's key.
        method: String,
    },
    /// Those with one API key under a usage plan.
    Plan {
        /// The plan.
        plan_id: String,
        /// The key.
        key_id: String,
    },
    /// Those with one API key to one method of a stage, where the usage plan limits it by itself.
    PlanMethod {
        /// The plan.
        plan_id: String,
        /// The key.
        key_id: String,
        /// The API.
        api_id: String,
        /// The stage.
        stage: String,
        /// The method's key.
        method: String,
    },
}

impl Bucket {
    /// Whether it goes when the stage goes.
    pub fn is_of_stage(&self, api_id: &str, stage: &str) -> bool {
        match self {
            Self::Stage {
                api_id: of_api,
                stage: of_stage,
            }
            | Self::Method {
                api_id: of_api,
                stage: of_stage,
                ..
            }
            | Self::PlanMethod {
                api_id: of_api,
                stage: of_stage,
                ..
            } => of_api == api_id && of_stage == stage,
            Self::Account(_) | Self::Plan { .. } => false,
        }
    }

    /// Whether it goes when the usage plan goes.
    pub fn is_of_plan(&self, id: &str) -> bool {
        match self {
            Self::Plan { plan_id, .. } | Self::PlanMethod { plan_id, .. } => plan_id == id,
            Self::Account(_) | Self::Stage { .. } | Self::Method { .. } => false,
        }
    }
}

/// A token bucket (`ThrottlingRateLimit`, `ThrottlingBurstLimit`), refilled by lab time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
    /// Tokens per second.
    pub rate_per_second: f64,
    /// The size of the bucket.
    pub burst: u32,
}

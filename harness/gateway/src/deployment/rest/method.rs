//! A method of a resource.

use std::sync::Arc;

use super::{MethodIntegration, Validation};
use crate::deployment::{Authorization, Limit};
use crate::route::{Keyed, RouteKey};

/// A method of a resource.
#[derive(Debug)]
pub struct Method {
    /// Verb and path of the resource: `GET /pets/{id}`, `ANY /{proxy+}`.
    pub key: RouteKey,
    /// The resource's id.
    pub resource_id: String,
    /// Who may pass.
    pub authorization: Authorization,
    /// Whether an API key is asked for.
    pub api_key_required: bool,
    /// What of a request is validated.
    pub validation: Validation,
    /// What answers.
    pub integration: Arc<MethodIntegration>,
    /// The settings of the stage for it.
    pub setting: MethodSetting,
}

/// What a stage sets for a method (`methodSettings`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MethodSetting {
    /// Whether metrics carry method and resource.
    pub detailed_metrics: bool,
    /// The token bucket, where the stage limits the method.
    pub limit: Option<Limit>,
}

impl Keyed for Method {
    fn key(&self) -> &RouteKey {
        &self.key
    }
}

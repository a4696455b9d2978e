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
    /// What execution logs hold of the method; none where they are off.
    pub execution_log: Option<ExecutionLog>,
    /// The token bucket, where the stage limits the method.
    pub limit: Option<Limit>,
}

/// What execution logs hold of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecutionLog {
    /// How much.
    pub level: LogLevel,
    /// Whether whole requests and answers stand there (`dataTraceEnabled`).
    pub data_trace: bool,
}

/// How much execution logs hold (`loggingLevel`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What went wrong.
    Error,
    /// And what happened.
    Info,
}

impl Keyed for Method {
    fn key(&self) -> &RouteKey {
        &self.key
    }
}

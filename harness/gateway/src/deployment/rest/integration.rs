//! What answers a method.

use crate::deployment::Integration;

/// What answers a method, and how requests and answers are mapped.
#[derive(Debug)]
pub struct MethodIntegration {
    /// What answers.
    pub backend: MethodBackend,
}

/// The ways to answer a method.
#[derive(Debug)]
pub enum MethodBackend {
    /// `MOCK`: the gateway answers by itself.
    Mock,
    /// `HTTP_PROXY` and `AWS_PROXY`: what comes goes on as it is.
    Proxy(Integration),
    /// What the lab does not simulate: what it is.
    NotSimulated(String),
}

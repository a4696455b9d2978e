//! Rust closures as functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{ComponentClock, Region, Timestamp};
use futures_util::future::BoxFuture;
use parking_lot::{Mutex, RwLock};
use serde_json::Value;
use thiserror::Error;

use crate::shared::Credentials;

/// The code of a function.
///
/// Implemented by every `Fn(Value, InvocationContext) -> Future<Output = Result<Value,
/// FunctionError>>`.
pub trait Function: Send + Sync {
    /// Handles one event.
    fn call(
        &self,
        event: Value,
        context: InvocationContext,
    ) -> BoxFuture<'static, Result<Value, FunctionError>>;
}

impl<F, R> Function for F
where
    F: Fn(Value, InvocationContext) -> R + Send + Sync,
    R: Future<Output = Result<Value, FunctionError>> + Send + 'static,
{
    fn call(
        &self,
        event: Value,
        context: InvocationContext,
    ) -> BoxFuture<'static, Result<Value, FunctionError>> {
        Box::pin(self(event, context))
    }
}

/// What a function raises: an answer with `X-Amz-Function-Error: Unhandled`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{error_type}: {message}")]
pub struct FunctionError {
    /// `errorType`, as `AccessDenied`.
    pub error_type: String,
    /// `errorMessage`.
    pub message: String,
}

impl FunctionError {
    /// An error of this type and text.
    pub fn new(error_type: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            error_type: error_type.into(),
            message: message.into(),
        }
    }
}

/// What a function is told beside its event.
#[derive(Clone, Debug)]
pub struct InvocationContext {
    /// `AwsRequestId`.
    pub request_id: String,
    /// The function's name.
    pub function_name: String,
    /// The ARN that was invoked, with its qualifier if it had one.
    pub function_arn: String,
    /// The trace, as in `_X_AMZN_TRACE_ID`.
    pub trace_id: Option<String>,
    /// When the function is cut off, in milliseconds since 1970 of the lab's time.
    pub deadline_ms: i64,
    /// The variables: the function's own and those that Lambda sets, without credentials.
    pub environment: BTreeMap<String, String>,
    /// A session of the execution role.
    pub credentials: Credentials,
    /// The function's Region.
    pub region: Region,
    /// Where the lab's AWS services are: `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// What the function writes goes to its log stream.
    pub log: FunctionLog,
}

/// What a function writes while it runs. Clones write to the same.
#[derive(Clone)]
pub struct FunctionLog {
    clock: ComponentClock,
    lines: Arc<Mutex<Vec<(Timestamp, String)>>>,
}

impl FunctionLog {
    pub(super) fn new(clock: ComponentClock) -> Self {
        Self {
            clock,
            lines: Arc::default(),
        }
    }

    /// Writes a line.
    pub fn write(&self, line: impl Into<String>) {
        let now = self.clock.now();
        self.lines.lock().push((now, line.into()));
    }

    pub(super) fn take(&self) -> Vec<(Timestamp, String)> {
        std::mem::take(&mut self.lines.lock())
    }
}

impl std::fmt::Debug for FunctionLog {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "FunctionLog({} lines)", self.lines.lock().len())
    }
}

/// The closures of a lab, by name. Clones share them; they outlive a reset of the lab.
#[derive(Clone, Default)]
pub struct Closures(Arc<RwLock<BTreeMap<String, Arc<dyn Function>>>>);

impl Closures {
    /// Registers a closure; one of the same name is replaced.
    pub fn register(&self, name: impl Into<String>, function: Arc<dyn Function>) {
        self.0.write().insert(name.into(), function);
    }

    /// The closure of this name.
    pub fn get(&self, name: &str) -> Option<Arc<dyn Function>> {
        self.0.read().get(name).cloned()
    }

    /// The names of all closures, sorted.
    pub fn names(&self) -> Vec<String> {
        self.0.read().keys().cloned().collect()
    }
}

//! What the gateway asks of others.
//!
//! The gateway knows no control plane: who a signed caller is, what a function answers, and where
//! log lines and data points go, it asks through these traits. Whoever assembles a lab implements
//! them.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{Scope, Sequence, Timestamp};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::evidence::{self, Decided, Reason};

/// Who a signed caller is, and what that caller may.
pub trait Identity: Send + Sync {
    /// Verifies the signature (service `execute-api`, a window of five minutes), then asks the
    /// caller's policies for `execute-api:Invoke`.
    fn admit(&self, signed: &SignedRequest<'_>) -> Admission;
}

/// A request to a route with AWS_IAM authorization.
pub struct SignedRequest<'a> {
    /// What was sent, in whichever form of address: the signature is over this.
    pub incoming: authlab_wire::Incoming<'a>,
    /// The account and Region of the API.
    pub scope: &'a Scope,
    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/path`, once for each way in which the path
    /// might be read, the gateway's own first. All must be allowed: AWS's reading is not known.
    pub resources: &'a [String],
    /// The caller's address.
    pub source_ip: &'a str,
    /// The caller's `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The gateway's time.
    pub now: Timestamp,
    /// The request.
    pub request_id: &'a str,
    /// The trace.
    pub trace_id: &'a str,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// What became of a signed request.
#[derive(Clone, Debug)]
pub enum Admission {
    /// The signature does not stand.
    Unauthenticated {
        /// Why.
        reason: Reason,
        /// The text that AWS has for it.
        message: String,
        /// What was found.
        evidence: Option<evidence::Signature>,
    },
    /// The caller is known and may not.
    Refused {
        /// Who calls.
        caller: Arc<IamCaller>,
        /// Why.
        reason: Reason,
        /// The text that AWS has for it.
        message: String,
        /// The decision, for the journal.
        decision: Option<Decided>,
    },
    /// The caller may.
    Allowed {
        /// Who calls.
        caller: Arc<IamCaller>,
        /// The decision, for the journal.
        decision: Option<Decided>,
    },
}

/// A signed caller, as access logs and events show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IamCaller {
    /// The access key id of the signature.
    pub access_key_id: String,
    /// The caller's account.
    pub account: String,
    /// `aws:userid`: `AROA…:session` for a role session.
    pub user_id: String,
    /// The caller's ARN.
    pub user_arn: String,
    /// The organization of the caller's account.
    pub principal_org_id: Option<String>,
}

/// Functions.
pub trait Functions: Send + Sync {
    /// Invokes a function and waits for its answer.
    fn invoke(&self, invocation: Invocation) -> BoxFuture<'_, Result<Bytes, FunctionFailure>>;
}

/// One call of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The function, with everything filled in: an ARN, possibly with a qualifier.
    pub function_arn: String,
    /// The event.
    pub payload: Bytes,
    /// The account and Region of the API: who invokes, beside `apigateway.amazonaws.com`.
    pub scope: Scope,
    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/path`, what a function's resource policy
    /// sees as `aws:SourceArn`.
    pub source_arn: String,
    /// How long the gateway waits, in milliseconds of lab time.
    pub budget_ms: u32,
    /// The gateway's request.
    pub request_id: String,
    /// The whole `X-Amzn-Trace-Id` header.
    pub trace_header: String,
    /// The trace's id, the header's `Root`.
    pub trace_id: String,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// Why a function did not answer.
#[derive(Clone, Debug, PartialEq)]
pub enum FunctionFailure {
    /// The gateway could not have it invoked: no such function, no permission, throttled.
    Invoke {
        /// A reason of the function's service, kebab case: `function-not-found`.
        reason: String,
        /// What the function service said.
        message: String,
    },
    /// The function ran and failed.
    Function {
        /// The function's error: `errorType`, `errorMessage`.
        error: Value,
    },
    /// The function took longer than the gateway waits.
    Timeout,
}

/// Where access logs go.
pub trait LogSink: Send + Sync {
    /// Stores one line; when it returns the line can be read.
    fn deliver(&self, line: LogLine) -> BoxFuture<'_, ()>;
}

/// One line of an access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The account and Region of the log group.
    pub scope: Scope,
    /// The log group.
    pub group: String,
    /// The stream.
    pub stream: String,
    /// When.
    pub time: Timestamp,
    /// The line.
    pub message: String,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// Where metrics go.
pub trait MetricSink: Send + Sync {
    /// Stores the data points of one request; when it returns they can be read.
    fn record(&self, points: MetricPoints) -> BoxFuture<'_, ()>;
}

/// The data points of one request, all at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricPoints {
    /// The account and Region of the API.
    pub scope: Scope,
    /// `AWS/ApiGateway`.
    pub namespace: &'static str,
    /// When.
    pub time: Timestamp,
    /// The sets of dimensions; each gets every value.
    pub dimensions: Vec<BTreeMap<String, String>>,
    /// Name, value and CloudWatch's unit.
    pub values: Vec<(&'static str, f64, &'static str)>,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// Where traces go.
pub trait TraceSink: Send + Sync {
    /// Stores what the gateway knows of one request.
    fn segment(&self, segment: TraceSegment);
}

/// The gateway's part of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSegment {
    /// The account and Region of the API.
    pub scope: Scope,
    /// The trace.
    pub trace_id: String,
    /// The request.
    pub request_id: String,
    /// `api/stage`.
    pub name: String,
    /// When the request came.
    pub start: Timestamp,
    /// When it was answered.
    pub end: Timestamp,
    /// The status of the answer.
    pub status: u16,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// Everything that the gateway asks of others.
#[derive(Clone)]
pub struct Ports {
    /// Signed callers.
    pub identity: Arc<dyn Identity>,
    /// Functions.
    pub functions: Arc<dyn Functions>,
    /// Access logs.
    pub logs: Arc<dyn LogSink>,
    /// Metrics.
    pub metrics: Arc<dyn MetricSink>,
    /// Traces.
    pub traces: Arc<dyn TraceSink>,
}

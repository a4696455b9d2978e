//! What the gateway asks of others.
//!
//! The gateway knows no control plane: who a signed caller is, what a function answers, and where
//! log lines and data points go, it asks through these traits. Whoever assembles a lab implements
//! them.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;

use authlab_kernel::{EnforcementSetting, Scope, Sequence, Timestamp, TraceHeader};
use authlab_policy::{ApiRequest, Outcome, Policy};
use authlab_token::KeySet;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::deployment::Dimensions;
use crate::evidence::{self, Decided, Reason};
use crate::quota::Quotas;

/// Who a signed caller is, and what that caller may: two questions.
pub trait Identity: Send + Sync {
    /// Verifies the signature (service `execute-api`, a window of five minutes).
    ///
    /// # Errors
    /// The signature does not stand.
    fn authenticate(
        &self,
        signed: &SignedRequest<'_>,
    ) -> Result<Arc<SignedCaller>, Unauthenticated>;

    /// Asks every policy that has a say for `execute-api:Invoke`.
    fn authorize(&self, invoke: &Invoke<'_>) -> Judged;
}

/// A request that should be signed.
pub struct SignedRequest<'a> {
    /// What was sent, in whichever form of address: the signature is over this.
    pub incoming: authlab_wire::Incoming<'a>,
    /// The account and Region of the API.
    pub scope: &'a Scope,
    /// The names of the API: what a signer may have signed.
    pub hosts: &'a [String],
}

/// The signature does not stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Unauthenticated {
    /// Why.
    pub reason: Reason,
    /// The text that AWS has for it.
    pub message: String,
    /// What was found.
    pub evidence: Option<Box<evidence::Signature>>,
}

/// A signed caller, as access logs and events show it.
#[derive(Clone)]
pub struct SignedCaller {
    /// The access key id of the signature.
    pub access_key_id: String,
    /// The caller's account.
    pub account: String,
    /// `aws:userid`: `AROA…:session` for a role session.
    pub user_id: String,
    /// The caller's ARN.
    pub user_arn: String,
    /// What whoever authenticated the caller knows of it beside this, for [`Identity::authorize`].
    pub known: Arc<dyn Any + Send + Sync>,
}

/// A call of an API, before it is decided.
pub struct Invoke<'a> {
    /// Who signed, where the route or method asks for a signature.
    pub caller: Option<&'a SignedCaller>,
    /// How the route or method authorizes its callers.
    pub api: ApiRequest,
    /// What a Lambda authorizer answered, where the route or method has one.
    pub authorizer_policy: Option<&'a Policy>,
    /// The API's own policy, where its kind has one.
    pub resource_policy: Option<&'a Policy>,
    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/VERB/path`.
    pub resource: &'a str,
    /// The account and Region of the API.
    pub scope: &'a Scope,
    /// Where the call comes from.
    pub source: Source<'a>,
}

/// Where a call comes from, and when.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The client's address.
    pub ip: IpAddr,
    /// The VPC.
    pub vpc: Option<&'a str>,
    /// The endpoint of a VPC.
    pub vpc_endpoint: Option<&'a str>,
    /// The client's `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The client's `Referer`.
    pub referer: Option<&'a str>,
    /// The gateway's time.
    pub now: Timestamp,
}

/// What the policies say.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What came out.
    pub outcome: Outcome,
    /// The decision as evidence, and whether a refusal is let through; absent where none was reached.
    pub decided: Option<Decided>,
    /// The text that AWS has for a refusal; empty where there is none.
    pub message: String,
    /// The organization of the caller's account.
    pub principal_org_id: Option<String>,
}

impl Judged {
    /// Nobody could decide: a refusal.
    pub fn undecided() -> Self {
        Self {
            outcome: Outcome::ImplicitDeny,
            decided: None,
            message: String::new(),
            principal_org_id: None,
        }
    }

    /// Whether the request goes on: it is allowed, or its refusal is only told.
    pub fn passes(&self) -> bool {
        self.outcome == Outcome::Allow || self.is_audited()
    }

    /// Whether a refusal is let through.
    pub fn is_audited(&self) -> bool {
        let decided = self.decided.as_ref();
        decided.is_some_and(|decided| decided.enforcement.is_some())
    }
}

/// Issuers that are part of the lab: what they publish at this moment. Nothing is decided by it: it tells an
/// explanation what a key set that is kept lacks.
pub trait Issuers: Send + Sync {
    /// The key set of the issuer of this URL; `None` where it is none of the lab's own.
    fn published(&self, issuer: &str) -> Option<KeySet>;
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
    pub request_id: Arc<str>,
    /// The trace, as it goes on.
    pub trace: TraceHeader,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// Why a function did not answer.
#[derive(Clone, Debug, PartialEq)]
pub enum FunctionFailure {
    /// The gateway may not invoke it.
    NotPermitted {
        /// A reason of the function's service, kebab case: `resource-implicit-deny`.
        reason: String,
        /// What the function service said.
        message: String,
    },
    /// The gateway could not have it invoked: no such function, an event that is too large.
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

    /// Stores the execution log of a request, if the role of the API's account may; when it returns the lines
    /// can be read.
    fn execute(&self, log: ExecutionLog) -> BoxFuture<'_, Written>;
}

/// The execution log of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionLog {
    /// The account and Region of the API, whose role writes.
    pub scope: Scope,
    /// The log group.
    pub group: String,
    /// The API.
    pub api_id: String,
    /// The stage.
    pub stage: String,
    /// When.
    pub time: Timestamp,
    /// The lines.
    pub lines: Vec<String>,
    /// The event before it in the chain.
    pub cause: Sequence,
}

/// Whether an execution log was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The role by which; none where the account has none.
    pub role: Option<String>,
    /// The permission that it lacks: nothing was written.
    pub lacks: Option<String>,
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
    pub dimensions: Dimensions,
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
    pub trace_id: Arc<str>,
    /// The request.
    pub request_id: Arc<str>,
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
pub struct Needs {
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
    /// What is used of the quotas of usage plans: the gateway counts, and the control plane shows it.
    pub quotas: Arc<Quotas>,
    /// What a refusal for want of a permission means. The policies' is already in what [`Identity`]
    /// answers; the gateway's own rules ask here.
    pub enforcement: EnforcementSetting,
}

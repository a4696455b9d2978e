//! An invocation: who may, with which credentials, what came out.
//!
//! Two synchronous halves around the function's own work. The first takes the lock, decides,
//! issues a session of the execution role and records the `invoke` event that everything the
//! function does leads back to; the second writes the log and records the `return` event.

mod missing;
pub(super) mod report;
pub(super) mod role;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use authlab_kernel::evidence::Evidence;
use authlab_kernel::journal::Sequence;
use authlab_kernel::{AccountId, Component, EventDraft, Scope, Timestamp};
use authlab_wire::Protocol;
use bytes::Bytes;
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use thiserror::Error;

use super::closure::{Function, FunctionError, FunctionLog, InvocationContext};
use super::error::Error;
use super::function::Configuration;
use super::key;
use super::name::FunctionName;
use crate::cloud::Cloud;
use crate::evidence::{self, Reason, Why};
use crate::front::{Environment, FrontDoor, Judged, Ruled, identify};
use crate::operation::{Call, Caller, Check};
use crate::shared::{Credentials, IssueSession};

/// The longest event and answer of a synchronous invocation, in bytes (Lambda developer guide,
/// `gettingstarted-limits.html`).
pub const PAYLOAD_BYTES_MAX: usize = 6_291_456;

/// How long the sessions last that functions get, in seconds. AWS does not say (`unverified`).
const SESSION_SECONDS: i64 = 3600;

/// Who invokes.
#[derive(Clone, Debug)]
pub enum InvokedBy {
    /// A caller whose permission was decided before, with the checks of its call.
    Caller(Arc<Caller>),
    /// An AWS service, which the function's resource policy has to let in.
    Service {
        /// `apigateway.amazonaws.com`.
        principal: String,
        /// `aws:SourceArn`: on behalf of what.
        source_arn: String,
        /// `aws:SourceAccount`.
        source_account: AccountId,
    },
}

impl InvokedBy {
    fn label(&self) -> &str {
        match self {
            Self::Caller(caller) => &caller.arn,
            Self::Service { principal, .. } => principal,
        }
    }
}

/// What is to be invoked.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Where the invocation is made; a name without account is looked for there.
    pub scope: Scope,
    /// A name, partial ARN or ARN, with or without qualifier.
    pub function: String,
    /// A qualifier beside the name.
    pub qualifier: Option<String>,
    /// The event, JSON; empty stands for `{}`.
    pub payload: Bytes,
    /// Who invokes.
    pub invoked_by: InvokedBy,
    /// The event in the journal that this follows from.
    pub cause: Sequence,
    /// The request's id; the function sees it as its own.
    pub request_id: Arc<str>,
    /// The trace that it belongs to.
    pub trace_id: Option<Arc<str>>,
    /// How long the invoker waits, in milliseconds of lab time.
    pub budget_ms: u32,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// The answer, or the error as JSON.
    pub payload: Bytes,
    /// `Unhandled` when the function raised an error.
    pub function_error: Option<&'static str>,
    /// The request's id.
    pub request_id: Arc<str>,
    /// The `invoke` event in the journal.
    pub seq: Sequence,
    /// The end of the log, at most four kB, for `LogType: Tail`.
    pub log_tail: String,
    /// How long it took, in milliseconds of lab time.
    pub duration_ms: i64,
    /// The version that ran.
    pub version: String,
}

/// Why nothing ran, or nobody waited for the end.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// No such function.
    #[error(transparent)]
    Function(#[from] Error),
    /// The event is no JSON.
    #[error("Could not parse request body into json: Could not parse payload into json: {0}")]
    Payload(String),
    /// The event is too long.
    #[error(
        "Request must be smaller than {PAYLOAD_BYTES_MAX} bytes for the InvokeFunction operation"
    )]
    PayloadTooLarge(usize),
    /// The function's policy does not let the service in.
    #[error("the policy of the function does not let `{principal}` invoke it: add a permission")]
    NotPermitted {
        /// The service.
        principal: String,
        /// The decision.
        judged: Box<Judged>,
    },
    /// The execution role is gone or does not trust Lambda (code and text `unverified`).
    #[error("The role defined for the function cannot be assumed by Lambda.")]
    RoleNotAssumable,
    /// The function's variables stay closed to its role (the text of a refusal is in public reports,
    /// the others are `unverified`).
    #[error("Lambda was unable to decrypt the environment variables because {problem}")]
    Key {
        /// The code.
        code: &'static str,
        /// What the key's service says.
        problem: String,
    },
    /// No closure has the name that the handler says.
    #[error(
        "no closure named `{handler}` is registered with the lab for the function `{function}`: \
         register it, or name one of these as the handler: {known}"
    )]
    NotRegistered {
        /// The function.
        function: String,
        /// Its handler.
        handler: String,
        /// What is registered.
        known: String,
    },
    /// The invoker's time was over before the function was done.
    #[error("the function took {duration_ms} ms, the invoker waits {budget_ms} ms")]
    BudgetExceeded {
        /// How long it took.
        duration_ms: i64,
        /// How long the invoker waits.
        budget_ms: u32,
    },
}

impl InvokeError {
    /// The reason for the journal: what the policies refuse, or a rule of Lambda.
    pub fn reason(&self) -> Why<'static> {
        Why::Rule(match self {
            Self::Function(_) => Reason::FunctionNotFound,
            Self::Payload(_) => Reason::PayloadNotJson,
            Self::PayloadTooLarge(_) => Reason::PayloadTooLarge,
            Self::NotPermitted { judged, .. } => match judged.denial() {
                Some(denial) => return denial.into(),
                None => Reason::NotPermitted,
            },
            Self::RoleNotAssumable => Reason::RoleNotAssumable,
            Self::Key { code, .. } if *code == "KMSAccessDeniedException" => {
                Reason::KmsAccessDenied
            }
            Self::Key { .. } => Reason::KmsKeyUnusable,
            Self::NotRegistered { .. } => Reason::ClosureNotRegistered,
            Self::BudgetExceeded { .. } => Reason::BudgetExceeded,
        })
    }
}

/// An invocation that may run.
struct Prepared {
    function: Configuration,
    closure: Arc<dyn Function>,
    /// `AROA…`, whose the credentials are.
    role_id: String,
    credentials: Credentials,
    seq: Sequence,
    now: Timestamp,
}

impl FrontDoor {
    /// Invokes a function and waits for what comes out.
    ///
    /// # Errors
    /// Nothing ran, or the invoker's budget was over. What the function itself raises is an
    /// [`Invoked`] with a `function_error`.
    pub async fn invoke(&self, invocation: Invocation) -> Result<Invoked, InvokeError> {
        invoke(self, invocation).await
    }

    /// Whether an invocation would run, without running it: the function is there, its policy lets the
    /// invoker in, and it has code. The trust of its role is asked when it runs.
    ///
    /// # Errors
    /// As [`FrontDoor::invoke`].
    pub fn check_runs(
        &self,
        cloud: &Cloud,
        invocation: &Invocation,
        now: Timestamp,
    ) -> Result<(), InvokeError> {
        match permit(self, cloud, invocation, now) {
            Ok(function) => closure(cloud, &function).map(|_| ()),
            Err(InvokeError::RoleNotAssumable) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

async fn invoke(door: &FrontDoor, invocation: Invocation) -> Result<Invoked, InvokeError> {
    let event = event(&invocation.payload)?;
    let prepared = prepare(door, &invocation).inspect_err(|error| {
        let not_run = evidence::Invoke {
            function: invocation.function.clone(),
            invoked_by: invocation.invoked_by.label().to_owned(),
            error: Some(error.to_string()),
            missing: missing::of(&door.view(), &invocation, error),
            ..evidence::Invoke::default()
        };
        let draft = draft(&invocation, &not_run);
        let is_refusal = matches!(
            error,
            InvokeError::NotPermitted { .. }
                | InvokeError::RoleNotAssumable
                | InvokeError::Key { .. }
        );
        let reason = error.reason();
        door.journal().record(if is_refusal {
            draft.refused(reason)
        } else {
            draft.failed(reason)
        });
    })?;
    let log = FunctionLog::new(door.clock().clone());
    let context = context(door, &invocation, &prepared, log.clone());
    let called = AssertUnwindSafe(async { prepared.closure.call(event, context).await });
    let result = called.catch_unwind().await.unwrap_or_else(|_| {
        Err(FunctionError::new(
            "Runtime.ExitError",
            "the closure panicked: see its output",
        ))
    });
    finish(door, &invocation, &prepared, result, &log).await
}

/// Decides whether the function may be invoked: the resource policy for a service, and always the
/// trust of the execution role. A refusal of the policy stands in the journal, and whatever goes
/// through because the lab only watches. Issues no session.
///
/// # Errors
/// As [`invoke`].
pub(super) fn permit(
    door: &FrontDoor,
    cloud: &Cloud,
    invocation: &Invocation,
    now: Timestamp,
) -> Result<Configuration, InvokeError> {
    let qualifier = invocation.qualifier.as_deref();
    let name = FunctionName::read(&invocation.function, qualifier, &invocation.scope)?;
    let function = cloud.lambda.find(&name)?.clone();
    if let InvokedBy::Service {
        principal,
        source_arn,
        source_account,
    } = &invocation.invoked_by
    {
        let permissions = cloud.lambda.permissions(&name);
        let check = Check::new(
            "lambda:InvokeFunction",
            name.resource(),
            function.scope.account.clone(),
        )
        .resource_policy(permissions.and_then(|it| it.policy().cloned()))
        .with("aws:SourceArn", source_arn.as_str())
        .with("aws:SourceAccount", source_account.as_str());
        let caller = Caller::of_service(principal, source_account.clone());
        let environment = environment(&invocation.scope, now);
        let ruled = door.decide_briefly(cloud, &caller, &environment, &[check]);
        record_refusal(door, invocation, &ruled, None);
        if let Err(refused) = ruled.into_result() {
            return Err(InvokeError::NotPermitted {
                principal: principal.clone(),
                judged: refused.judged,
            });
        }
    }
    // What nobody decides, as over a role that is gone, is no matter of permissions.
    let check = role::check(cloud, &function.role, &function.arn, &function.scope)
        .ok_or(InvokeError::RoleNotAssumable)?;
    let caller = role::assumer(&function.scope);
    let environment = environment(&function.scope, now);
    let ruled = door.decide_briefly(cloud, &caller, &environment, &[check]);
    if ruled.is_let_through() {
        record_refusal(door, invocation, &ruled, Some(Reason::RoleNotAssumable));
    }
    let trusted = ruled.into_result();
    trusted.map_err(|_| InvokeError::RoleNotAssumable)?;
    Ok(function)
}

/// Puts what is refused into the journal, with a reason of Lambda's own or that of the policies.
fn record_refusal(door: &FrontDoor, invocation: &Invocation, ruled: &Ruled, own: Option<Reason>) {
    if let Some(judged) = ruled.refusal() {
        let denied = judged.denial().map(Why::Denied);
        let why = own.map(Why::Rule).or(denied);
        let decision = judged.evidence().let_through(ruled.is_let_through());
        let draft = draft(invocation, &decision);
        let why = why.unwrap_or(Why::Rule(Reason::NotPermitted));
        door.journal().record(draft.refused(why));
    }
}

/// The code of a function.
fn closure(cloud: &Cloud, function: &Configuration) -> Result<Arc<dyn Function>, InvokeError> {
    let closures = cloud.lambda.closures();
    closures
        .get(&function.handler)
        .ok_or_else(|| InvokeError::NotRegistered {
            function: function.name.clone(),
            handler: function.handler.clone(),
            known: closures.names().join(", "),
        })
}

fn prepare(door: &FrontDoor, invocation: &Invocation) -> Result<Prepared, InvokeError> {
    let now = door.clock().now();
    let (function, closure, asked) = {
        let cloud = door.view();
        let function = permit(door, &cloud, invocation, now)?;
        let closure = closure(&cloud, &function)?;
        let Some(role) = cloud.shared.iam.role_by_arn(&function.role) else {
            return Err(InvokeError::RoleNotAssumable);
        };
        let asked = IssueSession::of_role(role, function.name.as_str(), SESSION_SECONDS);
        (function, closure, asked)
    };
    let (session, role_id) = (asked.session_arn(), asked.role_id.clone());
    let version_arn = function.version_arn();
    let warm = door.view().lambda.warm().take(&version_arn, &role_id, now);
    let credentials = warm.unwrap_or_else(|| door.cloud().sts.issue(asked, now, door.ids()));
    open_variables(door, &door.view(), invocation, &function, &credentials, now)?;
    let invoked = evidence::Invoke {
        function: function.version_arn(),
        handler: Some(function.handler.clone()),
        invoked_by: invocation.invoked_by.label().to_owned(),
        role: Some(function.role.clone()),
        session: Some(session),
        access_key_id: Some(credentials.access_key_id.clone()),
        ..evidence::Invoke::default()
    };
    let draft = draft(invocation, &invoked)
        .allowed()
        .account(&function.scope.account);
    let seq = door.journal().record(draft);
    door.journal()
        .credential_issued(&credentials.access_key_id, seq, Some(credentials.expires));
    Ok(Prepared {
        function,
        closure,
        role_id,
        credentials,
        seq,
        now,
    })
}

/// Decides whether the role may open the function's variables. Under audit a refusal stands in the
/// journal and goes through.
fn open_variables(
    door: &FrontDoor,
    cloud: &Cloud,
    invocation: &Invocation,
    function: &Configuration,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<(), InvokeError> {
    let Some(kept) = key::keeper(function) else {
        return Ok(());
    };
    let Some(session) = identify(cloud, &credentials.access_key_id) else {
        return Err(InvokeError::RoleNotAssumable);
    };
    let call = Call {
        service: "lambda",
        operation: "Invoke",
        protocol: Protocol::RestJson,
        scope: function.scope.clone(),
        caller: Arc::clone(&session.caller),
        request_id: invocation.request_id.clone(),
        trace_id: invocation.trace_id.clone(),
        cause: invocation.cause,
        now,
        ids: door.ids().clone(),
        source_ip: "127.0.0.1".to_owned(),
        user_agent: None,
    };
    let checks = kept.checks(cloud, &call);
    let environment = Environment::of(&call);
    let ruled = door.decide_briefly(cloud, &call.caller, &environment, &checks);
    record_refusal(door, invocation, &ruled, None);
    let Err(closed) = kept.open(cloud, &call, ruled.into_result()) else {
        return Ok(());
    };
    let (code, exception, message) = (closed.code, closed.exception, closed.message);
    let what = match code {
        "KMSAccessDeniedException" => "KMS access was denied",
        "KMSDisabledException" => "the KMS key used is disabled",
        "KMSNotFoundException" => "the KMS key was not found",
        _ => "the state of the KMS key used is not valid for Decrypt",
    };
    // Without a blank after the exception (in every report).
    let problem = format!(
        "{what}. Please check the function's KMS key settings. KMS Exception: {exception}KMS \
         Message: {message}"
    );
    Err(InvokeError::Key { code, problem })
}

async fn finish(
    door: &FrontDoor,
    invocation: &Invocation,
    prepared: &Prepared,
    result: Result<Value, FunctionError>,
    log: &FunctionLog,
) -> Result<Invoked, InvokeError> {
    let ended = door.clock().now();
    let duration_ms = ended.duration_since(prepared.now).as_millis();
    let duration_ms = i64::try_from(duration_ms).unwrap_or(i64::MAX).max(0);
    let result = outcome(invocation, &prepared.function, result, duration_ms);
    let function = &prepared.function;
    let lines = report::lines(
        invocation,
        function,
        prepared.now,
        ended,
        &result,
        log.take(),
    );
    let log_tail = report::tail(&lines);
    let logged = report::write(door, invocation, prepared, lines).await;
    let credentials = prepared.credentials.clone();
    let (version_arn, role_id) = (function.version_arn(), &prepared.role_id);
    let cloud = door.view();
    cloud.lambda.warm().put(&version_arn, role_id, credentials);
    drop(cloud);
    let (payload, function_error) = match &result {
        Ok(payload) => (payload.clone(), None),
        Err(error) => (error_payload(error), Some("Unhandled")),
    };
    let failed = result.as_ref().err();
    let returned = evidence::Return {
        function: version_arn,
        duration_ms,
        log: logged,
        error_type: failed.map(|error| error.error_type.clone()),
        error_message: failed.map(|error| error.message.clone()),
    };
    let draft = EventDraft::of(Component::Lambda, &returned)
        .request_id(Arc::clone(&invocation.request_id))
        .trace_id(invocation.trace_id.clone())
        .cause(Some(prepared.seq))
        .account(&function.scope.account);
    door.journal().record(match failed {
        None => draft,
        Some(_) => draft.failed(Reason::FunctionError),
    });
    if duration_ms > i64::from(invocation.budget_ms) {
        let budget_ms = invocation.budget_ms;
        return Err(InvokeError::BudgetExceeded {
            duration_ms,
            budget_ms,
        });
    }
    Ok(Invoked {
        payload,
        function_error,
        request_id: invocation.request_id.clone(),
        seq: prepared.seq,
        log_tail,
        duration_ms,
        version: function.version.clone(),
    })
}

/// What the function answered, unless it was too slow or the answer too long.
fn outcome(
    invocation: &Invocation,
    function: &Configuration,
    result: Result<Value, FunctionError>,
    duration_ms: i64,
) -> Result<Bytes, FunctionError> {
    if duration_ms > function.timeout_seconds * 1000 {
        return Err(FunctionError::new(
            "Sandbox.Timedout",
            format!(
                "RequestId: {} Error: Task timed out after {}.00 seconds",
                invocation.request_id, function.timeout_seconds
            ),
        ));
    }
    let payload = Bytes::from(result?.to_string());
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(FunctionError::new(
            "Function.ResponseSizeTooLarge",
            format!(
                "Response payload size ({} bytes) exceeded maximum allowed payload size \
                 ({PAYLOAD_BYTES_MAX} bytes).",
                payload.len()
            ),
        ));
    }
    Ok(payload)
}

fn error_payload(error: &FunctionError) -> Bytes {
    let body = json!({"errorMessage": error.message, "errorType": error.error_type});
    Bytes::from(body.to_string())
}

fn event(payload: &Bytes) -> Result<Value, InvokeError> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(InvokeError::PayloadTooLarge(payload.len()));
    }
    if payload.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(payload).map_err(|error| InvokeError::Payload(error.to_string()))
}

fn context(
    door: &FrontDoor,
    invocation: &Invocation,
    prepared: &Prepared,
    log: FunctionLog,
) -> InvocationContext {
    let function = &prepared.function;
    let qualifier = invocation.qualifier.as_deref();
    let name = FunctionName::read(&invocation.function, qualifier, &invocation.scope);
    let timeout_ms = function.timeout_seconds * 1000;
    InvocationContext {
        request_id: invocation.request_id.to_string(),
        function_name: function.name.clone(),
        function_arn: name.map_or_else(|_| function.arn.clone(), |name| name.qualified_arn()),
        trace_id: invocation.trace_id.as_deref().map(str::to_owned),
        deadline_ms: prepared.now.as_millisecond() + timeout_ms,
        environment: environment_variables(door, function, prepared.now),
        credentials: prepared.credentials.clone(),
        region: function.scope.region.clone(),
        endpoint: door.endpoint(),
        log,
    }
}

fn environment_variables(
    door: &FrontDoor,
    function: &Configuration,
    now: Timestamp,
) -> BTreeMap<String, String> {
    let region = function.scope.region.to_string();
    let own = [
        ("_HANDLER", function.handler.clone()),
        ("AWS_DEFAULT_REGION", region.clone()),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            function.memory_mib.to_string(),
        ),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", function.version.clone()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", function.log_group.clone()),
        (
            "AWS_LAMBDA_LOG_STREAM_NAME",
            report::stream(door.ids(), function, now),
        ),
        ("AWS_REGION", region),
    ];
    let own = own
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    function
        .environment
        .clone()
        .unwrap_or_default()
        .into_iter()
        .chain(own)
        .collect()
}

fn draft(invocation: &Invocation, evidence: &impl Evidence) -> EventDraft {
    EventDraft::of(Component::Lambda, evidence)
        .request_id(Arc::clone(&invocation.request_id))
        .trace_id(invocation.trace_id.clone())
        .cause(Some(invocation.cause))
        .account(&invocation.scope.account)
}

/// What a service's own call shows of itself.
pub(super) fn environment(scope: &Scope, now: Timestamp) -> Environment {
    Environment {
        region: Some(scope.region.clone()),
        now,
        source_ip: "127.0.0.1".to_owned(),
        user_agent: None,
    }
}

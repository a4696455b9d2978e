//! The ports of a gateway under test, which remember what they were given.

use std::sync::Arc;

use authlab_kernel::{EnforcementSetting, LetThrough};
use authlab_policy::{Context, MessageStyle, Outcome, PolicySet, Principal, Request, decide};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::json;

use crate::evidence::{Decided, Reason};
use crate::needs::{
    ExecutionLog, FunctionFailure, Functions, Identity, Invocation, Invoke, Judged, LogLine,
    LogSink, MetricPoints, MetricSink, SignedCaller, SignedRequest, TraceSegment, TraceSink,
    Unauthenticated, Written,
};
use crate::quota::Quotas;

/// Everything that the ports were given.
#[derive(Default)]
pub struct Ledger {
    pub lines: Mutex<Vec<LogLine>>,
    pub executions: Mutex<Vec<ExecutionLog>>,
    /// What comes of execution logs.
    pub written: Mutex<Written>,
    pub points: Mutex<Vec<MetricPoints>>,
    pub segments: Mutex<Vec<TraceSegment>>,
    pub invocations: Mutex<Vec<Invocation>>,
    /// Every reading of the path of each signed request.
    pub signed: Mutex<Vec<Vec<String>>>,
    /// What is used of quotas.
    pub quotas: Arc<Quotas>,
    /// What a refusal means.
    pub enforcement: EnforcementSetting,
    /// What the function answers next.
    pub function: Mutex<Option<Result<Bytes, FunctionFailure>>>,
    /// What an authorizer's function answers: it is told apart by its name.
    pub authorizer: Mutex<Option<Result<Bytes, FunctionFailure>>>,
}

impl Identity for Ledger {
    /// `Authorization: stranger` is nobody, `pauper` may nothing, `outcast` is denied, `owner` may.
    fn authenticate(
        &self,
        signed: &SignedRequest<'_>,
    ) -> Result<Arc<SignedCaller>, Unauthenticated> {
        let authorization = signed.incoming.header("authorization");
        let reason = match authorization {
            Some("owner" | "pauper" | "outcast") => {
                self.signed.lock().push(Vec::new());
                return Ok(Arc::new(SignedCaller {
                    access_key_id: "ASIAEXAMPLE".to_owned(),
                    account: "222222222222".to_owned(),
                    user_id: "AROAEXAMPLE:looker".to_owned(),
                    user_arn: "arn:aws:sts::222222222222:assumed-role/looker/looker".to_owned(),
                    known: Arc::new(match authorization {
                        Some("owner") => Outcome::Allow,
                        Some("outcast") => Outcome::ExplicitDeny,
                        _ => Outcome::ImplicitDeny,
                    }),
                }));
            }
            Some(_) => Reason::SignatureMismatch,
            None => Reason::SignatureMissing,
        };
        Err(Unauthenticated {
            reason,
            message: "no".to_owned(),
            evidence: None,
        })
    }

    fn authorize(&self, invoke: &Invoke<'_>) -> Judged {
        let Some(caller) = invoke.caller else {
            return by_policies(invoke);
        };
        let mut signed = self.signed.lock();
        let asked = signed.last_mut().expect("authenticated before");
        asked.push(invoke.resource.to_owned());
        let outcome = caller.known.downcast_ref();
        let outcome = *outcome.expect("what was known when they were authenticated");
        let may = outcome == Outcome::Allow;
        let let_through = self.enforcement.get().let_through();
        Judged {
            decided: let_through.filter(|_| !may).map(decided),
            outcome,
            message: "no".to_owned(),
            ..Judged::undecided()
        }
    }
}

/// What the policies of the API and of its authorizer say of somebody who did not sign.
fn by_policies(invoke: &Invoke<'_>) -> Judged {
    let mut context = Context::new();
    context.insert("aws:SourceIp", invoke.source.ip.to_string());
    for (key, value) in [
        ("aws:SourceVpc", invoke.source.vpc),
        ("aws:SourceVpce", invoke.source.vpc_endpoint),
        ("aws:UserAgent", invoke.source.user_agent),
        ("aws:Referer", invoke.source.referer),
    ] {
        if let Some(value) = value {
            context.insert(key, value);
        }
    }
    let request = Request {
        api: Some(invoke.api.clone()),
        context,
        resource_account: Some(invoke.scope.account.to_string()),
        ..Request::new(Principal::Anonymous, "execute-api:Invoke", invoke.resource)
    };
    let policies = PolicySet {
        identity: invoke.authorizer_policy.cloned().into_iter().collect(),
        resource: invoke.resource_policy.cloned(),
        ..PolicySet::default()
    };
    let decision = decide(&request, &policies);
    Judged {
        outcome: decision.outcome,
        message: match decision.is_allowed() {
            true => String::new(),
            false => decision.message(&request, MessageStyle::Style2025),
        },
        ..Judged::undecided()
    }
}

/// A refusal that is let through.
fn decided(let_through: LetThrough) -> Decided {
    let decision = json!({
        "action": "execute-api:Invoke", "resource": "arn", "principal": "pauper",
        "decision": "ImplicitDeny", "decided_by": {"layer": "identity", "level": null},
        "missing_keys": [], "near_misses": [], "explanation": "no",
    });
    Decided {
        decision: serde_json::from_value(decision).expect("a decision"),
        enforcement: Some(let_through),
    }
}

impl Functions for Ledger {
    fn invoke(&self, invocation: Invocation) -> BoxFuture<'_, Result<Bytes, FunctionFailure>> {
        let is_authorizer = invocation.function_arn.ends_with(":authz");
        self.invocations.lock().push(invocation);
        let answer = match is_authorizer {
            true => self.authorizer.lock().clone(),
            false => self.function.lock().clone(),
        };
        Box::pin(async move { answer.unwrap_or_else(|| Ok(Bytes::from_static(b"{\"ok\":true}"))) })
    }
}

impl LogSink for Ledger {
    fn deliver(&self, line: LogLine) -> BoxFuture<'_, ()> {
        self.lines.lock().push(line);
        Box::pin(async {})
    }

    fn execute(&self, log: ExecutionLog) -> BoxFuture<'_, Written> {
        self.executions.lock().push(log);
        let written = self.written.lock().clone();
        Box::pin(async { written })
    }
}

impl MetricSink for Ledger {
    fn record(&self, points: MetricPoints) -> BoxFuture<'_, ()> {
        self.points.lock().push(points);
        Box::pin(async {})
    }
}

impl TraceSink for Ledger {
    fn segment(&self, segment: TraceSegment) {
        self.segments.lock().push(segment);
    }
}

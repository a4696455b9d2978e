//! What the gateway asks of the simulated services.
//!
//! Each port holds the front door weakly: the door holds the gateway. A door that is gone fails
//! closed.

use std::sync::{Arc, Weak};

use authlab_gateway::Ports;
use authlab_gateway::evidence::{self, Audit, Authorization, Decided, Reason, Signature};
use authlab_gateway::port::{
    Admission, FunctionFailure, Functions, IamCaller, Identity, Invocation, LogLine, LogSink,
    MetricPoints, MetricSink, SignedRequest, TraceSegment, TraceSink,
};
use authlab_kernel::{Component, EventDraft};
use authlab_policy::Outcome;
use authlab_policy::evidence::Decision;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::front::{AuthenticationFailure, Environment, Expectation, FrontDoor, Judged};
use crate::lambda;
use crate::operation::{Caller, Check, Effect, MetricDatum};

/// How far a signed date may lie from the gateway's clock, in seconds (unverified).
const SKEW_SECONDS: i64 = 5 * 60;

/// The ports of a gateway behind `door`.
pub fn of(door: &Arc<FrontDoor>) -> Ports {
    let services = Arc::new(Services(Arc::downgrade(door)));
    Ports {
        identity: services.clone(),
        functions: services.clone(),
        logs: services.clone(),
        metrics: services.clone(),
        traces: services,
    }
}

/// The simulated services, as the gateway sees them.
struct Services(Weak<FrontDoor>);

impl Identity for Services {
    fn admit(&self, signed: &SignedRequest<'_>) -> Admission {
        let Some(door) = self.0.upgrade() else {
            return Admission::Unauthenticated {
                reason: Reason::LabStopped,
                message: "the lab has stopped".to_owned(),
                evidence: None,
            };
        };
        let expect = Expectation {
            service: "execute-api",
            region: Some(signed.scope.region.as_str()),
            clock: door.gateway_clock(),
            skew_seconds: SKEW_SECONDS,
        };
        match door.authenticate(&signed.incoming, &expect) {
            Ok(caller) => decide(&door, signed, &caller),
            Err(failure) => unauthenticated(failure),
        }
    }
}

fn unauthenticated(failure: AuthenticationFailure) -> Admission {
    let evidence = Signature {
        code: failure.code.to_owned(),
        expired: failure.signature.expired,
        signed: failure.signature.signed,
        now: failure.signature.now,
        canonical_request: failure.signature.canonical_request,
        access_key_id: failure.access_key_id,
    };
    Admission::Unauthenticated {
        // Every reason of the verifier is one of the gateway's.
        reason: Reason::parse(failure.reason.as_str()).unwrap_or(Reason::SignatureUnreadable),
        message: failure.message,
        evidence: Some(evidence),
    }
}

/// Asks the caller's policies. HTTP APIs have no policy of their own, so a caller of another
/// account never passes: the resource's account would have to allow it (as observed).
fn decide(door: &FrontDoor, signed: &SignedRequest<'_>, caller: &Caller) -> Admission {
    let organization = {
        let cloud = door.cloud();
        cloud
            .shared
            .organizations
            .membership(&caller.account)
            .map(|membership| membership.id)
    };
    let shown = Arc::new(IamCaller {
        access_key_id: caller.access_key_id.clone(),
        account: caller.account.to_string(),
        user_id: caller.user_id.clone(),
        user_arn: caller.arn.clone(),
        principal_org_id: organization,
    });
    let environment = Environment {
        region: Some(signed.scope.region.clone()),
        now: signed.now,
        source_ip: signed.source_ip.to_owned(),
        user_agent: signed.user_agent.map(str::to_owned),
    };
    let owner = signed.scope.account.clone();
    // Every reading of the path is asked for; the gateway's own comes first.
    let checks: Vec<Check> = signed
        .resources
        .iter()
        .map(|resource| Check::new("execute-api:Invoke", resource, owner.clone()))
        .collect();
    let ruled = door.decide(&door.cloud(), caller, &environment, &checks);
    let Some(judged) = ruled.refusal() else {
        return Admission::Allowed {
            caller: shown,
            decision: ruled.judged().first().map(|judged| decided(judged, None)),
        };
    };
    let reason = match judged.decision.outcome {
        // The gateway's reading is allowed, and another is not: which of them AWS decides on is not
        // known.
        _ if ruled.judged().len() > 1 => Reason::PathAmbiguous,
        Outcome::ExplicitDeny => Reason::ExplicitDeny,
        Outcome::Allow | Outcome::ImplicitDeny => Reason::PermissionMissing,
    };
    if ruled.is_let_through() {
        return Admission::Allowed {
            caller: shown,
            decision: Some(audited(door, signed, judged, reason)),
        };
    }
    let decision = Some(decided(judged, None));
    match ruled.into_result() {
        Ok(_) => Admission::Allowed {
            caller: shown,
            decision,
        },
        Err(refused) => Admission::Refused {
            caller: shown,
            reason,
            message: refused.sentence(),
            decision,
        },
    }
}

fn decided(judged: &Judged, enforcement: Option<Audit>) -> Decided {
    let near_misses = judged.near_misses.clone();
    Decided {
        decision: Decision::new(&judged.request, &judged.decision, near_misses),
        enforcement,
    }
}

/// Under audit a refused call goes through, and the refusal stands in the journal.
fn audited(
    door: &FrontDoor,
    signed: &SignedRequest<'_>,
    judged: &Judged,
    reason: Reason,
) -> Decided {
    let decided = decided(judged, Some(Audit::Audit));
    let told = Authorization::Audited(Box::new(decided.clone()));
    let draft = EventDraft::of(Component::Gateway, &told)
        .refused(reason)
        .request_id(signed.request_id)
        .trace_id(Some(signed.trace_id.to_owned()))
        .account(signed.scope.account.as_str())
        .cause(Some(signed.cause));
    door.journal().record(draft);
    decided
}

impl Functions for Services {
    fn invoke(&self, invocation: Invocation) -> BoxFuture<'_, Result<Bytes, FunctionFailure>> {
        Box::pin(async move {
            let Some(door) = self.0.upgrade() else {
                return Err(FunctionFailure::Invoke {
                    reason: Reason::LabStopped.into(),
                    message: "the lab has stopped".to_owned(),
                });
            };
            let asked = lambda::Invocation {
                function: invocation.function_arn,
                qualifier: None,
                payload: invocation.payload,
                invoked_by: lambda::InvokedBy::Service {
                    principal: "apigateway.amazonaws.com".to_owned(),
                    source_arn: invocation.source_arn,
                    source_account: invocation.scope.account.clone(),
                },
                scope: invocation.scope,
                cause: invocation.cause,
                request_id: invocation.request_id,
                trace_id: Some(invocation.trace_id),
                budget_ms: invocation.budget_ms,
            };
            match door.invoke(asked).await {
                Ok(invoked) if invoked.function_error.is_some() => {
                    let error = serde_json::from_slice(&invoked.payload).unwrap_or(Value::Null);
                    Err(FunctionFailure::Function { error })
                }
                Ok(invoked) => Ok(invoked.payload),
                Err(lambda::InvokeError::BudgetExceeded { .. }) => Err(FunctionFailure::Timeout),
                Err(error) => Err(FunctionFailure::Invoke {
                    reason: error.reason().to_string(),
                    message: error.to_string(),
                }),
            }
        })
    }
}

impl LogSink for Services {
    fn deliver(&self, line: LogLine) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(door) = self.0.upgrade() else { return };
            let effect = Effect::PutLogEvents {
                scope: line.scope,
                group: line.group,
                stream: line.stream,
                events: vec![(line.time, line.message)],
            };
            door.perform(vec![effect], line.cause).await;
        })
    }
}

impl MetricSink for Services {
    fn record(&self, points: MetricPoints) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(door) = self.0.upgrade() else { return };
            let datum =
                |dimensions: &std::collections::BTreeMap<String, String>,
                 (name, value, unit): &(&'static str, f64, &'static str)| {
                    MetricDatum {
                        name: (*name).to_owned(),
                        dimensions: dimensions.clone(),
                        time: points.time,
                        value: *value,
                        unit: (*unit).to_owned(),
                    }
                };
            let data = points
                .dimensions
                .iter()
                .flat_map(|dimensions| {
                    points
                        .values
                        .iter()
                        .map(move |value| datum(dimensions, value))
                })
                .collect();
            let (scope, namespace) = (points.scope.clone(), points.namespace.to_owned());
            let effect = Effect::PutMetricData {
                scope,
                namespace,
                data,
            };
            door.perform(vec![effect], points.cause).await;
        })
    }
}

impl TraceSink for Services {
    /// HTTP APIs send no segments to X-Ray (API Gateway developer guide, `apigateway-xray.html`): what is known of the request
    /// stands in the journal.
    fn segment(&self, segment: TraceSegment) {
        let Some(door) = self.0.upgrade() else { return };
        let told = evidence::Trace {
            name: segment.name.into(),
            start: segment.start,
            end: segment.end,
            status: segment.status,
        };
        let draft = EventDraft::of(Component::Gateway, &told)
            .request_id(segment.request_id)
            .trace_id(Some(segment.trace_id))
            .account(segment.scope.account.as_str())
            .cause(Some(segment.cause));
        door.journal().record(draft);
    }
}

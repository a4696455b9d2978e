//! What the gateway asks of the simulated services.
//!
//! Each holds the front door weakly: the door holds the gateway. A door that is gone fails
//! closed.

mod execution_log;

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use authlab_gateway::evidence::{self, Decided, Reason, Signature};
use authlab_gateway::needs::{
    self as gateway, ExecutionLog, FunctionFailure, Functions, Identity, Invocation, Invoke,
    LogLine, LogSink, MetricPoints, MetricSink, Needs, SignedCaller, SignedRequest, TraceSegment,
    TraceSink, Unauthenticated, Written,
};
use authlab_kernel::{AccountId, Component, EventDraft, LetThrough};
use authlab_policy::Principal;
use authlab_policy::evidence::Decision;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::front::{ApiCall, AuthenticationFailure, Environment, Expectation, FrontDoor, Judged};
use crate::lambda;
use crate::operation::{Caller, Check, Effect, MetricDatum};

/// How far a signed date may lie from the gateway's clock, in seconds (unverified).
const SKEW_SECONDS: i64 = 5 * 60;

/// What a gateway behind `door` needs.
pub fn of(door: &Arc<FrontDoor>) -> Needs {
    let services = Arc::new(Services(Arc::downgrade(door)));
    Needs {
        identity: services.clone(),
        functions: services.clone(),
        logs: services.clone(),
        metrics: services.clone(),
        traces: services,
        quotas: door.cloud().apigateway.quotas(),
        enforcement: door.enforcement().clone(),
    }
}

/// The simulated services, as the gateway sees them.
struct Services(Weak<FrontDoor>);

impl Identity for Services {
    fn authenticate(
        &self,
        signed: &SignedRequest<'_>,
    ) -> Result<Arc<SignedCaller>, Unauthenticated> {
        let Some(door) = self.0.upgrade() else {
            return Err(Unauthenticated {
                reason: Reason::LabStopped,
                message: "the lab has stopped".to_owned(),
                evidence: None,
            });
        };
        let expect = Expectation {
            service: "execute-api",
            region: Some(signed.scope.region.as_str()),
            clock: door.gateway_clock(),
            skew_seconds: SKEW_SECONDS,
            hosts: signed.hosts,
        };
        let caller = door.authenticate(&signed.incoming, &expect);
        let caller = caller.map_err(unauthenticated)?;
        Ok(Arc::new(SignedCaller {
            access_key_id: caller.access_key_id.clone(),
            account: caller.account.to_string(),
            user_id: caller.user_id.clone(),
            user_arn: caller.arn.clone(),
            known: caller,
        }))
    }

    /// A caller of another account passes only where both sides allow: an API without a policy of its own
    /// lets none in (as observed for HTTP APIs). Who did not sign is nobody, whatever an authorizer says.
    fn authorize(&self, invoke: &Invoke<'_>) -> gateway::Judged {
        let owner = invoke.scope.account.clone();
        let caller = match invoke.caller {
            None => Ok(Arc::new(nobody(owner.clone()))),
            Some(signed) => Arc::clone(&signed.known).downcast::<Caller>(),
        };
        let (Some(door), Ok(caller)) = (self.0.upgrade(), caller) else {
            return gateway::Judged::undecided();
        };
        let source = &invoke.source;
        let environment = Environment {
            region: Some(invoke.scope.region.clone()),
            now: source.now,
            source_ip: source.ip.to_string(),
            user_agent: source.user_agent.map(str::to_owned),
        };
        let mut check = Check::new("execute-api:Invoke", invoke.resource, owner)
            .resource_policy(invoke.resource_policy.cloned());
        for (key, value) in [
            ("aws:SourceVpc", source.vpc),
            ("aws:SourceVpce", source.vpc_endpoint),
            ("aws:Referer", source.referer),
        ] {
            if let Some(value) = value {
                check = check.with(key, value);
            }
        }
        let api = ApiCall {
            request: invoke.api.clone(),
            authorizer_policy: invoke.authorizer_policy.cloned(),
        };
        let ruled = door.decide_api(&caller, &environment, (&check, api));
        let is_audited = ruled.is_let_through();
        let Some(judged) = ruled.judged().first().cloned() else {
            return gateway::Judged::undecided();
        };
        let message = ruled.into_result().err().map(|refused| refused.sentence());
        let Judged {
            request,
            decision,
            compared,
            ..
        } = judged;
        gateway::Judged {
            outcome: decision.outcome,
            decided: Some(Decided {
                decision: Decision::new(&request, &decision, &compared),
                enforcement: is_audited.then_some(LetThrough::Audit),
            }),
            message: message.unwrap_or_default(),
            principal_org_id: request.principal_organization.map(|found| found.id),
        }
    }
}

/// Who did not sign; no policy of an account's is theirs.
fn nobody(owner: AccountId) -> Caller {
    Caller {
        principal: Principal::Anonymous,
        arn: String::new(),
        user_id: String::new(),
        account: owner,
        access_key_id: String::new(),
        tags: BTreeMap::new(),
        session: None,
    }
}

fn unauthenticated(failure: AuthenticationFailure) -> Unauthenticated {
    let evidence = Signature {
        code: failure.code.to_owned(),
        expired: failure.signature.expired,
        signed: failure.signature.signed,
        now: failure.signature.now,
        canonical_request: failure.signature.canonical_request,
        inspected: failure.signature.inspected,
        access_key_id: failure.access_key_id,
    };
    Unauthenticated {
        // Every reason of the verifier is one of the gateway's.
        reason: Reason::parse(failure.reason.as_str()).unwrap_or(Reason::SignatureUnreadable),
        message: failure.message,
        evidence: Some(Box::new(evidence)),
    }
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
                trace_id: Some(Arc::clone(invocation.trace.root())),
                budget_ms: invocation.budget_ms,
            };
            match door.invoke(asked).await {
                Ok(invoked) if invoked.function_error.is_some() => {
                    let error = serde_json::from_slice(&invoked.payload).unwrap_or(Value::Null);
                    Err(FunctionFailure::Function { error })
                }
                Ok(invoked) => Ok(invoked.payload),
                Err(lambda::InvokeError::BudgetExceeded { .. }) => Err(FunctionFailure::Timeout),
                Err(error) => {
                    let (reason, message) = (error.reason().into(), error.to_string());
                    Err(match error {
                        lambda::InvokeError::NotPermitted { .. } => {
                            FunctionFailure::NotPermitted { reason, message }
                        }
                        _ => FunctionFailure::Invoke { reason, message },
                    })
                }
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
                is_passed_on: true,
            };
            door.perform(vec![effect], line.cause).await;
        })
    }

    fn execute(&self, log: ExecutionLog) -> BoxFuture<'_, Written> {
        Box::pin(async move {
            match self.0.upgrade() {
                Some(door) => execution_log::write(&door, log).await,
                None => Written::default(),
            }
        })
    }
}

impl MetricSink for Services {
    fn record(&self, points: MetricPoints) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(door) = self.0.upgrade() else { return };
            let datum =
                |dimensions: &Arc<BTreeMap<String, String>>,
                 (name, value, unit): &(&'static str, f64, &'static str)| {
                    MetricDatum {
                        name,
                        dimensions: Arc::clone(dimensions),
                        time: points.time,
                        value: *value,
                        unit,
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
            let (scope, namespace) = (points.scope.clone(), points.namespace);
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
    /// HTTP APIs send no segments to X-Ray (API Gateway developer guide, `apigateway-xray.html`): what
    /// is known of the request stands in the journal.
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
            .account(&segment.scope.account)
            .cause(Some(segment.cause));
        door.journal().record(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Reason as Found;

    #[test]
    fn what_the_verifier_finds_has_a_reason_of_the_gateway() {
        for found in [
            Found::SignatureMissing,
            Found::SignatureUnreadable,
            Found::CredentialUnknown,
            Found::SessionTokenMismatch,
            Found::CredentialExpired,
            Found::CredentialScope,
            Found::ClockSkew,
            Found::SignatureMismatch,
        ] {
            let told = Reason::parse(found.as_str());
            assert_eq!(told.map(Reason::as_str), Some(found.as_str()));
        }
    }
}

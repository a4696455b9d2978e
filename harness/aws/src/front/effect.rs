//! What one service asks of another, performed after unlocking and before the answer is sent.

use std::sync::Arc;

use authlab_kernel::journal::Sequence;
use authlab_kernel::{Component, EventDraft};

use futures_util::future::BoxFuture;

use super::door::FrontDoor;
use crate::operation::Effect;
use crate::shared::{Invocation, InvokedBy};

/// The longest function runs for a quarter of an hour.
const BUDGET_MS: u32 = 900_000;

/// In whose course effects are performed.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The event before them in the chain.
    pub cause: Sequence,
    /// The request.
    pub request_id: Option<Arc<str>>,
    /// The trace.
    pub trace_id: Option<Arc<str>>,
}

impl FrontDoor {
    /// Performs effects in order.
    pub async fn perform(&self, effects: Vec<Effect>, cause: Sequence) {
        let origin = Origin {
            cause,
            ..Origin::default()
        };
        perform(self, effects, &origin).await;
    }
}

/// Invokes a function: what comes of it stands in the journal. In a box, for its log is an effect.
fn run(door: &FrontDoor, invocation: Invocation) -> BoxFuture<'_, ()> {
    Box::pin(async move { drop(door.invoke(invocation).await) })
}

/// Effects of an effect.
fn further<'a>(door: &'a FrontDoor, effects: Vec<Effect>, origin: &'a Origin) -> BoxFuture<'a, ()> {
    Box::pin(perform(door, effects, origin))
}

/// Performs `effects` in order.
pub(super) async fn perform(door: &FrontDoor, effects: Vec<Effect>, origin: &Origin) {
    for effect in effects {
        match effect {
            Effect::CredentialIssued {
                account,
                credential,
            } => {
                let mut draft = EventDraft::of(Component::Aws, &credential)
                    .cause(Some(origin.cause))
                    .trace_id(origin.trace_id.clone())
                    .account(account.as_str());
                if let Some(request_id) = &origin.request_id {
                    draft = draft.request_id(Arc::clone(request_id));
                }
                let seq = door.journal().record(draft);
                let expires = Some(credential.expires);
                door.journal()
                    .credential_issued(&credential.access_key_id, seq, expires);
            }
            Effect::OutlineApi { api_id, outline } => {
                for site in door.sites() {
                    site.know_api(&api_id, outline.clone());
                }
            }
            Effect::PublishUsage { scope, usage } => {
                for site in door.sites() {
                    site.publish_usage(&scope, Arc::clone(&usage));
                }
            }
            Effect::PublishDomain { name, domain } => {
                for site in door.sites() {
                    site.know_domain(&name, domain.clone());
                }
            }
            Effect::PublishDeployment {
                api_id,
                stage,
                deployment,
            } => {
                for site in door.sites() {
                    site.publish(&api_id, &stage, deployment.clone());
                }
            }
            Effect::ForgetDecisions { api_id, stage } => {
                for site in door.sites() {
                    site.forget_decisions(&api_id, &stage);
                }
            }
            Effect::PutLogEvents {
                scope,
                group,
                stream,
                events,
                is_passed_on,
            } => {
                let now = door.clock().now();
                let passed_on = {
                    let logs = &mut door.cloud().logs;
                    let before = logs.group(&scope, &group);
                    let since = before.map_or(0, |group| group.count_in(&stream));
                    logs.append(now, &scope, &group, &stream, events);
                    match is_passed_on {
                        true => logs.passed_on(&scope, &group, &stream, since),
                        false => Vec::new(),
                    }
                };
                if !passed_on.is_empty() {
                    further(door, passed_on, origin).await;
                }
            }
            Effect::InvokeFunction {
                scope,
                function,
                event,
                principal,
                source_arn,
            } => {
                let invocation = Invocation {
                    qualifier: None,
                    payload: event,
                    invoked_by: InvokedBy::Service {
                        principal,
                        source_arn,
                        source_account: scope.account.clone(),
                    },
                    cause: origin.cause,
                    request_id: door.ids().request_id("invoke", &function).into(),
                    trace_id: origin.trace_id.clone(),
                    budget_ms: BUDGET_MS,
                    scope,
                    function,
                };
                run(door, invocation).await;
            }
            Effect::PutMetricData {
                scope,
                namespace,
                data,
            } => {
                door.cloud().cloudwatch.add(&scope, namespace, data);
            }
        }
    }
}

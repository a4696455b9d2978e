//! What one service asks of another, performed after unlocking and before the answer is sent.

use std::sync::Arc;

use authlab_kernel::journal::Sequence;
use authlab_kernel::{Component, EventDraft};

use super::door::FrontDoor;
use crate::operation::Effect;

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
            Effect::PublishDeployment {
                api_id,
                stage,
                deployment,
            } => {
                for site in door.sites() {
                    site.publish(&api_id, &stage, deployment.clone());
                }
            }
            Effect::PutLogEvents {
                scope,
                group,
                stream,
                events,
            } => {
                let now = door.clock().now();
                door.cloud()
                    .logs
                    .append(now, &scope, &group, &stream, events);
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

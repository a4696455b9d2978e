//! The discovery document of an issuer, which a service reads when it is told of the issuer.
//!
//! The lab's lock is not held meanwhile.

use std::sync::Arc;

use authlab_kernel::{Component, EventDraft};
use authlab_token::{CachePolicy, KeySource, KeySourceError, NeededBy};

use super::door::FrontDoor;
use crate::evidence;
use crate::operation::Call;

/// Where the keys of an issuer are, as its discovery document says.
///
/// # Errors
/// There is no document, or it is none of the issuer.
pub async fn discovered(
    door: &FrontDoor,
    call: &Call,
    policy: CachePolicy,
    issuer: &str,
) -> Result<String, KeySourceError> {
    let keys = KeySource::new(Arc::clone(door.outbound()), policy);
    let needed_by = NeededBy {
        cause: Some(call.cause),
        request_id: Some(call.request_id.clone()),
        trace_id: call.trace_id.clone(),
    };
    keys.discover(issuer, &needed_by).await
}

/// Puts into the journal why the document of an authorizer's issuer cannot be had.
pub fn record_undiscovered(
    door: &FrontDoor,
    call: &Call,
    (authorizer, issuer): (&str, &str),
    error: &KeySourceError,
) {
    let refused = evidence::Authorizer {
        authorizer: authorizer.to_owned(),
        issuer: issuer.to_owned(),
        problem: error.to_string(),
    };
    let draft = EventDraft::of(Component::Aws, &refused)
        .refused(error.code())
        .request_id(Arc::clone(&call.request_id))
        .trace_id(call.trace_id.clone())
        .account(call.account())
        .cause(Some(call.cause));
    door.journal().record(draft);
}

//! The discovery document of a JWT authorizer's issuer, which is read when the authorizer is made.
//!
//! Only whether there is one: an issuer that it names in another spelling, and keys that are missing,
//! are found when a token comes (that the control plane does not look at them is unverified). The
//! lab's lock is not held meanwhile.

use std::sync::Arc;

use authlab_kernel::{Component, EventDraft};
use authlab_token::{CachePolicy, KeySource, KeySourceError, NeededBy};

use super::resource::Authorizer;
use crate::evidence;
use crate::front::FrontDoor;
use crate::operation::Call;

/// The issuer of an authorizer whose discovery document cannot be had; `None` when it is there. Why
/// stands in the journal.
pub(super) async fn missing(
    door: &FrontDoor,
    call: &Call,
    authorizer: &Authorizer,
) -> Option<String> {
    let issuer = authorizer.jwt_configuration.as_ref()?.issuer.clone()?;
    let keys = KeySource::new(
        Arc::clone(door.outbound()),
        CachePolicy::http_api_authorizer(),
    );
    let needed_by = NeededBy {
        cause: Some(call.cause),
        request_id: Some(call.request_id.clone()),
        trace_id: call.trace_id.clone(),
    };
    let error = match keys.discover(&issuer, &needed_by).await {
        Ok(_) | Err(KeySourceError::IssuerMismatch { .. }) => return None,
        Err(error) => error,
    };
    let refused = evidence::Authorizer {
        authorizer: authorizer.name.clone(),
        issuer: issuer.clone(),
        problem: error.to_string(),
    };
    let draft = EventDraft::of(Component::Aws, &refused)
        .refused(error.code())
        .request_id(Arc::clone(&call.request_id))
        .trace_id(call.trace_id.clone())
        .account(call.account())
        .cause(Some(call.cause));
    door.journal().record(draft);
    Some(issuer)
}

//! The discovery document of a JWT authorizer's issuer, which is read when the authorizer is made.
//!
//! Only whether there is one: an issuer that it names in another spelling, and keys that are missing,
//! are found when a token comes (that the control plane does not look at them is unverified).

use authlab_token::{CachePolicy, KeySourceError};

use super::resource::Authorizer;
use crate::front::{FrontDoor, discovered, record_undiscovered};
use crate::operation::Call;

/// The issuer of an authorizer whose discovery document cannot be had; `None` when it is there. Why
/// stands in the journal.
pub(super) async fn missing(
    door: &FrontDoor,
    call: &Call,
    authorizer: &Authorizer,
) -> Option<String> {
    let issuer = authorizer.jwt_configuration.as_ref()?.issuer.clone()?;
    let policy = CachePolicy::http_api_authorizer();
    let error = match discovered(door, call, policy, &issuer).await {
        Ok(_) | Err(KeySourceError::IssuerMismatch { .. }) => return None,
        Err(error) => error,
    };
    record_undiscovered(door, call, (&authorizer.name, &issuer), &error);
    Some(issuer)
}

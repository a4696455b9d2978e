//! What becomes of what lacks a permission, in the whole lab.

use authlab::Enforcement;
use http::Method;
use serde_json::json;

use crate::{World, error::StepResult, given, params::Mode};

/// Lets permissions be `enforced` or `audited` from now on: policies of AWS, scopes of the gateway's routes,
/// policies of Vault. What is audited goes through, and its refusal stands in the journal. Who cannot be
/// authenticated is refused either way.
///
/// Example: Given permissions are audited
#[given("permissions are {enforcement}")]
async fn permissions_are(world: &mut World, mode: Mode) -> StepResult {
    set(world, mode.0).await
}

/// Lets the lab enforce or audit permissions from now on.
///
/// # Errors
/// When the control API does not answer.
pub(crate) async fn set(world: &World, enforcement: Enforcement) -> StepResult {
    let body = json!({ "enforcement": enforcement });
    world
        .control(Method::POST, "/_lab/enforcement", Some(&body))
        .await?;
    Ok(())
}

//! The keys of issuers, as they rotate.

use http::Method;
use serde_json::json;

use crate::{World, error::StepResult, given};

/// Puts a new key into the issuer's key set; the old one goes on signing.
///
/// Example: Given the issuer "corp" publishes a new key
#[given("the issuer {string} publishes a new key")]
async fn issuer_publishes(world: &mut World, issuer: String) -> StepResult {
    rotate(world, &issuer, "publish").await
}

/// Lets the newest key sign; one is published now where none waits.
///
/// Example: Given the issuer "corp" signs with its newest key
#[given("the issuer {string} signs with its newest key")]
async fn issuer_signs(world: &mut World, issuer: String) -> StepResult {
    rotate(world, &issuer, "sign").await
}

/// Takes every key that does not sign out of the key set.
///
/// Example: Given the issuer "corp" retires its old keys
#[given("the issuer {string} retires its old keys")]
async fn issuer_retires(world: &mut World, issuer: String) -> StepResult {
    rotate(world, &issuer, "retire").await
}

/// Puts another key under the name of the one that signs, as after a restore.
///
/// Example: Given the issuer "corp" replaces its key under the same name
#[given("the issuer {string} replaces its key under the same name")]
async fn issuer_replaces(world: &mut World, issuer: String) -> StepResult {
    rotate(world, &issuer, "replace").await
}

async fn rotate(world: &World, issuer: &str, step: &str) -> StepResult {
    let body = json!({ "issuer": issuer, "step": step });
    world
        .control(Method::POST, "/_lab/oidc/keys", Some(&body))
        .await?;
    Ok(())
}

//! The lab's clock and those of its components.

use http::Method;
use serde_json::json;

use crate::{
    World,
    error::StepResult,
    given,
    params::{Component, Drift},
    when,
};

/// Moves the lab's clock; everything that falls due happens before the step ends.
///
/// Example: When 301 seconds pass
#[when("{int} second(s) pass(es)")]
async fn seconds_pass(world: &mut World, seconds: u64) -> StepResult {
    world.acts();
    advance(world, seconds).await
}

/// Moves the lab's clock.
pub(crate) async fn advance(world: &World, seconds: u64) -> StepResult {
    let body = json!({ "advance_seconds": seconds });
    world
        .control(Method::POST, "/_lab/clock", Some(&body))
        .await?;
    Ok(())
}

/// Sets a component's clock off the lab's: `aws`, `gateway`, `vault` or `oidc`.
///
/// Example: Given the clock of the gateway is 90 seconds behind
#[given("the clock of {component} is {int} second(s) {drift}")]
async fn clock_is_off(
    world: &mut World,
    component: Component,
    seconds: i64,
    drift: Drift,
) -> StepResult {
    let seconds = match drift {
        Drift::Ahead => seconds,
        Drift::Behind => -seconds,
    };
    let body = json!({ "component": &*component, "offset_seconds": seconds });
    world
        .control(Method::POST, "/_lab/clock", Some(&body))
        .await?;
    Ok(())
}

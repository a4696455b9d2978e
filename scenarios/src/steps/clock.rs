//! The lab's clock and those of its components.

use http::Method;
use serde_json::json;

use crate::{
    World,
    error::{StepError, StepResult},
    given,
    params::{ClockOwner, Drift, Unit},
    when,
};

/// Moves the lab's clock by `seconds`, `minutes`, `hours` or `days`; everything that falls due happens
/// before the step ends.
///
/// Example: When 301 seconds pass
#[when("{int} {unit} pass(es)")]
async fn time_passes(world: &mut World, count: u64, unit: Unit) -> StepResult {
    world.acts();
    advance(world, seconds(count, unit)?).await
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
#[given("the clock of {clock} is {int} {unit} {drift}")]
async fn clock_is_off(
    world: &mut World,
    owner: ClockOwner,
    count: u64,
    unit: Unit,
    drift: Drift,
) -> StepResult {
    let seconds = i64::try_from(seconds(count, unit)?)?;
    let seconds = match drift {
        Drift::Ahead => seconds,
        Drift::Behind => -seconds,
    };
    let body = json!({ "component": &*owner, "offset_seconds": seconds });
    world
        .control(Method::POST, "/_lab/clock", Some(&body))
        .await?;
    Ok(())
}

fn seconds(count: u64, unit: Unit) -> StepResult<u64> {
    count
        .checked_mul(unit.seconds.into())
        .ok_or_else(|| StepError::new(format!("{count} is too long a time")))
}

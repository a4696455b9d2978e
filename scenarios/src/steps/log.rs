//! What was logged.

use cucumber::gherkin::Step;

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult},
    then,
    things::{access_log::AccessLog, api::Api},
};

/// The last line of the API's access log has this in it; of a document of several lines, as many of the
/// last lines, one each.
///
/// Example: Then the access log of the API "reports" shows:
#[then("the access log of the API {string} shows:")]
async fn access_log_shows(world: &mut World, name: String, step: &Step) -> StepResult {
    let expected = argument::document(world, step)?;
    let lines = match world.things.find::<AccessLog>(&name) {
        Some(log) => log.lines(world).await?,
        None => {
            let api = world.things.get::<Api>(&name)?;
            AccessLog::of(world, api).await?.lines(world).await?
        }
    };
    let expected: Vec<_> = expected.lines().map(str::trim).collect();
    let skipped = lines.len().saturating_sub(expected.len());
    let last: Vec<_> = lines.iter().skip(skipped).collect();
    let mut pairs = expected.iter().zip(&last);
    if expected.len() == last.len() && pairs.all(|(expected, line)| line.contains(*expected)) {
        return Ok(());
    }
    let (expected, found) = (expected.join("\n  "), lines.join("\n  "));
    Err(StepError::new(format!(
        "the access log does not end so\n  {expected}\nit is\n  {found}"
    )))
}

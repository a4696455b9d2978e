//! What came back.

use cucumber::gherkin::Step;
use serde_json::Value;

use super::argument;
use crate::{
    World,
    client::AwsRefusal,
    error::{StepError, StepResult, expect_equal},
    then,
    world::{HttpAnswer, Outcome},
};

/// Compares the status of an API's answer.
///
/// Example: Then the answer has the status 200
#[then("the answer has the status {int}")]
fn answer_has_status(world: &mut World, status: u16) -> StepResult {
    has_status(http(world)?, status)
}

/// Compares status and body of an API's answer; JSON by its content, anything else by its text.
///
/// Example: Then the answer has the status 401 and the body:
#[then("the answer has the status {int} and the body:")]
fn answer_has_status_and_body(world: &mut World, status: u16, step: &Step) -> StepResult {
    let expected = argument::document(world, step)?;
    let answer = http(world)?;
    has_status(answer, status)?;
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    match (json(&expected), json(&answer.body)) {
        (Some(expected), Some(found)) => expect_equal("the body", &expected, &found),
        _ => expect_equal("the body", &expected, &answer.body),
    }
}

/// Compares a header of an API's answer.
///
/// Example: Then the answer's header "www-authenticate" is:
#[then("the answer's header {string} is:")]
fn answer_has_header(world: &mut World, name: String, step: &Step) -> StepResult {
    let expected = argument::document(world, step)?;
    let found = http(world)?
        .headers
        .get(&name)
        .map(|value| value.to_str())
        .transpose()?;
    let found =
        found.ok_or_else(|| StepError::new(format!("the answer has no header `{name}`")))?;
    expect_equal(&format!("the header {name}"), &expected, &found.to_owned())
}

/// An API's answer lacks a header.
///
/// Example: Then the answer has no header "access-control-allow-origin"
#[then("the answer has no header {string}")]
fn answer_has_no_header(world: &mut World, name: String) -> StepResult {
    match http(world)?.headers.get(&name) {
        None => Ok(()),
        Some(found) => Err(StepError::new(format!(
            "the answer has the header `{name}`: {}",
            found.to_str()?
        ))),
    }
}

/// The last AWS call succeeded.
///
/// Example: Then AWS allows it
#[then("AWS allows it")]
fn aws_allows(world: &mut World) -> StepResult {
    match world.outcome()? {
        Outcome::Aws(Ok(_)) => Ok(()),
        other => Err(StepError::new(other.summary())),
    }
}

/// The last AWS call was refused with this code.
///
/// Example: Then AWS refuses with "AccessDenied"
#[then("AWS refuses with {string}")]
fn aws_refuses(world: &mut World, code: String) -> StepResult {
    expect_equal("the code", &code, &refusal(world)?.code)
}

/// The last AWS call was refused with this code and this text. The text names a secret without
/// the characters that Secrets Manager added to its name.
///
/// Example: Then AWS refuses with "InvalidIdentityToken" and the message:
#[then("AWS refuses with {string} and the message:")]
fn aws_refuses_with_message(world: &mut World, code: String, step: &Step) -> StepResult {
    let message = argument::document(world, step)?;
    let refusal = refusal(world)?;
    expect_equal("the code", &code, &refusal.code)?;
    expect_equal("the message", &message, &world.redacted(&refusal.message))
}

fn has_status(answer: &HttpAnswer, status: u16) -> StepResult {
    if answer.status.as_u16() == status {
        return Ok(());
    }
    let (found, body) = (answer.status, &answer.body);
    Err(StepError::new(format!(
        "the status is {found}, not {status}; the body is {body}"
    )))
}

fn http(world: &World) -> StepResult<&HttpAnswer> {
    match world.outcome()? {
        Outcome::Http(answer) => Ok(answer),
        other => Err(StepError::new(format!(
            "the last call was not of an API: {}",
            other.summary()
        ))),
    }
}

fn refusal(world: &World) -> StepResult<&AwsRefusal> {
    match world.outcome()? {
        Outcome::Aws(Err(refusal)) => Ok(refusal),
        other => Err(StepError::new(other.summary())),
    }
}

//! What a call came to, whichever system answered it, and what is kept of the answer.

use serde_json::Value;

use crate::{
    World,
    error::{StepError, StepResult, expect_equal},
    given, json_path,
    runner::near,
    then,
    things::answer::Answer,
    world::Outcome,
};

/// The last call was let through.
///
/// Example: Then the call is allowed
#[then("the call is allowed")]
fn call_is_allowed(world: &mut World) -> StepResult {
    let outcome = world.outcome()?;
    if outcome.is_allowed() {
        return Ok(());
    }
    Err(StepError::new(outcome.summary()))
}

/// The last call was refused: by this status, by this code (of an API its message, of Vault its error),
/// and for this reason in the journal.
///
/// Example: Then the call is refused with 403 "AccessDenied" because of "identity-implicit-deny"
#[then("the call is refused with {int} {string} because of {string}")]
async fn call_is_refused(
    world: &mut World,
    status: u16,
    code: String,
    reason: String,
) -> StepResult {
    match differs(world, world.outcome()?, status, &code, &reason).await? {
        None => Ok(()),
        Some(other) => Err(StepError::new(other)),
    }
}

/// So many of the calls of the last step were let through.
///
/// Example: Then 2 calls are allowed
#[then("{int} call(s) is/are allowed")]
fn calls_are_allowed(world: &mut World, count: usize) -> StepResult {
    let allowed = world
        .outcomes()
        .iter()
        .filter(|outcome| outcome.is_allowed());
    expect_equal("the number of calls", &count, &allowed.count())
}

/// So many of the calls of the last step were refused by this status, this code and for this reason.
///
/// Example: Then 1 call is refused with 429 "Too Many Requests" because of "throttled"
#[then("{int} call(s) is/are refused with {int} {string} because of {string}")]
async fn calls_are_refused(
    world: &mut World,
    count: usize,
    status: u16,
    code: String,
    reason: String,
) -> StepResult {
    let (mut refused, mut others) = (0, String::new());
    for outcome in world.outcomes() {
        match differs(world, outcome, status, &code, &reason).await? {
            None => refused += 1,
            Some(other) => others.push_str(&format!("\n  {other}")),
        }
    }
    if refused == count {
        return Ok(());
    }
    Err(StepError::new(format!(
        "{refused} calls were refused so, not {count}{others}"
    )))
}

/// How a call differs from a refusal; none when it is that.
async fn differs(
    world: &World,
    outcome: &Outcome,
    status: u16,
    code: &str,
    reason: &str,
) -> StepResult<Option<String>> {
    if outcome.is_allowed() {
        return Ok(Some(outcome.summary()));
    }
    let chain = world.chain_of(outcome).await;
    let refusal = chain.as_ref().ok().and_then(|chain| chain.refusal());
    let found = refusal.and_then(|refusal| refusal.reason.clone());
    let found = found.as_deref();
    near::check_reason(reason, found)?;
    let (found_status, found_code) = (outcome.status(), world.redacted(&outcome.code()));
    if (found_status, found_code.as_str()) != (Some(status), code) {
        let found = found_status.map_or_else(String::new, |status| format!("{status} "));
        let found = format!("{found}\"{found_code}\"");
        return Ok(Some(format!(
            "it was refused with {found}, not {status} \"{code}\": {}",
            outcome.summary()
        )));
    }
    let chain = chain?;
    Ok((found != Some(reason)).then(|| {
        let found = found.unwrap_or("none");
        format!("the reason is `{found}`, not `{reason}`\n{chain}")
    }))
}

/// Compares a part of the last answer, by its path.
///
/// Example: Then the answer's "Role.RoleName" is "reader"
#[then("the answer's {string} is {string}")]
fn answer_part_is(world: &mut World, path: String, expected: String) -> StepResult {
    let expected = world.filled(&expected)?;
    let found = json_path::text(&part(world, &path)?);
    expect_equal(&format!("`{path}`"), &expected, &found)
}

/// Keeps the last answer under a name: `$(made.Role.Arn)` is a part of it in any later step's document,
/// table or path.
///
/// Example: Then the answer is kept as "made"
#[given("the answer is kept as {string}")]
#[then("the answer is kept as {string}")]
fn answer_is_kept(world: &mut World, name: String) -> StepResult {
    let value = part(world, "$")?;
    world.things.set(Answer { name, value });
    Ok(())
}

/// Keeps a part of the last answer under a name: `$(role)` stands for it from then on.
///
/// Example: Then the answer's "Role.Arn" is kept as "role"
#[given("the answer's {string} is kept as {string}")]
#[then("the answer's {string} is kept as {string}")]
fn answer_part_is_kept(world: &mut World, path: String, name: String) -> StepResult {
    let value = part(world, &path)?;
    world.things.set(Answer { name, value });
    Ok(())
}

fn part(world: &World, path: &str) -> StepResult<Value> {
    let outcome = world.outcome()?;
    let answer = outcome.answer()?;
    let found = json_path::find(&answer, path).cloned();
    found.ok_or_else(|| StepError::new(format!("the answer has nothing at `{path}`")))
}

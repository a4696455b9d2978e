//! What the explanation makes of the last call: the class of cause, the cause, the fix, and who can mend it.

use authlab_explain::{Chain, Diagnosis, classes};

use crate::{
    World,
    error::{StepError, StepResult},
    params::Mender,
    runner::near,
    then,
};

/// The diagnosis of the last call is of this class of cause. Of a call that was let through it is what is
/// suspicious about it.
///
/// Example: Then the diagnosis is "issuer-trailing-slash"
#[then("the diagnosis is {string}")]
async fn diagnosis_is(world: &mut World, class: String) -> StepResult {
    let known = classes();
    if !known.iter().any(|known| known.class == class) {
        let known = known.iter().map(|known| known.class);
        return Err(StepError::new(near::unknown("class", &class, known)));
    }
    let chain = world.chain().await?;
    match &chain.diagnosis {
        Some(found) if found.class == class => Ok(()),
        Some(found) => Err(StepError::new(format!(
            "the diagnosis is `{}`, not `{class}`\n{chain}",
            found.class
        ))),
        None => Err(StepError::new(format!(
            "there is no diagnosis, and none of `{class}`\n{chain}"
        ))),
    }
}

/// The last call has no diagnosis: nothing of it was refused, and nothing about it is suspicious.
///
/// Example: Then there is no diagnosis
#[then("there is no diagnosis")]
async fn there_is_no_diagnosis(world: &mut World) -> StepResult {
    let chain = world.chain().await?;
    match &chain.diagnosis {
        None => Ok(()),
        Some(found) => Err(StepError::new(format!(
            "the diagnosis is `{}`\n{chain}",
            found.class
        ))),
    }
}

/// The cause that the diagnosis gives has this text in it, a part of a kept answer (`$(name.path)`) among it.
///
/// Example: Then the cause says "https://login.corp.example/"
#[then("the cause says {string}")]
async fn cause_says(world: &mut World, text: String) -> StepResult {
    says(world, "cause", &text, |found| &found.cause).await
}

/// The fix that the diagnosis gives has this text in it, a part of a kept answer (`$(name.path)`) among it.
///
/// Example: Then the fix says "pass `ExternalId`"
#[then("the fix says {string}")]
async fn fix_says(world: &mut World, text: String) -> StepResult {
    says(world, "fix", &text, |found| &found.fix).await
}

/// Who the fix of the diagnosis is for: `the caller`, `the owner` of the configuration that refused,
/// `who starts the lab`, or `nobody`.
///
/// Example: Then the caller can mend it
#[then("{mender} can mend it")]
async fn mender_can_mend(world: &mut World, mender: Mender) -> StepResult {
    let chain = world.chain().await?;
    let found = first(&chain)?;
    if found.mender == mender.0 {
        return Ok(());
    }
    let (class, found) = (found.class, Mender(found.mender));
    Err(StepError::new(format!(
        "`{class}` is for {found} to mend, not for {mender}\n{chain}"
    )))
}

/// Whether a part of the diagnosis has a text in it.
async fn says(
    world: &World,
    part: &str,
    text: &str,
    of: impl FnOnce(&Diagnosis) -> &String,
) -> StepResult {
    let text = world.redacted(&world.filled(text)?);
    let chain = world.chain().await?;
    let said = world.redacted(of(first(&chain)?));
    if !text.is_empty() && said.contains(&text) {
        return Ok(());
    }
    Err(StepError::new(format!(
        "the {part} does not say `{text}`: {said}"
    )))
}

fn first(chain: &Chain) -> StepResult<&Diagnosis> {
    let found = chain.diagnosis.as_ref();
    found.ok_or_else(|| StepError::new(format!("there is no diagnosis\n{chain}")))
}

//! Why: the culprit, its cause, and the chain that led to it.

use authlab::evidence::policy::DecidedBy;
use authlab::{Event, Outcome};
use authlab_explain::{Chain, Part};

use crate::{
    World,
    error::{StepError, StepResult},
    evidence,
    params::Component,
    runner::near,
    then,
};

/// The culprit in the chain of the last call is of this component, for this reason.
///
/// Example: Then the gateway refused it because of "token-missing"
#[then("{component} refused it because of {string}")]
async fn component_refused(world: &mut World, component: Component, reason: String) -> StepResult {
    let chain = world.chain().await?;
    let refusal = refusal(&chain)?;
    near::check_reason(&reason, refusal.reason.as_deref())?;
    if refusal.component == *component && refusal.reason.as_deref() == Some(&reason) {
        return Ok(());
    }
    let (by, because) = (
        &refusal.component,
        refusal.reason.as_deref().unwrap_or_default(),
    );
    Err(StepError::new(format!(
        "the culprit is {by} because of `{because}`"
    )))
}

/// The last call went through, and this component would have refused it for this reason: permissions are
/// audited.
///
/// Example: Then vault would have refused it because of "policy-denied"
#[then("{component} would have refused it because of {string}")]
async fn component_would_have_refused(
    world: &mut World,
    component: Component,
    reason: String,
) -> StepResult {
    let chain = world.chain().await?;
    let let_through = chain
        .refusals
        .iter()
        .filter(|refusal| refusal.part == Part::LetThrough)
        .filter_map(|refusal| chain.events.iter().find(|event| event.seq == refusal.seq));
    let found: Vec<String> = let_through
        .map(|event| {
            let reason = event.reason.as_deref().unwrap_or_default();
            format!("{} because of `{reason}`", event.component)
        })
        .collect();
    if found.contains(&format!("{} because of `{reason}`", &*component)) {
        return Ok(());
    }
    Err(StepError::new(format!(
        "what was let through is {found:?}\n{chain}"
    )))
}

/// Nothing was refused and nothing failed, in the whole scenario.
///
/// Example: Then nothing was refused
#[then("nothing was refused")]
async fn nothing_was_refused(world: &mut World) -> StepResult {
    let journal = world.journal().await?;
    let refused = |event: &&Event| matches!(event.outcome, Outcome::Refused | Outcome::Failed);
    match journal.iter().find(refused) {
        None => Ok(()),
        Some(event) => {
            let reason = event.reason.as_deref().unwrap_or_default();
            let (seq, component, kind) = (event.seq, &event.component, &event.kind);
            Err(StepError::new(format!(
                "event {seq}: {component} {kind}: {reason}"
            )))
        }
    }
}

/// The culprit was decided in this layer of policy: `identity`, `resource`, `boundary`,
/// `session`, `scp`, `rcp`, `trust`.
///
/// Example: Then the explanation names the layer "boundary"
#[then("the explanation names the layer {string}")]
async fn explanation_names_layer(world: &mut World, layer_name: String) -> StepResult {
    let chain = world.chain().await?;
    decided_by(&chain, "layer", &layer_name, layer)
}

/// The culprit was decided in this layer, by the statement with this `Sid`.
///
/// Example: Then the explanation names the layer "scp" and the statement "NoMetrics"
#[then("the explanation names the layer {string} and the statement {string}")]
async fn explanation_names_statement(
    world: &mut World,
    layer_name: String,
    sid_text: String,
) -> StepResult {
    let chain = world.chain().await?;
    decided_by(&chain, "layer", &layer_name, layer)?;
    decided_by(&chain, "sid", &sid_text, sid)
}

/// Causes lead from the culprit, of the second component, back to an event of the first.
///
/// Example: Then the explanation leads from the gateway to vault
#[then("the explanation leads from {component} to {component}")]
async fn explanation_leads(world: &mut World, from: Component, to: Component) -> StepResult {
    let chain = world.chain().await?;
    let refusal = refusal(&chain)?;
    if refusal.component != *to {
        let by = &refusal.component;
        return Err(StepError::new(format!("the culprit is {by}\n{chain}")));
    }
    leads_back(&chain, refusal, &from)
}

/// Causes lead from the first decision that allows this action back to an event of the component.
///
/// Example: Then the explanation leads from the gateway to the allowed action "secretsmanager:GetSecretValue"
#[then("the explanation leads from {component} to the allowed action {string}")]
async fn explanation_leads_to_action(
    world: &mut World,
    from: Component,
    action: String,
) -> StepResult {
    let chain = world.chain().await?;
    let allows = |event: &&Event| {
        let decision = (event.outcome == Outcome::Allowed).then(|| evidence::decision(event));
        decision
            .flatten()
            .is_some_and(|decision| decision.action == action)
    };
    match chain.events.iter().find(allows) {
        Some(decision) => leads_back(&chain, decision, &from),
        None => Err(StepError::new(format!(
            "nothing allowed `{action}`\n{chain}"
        ))),
    }
}

/// Follows the causes of an event back to one of a component.
fn leads_back(chain: &Chain, start: &Event, from: &Component) -> StepResult {
    let mut event = start;
    while let Some(cause) = event.cause {
        let Some(before) = chain.events.iter().find(|event| event.seq == cause) else {
            break;
        };
        if before.component == **from {
            return Ok(());
        }
        event = before;
    }
    Err(StepError::new(format!(
        "causes end at event {}, before {}\n{chain}",
        event.seq, &**from
    )))
}

fn refusal(chain: &Chain) -> StepResult<&Event> {
    chain
        .refusal()
        .ok_or_else(|| StepError::new(format!("nothing was refused\n{chain}")))
}

/// Compares something of what decided the first refusal.
fn decided_by(
    chain: &Chain,
    what: &str,
    expected: &str,
    of: impl FnOnce(&DecidedBy) -> Option<&str>,
) -> StepResult {
    let decision = evidence::decision(refusal(chain)?);
    let found = decision
        .as_ref()
        .and_then(|decision| of(&decision.decided_by));
    if found == Some(expected) {
        return Ok(());
    }
    let found = found.unwrap_or("none");
    Err(StepError::new(format!(
        "the {what} is {found}, not {expected}\n{chain}"
    )))
}

fn layer(decided_by: &DecidedBy) -> Option<&str> {
    Some(decided_by.layer()?.as_str())
}

fn sid(decided_by: &DecidedBy) -> Option<&str> {
    decided_by.statement()?.sid.as_deref()
}

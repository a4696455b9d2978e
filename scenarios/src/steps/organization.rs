//! The organization: policies of its units.

use aws_sdk_organizations::{Client, types::PolicyType};
use cucumber::gherkin::Step;

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult},
    given,
};

/// Attaches a service control policy to an organizational unit below the root.
///
/// Example: Given the unit "Workloads" has the service control policy "no-metrics":
#[given("the unit {string} has the service control policy {string}:")]
async fn unit_has_scp(world: &mut World, unit: String, policy: String, step: &Step) -> StepResult {
    let content = argument::document(step)?;
    attach(
        world,
        &unit,
        policy,
        PolicyType::ServiceControlPolicy,
        content,
    )
    .await
}

/// Attaches a resource control policy to an organizational unit below the root.
///
/// Example: Given the unit "Workloads" has the resource control policy "own-organization":
#[given("the unit {string} has the resource control policy {string}:")]
async fn unit_has_rcp(world: &mut World, unit: String, policy: String, step: &Step) -> StepResult {
    let content = argument::document(step)?;
    attach(
        world,
        &unit,
        policy,
        PolicyType::ResourceControlPolicy,
        content,
    )
    .await
}

async fn attach(
    world: &mut World,
    unit: &str,
    name: String,
    kind: PolicyType,
    content: String,
) -> StepResult {
    let client = Client::new(&world.aws_account(&world.management_account()?)?);
    let root = client
        .list_roots()
        .send()
        .await?
        .roots
        .unwrap_or_default()
        .into_iter()
        .next();
    let root = root.ok_or_else(|| StepError::new("the organization has no root"))?;
    let root_id = root.id().unwrap_or_default();
    if !root
        .policy_types()
        .iter()
        .any(|enabled| enabled.r#type() == Some(&kind))
    {
        client
            .enable_policy_type()
            .root_id(root_id)
            .policy_type(kind.clone())
            .send()
            .await?;
    }
    let units = client
        .list_organizational_units_for_parent()
        .parent_id(root_id)
        .send()
        .await?;
    let target = units
        .organizational_units()
        .iter()
        .find(|found| found.name() == Some(unit));
    let target = target.and_then(|found| found.id());
    let target = target.ok_or_else(|| {
        StepError::new(format!(
            "the organization has no unit `{unit}` below its root"
        ))
    })?;
    // The description is required, and may be empty.
    let policy = client
        .create_policy()
        .name(&name)
        .description("")
        .r#type(kind)
        .content(content);
    let policy = policy.send().await?.policy;
    let id = policy
        .and_then(|policy| policy.policy_summary?.id)
        .unwrap_or_default();
    client
        .attach_policy()
        .policy_id(&id)
        .target_id(target)
        .send()
        .await?;
    world.document.note_control_policy(&name, &id);
    Ok(())
}

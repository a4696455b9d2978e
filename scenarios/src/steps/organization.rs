//! The organization: policies of its units.

use authlab_wire::Value;
use cucumber::gherkin::Step;
use serde_json::json;

use super::argument;
use crate::{
    World,
    client::aws::member,
    error::{StepError, StepResult},
    given,
    things::control_policy::ControlPolicy,
};

/// Attaches a service control policy to an organizational unit below the root.
///
/// Example: Given the unit "Workloads" has the service control policy "no-metrics":
#[given("the unit {string} has the service control policy {string}:")]
async fn unit_has_scp(world: &mut World, unit: String, policy: String, step: &Step) -> StepResult {
    let content = argument::document(step)?;
    attach(world, &unit, policy, "SERVICE_CONTROL_POLICY", content).await
}

/// Attaches a resource control policy to an organizational unit below the root.
///
/// Example: Given the unit "Workloads" has the resource control policy "own-organization":
#[given("the unit {string} has the resource control policy {string}:")]
async fn unit_has_rcp(world: &mut World, unit: String, policy: String, step: &Step) -> StepResult {
    let content = argument::document(step)?;
    attach(world, &unit, policy, "RESOURCE_CONTROL_POLICY", content).await
}

async fn attach(
    world: &mut World,
    unit: &str,
    name: String,
    kind: &str,
    content: String,
) -> StepResult {
    let client = world.aws_account(&world.management_account()?)?;
    let roots = client.call("organizations:ListRoots", json!({})).await?;
    let root = roots.list("Roots").first();
    let root = root.ok_or_else(|| StepError::new("the organization has no root"))?;
    let root_id = member(root, "Id");
    let enabled = root.get("PolicyTypes").and_then(Value::as_list);
    let mut enabled = enabled.unwrap_or_default().iter();
    if !enabled.any(|enabled| member(enabled, "Type") == kind) {
        let input = json!({ "RootId": root_id, "PolicyType": kind });
        client.call("organizations:EnablePolicyType", input).await?;
    }
    let input = json!({ "ParentId": root_id });
    let units = "organizations:ListOrganizationalUnitsForParent";
    let units = client.call(units, input).await?;
    let mut found = units.list("OrganizationalUnits").iter();
    let target = found.find(|found| member(found, "Name") == unit);
    let target = target.ok_or_else(|| {
        StepError::new(format!(
            "the organization has no unit `{unit}` below its root"
        ))
    })?;
    // The description is required, and may be empty.
    let input = json!({ "Name": name, "Description": "", "Type": kind, "Content": content });
    let policy = client.call("organizations:CreatePolicy", input).await?;
    let id = policy.text("Policy.PolicySummary.Id")?;
    let input = json!({ "PolicyId": id, "TargetId": member(target, "Id") });
    client.call("organizations:AttachPolicy", input).await?;
    let id = id.to_owned();
    world.things.set(ControlPolicy { name, id });
    Ok(())
}

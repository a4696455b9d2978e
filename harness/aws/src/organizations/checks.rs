//! What a call of Organizations needs: the operation's own action, on the thing that it names
//! (Service Authorization Reference, AWS Organizations).

use authlab_wire::{Value, WireError};

use crate::cloud::Cloud;
use crate::operation::{Call, Check};

/// `organizations:{operation}` on the policy, target, account or parent of the input.
pub(super) fn of(cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let action = format!("organizations:{}", call.operation);
    let Some(organization) = cloud.organizations.organization() else {
        return Ok(vec![Check::unscoped(action, call)]);
    };
    let owner = organization.management.clone();
    let arn = |kind: &str, id: &str| {
        format!(
            "arn:aws:organizations::{owner}:{kind}/{}/{id}",
            organization.id
        )
    };
    let of_id = |id: &str| match id.split('-').next() {
        Some("r") => arn("root", id),
        Some("ou") => arn("ou", id),
        Some("p") => cloud
            .organizations
            .control_policy(id)
            .map_or_else(|| "*".to_owned(), |policy| policy.arn),
        _ => arn("account", id),
    };
    let named = [
        "PolicyId",
        "TargetId",
        "AccountId",
        "OrganizationalUnitId",
        "ParentId",
        "ChildId",
        "RootId",
    ];
    let resource = named
        .into_iter()
        .find_map(|member| input.get(member)?.as_text().map(of_id));
    let mut check = match resource {
        // Who may call at all is decided by the caller's own account: other members read too.
        Some(resource) => Check::new(action, resource, call.account().clone()),
        None => Check::unscoped(action, call),
    };
    let kind = ["Type", "Filter", "PolicyType"]
        .into_iter()
        .find_map(|member| input.get(member)?.as_text());
    if let Some(kind) = kind {
        check = check.with("organizations:PolicyType", kind);
    }
    Ok(vec![check])
}

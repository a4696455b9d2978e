//! What a call of Organizations needs: the operation's own action, on each thing that it names
//! (Service Authorization Reference, AWS Organizations).

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};

use super::organization::Organization;
use super::state::Realm;
use crate::cloud::Cloud;
use crate::operation::{Call, Check};

/// The members that name something. Where there are several, each is asked for.
const NAMED: [&str; 9] = [
    "PolicyId",
    "TargetId",
    "AccountId",
    "OrganizationalUnitId",
    "SourceParentId",
    "DestinationParentId",
    "ChildId",
    "RootId",
    "ResourceId",
];

/// `organizations:{operation}` on what the input names; `*` where it names nothing.
pub(super) fn of(cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let action = format!("organizations:{}", call.operation);
    let Some(realm) = cloud.shared.organizations.of(call.account()) else {
        return Ok(vec![conditioned(Check::unscoped(action, call), input)]);
    };
    let owner = call.account();
    let mut named: Vec<&str> = NAMED
        .into_iter()
        .filter_map(|member| input.get(member)?.as_text())
        .collect();
    if named.is_empty() {
        named.extend(parent(call.operation, input));
    }
    let checks = named.into_iter().map(|id| on(realm, &action, id, owner));
    let mut checks: Vec<Check> = checks.map(|check| conditioned(check, input)).collect();
    if checks.is_empty() {
        checks.push(conditioned(Check::unscoped(action, call), input));
    }
    if let Some(made) = made_with_tags(call.operation, input) {
        let resource = realm.organization.arn(made, "*");
        let check = Check::new("organizations:TagResource", resource, owner.clone());
        checks.push(conditioned(check, input));
    }
    Ok(checks)
}

/// The parent that a list is about; CreateOrganizationalUnit names it too, and is asked for on it.
fn parent<'a>(operation: &str, input: &'a Value) -> Option<&'a str> {
    let is_about_parent = operation.ends_with("ForParent")
        || matches!(operation, "ListChildren" | "CreateOrganizationalUnit");
    let parent = input.get("ParentId")?.as_text();
    parent.filter(|_| is_about_parent)
}

/// A check of the thing with this id.
///
/// Who may call at all is decided by the caller's own account: members that administer something
/// read too.
fn on(realm: &Realm, action: &str, id: &str, owner: &AccountId) -> Check {
    let check = Check::new(action, arn_of(realm, id), owner.clone());
    check.resource_tags(&["aws"], realm.tags.get(id).into_iter().flatten())
}

fn arn_of(realm: &Realm, id: &str) -> String {
    let organization: &Organization = &realm.organization;
    match id.split('-').next() {
        Some("r") => organization.arn("root", id),
        Some("ou") => organization.arn("ou", id),
        Some("p") => realm
            .control_policy(id)
            .map_or_else(|| "*".to_owned(), |policy| policy.arn.clone()),
        _ => organization.arn("account", id),
    }
}

/// What an operation makes, where tags are given with it: that needs TagResource too.
fn made_with_tags(operation: &str, input: &Value) -> Option<&'static str> {
    let is_tagged = input.get("Tags").and_then(Value::as_list)?;
    match operation {
        _ if is_tagged.is_empty() => None,
        "CreateAccount" => Some("account"),
        "CreateOrganizationalUnit" => Some("ou"),
        "CreatePolicy" => Some("policy"),
        _ => None,
    }
}

/// The condition keys of the request.
fn conditioned(mut check: Check, input: &Value) -> Check {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    let kind = ["Type", "Filter", "PolicyType"].into_iter().find_map(text);
    if let Some(kind) = kind {
        check = check.with("organizations:PolicyType", kind);
    }
    if let Some(principal) = text("ServicePrincipal") {
        check = check.with("organizations:ServicePrincipal", principal);
    }
    check.request_tags(input)
}

/// CreateOrganization makes a service-linked role, which needs its own permission (API reference).
pub(super) fn create(_: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let action = format!("organizations:{}", call.operation);
    let account = call.account();
    let service = "organizations.amazonaws.com";
    let role = format!(
        "arn:aws:iam::{account}:role/aws-service-role/{service}/AWSServiceRoleForOrganizations"
    );
    let role = Check::new("iam:CreateServiceLinkedRole", role, account.clone());
    Ok(vec![
        conditioned(Check::unscoped(action, call), input),
        role.with("iam:AWSServiceName", service),
    ])
}

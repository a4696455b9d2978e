//! Rules that hold for some services, actions and callers only. Actions are in lower case.

use super::resource_control;
use crate::principal::Principal;
use crate::request::Request;

/// Always succeeds; no policy can take it away (STS API reference, GetCallerIdentity; grade K for
/// a Deny in a session policy).
pub(crate) fn is_always_allowed(action: &[u8]) -> bool {
    action == b"sts:getcalleridentity"
}

/// The actions that a role's trust policy has to allow (IAM user guide, `id_roles_terms-and-
/// concepts.html`, `id_session-tags.html`, `id_credentials_temp_control-access_monitor.html`).
///
/// On other resources, such as the federated user of `GetFederationToken`, there is no trust.
pub(crate) fn is_role_action(action: &[u8], resource: &str) -> bool {
    let Some(name) = action.strip_prefix(b"sts:") else {
        return false;
    };
    let of_role: [&[u8]; 5] = [
        b"assumerole",
        b"assumerolewithsaml",
        b"assumerolewithwebidentity",
        b"tagsession",
        b"setsourceidentity",
    ];
    of_role.contains(&name) && resource.contains(":role/")
}

/// A key's policy has to name the caller or delegate to the account; identity policies alone count
/// for nothing (Key Management Service developer guide, `key-policies.html`).
pub(crate) fn needs_key_policy(action: &[u8], resource: &str) -> bool {
    action.starts_with(b"kms:") && resource.contains(":key/")
}

/// SCPs bind the principals of member accounts, root users included; not the management account,
/// not service-linked roles, not services (Organizations user guide,
/// `orgs_manage_policies_scps.html`).
#[inline(never)]
pub(crate) fn scps_bind(caller: &Principal, request: &Request) -> bool {
    caller.account().is_some()
        && !is_service_linked(caller)
        && !request
            .principal_organization
            .as_ref()
            .is_some_and(|organization| organization.management_account)
}

/// RCPs bind everybody who calls a resource of a member account, unsigned callers and services
/// included; not resources of the management account, not service-linked roles, not actions without
/// support for RCPs (Organizations user guide, `orgs_manage_policies_rcps.html`).
#[inline(never)]
pub(crate) fn rcps_bind(caller: &Principal, request: &Request, action: &[u8]) -> bool {
    let owner_is_management = match &request.resource_organization {
        Some(organization) => organization.management_account,
        None => {
            let own = match (&request.resource_account, caller.account()) {
                (Some(owner), Some(home)) => owner == home,
                (None, home) => home.is_some(),
                (Some(_), None) => false,
            };
            own && request
                .principal_organization
                .as_ref()
                .is_some_and(|organization| organization.management_account)
        }
    };
    !is_service_linked(caller) && !owner_is_management && resource_control::supports(action)
}

fn is_service_linked(caller: &Principal) -> bool {
    matches!(
        caller,
        Principal::RoleSession {
            service_linked: true,
            ..
        }
    )
}

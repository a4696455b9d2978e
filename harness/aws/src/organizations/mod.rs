//! Organizations: which account belongs where, and what its organization forbids.
//!
//! Simulated: the organization that a lab states through [`State::seed`], and those that accounts
//! make, each with root, organizational units and accounts; service control and resource control
//! policies, which bind from the moment that their type is switched on; accounts that are made, move
//! and leave; tags; trusted services and delegated administrators. Every level holds AWS's own
//! full-access policies; `RCPFullAWSAccess` cannot be detached (Organizations user guide,
//! `orgs_manage_policies_rcps.html`). Only the management account writes; it and the delegated
//! administrators read; DescribeOrganization is for every member.
//!
//! Deliberately not (501): inviting accounts, closing them, other types of policy, the resource policy
//! of the organization, handshakes, billing only. A service that is trusted does nothing by itself.

pub mod account;
pub mod checks;
pub mod error;
mod fault;
pub mod ops;
pub mod organization;
pub mod policy;
pub mod service;
pub mod state;
pub mod tag;
pub mod unit;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use organization::{Account, Organization, Unit};
pub use policy::{ControlPolicy, PolicyType};
pub use state::{Realm, State};

use authlab_wire::WireError;

use crate::operation::page::{Paging, Words};
use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};

macro_rules! row {
    ($name:literal, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks(checks::of),
            handler: Locked($handler),
        }
    };
}

/// A list, which the handler answers whole: the member that it is.
macro_rules! list {
    ($name:literal, $member:literal, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks(checks::of),
            handler: Locked(|cloud, call, input| {
                PAGING.part_of(&[$member], input, |input| $handler(cloud, call, input))
            }),
        }
    };
}

/// How Organizations answers lists in parts: twenty at once unless told otherwise (Organizations API
/// reference, `MaxResults`; the number is unverified).
const PAGING: Paging = Paging {
    words: Words::Token,
    default_size: 20,
};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "organizations",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("InvalidInputException").or(ops::in_other_words),
    // The reason is of the model (InvalidInputExceptionReason), the text as for any invalid value.
    token_refused: |_| {
        let text = "You specified an invalid value.";
        WireError::new(400, "InvalidInputException", text)
            .with_field("Reason", "INVALID_NEXT_TOKEN")
    },
    passing: None,
    rows: &[
        Row {
            name: "CreateOrganization",
            authorization: Checks(checks::create),
            handler: Locked(ops::organization::create),
        },
        row!("DescribeOrganization", ops::organization::describe),
        row!("DeleteOrganization", ops::organization::delete),
        list!("ListRoots", "Roots", ops::organization::list_roots),
        row!("CreateOrganizationalUnit", ops::unit::create),
        row!("DescribeOrganizationalUnit", ops::unit::describe),
        row!("UpdateOrganizationalUnit", ops::unit::update),
        row!("DeleteOrganizationalUnit", ops::unit::delete),
        list!(
            "ListOrganizationalUnitsForParent",
            "OrganizationalUnits",
            ops::unit::list
        ),
        list!(
            "ListAccountsForParent",
            "Accounts",
            ops::unit::list_accounts
        ),
        list!("ListParents", "Parents", ops::unit::list_parents),
        list!("ListChildren", "Children", ops::unit::list_children),
        row!("CreateAccount", ops::account::create),
        row!(
            "DescribeCreateAccountStatus",
            ops::account::describe_request
        ),
        list!(
            "ListCreateAccountStatus",
            "CreateAccountStatuses",
            ops::account::list_requests
        ),
        row!("DescribeAccount", ops::account::describe),
        list!("ListAccounts", "Accounts", ops::account::list),
        row!("MoveAccount", ops::account::move_to),
        row!("RemoveAccountFromOrganization", ops::account::remove),
        row!("LeaveOrganization", ops::account::leave),
        row!("CreatePolicy", ops::policy::create),
        row!("DescribePolicy", ops::policy::describe),
        row!("UpdatePolicy", ops::policy::update),
        row!("DeletePolicy", ops::policy::delete),
        row!("AttachPolicy", ops::policy::attach),
        row!("DetachPolicy", ops::policy::detach),
        list!("ListPolicies", "Policies", ops::policy::list),
        list!(
            "ListPoliciesForTarget",
            "Policies",
            ops::policy::list_for_target
        ),
        list!("ListTargetsForPolicy", "Targets", ops::policy::list_targets),
        row!("EnablePolicyType", ops::policy::enable_type),
        row!("DisablePolicyType", ops::policy::disable_type),
        row!("EnableAWSServiceAccess", ops::service::enable),
        row!("DisableAWSServiceAccess", ops::service::disable),
        list!(
            "ListAWSServiceAccessForOrganization",
            "EnabledServicePrincipals",
            ops::service::list
        ),
        row!("RegisterDelegatedAdministrator", ops::service::register),
        row!("DeregisterDelegatedAdministrator", ops::service::deregister),
        list!(
            "ListDelegatedAdministrators",
            "DelegatedAdministrators",
            ops::service::list_administrators
        ),
        list!(
            "ListDelegatedServicesForAccount",
            "DelegatedServices",
            ops::service::list_delegated
        ),
        row!("TagResource", ops::tag::tag),
        row!("UntagResource", ops::tag::tag),
        list!("ListTagsForResource", "Tags", ops::tag::list),
    ],
};

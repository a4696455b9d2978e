//! Organizations: which account belongs where, and what its organization forbids.
//!
//! Simulated: one organization for a lab, with root, organizational units and accounts, as the lab
//! states them through [`State::seed`]; describe and list; service control and resource control
//! policies (create, update, attach, detach, list), which bind from the moment that their type is
//! switched on. Every level holds AWS's own full-access policy, `FullAWSAccess` and `RCPFullAWSAccess`;
//! the latter cannot be detached (Organizations user guide, `orgs_manage_policies_rcps.html`).
//! Only accounts of the organization may call, and only the management account may write.
//!
//! Deliberately not: making and inviting accounts, moving them, delegated administrators, other
//! types of policy, handshakes, trusted access of services.

pub mod checks;
pub mod error;
pub mod ops;
pub mod policy;
pub mod policy_ops;
pub mod state;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use policy::{ControlPolicy, PolicyType};
pub use state::{Account, Organization, State, Unit};

use authlab_wire::WireError;

use crate::operation::{Authorization::Checks, Handler::Locked, Row, Service, Validation};
use crate::page::{Paging, Words};

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
    rows: &[
        row!("DescribeOrganization", ops::describe_organization),
        row!("DescribeAccount", ops::describe_account),
        row!(
            "DescribeOrganizationalUnit",
            ops::describe_organizational_unit
        ),
        list!("ListAccounts", "Accounts", ops::list_accounts),
        list!("ListRoots", "Roots", ops::list_roots),
        list!(
            "ListOrganizationalUnitsForParent",
            "OrganizationalUnits",
            ops::list_organizational_units_for_parent
        ),
        list!(
            "ListAccountsForParent",
            "Accounts",
            ops::list_accounts_for_parent
        ),
        list!("ListParents", "Parents", ops::list_parents),
        list!("ListChildren", "Children", ops::list_children),
        row!("CreatePolicy", policy_ops::create_policy),
        row!("DescribePolicy", policy_ops::describe_policy),
        row!("UpdatePolicy", policy_ops::update_policy),
        row!("DeletePolicy", policy_ops::delete_policy),
        row!("AttachPolicy", policy_ops::attach_policy),
        row!("DetachPolicy", policy_ops::detach_policy),
        list!("ListPolicies", "Policies", policy_ops::list_policies),
        list!(
            "ListPoliciesForTarget",
            "Policies",
            policy_ops::list_policies_for_target
        ),
        list!(
            "ListTargetsForPolicy",
            "Targets",
            policy_ops::list_targets_for_policy
        ),
        row!("EnablePolicyType", policy_ops::enable_policy_type),
        row!("DisablePolicyType", policy_ops::disable_policy_type),
    ],
};

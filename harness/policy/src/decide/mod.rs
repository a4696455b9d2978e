//! The decision: scan every layer, then combine; or, for a verdict, ask the layers one by one.
//!
//! # Order of evaluation
//!
//! 1. `sts:GetCallerIdentity` is allowed (STS API reference).
//! 2. A matching Deny in any layer that takes part ends in an explicit deny. Where several deny, the
//!    first in the order SCP, RCP, identity, boundary, session, resource or trust, endpoint is
//!    named (IAM user guide, `reference_policies_evaluation-logic.html`; AWS does not state the
//!    order between layers, it only names one).
//! 3. Each level of SCPs from the root to the account has to allow; levels intersect, policies of
//!    one level unite (Organizations user guide, `orgs_manage_policies_scps_evaluation.html`). RCP
//!    levels carry the full-access policy that cannot be detached, so only their Denies count
//!    (`orgs_manage_policies_rcps_evaluation.html`).
//! 4. The policy of a VPC endpoint has to allow (`vpc-endpoints-access.html`).
//! 5. Inside one account either the resource policy grants (see [`PrincipalForm`] for what each
//!    form bypasses) or identity policies do, within boundary and session policies. Trust policies
//!    of roles and policies of keys are indispensable: silence there is a deny.
//! 6. Across accounts both sides have to allow: identity, boundary and session policies at home,
//!    the resource policy abroad (`reference_policies_evaluation-logic-cross-account.html`).
//! 7. Callers outside any account (services, unsigned callers, bearers of foreign tokens) have the
//!    resource side only.
//! 8. Methods of an API follow the tables of the API Gateway developer guide,
//!    `apigateway-authorization-flow.html` (see `api`).
//!
//! All checks of a request have to allow; the first one that does not decides.

mod allowing;
mod api;
mod check;
mod combine;
mod decision;
mod form;
mod hit;
mod resource_control;
mod scan;
mod special;
mod verdict;

pub use decision::{DecidedBy, Decision, Layer, Outcome, PrincipalForm, StatementRef};
pub use verdict::{Grounds, StatementAt, Verdict, verdict};

pub(crate) use allowing::each_allowing;
pub(crate) use check::{Check, Space};
pub(crate) use combine::{Layers, combine};
pub(crate) use hit::Hit;
pub(crate) use scan::form_of;
pub(crate) use special::is_always_allowed;

use crate::condition::MissingKeys;
use crate::request::{PolicySet, Request};

/// Decides `request` under `policies`, and tells everything about it: every layer is looked through
/// to the end, so that the second statement, all lacking layers and all missing keys are known.
/// Who wants the outcome and its reason only asks for the [`verdict`].
///
/// Nothing is allocated when the request is allowed and no key was missing.
#[must_use]
pub fn decide(request: &Request, policies: &PolicySet) -> Decision {
    let mut missing = MissingKeys::default();
    let mut decided = decide_check(request, policies, 0, &mut missing);
    for number in 1..=request.additional.len() {
        let further = decide_check(request, policies, number, &mut missing);
        if decided.is_allowed() && !further.is_allowed() {
            decided = further;
        }
    }
    decided.missing_keys = missing.0;
    decided
}

/// The action of the check at `number`: 0 is the request itself, then the additional ones.
#[inline]
pub(crate) fn action_at(request: &Request, number: usize) -> &str {
    let additional = number
        .checked_sub(1)
        .and_then(|index| request.additional.get(index));
    additional.map_or(&request.action, |check| &check.action)
}

#[inline]
fn decide_check(
    request: &Request,
    policies: &PolicySet,
    number: usize,
    missing: &mut MissingKeys,
) -> Decision {
    let mut space = Space::new();
    let lower = space.lower_case(action_at(request, number));
    if is_always_allowed(lower) {
        return Decision::new(Outcome::Allow, DecidedBy::AlwaysAllowed);
    }
    let check = Check::new(request, policies, number, lower);
    let layers = Layers::scan(&check, missing);
    let mut decision = combine(&check, &layers);
    decision.check = number;
    decision
}

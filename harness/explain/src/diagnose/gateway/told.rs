//! What of the evidence all of the gateway's classes look at.

use authlab_gateway::evidence::{Authentication, Reason, Request, TokenJudged};
use authlab_kernel::Component;
use authlab_token::evidence::Described;

use crate::case::Case;
use crate::diagnose::entry::Entry;
use crate::diagnose::finding::{Finding, Mender, System};
use crate::told::Told;

/// A class of the gateway's.
pub(super) const fn class(
    class: &'static str,
    mender: Mender,
    title: &'static str,
    find: fn(&Case<'_>) -> Option<Finding>,
) -> Entry {
    Entry {
        system: System::Gateway,
        class,
        mender,
        title,
        find,
    }
}

/// The token that the gateway refused for this reason, and what it was compared with.
pub(in crate::diagnose) fn judged(case: &Case<'_>, reason: Reason) -> Option<TokenJudged<'static>> {
    as_judged(case.refused(Component::Gateway, reason)?)
}

pub(super) fn as_judged(told: Told) -> Option<TokenJudged<'static>> {
    match told {
        Told::GatewayAuthentication(Authentication::Token(judged)) => Some(*judged),
        _ => None,
    }
}

/// The header and the claims of a token, unless the journal has cut them.
pub(super) fn described(judged: &TokenJudged<'_>) -> Option<Described> {
    Described::read(&judged.token)
}

/// The request that the gateway refused.
pub(super) fn request(case: &Case<'_>) -> Option<Request<'static>> {
    case.before::<Request<'_>>(Component::Gateway).last()
}

//! What every class of Vault's is made of: an entry, and the request that was refused.

use authlab_kernel::Component;
use authlab_vault::evidence::{Because, Reason, Request};

pub(super) use super::super::entry::vault as entry;
use crate::case::Case;
use crate::told::Told;

/// The request that Vault refused for this reason.
pub(super) fn refused(case: &Case<'_>, reason: Reason) -> Option<Request> {
    match case.refused(Component::Vault, reason)? {
        Told::VaultRequest(request) => Some(*request),
        _ => None,
    }
}

/// What stood against the request that Vault refused for one of these reasons.
pub(super) fn because(case: &Case<'_>, reasons: &[Reason]) -> Option<(Request, Because)> {
    let request = reasons.iter().find_map(|reason| refused(case, *reason))?;
    let because = request.because.clone()?;
    Some((request, because))
}

/// A span of time in words: the greatest unit that it is whole in.
pub(super) fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let whole = |(unit, _): &&(i64, &str)| seconds != 0 && seconds % unit == 0;
    match UNITS.iter().find(whole) {
        Some((unit, name)) => format!("{} {name}", seconds / unit),
        None => format!("{seconds} s"),
    }
}

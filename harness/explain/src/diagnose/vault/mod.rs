//! What Vault refuses.
//!
//! - [`path`]: policies. [`nearly`]: rules that nearly match.
//! - [`token`]: tokens that are none (any more), renewals, addresses. [`wrapping`]: wrapped answers.
//! - [`jwt`]: logins with a token of an issuer. [`keys`]: the issuer's documents and keys.
//! - [`aws`]: logins of AWS's principals. [`principal`]: whether a role is bound to one.
//! - [`login`]: logins by name and secret, roles that are not there.
//! - [`server`]: what has nothing to do with the caller.

pub(super) mod aws;
pub(super) mod jwt;
pub(super) mod keys;
pub(super) mod login;
pub(super) mod nearly;
pub(super) mod path;
pub(super) mod principal;
pub(super) mod server;
pub(super) mod token;
pub(super) mod wrapping;

use authlab_kernel::Component;
use authlab_vault::evidence::{Because, Reason, Request};

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const TABLES: [&[Entry]; 10] = [
    nearly::ENTRIES,
    path::ENTRIES,
    token::ENTRIES,
    wrapping::ENTRIES,
    jwt::ENTRIES,
    keys::ENTRIES,
    aws::ENTRIES,
    principal::ENTRIES,
    login::ENTRIES,
    server::ENTRIES,
];

/// An entry of Vault's.
const fn entry(
    class: &'static str,
    mender: Mender,
    title: &'static str,
    find: fn(&Case<'_>) -> Option<Finding>,
) -> Entry {
    Entry {
        system: System::Vault,
        class,
        mender,
        title,
        find,
    }
}

/// The request that Vault refused for this reason.
fn refused(case: &Case<'_>, reason: Reason) -> Option<Request> {
    match case.refused(Component::Vault, reason)? {
        Told::VaultRequest(request) => Some(*request),
        _ => None,
    }
}

/// What stood against the request that Vault refused for one of these reasons.
fn because(case: &Case<'_>, reasons: &[Reason]) -> Option<(Request, Because)> {
    let request = reasons.iter().find_map(|reason| refused(case, *reason))?;
    let because = request.because.clone()?;
    Some((request, because))
}

/// A span of time in words: the greatest unit that it is whole in.
fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let whole = |(unit, _): &&(i64, &str)| seconds != 0 && seconds % unit == 0;
    match UNITS.iter().find(whole) {
        Some((unit, name)) => format!("{} {name}", seconds / unit),
        None => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests;

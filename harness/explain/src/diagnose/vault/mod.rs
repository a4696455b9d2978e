//! What Vault refuses.
//!
//! - [`asked`]: what every class is made of.
//! - [`path`]: policies. [`nearly`]: rules that nearly match.
//! - [`token`]: tokens that are none (any more), renewals, addresses. [`wrapping`]: wrapped answers.
//! - [`jwt`]: logins with a token of an issuer. [`groups`]: the groups that it lacks. [`keys`]: the issuer's documents and keys.
//! - [`aws`]: logins of AWS's principals. [`principal`]: whether a role is bound to one.
//! - [`login`]: logins by name and secret, roles that are not there.
//! - [`absent`]: names and accessors of nothing. [`lease`]: what could not be ended.
//! - [`server`]: what has nothing to do with the caller. [`relay`]: what a server behind the lab does not say.

mod asked;

pub(super) mod absent;
pub(super) mod aws;
pub(super) mod groups;
pub(super) mod jwt;
pub(super) mod keys;
pub(super) mod lease;
pub(super) mod login;
pub(super) mod nearly;
pub(super) mod path;
pub(super) mod principal;
pub(super) mod relay;
pub(super) mod server;
pub(super) mod token;
pub(super) mod wrapping;

use super::entry::Entry;

/// The classes, the most specific first.
pub(super) const TABLES: [&[Entry]; 14] = [
    nearly::ENTRIES,
    path::ENTRIES,
    token::ENTRIES,
    wrapping::ENTRIES,
    jwt::ENTRIES,
    groups::ENTRIES,
    keys::ENTRIES,
    aws::ENTRIES,
    principal::ENTRIES,
    login::ENTRIES,
    absent::ENTRIES,
    lease::ENTRIES,
    server::ENTRIES,
    relay::ENTRIES,
];

#[cfg(test)]
mod tests;

//! What was let through and should perhaps not have been: the most specific of each system first.
//!
//! An entry is as one of a refusal, and looks at [`crate::case::Case::allowed`]. It speaks of what makes
//! the allow suspicious in the evidence of that one request; what is only possible is left to `lint`.
//!
//! - [`token`]: tokens that are not what the gateway takes them for.
//! - [`trust`]: roles that trust more than they name.
//! - [`vault`]: rules of Vault that have no effect.
//! - [`monitoring`]: what is shared across accounts, and not asked for. [`secret`]: secrets.

mod monitoring;
mod secret;
mod token;
mod trust;
mod vault;

use super::entry::Entry;

/// Every class.
pub(super) const REGISTRY: [&[Entry]; 5] = [
    token::ENTRIES,
    trust::ENTRIES,
    vault::ENTRIES,
    monitoring::ENTRIES,
    secret::ENTRIES,
];

#[cfg(test)]
mod tests;

//! What policies refuse, whichever door asked: the front door, STS or the gateway.
//!
//! - [`refused`]: the refusal, with the statement that stood in the way. [`document`]: documents by name.
//! - [`fault`]: one condition of it in words; [`topic`]: what that is about; [`fix`]: what to do.
//! - [`difference`]: in which part two ARNs differ.
//! - [`condition`], [`service`], [`silent`]: the classes.

mod difference;
mod document;
mod refused;

mod fault;
mod fix;
mod topic;

mod condition;
mod service;
mod silent;

use authlab_policy::Layer;

use super::entry::Entry;

/// The classes, the most specific first: those of conditions, those of services, then those of what is
/// left.
pub(super) const TABLES: [&[Entry]; 3] = [condition::ENTRIES, service::ENTRIES, silent::ENTRIES];

/// A document with what it is, for who has a decision only.
pub(super) fn document_named(layer: Layer, name: &str) -> String {
    document::named(layer, name)
}

#[cfg(test)]
mod tests;

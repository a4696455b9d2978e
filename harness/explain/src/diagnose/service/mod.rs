//! What the services of AWS refuse by themselves, where no policy was asked or all allowed.
//!
//! A service says with its refusal what stood against what ([`Fault`]); where it does not, its code tells
//! the kind. The classes are kinds, for every service names the same refusal by a code of its own
//! (`NoSuchEntity`, `ResourceNotFoundException`, `NotFoundException`); what is particular to a service
//! stands before them.
//!
//! - [`answer`]: the refusal, and the values that sentences show of it.
//! - [`oam`], [`logs`]: what is particular to a service.
//! - [`backend`]: what the systems behind the front door refuse.
//! - [`fault`]: the kinds. [`code`]: the kind of an error that says no more than its code.
//! - [`quota`], [`member`]: what to do about a quota, about a member.

mod answer;
mod backend;
mod code;
mod fault;
mod logs;
mod member;
mod oam;
mod quota;

use super::entry::Entry;

/// The classes: what is particular to a service, then the kinds as services say them, then by code alone.
pub(super) const TABLES: [&[Entry]; 5] = [
    backend::ENTRIES,
    oam::ENTRIES,
    logs::ENTRIES,
    fault::ENTRIES,
    code::ENTRIES,
];

#[cfg(test)]
mod tests;

//! Classes of cause, computed from a case and never from a scenario's name.
//!
//! One entry per class, in the file of the system whose rules refused, and all of them in [`REGISTRY`];
//! below them, in [`reason`], what is known of each reason by itself, so that none is left without a title,
//! a cause and a fix. Where nothing was refused there is nothing to diagnose.
//!
//! - [`finding`]: what an entry finds, and how sure that is. [`entry`]: an entry.
//! - [`words`]: values in sentences.
//! - [`token`]: tokens, whoever reads them. [`gateway`], [`sts`], [`policy`], [`vault`]: each its own.

mod entry;
mod finding;
mod words;

mod gateway;
mod policy;
mod sts;
mod token;
mod vault;

mod reason;

use crate::case::Case;
use entry::Entry;

pub use finding::{Ask, Certainty, Class, Diagnosis, Finding, Mender, System};

/// Every class that is computed, the most specific of each system first.
const REGISTRY: [&[Entry]; 5] = [
    token::ENTRIES,
    gateway::ENTRIES,
    sts::ENTRIES,
    policy::ENTRIES,
    vault::ENTRIES,
];

/// Every class that a diagnosis can name: those that are computed, whose names are unique, then the
/// reasons by themselves, whose codes are unique within their system.
pub fn classes() -> Vec<Class> {
    let computed = REGISTRY.into_iter().flatten().map(|entry| Class {
        system: entry.system,
        class: entry.class,
        title: entry.title,
        mender: entry.mender,
    });
    computed.chain(reason::classes()).collect()
}

/// Every diagnosis that the case supports, the most specific first; what the reason of its refusal
/// alone tells where there is none.
pub fn all(case: &Case<'_>) -> Vec<Diagnosis> {
    let entries = REGISTRY.into_iter().flatten();
    let computed: Vec<Diagnosis> = entries
        .filter_map(|entry| {
            let found = (entry.find)(case)?;
            Some(Diagnosis {
                system: entry.system,
                class: entry.class,
                title: entry.title,
                cause: found.cause,
                fix: found.fix,
                mender: entry.mender,
                certainty: found.certainty,
                wants: found.wants,
            })
        })
        .collect();
    if computed.is_empty() {
        return reason::by_itself(case).into_iter().collect();
    }
    computed
}

#[cfg(test)]
mod tests;

//! Classes of cause, computed from a case and never from a scenario's name.
//!
//! One entry per class, in the file of the system whose rules refused, and all of them in [`REGISTRY`];
//! below them, in [`reason`], what is known of each reason by itself, so that none is left without a title,
//! a cause and a fix. Where nothing was refused there is nothing to diagnose.
//!
//! - [`finding`]: what an entry finds, and how sure that is.
//! - [`words`]: values in sentences.
//! - [`token`]: tokens, whoever reads them. [`gateway`], [`sts`], [`policy`], [`vault`]: each its own.

mod finding;
mod words;

mod gateway;
mod policy;
mod sts;
mod token;
mod vault;

mod reason;

use serde::Serialize;

use crate::case::Case;

pub use finding::{Ask, Certainty, Finding, Mender, System};

/// What went wrong, in words of the person who has to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Whose rules refused.
    pub system: System,
    /// The class, kebab case: `issuer-trailing-slash`.
    pub class: &'static str,
    /// One line.
    pub title: &'static str,
    /// The evidence: which value stood against which.
    pub cause: String,
    /// What to change.
    pub fix: String,
    /// Who can change it.
    pub mender: Mender,
    /// How sure that is.
    pub certainty: Certainty,
    /// What would settle it.
    pub wants: Vec<Ask>,
}

/// One class of cause.
struct Entry {
    system: System,
    class: &'static str,
    mender: Mender,
    title: &'static str,
    /// The cause and the fix, when the case is of this class.
    find: fn(&Case<'_>) -> Option<Finding>,
}

/// Every class that is computed, the most specific of each system first.
const REGISTRY: [&[Entry]; 5] = [
    token::ENTRIES,
    gateway::ENTRIES,
    sts::ENTRIES,
    policy::ENTRIES,
    vault::ENTRIES,
];

/// A class of cause, for a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Class {
    /// Whose rules refuse.
    pub system: System,
    /// Its name; of a reason that is known by itself, the reason's code.
    pub class: &'static str,
    /// One line.
    pub title: &'static str,
    /// Who can mend it.
    pub mender: Mender,
}

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

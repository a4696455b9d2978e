//! Classes of cause, computed from a case and never from a scenario's name.
//!
//! One entry per class, in the file of the system whose rules refused, and all of them in [`REGISTRY`];
//! below them, in [`reason`], what is known of each reason by itself, so that none is left without a title,
//! a cause and a fix. What was let through has no cause; what is suspicious about it is an entry too
//! ([`suspicion`]), which finds by [`Case::allowed`].
//!
//! - [`finding`]: what an entry finds, and how sure that is. [`entry`]: an entry.
//! - [`words`]: values in sentences.
//! - [`suspicion`]: what was let through and should perhaps not have been.
//! - [`token`]: tokens, whoever reads them. [`gateway`], [`sts`], [`policy`], [`vault`]: each its own.
//! - [`service`]: what the services of AWS refuse by themselves.
//! - [`signature`]: signatures of AWS, whoever verifies them. [`secret`]: Secrets Manager.
//! - [`function`]: functions, whoever invokes them. [`oidc`]: the provider. [`hop`]: calls of components.

mod entry;
mod finding;
mod words;

mod function;
mod gateway;
mod hop;
mod oidc;
mod policy;
mod secret;
mod service;
mod signature;
mod sts;
mod token;
mod vault;

mod suspicion;

mod reason;

use authlab_aws::evidence as aws;
use authlab_kernel::{Component, Event, Evidence as _, Timestamp};
use authlab_policy::evidence::Decision;

use crate::case::Case;
use entry::Entry;

pub use finding::{Ask, Certainty, Class, Diagnosis, Finding, Mender, System};

/// Every class that is computed, the most specific of each system first.
const REGISTRY: [&[&[Entry]]; 12] = [
    &[vault::aws::FIRST],
    &[function::ENTRIES],
    &[gateway::ENTRIES],
    &[token::ENTRIES],
    &[sts::ENTRIES, sts::role::ENTRIES, sts::time::ENTRIES],
    &[secret::ENTRIES],
    &policy::TABLES,
    &[signature::ENTRIES],
    &vault::TABLES,
    &service::TABLES,
    &[oidc::ENTRIES],
    &[hop::ENTRIES],
];

/// Every entry of a class that refuses.
fn entries() -> impl Iterator<Item = &'static Entry> {
    REGISTRY.into_iter().flatten().copied().flatten()
}

/// Every class that a diagnosis can name: those that are computed, suspicions among them, whose names
/// are unique, then the reasons by themselves, whose codes are unique within their system.
pub fn classes() -> Vec<Class> {
    let class = |is_suspicion| {
        move |entry: &Entry| Class {
            system: entry.system,
            class: entry.class,
            title: entry.title,
            mender: entry.mender,
            is_suspicion,
        }
    };
    let refused = entries().chain(gateway::BESIDE).map(class(false));
    let suspicious = suspicion::REGISTRY.into_iter().flatten().map(class(true));
    refused.chain(suspicious).chain(reason::classes()).collect()
}

/// Every reason that a component of the lab gives. A service's error that has none of its own goes by its
/// code in kebab case.
pub fn reasons() -> impl Iterator<Item = &'static str> {
    let denials = aws::Denial::all().map(aws::Denial::as_str);
    reason::rows().map(|row| row.code).chain(denials)
}

/// Every diagnosis that the case supports, the most specific first; what the reason of its refusal
/// alone tells where there is none.
pub fn all(case: &Case<'_>) -> Vec<Diagnosis> {
    let is_suspicion = case.allowed().is_some();
    let entries: Vec<&Entry> = if is_suspicion {
        suspicion::REGISTRY.into_iter().flatten().collect()
    } else {
        entries().collect()
    };
    let found = |entry: &Entry| found(entry, case, is_suspicion);
    let mut computed: Vec<Diagnosis> = entries.into_iter().filter_map(found).collect();
    if computed.is_empty() {
        computed.extend(reason::by_itself(case));
    }
    if let (Some(first), Some(note)) = (computed.first_mut(), gateway::note(case)) {
        first.fix.push_str(&note);
    }
    computed.extend(gateway::BESIDE.iter().filter_map(found));
    computed
}

/// The diagnosis of a refusal by policies that no journal has.
pub fn of_decision(decision: Decision) -> Option<Diagnosis> {
    let evidence = aws::Decision {
        decision,
        enforcement: None,
        telemetry: None,
    };
    let event = Event {
        seq: 1,
        run: None,
        time: Timestamp::UNIX_EPOCH,
        component: Component::Aws.as_str().into(),
        kind: aws::Decision::KIND.into(),
        outcome: authlab_kernel::Outcome::Refused,
        reason: None,
        request_id: None,
        trace_id: None,
        cause: None,
        account: None,
        detail: serde_json::to_string(&evidence).ok()?.into(),
    };
    let events = [event];
    all(&Case::new(&events, Some(1))).into_iter().next()
}

/// What an entry finds in a case.
fn found(entry: &Entry, case: &Case<'_>, is_suspicion: bool) -> Option<Diagnosis> {
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
        is_suspicion,
    })
}

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod tests;

//! Classes of cause, computed from the evidence in a chain and never from a scenario's name.
//!
//! One entry per class, in the file of the system that refused; below them, in [`reason`], what is known
//! of each reason by its code alone, so that none is left without a title, a cause and a fix. An allowed
//! chain yields none.

mod gateway;
mod iam;
mod reason;
mod sts;
mod vault;

use authlab_kernel::journal::Event;
use serde::Serialize;

use crate::explain::first_refusal;

pub use reason::Mender;

/// What went wrong, in words of the person who has to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
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
}

/// One class of cause.
struct Entry {
    class: &'static str,
    mender: Mender,
    title: &'static str,
    /// The cause and the fix, when the evidence of this refusal is of this class.
    find: fn(&Event) -> Option<(String, String)>,
}

/// Every diagnosis that the first refusal of a chain supports, the most specific first; what its reason
/// alone tells where there is none.
pub fn all(chain: &[Event]) -> Vec<Diagnosis> {
    let Some(refusal) = first_refusal(chain) else {
        return Vec::new();
    };
    let tables: [&[Entry]; 4] = [gateway::ENTRIES, sts::ENTRIES, iam::ENTRIES, vault::ENTRIES];
    let computed: Vec<Diagnosis> = tables
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let (cause, fix) = (entry.find)(refusal)?;
            Some(Diagnosis {
                class: entry.class,
                title: entry.title,
                cause,
                fix,
                mender: entry.mender,
            })
        })
        .collect();
    if computed.is_empty() {
        return reason::by_code(refusal).into_iter().collect();
    }
    computed
}

/// A text member of an event's detail, by JSON pointer.
fn text<'a>(event: &'a Event, pointer: &str) -> Option<&'a str> {
    event.detail.pointer(pointer)?.as_str()
}

/// Whether the event was refused for this reason.
fn reason(event: &Event, component: &str, code: &str) -> bool {
    event.component == component && event.reason.as_deref() == Some(code)
}

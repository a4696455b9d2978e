//! The refusals of late, a request a line: for who has no id to ask with.

use authlab_kernel::Timestamp;
use authlab_kernel::journal::{Event, Sequence, cut_at};
use authlab_kernel::printable::one_line;
use serde::Serialize;

use crate::culprit::{is_audited, is_refusal};
use crate::render::summary;
use crate::told::Told;

/// How much is shown of a text, in bytes: more than the lab writes there.
const BYTES_MAX: usize = 400;

/// A request that met a refusal or a failure: its first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recent {
    /// The number of the event.
    pub seq: Sequence,
    /// When.
    pub time: Timestamp,
    /// Who refused.
    pub component: String,
    /// Why: the reason's code.
    pub reason: String,
    /// The id to explain it by.
    pub request_id: String,
    /// What was asked, as far as the event tells.
    pub what: String,
    /// Whether it was let through all the same: the lab only watches.
    pub audited: bool,
}

/// The requests among these events that met a refusal, each by its first, the latest last. Events that
/// belong to no request are left out: nobody can ask for them.
pub fn recent(events: &[Event]) -> Vec<Recent> {
    let mut found: Vec<Recent> = Vec::new();
    let mut run = 0;
    let mut seen = std::collections::BTreeSet::new();
    let mut before = (0, None);
    for event in events {
        // The numbers of another run begin anew, or another lab has recorded it; and so do its ids.
        if event.seq <= before.0 || event.run != before.1 {
            run += 1;
        }
        before = (event.seq, event.run);
        let Some(request_id) = event.request_id.as_deref().filter(|_| is_refusal(event)) else {
            continue;
        };
        if seen.insert((run, request_id.to_owned())) {
            found.push(Recent::of(event, request_id));
        }
    }
    found
}

impl Recent {
    fn of(event: &Event, request_id: &str) -> Self {
        let told = Told::of(event);
        Self {
            seq: event.seq,
            time: event.time,
            component: event.component.to_string(),
            reason: event.reason.clone().unwrap_or_default(),
            request_id: request_id.to_owned(),
            what: told.as_ref().map(summary::of).unwrap_or_default(),
            audited: is_audited(event),
        }
    }

    /// On one line, the id before what was asked, so that it stands in one column.
    pub fn line(&self) -> String {
        let audited = if self.audited { " (let through)" } else { "" };
        format!(
            "{}  {:<8} {:<28} {}  {}{audited}",
            self.time,
            one_line(&cut_at(&self.component, BYTES_MAX)),
            one_line(&cut_at(&self.reason, BYTES_MAX)),
            one_line(&cut_at(&self.request_id, BYTES_MAX)),
            one_line(&cut_at(&self.what, BYTES_MAX))
        )
        .trim_end()
        .to_owned()
    }
}

#[cfg(test)]
mod tests;

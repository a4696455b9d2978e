//! What a diagnosis looks at.

use authlab_kernel::journal::{Event, Sequence};
use authlab_kernel::{Component, Evidence, evidence};

use crate::told::Told;

/// The events of a chain, and which of them is to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Case<'e> {
    events: &'e [Event],
    refusal: Option<&'e Event>,
}

impl<'e> Case<'e> {
    /// The case of these events, with the number of the one that is to be explained.
    pub fn new(events: &'e [Event], culprit: Option<Sequence>) -> Self {
        let is_culprit = |event: &&Event| Some(event.seq) == culprit;
        Self {
            events,
            refusal: events.iter().find(is_culprit),
        }
    }

    /// What refused, or failed.
    pub fn refusal(&self) -> Option<&'e Event> {
        self.refusal
    }

    /// What it tells, if `component` refused it for this reason.
    pub fn refused(&self, component: Component, reason: impl evidence::Reason) -> Option<Told> {
        let event = self.refusal?;
        (event.is_by(component) && event.is(reason)).then(|| Told::of(event))?
    }

    /// What every event of this kind tells that stands before the refusal, in the order of recording.
    pub fn before<E: Evidence>(&self, component: Component) -> impl Iterator<Item = E> {
        let seq = self.refusal.map_or(0, |refusal| refusal.seq);
        let earlier = self.events.iter().filter(move |event| event.seq < seq);
        earlier
            .filter(move |event| event.is_by(component))
            .filter_map(Event::read)
    }
}

//! What a diagnosis looks at: a refusal with what led to it, or a request that was let through.

use std::collections::BTreeSet;

use authlab_kernel::journal::{Event, Sequence};
use authlab_kernel::{Component, Evidence, evidence};

use crate::culprit::{is_audited, is_refusal};
use crate::told::Told;

/// The events of a chain, and what of them is to be explained.
#[derive(Clone, Debug)]
pub struct Case<'e> {
    events: &'e [Event],
    refusal: Option<&'e Event>,
    allowed: Option<Allowed<'e>>,
}

impl<'e> Case<'e> {
    /// The case of these events, with the number of the one that is to be explained.
    pub fn new(events: &'e [Event], culprit: Option<Sequence>) -> Self {
        let is_culprit = |event: &&Event| Some(event.seq) == culprit;
        Self {
            events,
            refusal: events.iter().find(is_culprit),
            allowed: None,
        }
    }

    /// The case of a request that was let through: its own events and those of the requests that were
    /// made in its course have these numbers.
    pub fn let_through(events: &'e [Event], course: BTreeSet<Sequence>) -> Self {
        Self {
            events,
            refusal: None,
            allowed: Some(Allowed { events, course }),
        }
    }

    /// What refused, or failed.
    pub fn refusal(&self) -> Option<&'e Event> {
        self.refusal
    }

    /// The request, where it was let through: what a suspicion looks at.
    pub fn allowed(&self) -> Option<&Allowed<'e>> {
        self.allowed.as_ref()
    }

    /// What it tells, if `component` refused it for this reason.
    pub fn refused(&self, component: Component, reason: impl evidence::Reason) -> Option<Told> {
        let event = self.refusal?;
        (event.is_by(component) && event.is(reason)).then(|| Told::of(event))?
    }

    /// What every event of this kind tells that stands before the refusal, in the order of recording.
    pub fn before<'a, E: Evidence + 'a>(
        &'a self,
        component: Component,
    ) -> impl Iterator<Item = E> + 'a {
        let seq = self.refusal.map_or(0, |refusal| refusal.seq);
        told(self.events, component, move |event| event.seq < seq)
    }

    /// What every event of this kind tells that stands behind the refusal, in the order of recording.
    pub fn after<'a, E: Evidence + 'a>(
        &'a self,
        component: Component,
    ) -> impl Iterator<Item = E> + 'a {
        let seq = self.refusal.map_or(Sequence::MAX, |refusal| refusal.seq);
        told(self.events, component, move |event| event.seq > seq)
    }
}

/// A request that was let through.
#[derive(Clone, Debug)]
pub struct Allowed<'e> {
    events: &'e [Event],
    course: BTreeSet<Sequence>,
}

impl<'e> Allowed<'e> {
    /// Its events and those of the requests that were made in its course, in the order of recording,
    /// without what was refused there and coped with.
    pub fn events(&self) -> impl Iterator<Item = &'e Event> {
        let events = self.events.iter();
        events.filter(|event| self.course.contains(&event.seq) && !is_refusal(event))
    }

    /// What every such event of this kind tells.
    pub fn told<'a, E: Evidence + 'a>(
        &'a self,
        component: Component,
    ) -> impl Iterator<Item = E> + 'a {
        told(self.events, component, |event| {
            self.course.contains(&event.seq) && !is_refusal(event)
        })
    }

    /// The same of what was refused there and let through, because the lab only watches.
    pub fn let_through<'a, E: Evidence + 'a>(
        &'a self,
        component: Component,
    ) -> impl Iterator<Item = E> + 'a {
        told(self.events, component, |event| {
            self.course.contains(&event.seq) && is_audited(event)
        })
    }

    /// What every event of this kind tells that led to the request: how its credential was issued, and
    /// what led to that.
    pub fn earlier<'a, E: Evidence + 'a>(
        &'a self,
        component: Component,
    ) -> impl Iterator<Item = E> + 'a {
        let first = self.course.first().copied().unwrap_or(0);
        told(self.events, component, move |event| event.seq < first)
    }
}

fn told<'e, E: Evidence + 'e>(
    events: &'e [Event],
    component: Component,
    is_meant: impl Fn(&Event) -> bool + 'e,
) -> impl Iterator<Item = E> + 'e {
    let meant = events.iter().filter(move |event| is_meant(event));
    meant
        .filter(move |event| event.is_by(component))
        .filter_map(Event::read)
}

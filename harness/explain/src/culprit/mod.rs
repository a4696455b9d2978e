//! Which refusal led to the answer.
//!
//! Not every refusal did: a function that is refused one call may cope and answer 200, and under audit a
//! refusal stands in the journal while the request goes on. So the events of a chain are taken apart into
//! requests, each with how it ended and in the course of which other it came, and the culprit is the last
//! refusal on the way to the answer: within the request, or within one that it made and whose refusal it
//! passed on.

use std::collections::{BTreeMap, BTreeSet};

use authlab_gateway::evidence as gateway;
use authlab_kernel::journal::{Event, Outcome, Sequence};
use serde::Serialize;

use crate::told::Told;

/// What a refusal has to do with the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// It led to the answer.
    Culprit,
    /// It broke, and the culprit followed from it.
    LedTo,
    /// It followed from the culprit: it passes it on, or words it.
    Follows,
    /// The request went on: under audit, or because it asked for several things and got the others.
    LetThrough,
    /// Whoever was refused went on without.
    CopedWith,
    /// It came after the answer, in another request that the asked one made possible.
    Later,
}

impl Part {
    /// In words, of a refusal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Culprit => "led to the answer",
            Self::LedTo => "led to the culprit",
            Self::Follows => "followed from the culprit",
            Self::LetThrough => "let through",
            Self::CopedWith => "coped with",
            Self::Later => "came later, in another request",
        }
    }
}

/// An event that refused or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its number.
    pub seq: Sequence,
    /// Its part in the answer.
    pub part: Part,
}

/// What is to be explained of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// The culprit of the answer.
    pub(crate) culprit: Option<Sequence>,
    /// Every refusal, with its part.
    pub(crate) refusals: Vec<Refusal>,
    /// The events of the request and of those that were made in its course.
    pub(crate) events: BTreeSet<Sequence>,
}

/// The culprit of the answer to `request_id`, and every refusal with its part.
pub(crate) fn of(events: &[Event], request_id: &str) -> Course {
    let course = Requests::of(events);
    let Some(asked) = course.find(request_id) else {
        return Course {
            culprit: None,
            refusals: Vec::new(),
            events: BTreeSet::new(),
        };
    };
    let scope = course.scope(asked);
    let culprit = scope.and_then(|scope| course.culprit_in(scope));
    let refusals = events.iter().filter(|event| is_refusal(event));
    let refusals = refusals.map(|event| Refusal {
        seq: event.seq,
        part: course.part(event, culprit, scope.unwrap_or(asked)),
    });
    Course {
        culprit: culprit.map(|event| event.seq),
        refusals: refusals.collect(),
        events: course.events_of(asked),
    }
}

/// Whether it refused or failed.
pub(crate) fn is_refusal(event: &Event) -> bool {
    matches!(event.outcome, Outcome::Refused | Outcome::Failed)
}

/// How a request ended.
#[derive(Clone, Copy)]
struct End {
    seq: Sequence,
    /// Whether with a success; none where the end does not say: a function returned.
    is_success: Option<bool>,
}

/// A request among the events: its own, in their order.
struct Request<'e> {
    events: Vec<&'e Event>,
    end: Option<End>,
    /// The request whose event caused its first.
    caused_by: Option<usize>,
}

impl Request<'_> {
    fn first(&self) -> Sequence {
        self.events.first().map_or(0, |event| event.seq)
    }

    fn is_success(&self) -> Option<bool> {
        self.end.and_then(|end| end.is_success)
    }

    fn is_end(&self, event: &Event) -> bool {
        self.end.is_some_and(|end| end.seq == event.seq)
    }

    /// The last number before it is over.
    fn until(&self) -> Sequence {
        self.end.map_or(Sequence::MAX, |end| end.seq)
    }
}

/// The requests of a chain, in the order of their beginning.
struct Requests<'e> {
    requests: Vec<Request<'e>>,
    /// The request of each event.
    by_event: BTreeMap<Sequence, usize>,
}

impl<'e> Requests<'e> {
    fn of(events: &'e [Event]) -> Self {
        let mut course = Self {
            requests: Vec::new(),
            by_event: BTreeMap::new(),
        };
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for event in events {
            let of_cause = event.cause.and_then(|cause| course.by_event.get(&cause));
            let of_cause = of_cause.copied();
            let known = match &event.request_id {
                Some(id) => by_id.get(&**id).copied(),
                // What names no request happened in the course of the one that caused it.
                None => of_cause,
            };
            let index = known.unwrap_or(course.requests.len());
            if known.is_none() {
                course.requests.push(Request {
                    events: Vec::new(),
                    end: None,
                    caused_by: of_cause,
                });
                if let Some(id) = &event.request_id {
                    by_id.insert(id, index);
                }
            }
            course.requests[index].events.push(event);
            course.by_event.insert(event.seq, index);
        }
        for request in &mut course.requests {
            request.end = end(&request.events);
        }
        course
    }

    fn find(&self, request_id: &str) -> Option<usize> {
        let is_asked = |request: &Request<'_>| {
            let id = request.events.first().map(|event| &event.request_id);
            id.is_some_and(|id| id.as_deref() == Some(request_id))
        };
        self.requests.iter().position(is_asked)
    }

    /// The events of a request, and of all that were made in its course.
    fn events_of(&self, asked: usize) -> BTreeSet<Sequence> {
        let mut events = BTreeSet::new();
        for (index, request) in self.requests.iter().enumerate() {
            let mut callers = std::iter::successors(Some(index), |index| self.caller(*index));
            if callers.any(|caller| caller == asked) {
                events.extend(request.events.iter().map(|event| event.seq));
            }
        }
        events
    }

    /// The request in whose course another came: up the causes, the first that was not over by then. A
    /// login that is over caused what its token is used for, and did not ask for it.
    fn caller(&self, of: usize) -> Option<usize> {
        let first = self.requests[of].first();
        let mut next = self.requests[of].caused_by;
        while let Some(index) = next {
            if self.requests[index].until() > first {
                return Some(index);
            }
            next = self.requests[index].caused_by;
        }
        None
    }

    /// The request whose culprit is looked for: the asked one where it was refused; else the caller to
    /// which a refusal came through, if one did; none where everything ended well.
    fn scope(&self, asked: usize) -> Option<usize> {
        let mut scope = asked;
        if self.requests[asked].is_success() == Some(false) {
            return Some(asked);
        }
        while let Some(caller) = self.caller(scope) {
            match self.requests[caller].is_success() {
                Some(false) => return Some(caller),
                Some(true) => return None,
                None => scope = caller,
            }
        }
        self.requests[scope].is_success().is_none().then_some(scope)
    }

    /// The requests that were made in the course of another, between two numbers.
    fn made(&self, by: usize, after: Sequence, before: Sequence) -> Vec<usize> {
        let is_made = |index: &usize| {
            let first = self.requests[*index].first();
            first > after && first < before && self.caller(*index) == Some(by)
        };
        (0..self.requests.len()).filter(is_made).collect()
    }

    /// The last refusal on the way to the end of a request that did not end well; the first failure
    /// where nobody refused: what broke first is why the rest did.
    fn culprit_in(&self, index: usize) -> Option<&'e Event> {
        self.refusal_in(index).or_else(|| self.failure_in(index))
    }

    fn refusal_in(&self, index: usize) -> Option<&'e Event> {
        let request = &self.requests[index];
        if let Some(own) = self.heeded(request) {
            let earlier = request.events.iter().rev();
            let before = earlier
                .filter(|event| event.seq < own.seq && event.outcome == Outcome::Allowed)
                .map(|event| event.seq)
                .next();
            let made = self.made(index, before.unwrap_or(request.first()), own.seq);
            return self.passed_on(&made).or(Some(own));
        }
        let made = self.made(index, 0, request.until());
        self.passed_on(&made).or_else(|| {
            let mut own = request.events.iter().copied();
            own.find(|event| request.is_end(event) && event.outcome == Outcome::Refused)
        })
    }

    /// The culprit of the last of these requests that was refused.
    fn passed_on(&self, made: &[usize]) -> Option<&'e Event> {
        let unsuccessful = made.iter().rev().copied();
        unsuccessful
            .filter(|index| self.requests[*index].is_success() != Some(true))
            .find_map(|index| self.refusal_in(index))
    }

    fn failure_in(&self, index: usize) -> Option<&'e Event> {
        let request = &self.requests[index];
        let own = request.events.iter().copied();
        let own = own.filter(|event| event.outcome == Outcome::Failed);
        let made = self.made(index, 0, request.until()).into_iter();
        let made = made
            .filter(|made| self.requests[*made].is_success() != Some(true))
            .filter_map(|made| self.failure_in(made));
        own.chain(made).min_by_key(|event| event.seq)
    }

    /// The last refusal of a request itself that ended it; where one follows directly from another, the
    /// first of them: the rest passes it on.
    fn heeded(&self, request: &Request<'e>) -> Option<&'e Event> {
        if request.is_success() == Some(true) {
            return None;
        }
        let own = request.events.iter().copied();
        let last = own
            .filter(|event| !request.is_end(event) && event.seq < request.until())
            .rfind(|event| event.outcome != Outcome::Info)?;
        let counts = |event: &Event| event.outcome == Outcome::Refused && !is_audited(event);
        let mut first = Some(last).filter(|last| counts(last))?;
        let own = |seq| {
            request
                .events
                .iter()
                .copied()
                .find(|event| event.seq == seq)
        };
        while let Some(before) = first.cause.and_then(own).filter(|before| counts(before)) {
            first = before;
        }
        Some(first)
    }

    fn part(&self, event: &Event, culprit: Option<&Event>, scope: usize) -> Part {
        let Some(index) = self.by_event.get(&event.seq).copied() else {
            return Part::Later;
        };
        let request = &self.requests[index];
        if let Some(culprit) = culprit {
            if event.seq == culprit.seq {
                return Part::Culprit;
            }
            let of_culprit = self.by_event.get(&culprit.seq).copied();
            let mut callers = std::iter::successors(of_culprit, |index| self.caller(*index));
            if of_culprit == Some(index) && is_on_the_way(event, culprit, request) {
                return Part::LedTo;
            }
            if event.seq > culprit.seq && callers.any(|caller| caller == index) {
                return Part::Follows;
            }
        }
        let mut callers = std::iter::successors(Some(index), |index| self.caller(*index));
        if !callers.any(|caller| caller == scope) {
            return Part::Later;
        }
        if event.outcome == Outcome::Refused
            && !request.is_end(event)
            && (request.is_success() == Some(true) || is_audited(event))
        {
            return Part::LetThrough;
        }
        Part::CopedWith
    }
}

/// How a request ended, by its own events.
fn end(events: &[&Event]) -> Option<End> {
    let ends = events.iter().rev().filter_map(|event| {
        let is_success = match Told::of(event)? {
            Told::Response(response) => Some(response.status < 400),
            Told::Return(_) => None,
            Told::Answer(_) | Told::VaultRequest(_) | Told::Token(_) | Told::TurnedAway(_) => {
                Some(!is_refusal(event))
            }
            // A request for a token ends with the event of the token.
            Told::OidcRequest(_) => Some(!is_refusal(event)),
            _ => return None,
        };
        Some(End {
            seq: event.seq,
            is_success,
        })
    });
    ends.into_iter().next()
}

/// Whether a failure of the culprit's request stands directly before it: nothing was let through in
/// between.
fn is_on_the_way(event: &Event, culprit: &Event, request: &Request<'_>) -> bool {
    let mut between = request.events.iter();
    event.outcome == Outcome::Failed
        && event.seq < culprit.seq
        && !between.any(|other| {
            other.outcome == Outcome::Allowed && other.seq > event.seq && other.seq < culprit.seq
        })
}

/// Whether a refusal says itself that it was not heeded.
pub(crate) fn is_audited(event: &Event) -> bool {
    match Told::of(event) {
        Some(Told::Decision(decision)) => decision.enforcement.is_some(),
        Some(Told::Authorization(
            gateway::Authorization::Scopes { enforcement, .. }
            | gateway::Authorization::Simple { enforcement, .. },
        )) => enforcement.is_some(),
        Some(Told::Audited(_) | Told::VaultAudited(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;

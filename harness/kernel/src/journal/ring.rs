//! The latest events. Each is found by its number, and knows the one before it of its request, of its
//! trace and of its cause, so that none of these is looked for by walking the ring.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::mem::size_of;
use std::sync::Arc;

use super::event::{Event, Sequence};

/// How many events the ring holds.
const RING_SIZE: usize = 65_536;

/// How many bytes the events of the ring may take unless it is said otherwise.
pub const RING_BYTES_DEFAULT: usize = 64 * 1024 * 1024;

/// An event with the numbers of those that are beside it; 0 is none. A number below that of the oldest
/// event is of one that has left.
struct Kept {
    event: Arc<Event>,
    bytes: usize,
    before_in_request: Sequence,
    before_in_trace: Sequence,
    /// What its cause caused before it.
    before_in_cause: Sequence,
    /// The last event that it caused.
    last_effect: Sequence,
    /// Whether another of its request, or of its trace, came after it.
    request_goes_on: bool,
    trace_goes_on: bool,
}

/// The latest event of each request, or of each trace, by a hash of its id. Ids of one hash share a
/// list: whoever follows it compares.
#[derive(Default)]
struct Heads {
    by_id: HashMap<u64, Sequence>,
    /// Keyed at random: clients choose ids.
    hasher: RandomState,
}

impl Heads {
    /// Makes `seq` the latest, and gives the one before.
    fn put(&mut self, id: Option<&str>, seq: Sequence) -> Sequence {
        let Some(id) = id else {
            return 0;
        };
        let hash = self.hasher.hash_one(id);
        self.by_id.insert(hash, seq).unwrap_or(0)
    }

    fn get(&self, id: &str) -> Sequence {
        let hash = self.hasher.hash_one(id);
        self.by_id.get(&hash).copied().unwrap_or(0)
    }

    /// Forgets an id whose latest event leaves.
    fn leave(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            let hash = self.hasher.hash_one(id);
            self.by_id.remove(&hash);
        }
    }
}

/// The ring.
pub(super) struct Ring {
    /// Without gaps: the number of each is that of the one before and one.
    kept: VecDeque<Kept>,
    bytes: usize,
    bytes_max: usize,
    of_request: Heads,
    of_trace: Heads,
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            bytes: 0,
            bytes_max: RING_BYTES_DEFAULT,
            of_request: Heads::default(),
            of_trace: Heads::default(),
        }
    }
}

impl Ring {
    /// Bounds it: beyond so many bytes the oldest events leave.
    pub(super) fn set_bytes_max(&mut self, bytes: usize) {
        self.bytes_max = bytes;
        self.shrink();
    }

    /// What the events take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Empties it.
    pub(super) fn clear(&mut self) {
        *self = Self {
            bytes_max: self.bytes_max,
            ..Self::default()
        };
    }

    /// Takes the next event.
    pub(super) fn push(&mut self, event: Arc<Event>) {
        let seq = event.seq;
        let cause = event.cause.and_then(|cause| self.get_mut(cause));
        let before_in_cause =
            cause.map_or(0, |cause| std::mem::replace(&mut cause.last_effect, seq));
        let before_in_request = self.of_request.put(event.request_id.as_deref(), seq);
        if let Some(before) = self.get_mut(before_in_request) {
            before.request_goes_on = true;
        }
        let before_in_trace = self.of_trace.put(event.trace_id.as_deref(), seq);
        if let Some(before) = self.get_mut(before_in_trace) {
            before.trace_goes_on = true;
        }
        let kept = Kept {
            bytes: event.weight() + size_of::<Kept>(),
            before_in_request,
            before_in_trace,
            before_in_cause,
            last_effect: 0,
            request_goes_on: false,
            trace_goes_on: false,
            event,
        };
        self.bytes += kept.bytes;
        self.kept.push_back(kept);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.kept.len() > RING_SIZE || (self.bytes > self.bytes_max && self.kept.len() > 1) {
            let Some(oldest) = self.kept.pop_front() else {
                return;
            };
            self.bytes = self.bytes.saturating_sub(oldest.bytes);
            let event = &oldest.event;
            if !oldest.request_goes_on {
                self.of_request.leave(event.request_id.as_deref());
            }
            if !oldest.trace_goes_on {
                self.of_trace.leave(event.trace_id.as_deref());
            }
        }
    }

    fn index(&self, seq: Sequence) -> Option<usize> {
        let oldest = self.kept.front()?.event.seq;
        usize::try_from(seq.checked_sub(oldest)?).ok()
    }

    fn get(&self, seq: Sequence) -> Option<&Kept> {
        self.kept.get(self.index(seq)?)
    }

    fn get_mut(&mut self, seq: Sequence) -> Option<&mut Kept> {
        let index = self.index(seq)?;
        self.kept.get_mut(index)
    }

    /// Follows a list from its latest event.
    fn follow(
        &self,
        latest: Sequence,
        before: fn(&Kept) -> Sequence,
    ) -> impl Iterator<Item = &Arc<Event>> {
        let mut next = latest;
        std::iter::from_fn(move || {
            let kept = self.get(next)?;
            next = before(kept);
            Some(&kept.event)
        })
    }

    /// The events of a request, the latest first.
    fn backwards<'a>(&'a self, request_id: &'a str) -> impl Iterator<Item = &'a Arc<Event>> {
        self.follow(self.of_request.get(request_id), |kept| {
            kept.before_in_request
        })
        .filter(move |event| event.request_id.as_deref() == Some(request_id))
    }

    /// The number of the last event of a trace.
    pub(super) fn last_of_trace(&self, trace_id: &str) -> Option<Sequence> {
        self.follow(self.of_trace.get(trace_id), |kept| kept.before_in_trace)
            .find(|event| event.trace_id.as_deref() == Some(trace_id))
            .map(|event| event.seq)
    }

    /// The events of a request in the order of recording.
    pub(super) fn of_request(&self, request_id: &str) -> Vec<Arc<Event>> {
        let mut events: Vec<_> = self.backwards(request_id).cloned().collect();
        events.reverse();
        events
    }

    /// A request's chain in the order of recording: its events, everything that they caused, and what
    /// led to them.
    pub(super) fn chain_of(&self, request_id: &str) -> Vec<Arc<Event>> {
        let own: Vec<Sequence> = self.backwards(request_id).map(|event| event.seq).collect();
        let mut members: BTreeSet<Sequence> = own.iter().copied().collect();
        let mut open = own.clone();
        while let Some(seq) = open.pop() {
            let latest = self.get(seq).map_or(0, |kept| kept.last_effect);
            let effects = self.follow(latest, |kept| kept.before_in_cause);
            open.extend(
                effects
                    .map(|event| event.seq)
                    .filter(|seq| members.insert(*seq)),
            );
        }
        for seq in own {
            let mut next = self.cause_of(seq);
            // What is a member by now was led to already, or is the request's own and is led to in turn.
            while let Some(cause) = next.filter(|cause| members.insert(*cause)) {
                next = self.cause_of(cause);
            }
        }
        let kept = members.iter().filter_map(|seq| self.get(*seq));
        kept.map(|kept| Arc::clone(&kept.event)).collect()
    }

    fn cause_of(&self, seq: Sequence) -> Option<Sequence> {
        let cause = self.get(seq)?.event.cause?;
        self.get(cause).map(|kept| kept.event.seq)
    }

    /// At most `count` events whose number is greater than `since`.
    pub(super) fn since(&self, since: Sequence, count: usize) -> impl Iterator<Item = &Arc<Event>> {
        let start = match self.kept.front() {
            Some(oldest) if since >= oldest.event.seq => {
                self.index(since).map_or(self.kept.len(), |index| index + 1)
            }
            _ => 0,
        };
        let start = start.min(self.kept.len());
        let kept = self.kept.range(start..).take(count);
        kept.map(|kept| &kept.event)
    }

    /// How many ids the indexes hold, of requests and of traces.
    #[cfg(test)]
    pub(super) fn ids(&self) -> (usize, usize) {
        (self.of_request.by_id.len(), self.of_trace.by_id.len())
    }
}

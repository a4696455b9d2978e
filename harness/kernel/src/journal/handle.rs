//! The journal as those who record and those who read have it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::bounded;
use super::draft::EventDraft;
use super::event::{Event, Sequence};
use super::file::LineFile;
use super::issuer::Issuers;
use super::ring::Ring;
use crate::clock::Clock;

/// How many events are copied at a time: between two times those who record go on.
const COPIED_AT_ONCE: usize = 1_024;

/// Who hears of each event as it is recorded. Called under the journal's lock: be quick.
pub type Subscriber = Arc<dyn Fn(&Event) + Send + Sync>;

#[derive(Default)]
pub(super) struct State {
    last: Sequence,
    /// The lab's number.
    run: Option<u32>,
    /// How many times it was emptied.
    resets: u64,
    pub(super) ring: Ring,
    pub(super) issuers: Issuers,
    /// Which traces have requests that are being answered, and how many.
    open_traces: BTreeMap<String, usize>,
    subscribers: Vec<Subscriber>,
    file: Option<Arc<LineFile>>,
}

/// The journal of one lab. Clones write to the same.
#[derive(Clone)]
pub struct Journal {
    clock: Clock,
    pub(super) state: Arc<Mutex<State>>,
}

impl Journal {
    /// An empty journal that takes its times from `clock`.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Arc::default(),
        }
    }

    /// Marks every further event with the number of its lab.
    pub fn set_run(&self, run: u32) {
        self.state.lock().run = Some(run);
    }

    /// Bounds the ring: beyond so many bytes the oldest events leave it. The latest stays always.
    pub fn set_ring_bytes_max(&self, bytes: usize) {
        self.state.lock().ring.set_bytes_max(bytes);
    }

    /// The memory that the events of the ring take, in bytes.
    pub fn ring_bytes(&self) -> usize {
        self.state.lock().ring.bytes()
    }

    /// Appends every further event to `file` as a JSON line. A thread writes it: a file that hangs
    /// makes nobody wait.
    ///
    /// # Errors
    /// The file cannot be created, or does not open: a pipe that nobody reads.
    pub fn write_to(&self, file: &Path) -> std::io::Result<()> {
        let opened = LineFile::open(file)?;
        // One that was written to before is left outside the lock: it waits for its last lines.
        let before = self.state.lock().file.replace(Arc::new(opened));
        drop(before);
        Ok(())
    }

    /// Waits until the file has every event, for two seconds at most.
    pub fn flush_file(&self) {
        // Not under the lock of those who record: their events go on into the file.
        let file = self.state.lock().file.clone();
        if let Some(file) = file {
            file.flush();
        }
    }

    /// What went wrong with the file, once: the events are still in the ring.
    pub fn take_file_error(&self) -> Option<String> {
        self.state.lock().file.as_ref()?.take_error()
    }

    /// Waits until something goes wrong with the file, and says what; forever where there is none.
    pub fn file_error(&self) -> impl Future<Output = String> + use<> {
        let file = self.state.lock().file.clone();
        let failed = file.map(|file| file.failed());
        async move {
            match failed {
                Some(failed) => failed.await,
                None => std::future::pending().await,
            }
        }
    }

    /// Records an event; its number is the cause of what follows from it.
    pub fn record(&self, draft: EventDraft) -> Sequence {
        // Whoever chose these texts, a client or the lab, they pass the gate, as the detail did.
        let reason = draft.reason.map(bounded::text);
        let [request_id, trace_id, account] =
            [draft.request_id, draft.trace_id, draft.account].map(|id| id.map(bounded::id));
        let mut state = self.state.lock();
        // Under the lock, so that a later number has no earlier time.
        let time = self.clock.now();
        state.last += 1;
        let event = Arc::new(Event {
            seq: state.last,
            run: state.run,
            time,
            component: draft.component.as_str().into(),
            kind: draft.kind.into(),
            outcome: draft.outcome,
            reason,
            request_id,
            trace_id,
            cause: draft.cause,
            account,
            detail: draft.detail,
        });
        if let Some(file) = &state.file {
            file.append(&event);
        }
        for subscriber in &state.subscribers {
            subscriber(&event);
        }
        state.ring.push(event);
        state.last
    }

    /// Remembers that the event `seq` issued this credential (a session's access key id, a Vault
    /// token, a `jti`), which lives until `expires`: requests that use it are caused by that event.
    /// Only a digest is kept, and for a day after the expiry.
    pub fn credential_issued(&self, credential: &str, seq: Sequence, expires: Option<Timestamp>) {
        let now = self.clock.now();
        let mut state = self.state.lock();
        state.issuers.put(credential, seq, expires, now);
    }

    /// The event that issued this credential.
    pub fn issuer_of(&self, credential: &str) -> Option<Sequence> {
        self.state.lock().issuers.get(credential)
    }

    /// Says that a request of this trace is being answered, until what this gives is dropped.
    #[must_use]
    pub fn open_trace(&self, trace_id: Option<&str>) -> OpenTrace {
        let trace_id = trace_id.map(str::to_owned);
        if let Some(trace_id) = &trace_id {
            let mut state = self.state.lock();
            *state.open_traces.entry(trace_id.clone()).or_default() += 1;
        }
        OpenTrace {
            state: Arc::clone(&self.state),
            trace_id,
        }
    }

    /// The last event of a trace: the cause of a request that names the trace in its header. Only
    /// while a request of the trace is being answered: then a function or an upstream that was
    /// called on the way may call back. Whoever names the trace later knows it from somewhere, and
    /// is no consequence of it.
    pub fn last_of_trace(&self, trace_id: &str) -> Option<Sequence> {
        let state = self.state.lock();
        if !state.open_traces.contains_key(trace_id) {
            return None;
        }
        state.ring.last_of_trace(trace_id)
    }

    /// Calls `subscriber` for every further event.
    pub fn subscribe(&self, subscriber: Subscriber) {
        self.state.lock().subscribers.push(subscriber);
    }

    /// The events in the ring whose number is greater than `since`, up to the last one of now at least.
    /// They are copied a part at a time, so that nobody who records waits for all of them.
    pub fn events_since(&self, since: Sequence) -> Vec<Arc<Event>> {
        let (last, resets) = {
            let state = self.state.lock();
            (state.last, state.resets)
        };
        let mut events: Vec<Arc<Event>> = Vec::new();
        loop {
            let copied = events.last().map_or(since, |event| event.seq);
            let state = self.state.lock();
            // Once it was emptied, what is in it is of another run.
            if copied >= last || state.resets != resets {
                return events;
            }
            let left = usize::try_from(last - copied).unwrap_or(usize::MAX);
            let part = state.ring.since(copied, COPIED_AT_ONCE.min(left));
            events.extend(part.cloned());
        }
    }

    /// The events of a request that are in the ring, in the order of recording.
    pub fn events_of_request(&self, request_id: &str) -> Vec<Arc<Event>> {
        self.state.lock().ring.of_request(request_id)
    }

    /// A request's chain in the order of recording: its events, everything that they caused, and what
    /// led to them (the event that issued the credential, what led to that, and so on), as far as they
    /// are in the ring. Empty where no event is of that request.
    pub fn chain_of(&self, request_id: &str) -> Vec<Arc<Event>> {
        self.state.lock().ring.chain_of(request_id)
    }

    /// The number of the last event; 0 before the first.
    pub fn last(&self) -> Sequence {
        self.state.lock().last
    }

    /// Empties the journal and numbers from 1 again, as after `POST /_lab/reset`.
    pub fn reset(&self) {
        let mut state = self.state.lock();
        state.last = 0;
        state.resets += 1;
        state.ring.clear();
        state.issuers = Issuers::default();
    }
}

/// A request of a trace that is being answered.
pub struct OpenTrace {
    state: Arc<Mutex<State>>,
    trace_id: Option<String>,
}

impl Drop for OpenTrace {
    fn drop(&mut self) {
        let Some(trace_id) = &self.trace_id else {
            return;
        };
        let mut state = self.state.lock();
        if let Some(count) = state.open_traces.get_mut(trace_id) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                state.open_traces.remove(trace_id);
            }
        }
    }
}

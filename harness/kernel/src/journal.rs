//! The journal: every decision with its reason, at the moment that it is made.
//!
//! It records and feeds no component's state. A ring in memory holds the latest events; all of
//! them go to a file when one is given, and to every subscriber.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::{Clock, Component};
use crate::secret::fingerprint;

mod placeholder;

/// The number of an event, from 1 in the order of recording.
pub type Sequence = u64;

/// How many events the ring holds.
const RING_SIZE: usize = 65_536;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Let through.
    Allowed,
    /// Turned away by a rule; the reason says which.
    Refused,
    /// Broken: no decision was reached.
    Failed,
    /// Something happened; nobody was asked.
    Info,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub seq: Sequence,
    /// The lab's time.
    pub time: Timestamp,
    /// Who recorded it: `aws`, `gateway`, `lambda`, `vault`, `oidc`, `lab`.
    pub component: String,
    /// What it is about: `request`, `authentication`, `decision`, `hop`, `invoke`, ...
    pub kind: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was refused or failed: a code in kebab case, `audience-mismatch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The request in whose course it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The trace that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The event before it in the chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Sequence>,
    /// The twelve digits of the account where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Evidence. Never a secret: a token stands as its kind, claims and fingerprint.
    pub detail: Value,
}

/// An event before it has a number and a time.
#[derive(Clone, Debug)]
pub struct EventDraft {
    component: Component,
    kind: &'static str,
    outcome: Outcome,
    reason: Option<String>,
    request_id: Option<String>,
    trace_id: Option<String>,
    cause: Option<Sequence>,
    account: Option<String>,
    detail: Value,
}

impl EventDraft {
    /// An event of outcome `info` without detail.
    pub fn new(component: Component, kind: &'static str) -> Self {
        Self {
            component,
            kind,
            outcome: Outcome::Info,
            reason: None,
            request_id: None,
            trace_id: None,
            cause: None,
            account: None,
            detail: Value::Object(serde_json::Map::new()),
        }
    }

    /// Let through.
    #[must_use]
    pub fn allowed(mut self) -> Self {
        self.outcome = Outcome::Allowed;
        self
    }

    /// Turned away, for this reason (kebab case).
    #[must_use]
    pub fn refused(mut self, reason: impl Into<String>) -> Self {
        self.outcome = Outcome::Refused;
        self.reason = Some(reason.into());
        self
    }

    /// Broken, for this reason (kebab case).
    #[must_use]
    pub fn failed(mut self, reason: impl Into<String>) -> Self {
        self.outcome = Outcome::Failed;
        self.reason = Some(reason.into());
        self
    }

    /// In the course of this request.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// As part of this trace, if there is one.
    #[must_use]
    pub fn trace_id(mut self, id: Option<String>) -> Self {
        self.trace_id = id;
        self
    }

    /// Because of this event, if one is known.
    #[must_use]
    pub fn cause(mut self, cause: Option<Sequence>) -> Self {
        self.cause = cause;
        self
    }

    /// In this account.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// With this evidence, an object.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Who hears of each event as it is recorded. Called under the journal's lock: be quick.
pub type Subscriber = Arc<dyn Fn(&Event) + Send + Sync>;

#[derive(Default)]
struct State {
    last: Sequence,
    ring: VecDeque<Arc<Event>>,
    /// Which event issued a credential, by the credential's fingerprint.
    issued_by: BTreeMap<String, Sequence>,
    /// Which traces have requests that are being answered, and how many.
    open_traces: BTreeMap<String, usize>,
    subscribers: Vec<Subscriber>,
    file: Option<BufWriter<File>>,
    file_error: Option<String>,
}

/// The journal of one lab. Clones write to the same.
#[derive(Clone)]
pub struct Journal {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

impl Journal {
    /// An empty journal that takes its times from `clock`.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Arc::default(),
        }
    }

    /// Appends every further event to `file` as a JSON line.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn write_to(&self, file: &Path) -> std::io::Result<()> {
        let opened = File::options().create(true).append(true).open(file)?;
        self.state.lock().file = Some(BufWriter::new(opened));
        Ok(())
    }

    /// What went wrong with the file, once: the events are still in the ring.
    pub fn take_file_error(&self) -> Option<String> {
        self.state.lock().file_error.take()
    }

    /// Records an event; its number is the cause of what follows from it.
    pub fn record(&self, mut draft: EventDraft) -> Sequence {
        placeholder::replace_ports(&mut draft.detail);
        let time = self.clock.now();
        let mut state = self.state.lock();
        state.last += 1;
        let event = Arc::new(Event {
            seq: state.last,
            time,
            component: draft.component.as_str().to_owned(),
            kind: draft.kind.to_owned(),
            outcome: draft.outcome,
            reason: draft.reason,
            request_id: draft.request_id,
            trace_id: draft.trace_id,
            cause: draft.cause,
            account: draft.account,
            detail: draft.detail,
        });
        state.append_to_file(&event);
        for subscriber in &state.subscribers {
            subscriber(&event);
        }
        if state.ring.len() == RING_SIZE {
            state.ring.pop_front();
        }
        state.ring.push_back(event);
        state.last
    }

    /// Remembers that the event `seq` issued this credential (a session's access key id, a Vault
    /// token, a `jti`): requests that use it are caused by that event. Only a fingerprint is kept.
    pub fn credential_issued(&self, credential: &str, seq: Sequence) {
        self.state
            .lock()
            .issued_by
            .insert(fingerprint(credential), seq);
    }

    /// The event that issued this credential.
    pub fn issuer_of(&self, credential: &str) -> Option<Sequence> {
        self.state
            .lock()
            .issued_by
            .get(&fingerprint(credential))
            .copied()
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
        let of_trace = |event: &&Arc<Event>| event.trace_id.as_deref() == Some(trace_id);
        state
            .ring
            .iter()
            .rev()
            .find(of_trace)
            .map(|event| event.seq)
    }

    /// Calls `subscriber` for every further event.
    pub fn subscribe(&self, subscriber: Subscriber) {
        self.state.lock().subscribers.push(subscriber);
    }

    /// The events in the ring whose number is greater than `since`.
    pub fn events_since(&self, since: Sequence) -> Vec<Arc<Event>> {
        let state = self.state.lock();
        let start = state.ring.partition_point(|event| event.seq <= since);
        state.ring.range(start..).cloned().collect()
    }

    /// The number of the last event; 0 before the first.
    pub fn last(&self) -> Sequence {
        self.state.lock().last
    }

    /// Empties the journal and numbers from 1 again, as after `POST /_lab/reset`.
    pub fn reset(&self) {
        let mut state = self.state.lock();
        state.last = 0;
        state.ring.clear();
        state.issued_by.clear();
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

impl State {
    fn append_to_file(&mut self, event: &Event) {
        let Some(file) = self.file.as_mut() else {
            return;
        };
        let written = serde_json::to_writer(&mut *file, event)
            .map_err(std::io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.flush());
        if let Err(error) = written {
            // The lab goes on: the ring still has the events, and the owner is told.
            self.file_error = Some(error.to_string());
            self.file = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn journal() -> Journal {
        Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()))
    }

    #[test]
    fn events_are_numbered_and_find_their_cause_by_credential() {
        let journal = journal();
        let issued = journal.record(EventDraft::new(Component::Aws, "request").allowed());
        journal.credential_issued("ASIAEXAMPLE", issued);
        let used = journal.record(
            EventDraft::new(Component::Vault, "login")
                .refused("role-binding")
                .request_id("r-1")
                .cause(journal.issuer_of("ASIAEXAMPLE"))
                .detail(json!({"endpoint": "http://127.0.0.1:40123/"})),
        );
        assert_eq!((issued, used), (1, 2));
        assert_eq!(journal.issuer_of("ASIAOTHER"), None);
        let events = journal.events_since(1);
        let line = serde_json::to_string(&*events[0]).unwrap();
        assert_eq!(
            line,
            r#"{"seq":2,"time":"2026-01-01T00:00:00Z","component":"vault","kind":"login","outcome":"refused","reason":"role-binding","request_id":"r-1","cause":1,"detail":{"endpoint":"http://127.0.0.1:{port}/"}}"#
        );
        journal.reset();
        assert!(journal.events_since(0).is_empty());
        assert_eq!(journal.issuer_of("ASIAEXAMPLE"), None);
    }

    #[test]
    fn subscribers_and_the_file_get_every_event() {
        let journal = journal();
        let path = std::env::temp_dir().join(format!("authlab-journal-{}", std::process::id()));
        journal.write_to(&path).unwrap();
        let seen: Arc<Mutex<Vec<Sequence>>> = Arc::default();
        let sink = Arc::clone(&seen);
        journal.subscribe(Arc::new(move |event| sink.lock().push(event.seq)));
        journal.record(EventDraft::new(Component::Lab, "clock"));
        journal.record(EventDraft::new(Component::Lab, "clock"));
        assert_eq!(*seen.lock(), [1, 2]);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let read: Vec<Event> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1], *journal.events_since(1)[0]);
    }
}

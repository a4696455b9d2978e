//! The journal: every decision with its reason, at the moment that it is made.
//!
//! It records and feeds no component's state. A ring in memory, bounded in events and in bytes,
//! holds the latest; all of them go to a file when one is given, and to every subscriber.
//!
//! What is recorded passes one gate, whoever records it: credentials are taken out
//! ([`crate::redaction::text`]), long texts are cut with their length kept, nesting and size are
//! bounded, so that nobody outside can fill the memory or make a line that cannot be read back. In what
//! an event tells, the port of a loopback address is `{port}`: it is another in each run.
//!
//! - [`bounded`]: the gate.
//! - [`file`]: the file, which never makes those who record wait.
//! - [`placeholder`]: what stands for a port.

use std::collections::{BTreeMap, VecDeque};
use std::mem::size_of;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::{Clock, Component};
use crate::evidence::{Evidence, Reason};
use crate::secret::fingerprint;

mod bounded;
mod file;
mod placeholder;

pub use bounded::{DEPTH_MAX, TEXT_BYTES_MAX, cut, cut_at};

use file::LineFile;

/// The number of an event, from 1 in the order of recording.
pub type Sequence = u64;

/// How many events the ring holds.
const RING_SIZE: usize = 65_536;

/// How many bytes the events of the ring may take unless it is said otherwise.
pub const RING_BYTES_DEFAULT: usize = 64 * 1024 * 1024;

/// How many credentials are remembered with the event that issued them, at most, after those whose
/// event has left the ring are forgotten.
const ISSUED_MAX: usize = 262_144;

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

    /// An event of outcome `info` that tells this. Evidence is an object; what cannot be written as JSON
    /// (a map whose keys are no texts) stands as its error.
    pub fn of<E: Evidence>(component: Component, evidence: &E) -> Self {
        let detail = serde_json::to_value(evidence).unwrap_or_else(
            |error| serde_json::json!({"error": format!("evidence that is no JSON: {error}")}),
        );
        Self::new(component, E::KIND).detail(detail)
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

struct State {
    last: Sequence,
    ring: VecDeque<Arc<Event>>,
    /// What the events of the ring take.
    ring_bytes: usize,
    ring_bytes_max: usize,
    /// Which event issued a credential, by the credential's fingerprint.
    issued_by: BTreeMap<String, Sequence>,
    /// Which traces have requests that are being answered, and how many.
    open_traces: BTreeMap<String, usize>,
    subscribers: Vec<Subscriber>,
    file: Option<Arc<LineFile>>,
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
            state: Arc::new(Mutex::new(State {
                last: 0,
                ring: VecDeque::new(),
                ring_bytes: 0,
                ring_bytes_max: RING_BYTES_DEFAULT,
                issued_by: BTreeMap::new(),
                open_traces: BTreeMap::new(),
                subscribers: Vec::new(),
                file: None,
            })),
        }
    }

    /// Bounds the ring: beyond so many bytes the oldest events leave it. The latest stays always.
    pub fn set_ring_bytes_max(&self, bytes: usize) {
        let mut state = self.state.lock();
        state.ring_bytes_max = bytes;
        state.shrink_ring();
    }

    /// The memory that the events of the ring take, in bytes.
    pub fn ring_bytes(&self) -> usize {
        self.state.lock().ring_bytes
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
        // Whoever chose these texts, a client or the lab, they pass the gate.
        let detail = bounded::keep(draft.detail);
        let [reason, request_id, trace_id, account] = [
            draft.reason,
            draft.request_id,
            draft.trace_id,
            draft.account,
        ]
        .map(|text| text.map(bounded::text));
        let mut state = self.state.lock();
        // Under the lock, so that a later number has no earlier time.
        let time = self.clock.now();
        state.last += 1;
        let event = Arc::new(Event {
            seq: state.last,
            time,
            component: draft.component.as_str().to_owned(),
            kind: draft.kind.to_owned(),
            outcome: draft.outcome,
            reason,
            request_id,
            trace_id,
            cause: draft.cause,
            account,
            detail,
        });
        if let Some(file) = &state.file {
            file.append(&event);
        }
        for subscriber in &state.subscribers {
            subscriber(&event);
        }
        state.ring_bytes += event.weight();
        state.ring.push_back(event);
        state.shrink_ring();
        state.last
    }

    /// Remembers that the event `seq` issued this credential (a session's access key id, a Vault
    /// token, a `jti`): requests that use it are caused by that event. Only a fingerprint is kept.
    pub fn credential_issued(&self, credential: &str, seq: Sequence) {
        let credential = fingerprint(credential);
        let mut state = self.state.lock();
        state.issued_by.insert(credential, seq);
        if state.issued_by.len() > ISSUED_MAX {
            state.forget_issued();
        }
    }

    /// The event that issued this credential.
    pub fn issuer_of(&self, credential: &str) -> Option<Sequence> {
        let credential = fingerprint(credential);
        self.state.lock().issued_by.get(&credential).copied()
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
        state.ring_bytes = 0;
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

impl Event {
    /// What the event tells, if it is of that kind. `None` also where the journal has cut what it needs.
    pub fn read<E: Evidence>(&self) -> Option<E> {
        (self.kind == E::KIND)
            .then(|| E::deserialize(&self.detail).ok())
            .flatten()
    }

    /// Whether it was refused, or failed, for this reason.
    pub fn is(&self, reason: impl Reason) -> bool {
        self.reason.as_deref() == Some(reason.as_str())
    }

    /// The memory that the event takes, in bytes.
    fn weight(&self) -> usize {
        let texts = [
            &self.reason,
            &self.request_id,
            &self.trace_id,
            &self.account,
        ];
        let texts: usize = texts.into_iter().flatten().map(String::capacity).sum();
        let named = self.component.capacity() + self.kind.capacity();
        size_of::<Self>() + texts + named + bounded::weight(&self.detail)
    }
}

impl State {
    fn shrink_ring(&mut self) {
        while self.ring.len() > RING_SIZE
            || (self.ring_bytes > self.ring_bytes_max && self.ring.len() > 1)
        {
            let Some(oldest) = self.ring.pop_front() else {
                return;
            };
            self.ring_bytes = self.ring_bytes.saturating_sub(oldest.weight());
        }
    }

    /// Forgets who issued what, where the event has left the ring; when all of them are still
    /// there, the older half.
    fn forget_issued(&mut self) {
        let oldest = self.ring.front().map_or(0, |event| event.seq);
        self.issued_by.retain(|_, seq| *seq >= oldest);
        if self.issued_by.len() > ISSUED_MAX / 2 {
            let mut numbers: Vec<Sequence> = self.issued_by.values().copied().collect();
            let middle = numbers.len() / 2;
            let (_, median, _) = numbers.select_nth_unstable(middle);
            let median = *median;
            self.issued_by.retain(|_, seq| *seq > median);
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
    fn no_event_is_lost_while_the_file_is_flushed() {
        let journal = journal();
        let name = format!("authlab-journal-flushed-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        journal.write_to(&path).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..500).for_each(|_| journal.flush_file()));
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        journal.record(EventDraft::new(Component::Lab, "clock"));
                    }
                });
            }
        });
        journal.flush_file();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let read = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let numbers: Vec<Sequence> = read.map(|event: Event| event.seq).collect();
        assert_eq!(numbers, (1..=2_000).collect::<Vec<_>>());
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
        journal.flush_file();
        let text = std::fs::read_to_string(&path).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "nobody else reads it");
        std::fs::remove_file(&path).unwrap();
        let read: Vec<Event> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1], *journal.events_since(1)[0]);
    }

    /// A cheap source of numbers that look like chance and are the same in every run.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self, below: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % below
        }

        fn text(&mut self) -> String {
            let odd = [
                '"',
                '\\',
                '\u{0}',
                '\u{1b}',
                '\n',
                'ü',
                '\u{202e}',
                '\u{1f600}',
                'a',
                '{',
                '7',
                '%',
                '\u{2028}',
            ];
            (0..self.next(12))
                .map(|_| odd[usize::try_from(self.next(13)).unwrap()])
                .collect()
        }

        fn value(&mut self, depth: u64) -> Value {
            match self.next(if depth == 0 { 7 } else { 9 }) {
                0 => Value::Null,
                1 => (self.next(2) == 0).into(),
                2 => u64::MAX.wrapping_sub(self.next(3)).into(),
                3 => (i64::MIN + i64::try_from(self.next(3)).unwrap()).into(),
                // Every pattern of bits that is a number: the smallest, the largest, the odd.
                4 => f64::from_bits((self.next(1 << 31) << 33) | self.next(1 << 31)).into(),
                5 | 6 => self.text().into(),
                7 => (0..self.next(4)).map(|_| self.value(depth - 1)).collect(),
                _ => Value::Object(
                    (0..self.next(4))
                        .map(|_| (self.text(), self.value(depth - 1)))
                        .collect(),
                ),
            }
        }
    }

    #[test]
    fn whatever_is_recorded_reads_back_equal() {
        let journal = journal();
        let mut numbers = Numbers(8);
        for _ in 0..20_000 {
            journal.record(
                EventDraft::new(Component::Vault, "request")
                    .refused(numbers.text())
                    .request_id(numbers.text())
                    .trace_id(Some(numbers.text()))
                    .detail(numbers.value(5)),
            );
        }
        for depth in [62, 63, 64, 65, 125, 128, 900] {
            let mut deep = json!("bottom");
            for _ in 0..depth {
                deep = Value::Array(vec![deep]);
            }
            journal
                .record(EventDraft::new(Component::Gateway, "jwt").detail(json!({"claims": deep})));
        }
        for event in journal.events_since(0) {
            let line = serde_json::to_string(&*event).unwrap();
            let read: Event =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(read, *event, "{line}");
        }
    }

    #[test]
    fn the_ring_is_bounded_in_bytes_whatever_is_recorded() {
        let journal = journal();
        journal.set_ring_bytes_max(1 << 20);
        let long = "@".repeat(1 << 20);
        for _ in 0..100 {
            for detail in [
                json!({ "text": long }),
                json!({ long.as_str(): 1 }),
                json!({ "texts": vec!["x".repeat(5_000); 100] }),
                json!({ "numbers": vec![7; 50_000] }),
            ] {
                let draft = EventDraft::new(Component::Vault, "request").refused(long.as_str());
                journal.record(draft.request_id(long.as_str()).detail(detail));
            }
            assert!(journal.ring_bytes() <= 1 << 20, "{}", journal.ring_bytes());
        }
        assert!(journal.events_since(0).len() >= 4);
        assert_eq!(journal.events_since(0).last().unwrap().seq, 400);
        journal.set_ring_bytes_max(0);
        assert_eq!(journal.events_since(0).len(), 1, "the latest stays");
    }

    #[test]
    fn who_issued_what_is_bounded_and_the_latest_are_kept() {
        let journal = journal();
        let seq = journal.record(EventDraft::new(Component::Vault, "request"));
        for number in 0..ISSUED_MAX + 10 {
            journal.credential_issued(&number.to_string(), seq + u64::try_from(number).unwrap());
        }
        let count = journal.state.lock().issued_by.len();
        assert!(count <= ISSUED_MAX, "{count}");
        assert!(journal.issuer_of(&ISSUED_MAX.to_string()).is_some());
        assert_eq!(journal.issuer_of("0"), None);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_and_makes_nobody_wait() {
        let journal = journal();
        let missing = std::env::temp_dir()
            .join("authlab-no-such-folder")
            .join("journal");
        assert!(journal.write_to(&missing).is_err());
        // It opens, and nothing can be written to it.
        journal.write_to(Path::new("/dev/full")).unwrap();
        journal.record(EventDraft::new(Component::Lab, "clock"));
        journal.flush_file();
        let told = journal.take_file_error();
        assert!(told.is_some_and(|told| told.contains("space")), "and why");
        assert_eq!(journal.take_file_error(), None);
        journal.record(EventDraft::new(Component::Lab, "clock"));
        assert_eq!(journal.last(), 2);
        // A pipe that nobody reads does not open.
        let pipe = std::env::temp_dir().join(format!("authlab-pipe-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap();
        assert!(made.success());
        let told = journal.write_to(&pipe).unwrap_err().to_string();
        std::fs::remove_file(&pipe).unwrap();
        assert!(told.contains("a pipe that nobody reads"), "{told}");
    }
}

//! What the journal keeps, finds and forgets.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::issuer::{REMEMBERED_ALWAYS, REMEMBERED_MAX};
use super::*;
use crate::clock::{Clock, Component};

fn journal() -> Journal {
    Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()))
}

#[test]
fn events_are_numbered_and_find_their_cause_by_credential() {
    let journal = journal();
    let issued = journal.record(EventDraft::new(Component::Aws, "request").allowed());
    journal.credential_issued("ASIAEXAMPLE", issued, None);
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
        journal.record(EventDraft::new(Component::Gateway, "jwt").detail(json!({"claims": deep})));
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
    for number in 0..REMEMBERED_MAX + 10 {
        let by = seq + u64::try_from(number).unwrap();
        journal.credential_issued(&number.to_string(), by, None);
    }
    let count = journal.state.lock().issuers.len();
    assert_eq!(count, REMEMBERED_MAX);
    assert!(journal.issuer_of(&REMEMBERED_MAX.to_string()).is_some());
    assert_eq!(journal.issuer_of("9"), None);
    assert!(journal.issuer_of("10").is_some());
}

#[tokio::test]
async fn a_credential_is_forgotten_a_day_after_its_expiry() {
    let clock = Clock::standing("2026-01-01T00:00:00Z".parse().unwrap());
    let journal = Journal::new(clock.clone());
    let after = |hours: i64| -> Timestamp { clock.now() + SignedDuration::from_hours(hours) };
    let (short, long) = (Some(after(1)), Some(after(48)));
    for number in 0..REMEMBERED_ALWAYS {
        journal.credential_issued(&format!("short-{number}"), 1, short);
        journal.credential_issued(&format!("long-{number}"), 1, long);
        journal.credential_issued(&format!("for-ever-{number}"), 1, None);
    }
    let kept = |name: &str| {
        let of = |number: usize| journal.issuer_of(&format!("{name}-{number}")).is_some();
        (0..REMEMBERED_ALWAYS).filter(|number| of(*number)).count()
    };
    let all = REMEMBERED_ALWAYS;
    for (hours, short, long, for_ever) in [
        (24, all, all, all),
        (1, 0, all, all),
        (47, 0, 0, all),
        // Those that have no expiry go with the longest lease, but for as many as a small lab has.
        (32 * 24, 0, 0, all - 4),
    ] {
        clock.advance_seconds(hours * 3_600).await.unwrap();
        journal.credential_issued(&format!("new-{hours}"), 2, None);
        let found = (kept("short"), kept("long"), kept("for-ever"));
        assert_eq!(found, (short, long, for_ever), "{hours}");
    }
    assert_eq!(
        journal.issuer_of("new-24"),
        Some(2),
        "issued last, kept last"
    );
}

#[test]
fn a_small_lab_forgets_no_credential() {
    let clock = Clock::standing("2026-01-01T00:00:00Z".parse().unwrap());
    let journal = Journal::new(clock.clone());
    for number in 0..REMEMBERED_ALWAYS {
        journal.credential_issued(&number.to_string(), 1, Some(Timestamp::UNIX_EPOCH));
    }
    assert_eq!(journal.issuer_of("0"), Some(1));
}

/// Events at random, some of a request and a trace, most with a cause.
fn recorded_at_random(journal: &Journal, count: usize) {
    let mut numbers = Numbers(11);
    for _ in 0..count {
        let mut draft = EventDraft::new(Component::Aws, "request");
        if numbers.next(4) > 0 {
            draft = draft.request_id(format!("r-{}", numbers.next(20)));
        }
        if numbers.next(2) > 0 {
            draft = draft.trace_id(Some(format!("t-{}", numbers.next(10))));
        }
        if numbers.next(3) > 0 {
            let cause = journal.last().saturating_sub(numbers.next(30));
            draft = draft.cause(Some(cause));
        }
        journal.record(draft);
    }
}

#[test]
fn the_indexes_find_what_a_walk_through_the_ring_finds_also_after_events_have_left() {
    for bytes in [usize::MAX, 60_000] {
        let journal = journal();
        journal.set_ring_bytes_max(bytes);
        recorded_at_random(&journal, 400);
        let events = journal.events_since(0);
        assert_eq!(events.len() == 400, bytes == usize::MAX);
        assert!(events.len() > 40);
        for number in 0..21 {
            let id = format!("r-{number}");
            let of_request = |event: &&Arc<Event>| event.request_id.as_deref() == Some(&id);
            let own: Vec<_> = events.iter().filter(of_request).cloned().collect();
            assert_eq!(journal.events_of_request(&id), own, "{id}");
            let mut members: Vec<Sequence> = own.iter().map(|event| event.seq).collect();
            let mut causes: Vec<Sequence> = members.clone();
            for event in &events {
                let is_effect = event.cause.is_some_and(|cause| members.contains(&cause));
                if is_effect && !members.contains(&event.seq) {
                    members.push(event.seq);
                }
            }
            for event in events.iter().rev() {
                if let Some(cause) = event.cause.filter(|_| causes.contains(&event.seq)) {
                    causes.push(cause);
                }
            }
            members.extend(causes);
            let is_member = |event: &&Arc<Event>| members.contains(&event.seq);
            let chain: Vec<_> = events.iter().filter(is_member).cloned().collect();
            assert_eq!(journal.chain_of(&id), chain, "{id}");
        }
        for number in 0..11 {
            let id = format!("t-{number}");
            assert_eq!(journal.last_of_trace(&id), None, "no request of it is open");
            let _open = journal.open_trace(Some(&id));
            let of_trace = |event: &&Arc<Event>| event.trace_id.as_deref() == Some(&id);
            let last = events.iter().rfind(of_trace).map(|event| event.seq);
            assert_eq!(journal.last_of_trace(&id), last, "{id}");
        }
    }
}

#[test]
fn what_leaves_the_ring_leaves_the_indexes() {
    let journal = journal();
    recorded_at_random(&journal, 400);
    assert_eq!(journal.state.lock().ring.ids(), (20, 10));
    journal.set_ring_bytes_max(0);
    let (requests, traces) = journal.state.lock().ring.ids();
    assert!(requests <= 1 && traces <= 1, "{requests} {traces}");
    journal.reset();
    assert_eq!(journal.state.lock().ring.ids(), (0, 0));
    assert!(journal.chain_of("r-1").is_empty());
}

#[test]
fn events_are_read_by_number_in_parts() {
    let journal = journal();
    for _ in 0..3_000 {
        journal.record(EventDraft::new(Component::Lab, "clock"));
    }
    for (since, count) in [
        (0, 3_000),
        (1, 2_999),
        (1_024, 1_976),
        (2_999, 1),
        (3_000, 0),
        (9_000, 0),
    ] {
        let events = journal.events_since(since);
        assert_eq!(events.len(), count, "{since}");
        assert!(events.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
        assert!(events.first().is_none_or(|event| event.seq == since + 1));
    }
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

//! A log group, its streams and their events.

use std::collections::BTreeMap;

use authlab_kernel::id::Draw;
use authlab_kernel::{Scope, Timestamp};

/// A log group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its account and Region.
    pub scope: Scope,
    /// When it was made.
    pub created: Timestamp,
    /// How long events are kept; `None` keeps them for ever.
    pub retention_days: Option<i64>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
    pub class: String,
    /// The KMS key that was named; nothing is encrypted with it.
    pub kms_key_id: Option<String>,
    /// Whether it cannot be deleted.
    pub is_protected: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its streams, by name.
    pub streams: BTreeMap<String, Stream>,
}

/// A log stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// When it was made.
    pub created: Timestamp,
    /// Its events in the order of their times; those of one time in the order of their arrival.
    events: Vec<LogEvent>,
    count: u64,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Its time, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// When it arrived, in milliseconds since 1970.
    pub ingestion_ms: i64,
    /// Its text.
    pub message: String,
    /// Its number in the stream, by arrival, from 0.
    pub nth: u64,
}

impl Group {
    /// `arn:aws:logs:R:A:log-group:NAME`, without the trailing `:*`.
    pub fn arn(&self) -> String {
        group_arn(&self.scope, &self.name)
    }

    /// The time before which events have expired, in milliseconds since 1970.
    pub fn oldest_kept_ms(&self, now: Timestamp) -> i64 {
        let days = self.retention_days.unwrap_or(0);
        if days == 0 {
            i64::MIN
        } else {
            now.as_millisecond() - days * DAY_MS
        }
    }

    /// Bytes of all messages, with AWS's 26 for each event.
    pub fn stored_bytes(&self) -> usize {
        self.streams.values().map(Stream::stored_bytes).sum()
    }
}

/// A day in milliseconds.
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What an event counts beside its message (`PutLogEvents`, limits), in bytes.
pub(super) const EVENT_OVERHEAD_BYTES: usize = 26;

/// `arn:aws:logs:R:A:log-group:NAME`.
pub(super) fn group_arn(scope: &Scope, name: &str) -> String {
    scope.arn("logs", &format!("log-group:{name}"))
}

impl Stream {
    /// An empty stream.
    pub fn new(created: Timestamp) -> Self {
        Self {
            created,
            events: Vec::new(),
            count: 0,
        }
    }

    /// Its events in the order of their times.
    pub fn events(&self) -> &[LogEvent] {
        &self.events
    }

    /// Adds an event behind all of the same or an earlier time.
    pub fn push(&mut self, timestamp_ms: i64, ingestion_ms: i64, message: String) {
        let event = LogEvent {
            timestamp_ms,
            ingestion_ms,
            message,
            nth: self.count,
        };
        self.count += 1;
        let place = self
            .events
            .partition_point(|earlier| earlier.timestamp_ms <= timestamp_ms);
        self.events.insert(place, event);
    }

    fn stored_bytes(&self) -> usize {
        self.events
            .iter()
            .map(|event| event.message.len() + EVENT_OVERHEAD_BYTES)
            .sum()
    }
}

impl LogEvent {
    /// The event's id: 56 digits that sort as times do.
    pub fn id(&self, group_arn: &str, stream: &str) -> String {
        let rest = Draw::of(&format!("{group_arn}\u{1f}{stream}\u{1f}{}", self.nth)).digits(39);
        format!("3{:016}{rest}", self.timestamp_ms.max(0))
    }
}

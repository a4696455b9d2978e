//! A log group, its streams and their events.

use std::collections::BTreeMap;

use authlab_kernel::id::Draw;
use authlab_kernel::{Scope, Timestamp};

use super::subscription::Subscription;

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
    /// Its subscription filters, by name.
    pub subscriptions: BTreeMap<String, Subscription>,
}

/// A log stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// When it was made.
    pub created: Timestamp,
    /// Its events in the order of their times; those of one time in the order of their arrival.
    events: Vec<LogEvent>,
    count: u64,
    /// What its events count, as [`EVENT_OVERHEAD_BYTES`] says.
    bytes: usize,
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
    /// An empty group.
    pub fn new(scope: &Scope, name: &str, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            scope: scope.clone(),
            created,
            retention_days: None,
            class: "STANDARD".to_owned(),
            kms_key_id: None,
            is_protected: false,
            tags: BTreeMap::new(),
            streams: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
        }
    }

    /// How many events were written to a stream so far.
    pub fn count_in(&self, stream: &str) -> u64 {
        self.streams.get(stream).map_or(0, |stream| stream.count)
    }

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

/// How much of a stream is kept, in bytes as they are counted: a lab that runs for long keeps the latest
/// events. A stream of AWS has no such end.
const STREAM_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How much is left of a stream that is too long, so that not every event moves all others.
const STREAM_BYTES_LEFT: usize = STREAM_BYTES_MAX / 4 * 3;

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
            bytes: 0,
        }
    }

    /// Its events in the order of their times.
    pub fn events(&self) -> &[LogEvent] {
        &self.events
    }

    /// Adds an event behind all of the same or an earlier time. The oldest ones go where there are too
    /// many.
    pub fn push(&mut self, timestamp_ms: i64, ingestion_ms: i64, message: String) {
        let event = LogEvent {
            timestamp_ms,
            ingestion_ms,
            message,
            nth: self.count,
        };
        self.count += 1;
        self.bytes += event.stored_bytes();
        let place = self
            .events
            .partition_point(|earlier| earlier.timestamp_ms <= timestamp_ms);
        self.events.insert(place, event);
        if self.bytes > STREAM_BYTES_MAX {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        let mut gone = 0;
        for event in &self.events {
            if self.bytes <= STREAM_BYTES_LEFT {
                break;
            }
            self.bytes -= event.stored_bytes();
            gone += 1;
        }
        self.events.drain(..gone);
    }

    fn stored_bytes(&self) -> usize {
        self.bytes
    }
}

impl LogEvent {
    fn stored_bytes(&self) -> usize {
        self.message.len() + EVENT_OVERHEAD_BYTES
    }

    /// The event's id: 56 digits that sort as times do.
    pub fn id(&self, group_arn: &str, stream: &str) -> String {
        let rest = Draw::of(&format!("{group_arn}\u{1f}{stream}\u{1f}{}", self.nth)).digits(39);
        format!("3{:016}{rest}", self.timestamp_ms.max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_keeps_the_latest_events() {
        let mut stream = Stream::new("2026-01-01T00:00:00Z".parse().unwrap());
        let message = "x".repeat(1024 * 1024 - EVENT_OVERHEAD_BYTES);
        for time in 0..16 {
            stream.push(time, time, message.clone());
        }
        assert_eq!(
            (stream.events().len(), stream.stored_bytes()),
            (16, STREAM_BYTES_MAX)
        );
        stream.push(16, 16, "last".to_owned());
        let kept: Vec<i64> = stream
            .events()
            .iter()
            .map(|event| event.timestamp_ms)
            .collect();
        assert_eq!(kept, (5..=16).collect::<Vec<_>>(), "the oldest are gone");
        let counted: usize = stream.events().iter().map(LogEvent::stored_bytes).sum();
        assert_eq!(stream.stored_bytes(), counted);
        assert_eq!(stream.events().last().map(|event| event.nth), Some(16));
    }
}

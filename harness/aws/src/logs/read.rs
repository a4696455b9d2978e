//! Reading events: one stream in pages both ways, or a whole group through a filter pattern.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::error::Error;
use super::group::{Group, LogEvent, Stream};
use super::pattern::Pattern;
use authlab_kernel::Timestamp;

/// The most events of a page, and how many come when no limit is given.
pub const LIMIT_MAX: usize = 10_000;

/// A span of time in milliseconds since 1970; absent ends are open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first millisecond.
    pub start_ms: Option<i64>,
    /// The first millisecond that is not in it.
    pub end_ms: Option<i64>,
}

impl Span {
    fn contains(&self, time_ms: i64) -> bool {
        self.start_ms.is_none_or(|start| time_ms >= start)
            && self.end_ms.is_none_or(|end| time_ms < end)
    }
}

/// A place between two events of a stream: every event lies before or after it, also those that
/// arrive later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    time_ms: i64,
    /// Twice the event's number plus one is the event, the even numbers are its sides.
    half: u64,
}

impl Place {
    fn of(event: &LogEvent) -> Self {
        Self {
            time_ms: event.timestamp_ms,
            half: event.nth * 2 + 1,
        }
    }

    fn before(event: &LogEvent) -> Self {
        Self {
            time_ms: event.timestamp_ms,
            half: event.nth * 2,
        }
    }

    fn after(event: &LogEvent) -> Self {
        Self {
            time_ms: event.timestamp_ms,
            half: event.nth * 2 + 2,
        }
    }

    /// `f/<56 digits>/s`, as GetLogEvents writes its tokens.
    fn token(self, direction: char) -> String {
        format!("{direction}/{:020}{:036}/s", self.time_ms.max(0), self.half)
    }

    fn read(token: &str) -> Option<(char, Self)> {
        let direction = token
            .chars()
            .next()
            .filter(|letter| matches!(letter, 'f' | 'b'))?;
        let digits = token.get(1..)?.strip_prefix('/')?.strip_suffix("/s")?;
        if digits.len() != 56 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let time_ms = digits.get(..20)?.parse().ok()?;
        let half = digits.get(20..)?.parse().ok()?;
        Some((direction, Self { time_ms, half }))
    }
}

/// A page of one stream.
#[derive(Debug)]
pub struct Page<'a> {
    /// The events in the order of their times.
    pub events: Vec<&'a LogEvent>,
    /// The token for what comes after; the same as the one given when nothing does yet.
    pub forward: String,
    /// The token for what came before.
    pub backward: String,
}

/// What GetLogEvents asks for.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// The end is exclusive.
    pub span: Span,
    /// At most this many.
    pub limit: Option<usize>,
    /// The earliest first, instead of the latest.
    pub from_head: bool,
    /// A token of an earlier page.
    pub token: Option<String>,
}

/// A page of a stream.
///
/// # Errors
/// No such stream, or a token that is none.
pub fn page<'a>(
    group: &'a Group,
    stream: &str,
    request: &PageRequest,
    now: Timestamp,
) -> Result<Page<'a>, Error> {
    let stream: &Stream = group.streams.get(stream).ok_or(Error::NoSuchStream)?;
    let from =
        match &request.token {
            None => None,
            Some(token) => Some(Place::read(token).ok_or_else(|| {
                Error::Parameter("The specified nextToken is invalid.".to_owned())
            })?),
        };
    let oldest_ms = group.oldest_kept_ms(now);
    let is_wanted = |event: &&LogEvent| {
        event.timestamp_ms >= oldest_ms && request.span.contains(event.timestamp_ms)
    };
    let limit = request.limit.unwrap_or(LIMIT_MAX).min(LIMIT_MAX);
    let is_forward = from.map_or(request.from_head, |(direction, _)| direction == 'f');
    let mut events: Vec<&LogEvent> = if is_forward {
        let after = |event: &&LogEvent| from.is_none_or(|(_, place)| Place::of(event) > place);
        stream
            .events()
            .iter()
            .filter(after)
            .filter(is_wanted)
            .take(limit)
            .collect()
    } else {
        let before = |event: &&LogEvent| from.is_none_or(|(_, place)| Place::of(event) < place);
        stream
            .events()
            .iter()
            .rev()
            .filter(before)
            .filter(is_wanted)
            .take(limit)
            .collect()
    };
    if !is_forward {
        events.reverse();
    }
    let here = from.map_or(
        Place {
            time_ms: 0,
            half: 0,
        },
        |(_, place)| place,
    );
    let forward = events.last().map_or(here, |event| Place::after(event));
    let backward = events.first().map_or(here, |event| Place::before(event));
    Ok(Page {
        events,
        forward: forward.token('f'),
        backward: backward.token('b'),
    })
}

/// What FilterLogEvents asks for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Only these streams, when there are any.
    pub streams: Vec<String>,
    /// Only streams whose names begin so.
    pub stream_prefix: Option<String>,
    /// The span.
    pub span: Span,
    /// What messages have to match.
    pub pattern: Pattern,
    /// At most this many.
    pub limit: Option<usize>,
    /// A token of an earlier page.
    pub token: Option<String>,
}

/// An event that matched, and its stream.
pub type Found<'a> = (&'a str, &'a LogEvent);

/// The order of what was found: by time, then by stream, then by arrival.
type Key = (i64, String, u64);

/// The events of a group that match, and the token of the next page.
///
/// # Errors
/// A stream that is not there, or a token that is none.
pub fn search<'a>(
    group: &'a Group,
    search: &Search,
    now: Timestamp,
) -> Result<(Vec<Found<'a>>, Option<String>), Error> {
    if search
        .streams
        .iter()
        .any(|name| !group.streams.contains_key(name))
    {
        return Err(Error::NoSuchStream);
    }
    let from =
        match &search.token {
            None => None,
            Some(token) => Some(read_key(token).ok_or_else(|| {
                Error::Parameter("The specified nextToken is invalid.".to_owned())
            })?),
        };
    let oldest_ms = group.oldest_kept_ms(now);
    let prefix = search.stream_prefix.as_deref().unwrap_or("");
    let mut found: Vec<Found<'a>> = group
        .streams
        .iter()
        .filter(|(name, _)| search.streams.is_empty() || search.streams.contains(name))
        .filter(|(name, _)| name.starts_with(prefix))
        .flat_map(|(name, stream)| {
            stream
                .events()
                .iter()
                .map(move |event| (name.as_str(), event))
        })
        .filter(|(_, event)| event.timestamp_ms >= oldest_ms)
        .filter(|(_, event)| search.span.contains(event.timestamp_ms))
        .filter(|(_, event)| search.pattern.matches(&event.message))
        .collect();
    found.sort_by_key(|(stream, event)| (event.timestamp_ms, *stream, event.nth));
    if let Some(from) = from {
        found.retain(|one| key(one) >= from);
    }
    let limit = search.limit.unwrap_or(LIMIT_MAX).min(LIMIT_MAX);
    let next = found.get(limit).map(write_key);
    found.truncate(limit);
    Ok((found, next))
}

fn key((stream, event): &Found<'_>) -> Key {
    (event.timestamp_ms, (*stream).to_owned(), event.nth)
}

fn write_key((stream, event): &Found<'_>) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}/{}/{stream}", event.timestamp_ms, event.nth))
}

fn read_key(token: &str) -> Option<Key> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let mut parts = text.splitn(3, '/');
    let (time, nth, stream) = (parts.next()?, parts.next()?, parts.next()?);
    Some((time.parse().ok()?, stream.to_owned(), nth.parse().ok()?))
}

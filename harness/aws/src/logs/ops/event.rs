//! Streams and events.

use authlab_kernel::id::Draw;
use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::logs::error::Error;
use crate::logs::group::{Group, Stream};
use crate::logs::pattern::Pattern;
use crate::logs::read::{self, PageRequest, Search, Span};
use crate::logs::state::{Rejected, Target};
use crate::operation::{Answer, Call, Reply, page, read as decode};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamInput {
    log_group_name: String,
    log_stream_name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DescribeInput {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name_prefix: Option<String>,
    order_by: Option<String>,
    descending: Option<bool>,
    limit: Option<usize>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeOutput<'a> {
    log_streams: Vec<StreamOutput<'a>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StreamOutput<'a> {
    arn: String,
    log_stream_name: &'a str,
    creation_time: i64,
    first_event_timestamp: Option<i64>,
    last_event_timestamp: Option<i64>,
    last_ingestion_time: Option<i64>,
    /// Only of a stream that was written to (recorded).
    upload_sequence_token: Option<String>,
    /// Zero for every stream since 2019 (API reference, `LogStream`).
    stored_bytes: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PutInput {
    log_group_name: String,
    log_stream_name: String,
    log_events: Vec<PutEvent>,
    /// AWS takes it and looks at it no more (API reference, since 2023).
    #[serde(default, rename = "sequenceToken")]
    _sequence_token: Option<String>,
}

#[derive(Deserialize)]
struct PutEvent {
    timestamp: i64,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PutOutput {
    next_sequence_token: String,
    rejected_log_events_info: Option<RejectedOutput>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RejectedOutput {
    too_new_log_event_start_index: Option<usize>,
    too_old_log_event_end_index: Option<usize>,
    expired_log_event_end_index: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct GetInput {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    limit: Option<usize>,
    start_from_head: Option<bool>,
    next_token: Option<String>,
    /// Read by the check, which asks for a further permission; nothing is masked here.
    #[serde(rename = "unmask")]
    _unmask: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GetOutput<'a> {
    events: Vec<EventOutput<'a>>,
    next_forward_token: String,
    next_backward_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventOutput<'a> {
    timestamp: i64,
    ingestion_time: i64,
    message: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FilterInput {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_names: Option<Vec<String>>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    limit: Option<usize>,
    next_token: Option<String>,
    /// Read by the check, which asks for a further permission; nothing is masked here.
    #[serde(rename = "unmask")]
    _unmask: Option<bool>,
    /// AWS takes it and interleaves in any case (API reference, since 2019).
    #[serde(rename = "interleaved")]
    _interleaved: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterOutput<'a> {
    events: Vec<FoundOutput<'a>>,
    next_token: Option<String>,
    /// Always empty since 2019 (API reference, `FilterLogEvents`).
    searched_log_streams: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FoundOutput<'a> {
    event_id: String,
    log_stream_name: &'a str,
    timestamp: i64,
    ingestion_time: i64,
    message: &'a str,
}

pub(crate) fn create_log_stream(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: StreamInput = decode(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.create_stream(&input.log_group_name, &input.log_stream_name, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn delete_log_stream(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: StreamInput = decode(input)?;
    let (logs, ctx) = cloud.logs(call);
    logs.delete_stream(&input.log_group_name, &input.log_stream_name, &ctx)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(crate) fn describe_log_streams(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: DescribeInput = decode(input)?;
    let by_time = input.order_by.as_deref() == Some("LastEventTime");
    if by_time && input.log_stream_name_prefix.is_some() {
        let text = "Cannot order by LastEventTime with a logStreamNamePrefix.";
        return Err(wire(Error::Parameter(text.to_owned())));
    }
    let target = target(
        input.log_group_name.as_deref(),
        input.log_group_identifier.as_deref(),
    )?;
    let (logs, ctx) = cloud.logs(call);
    let group = logs.readable(&target, &ctx).map_err(wire)?;
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or("");
    let mut streams: Vec<(&String, &Stream)> = group
        .streams
        .iter()
        .filter(|(name, _)| name.starts_with(prefix))
        .collect();
    if by_time {
        streams.sort_by_key(|(_, stream)| stream.events().last().map(|event| event.timestamp_ms));
    }
    if input.descending.unwrap_or(false) {
        streams.reverse();
    }
    let (place, size) = (input.next_token.as_deref(), input.limit.unwrap_or(50));
    let (page, next_token) = page::numbered(streams, place, size).map_err(|_| {
        let text = "The specified nextToken is invalid.";
        wire(Error::Parameter(text.to_owned()))
    })?;
    let log_streams = page
        .iter()
        .map(|(name, stream)| stream_output(group, name, stream))
        .collect();
    Reply::to(&DescribeOutput {
        log_streams,
        next_token,
    })
}

fn stream_output<'a>(group: &Group, name: &'a str, stream: &Stream) -> StreamOutput<'a> {
    let events = stream.events();
    StreamOutput {
        arn: format!("{}:log-stream:{name}", group.arn()),
        log_stream_name: name,
        creation_time: stream.created.as_millisecond(),
        first_event_timestamp: events.first().map(|event| event.timestamp_ms),
        last_event_timestamp: events.last().map(|event| event.timestamp_ms),
        last_ingestion_time: events.iter().map(|event| event.ingestion_ms).max(),
        upload_sequence_token: (!events.is_empty()).then(|| sequence_token(&group.arn(), name)),
        stored_bytes: 0,
    }
}

pub(crate) fn put_log_events(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: PutInput = decode(input)?;
    let events = input
        .log_events
        .into_iter()
        .map(|event| (event.timestamp, event.message));
    let (group, stream) = (&input.log_group_name, &input.log_stream_name);
    let (logs, ctx) = cloud.logs(call);
    let before = logs.group(&call.scope, group);
    let since = before.map_or(0, |group| group.count_in(stream));
    let rejected = logs
        .put_events(group, stream, events.collect(), &ctx)
        .map_err(wire)?;
    let passed_on = logs.passed_on(&call.scope, group, stream, since);
    let any = rejected != Rejected::default();
    let reply = Reply::to(&PutOutput {
        next_sequence_token: sequence_token(group, stream),
        rejected_log_events_info: any.then_some(RejectedOutput {
            too_new_log_event_start_index: rejected.too_new_start,
            too_old_log_event_end_index: rejected.too_old_end,
            expired_log_event_end_index: rejected.expired_end,
        }),
    })?;
    Ok(passed_on.into_iter().fold(reply, Reply::and))
}

/// Still sent, no longer read by AWS.
fn sequence_token(group: &str, stream: &str) -> String {
    Draw::of(&format!("log-sequence-token\u{1f}{group}\u{1f}{stream}")).digits(56)
}

pub(crate) fn get_log_events(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: GetInput = decode(input)?;
    let target = target(
        input.log_group_name.as_deref(),
        input.log_group_identifier.as_deref(),
    )?;
    let request = PageRequest {
        span: Span {
            start_ms: input.start_time,
            end_ms: input.end_time,
        },
        limit: input.limit,
        from_head: input.start_from_head.unwrap_or(false),
        token: input.next_token,
    };
    let (logs, ctx) = cloud.logs(call);
    let group = logs.readable(&target, &ctx).map_err(wire)?;
    let page = read::page(group, &input.log_stream_name, &request, ctx.now).map_err(wire)?;
    let events = page.events.iter().map(|event| EventOutput {
        timestamp: event.timestamp_ms,
        ingestion_time: event.ingestion_ms,
        message: &event.message,
    });
    Reply::to(&GetOutput {
        events: events.collect(),
        next_forward_token: page.forward,
        next_backward_token: page.backward,
    })
}

pub(crate) fn filter_log_events(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: FilterInput = decode(input)?;
    let target = target(
        input.log_group_name.as_deref(),
        input.log_group_identifier.as_deref(),
    )?;
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        let text = "give either `logStreamNames` or `logStreamNamePrefix`, not both";
        return Err(wire(Error::Parameter(text.to_owned())));
    }
    let pattern = input.filter_pattern.unwrap_or_default();
    let search = Search {
        streams: input.log_stream_names.unwrap_or_default(),
        stream_prefix: input.log_stream_name_prefix,
        // Events at the end time itself are found here, other than in GetLogEvents.
        span: Span {
            start_ms: input.start_time,
            end_ms: input.end_time.map(|end_ms| end_ms.saturating_add(1)),
        },
        pattern: Pattern::parse(&pattern)
            .map_err(|problem| wire(Error::Pattern { pattern, problem }))?,
        limit: input.limit,
        token: input.next_token,
    };
    let (logs, ctx) = cloud.logs(call);
    let group = logs.readable(&target, &ctx).map_err(wire)?;
    let (found, next_token) = read::search(group, &search, ctx.now).map_err(wire)?;
    let arn = group.arn();
    let events = found.iter().map(|(stream, event)| FoundOutput {
        event_id: event.id(&arn, stream),
        log_stream_name: stream,
        timestamp: event.timestamp_ms,
        ingestion_time: event.ingestion_ms,
        message: &event.message,
    });
    Reply::to(&FilterOutput {
        events: events.collect(),
        next_token,
        searched_log_streams: [],
    })
}

fn target(name: Option<&str>, identifier: Option<&str>) -> Result<Target, WireError> {
    Target::new(name, identifier).map_err(wire)
}

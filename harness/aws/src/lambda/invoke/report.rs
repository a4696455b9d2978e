//! What an invocation leaves in the function's log group.
//!
//! The lines are those of the text format (Lambda developer guide, `monitoring-cloudwatchlogs.html`)
//! or of JSON (`monitoring-cloudwatchlogs-logformat.html`, which also says the level of each event of
//! the system; what the function writes itself is plain text and stays as it is).
//! They are written with the execution role's permissions: a role without them leaves no log, and
//! the function runs all the same.

use authlab_kernel::id::Draw;
use authlab_kernel::{Ids, Timestamp};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Invocation, InvokedBy, Prepared, draft, environment};
use crate::evidence::{Reason, Why};
use crate::front::{Brief, FrontDoor};
use crate::lambda::closure::FunctionError;
use crate::lambda::function::{Configuration, LogLevels};
use crate::operation::{Check, Effect};

/// How much of the log `LogType: Tail` answers, in bytes.
const TAIL_BYTES: usize = 4096;

/// The log stream of a function on the day of `now`: `2026/01/01/[VERSION]<32 hex>`.
pub fn stream(ids: &Ids, function: &Configuration, now: Timestamp) -> String {
    let day = now.strftime("%Y/%m/%d").to_string();
    let label = format!(
        "{}\u{1f}lambda-log-stream\u{1f}{}\u{1f}{day}",
        ids.seed(),
        function.version_arn()
    );
    format!("{day}/[{}]{}", function.version, Draw::of(&label).hex(32))
}

/// The lines of one invocation.
pub fn lines(
    invocation: &Invocation,
    function: &Configuration,
    started: Timestamp,
    ended: Timestamp,
    result: &Result<Bytes, FunctionError>,
    written: Vec<(Timestamp, String)>,
) -> Vec<(Timestamp, String)> {
    if let Some(levels) = &function.log_levels {
        return json_lines(
            invocation,
            function,
            levels,
            (started, ended),
            result,
            written,
        );
    }
    let id = &invocation.request_id;
    let start = format!("START RequestId: {id} Version: {}\n", function.version);
    let mut lines = vec![(started, start)];
    lines.extend(written);
    match result {
        Ok(_) => {}
        Err(error) if error.error_type == "Sandbox.Timedout" => {
            let time = ended.strftime("%Y-%m-%dT%H:%M:%S.%3fZ");
            let seconds = function.timeout_seconds;
            lines.push((
                ended,
                format!("{time} {id} Task timed out after {seconds}.00 seconds\n"),
            ));
        }
        Err(error) => lines.push((ended, format!("[ERROR] {error}\n"))),
    }
    lines.push((ended, format!("END RequestId: {id}\n")));
    let duration_ms = ended.duration_since(started).as_millis().max(0);
    // Lambda bills whole milliseconds, at least one. The memory that a closure uses is not known.
    lines.push((
        ended,
        format!(
            "REPORT RequestId: {id}\tDuration: {duration_ms}.00 ms\tBilled Duration: {} ms\t\
             Memory Size: {} MB\tMax Memory Used: 0 MB\t\n",
            duration_ms.max(1),
            function.memory_mib
        ),
    ));
    lines
}

/// The lines of one invocation in JSON: the events of the system, and the function's error.
fn json_lines(
    invocation: &Invocation,
    function: &Configuration,
    levels: &LogLevels,
    (started, ended): (Timestamp, Timestamp),
    result: &Result<Bytes, FunctionError>,
    written: Vec<(Timestamp, String)>,
) -> Vec<(Timestamp, String)> {
    let id = &invocation.request_id;
    let stamp = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let shows = |level: &str| rank(level) >= rank(&levels.system);
    let event = |time: Timestamp, kind: &str, record: Value| {
        let line =
            json!({"time": stamp(time), "type": format!("platform.{kind}"), "record": record});
        (time, format!("{line}\n"))
    };
    let mut lines = Vec::new();
    if shows("INFO") {
        let record = json!({"requestId": id, "version": function.version});
        lines.push(event(started, "start", record));
    }
    lines.extend(written);
    let status = match result {
        Ok(_) => "success",
        Err(error) if error.error_type == "Sandbox.Timedout" => "timeout",
        Err(_) => "error",
    };
    if let Err(error) = result
        && status == "error"
        && rank("ERROR") >= rank(&levels.application)
    {
        let line = json!({
            "timestamp": stamp(ended),
            "level": "ERROR",
            "message": error.message,
            "errorType": error.error_type,
            "requestId": id,
        });
        lines.push((ended, format!("{line}\n")));
    }
    let has_failed = status != "success";
    if shows(if has_failed { "WARN" } else { "DEBUG" }) {
        let record = json!({"requestId": id, "status": status});
        lines.push(event(ended, "runtimeDone", record));
    }
    if shows(if has_failed { "WARN" } else { "INFO" }) {
        let duration_ms = ended.duration_since(started).as_millis().max(0);
        let record = json!({
            "requestId": id,
            "metrics": {
                "durationMs": duration_ms,
                "billedDurationMs": duration_ms.max(1),
                "memorySizeMB": function.memory_mib,
                "maxMemoryUsedMB": 0,
            },
            "status": status,
        });
        lines.push(event(ended, "report", record));
    }
    lines
}

/// How grave a level is.
fn rank(level: &str) -> usize {
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    levels.iter().position(|known| *known == level).unwrap_or(0)
}

/// The last four kB.
pub fn tail(lines: &[(Timestamp, String)]) -> String {
    let text: String = lines.iter().map(|(_, line)| line.as_str()).collect();
    let mut start = text.len().saturating_sub(TAIL_BYTES);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default().to_owned()
}

/// Whether a subscription of a log group invoked the function.
fn is_subscribed(invocation: &Invocation) -> bool {
    match &invocation.invoked_by {
        InvokedBy::Service { source_arn, .. } => source_arn.starts_with("arn:aws:logs:"),
        InvokedBy::Caller(_) => false,
    }
}

/// Writes the lines if the role may; `written`, or the action that it lacks.
pub(super) async fn write(
    door: &FrontDoor,
    invocation: &Invocation,
    prepared: &Prepared,
    lines: Vec<(Timestamp, String)>,
) -> String {
    let function = &prepared.function;
    let stream = stream(door.ids(), function, prepared.now);
    if let Some(action) = refused(door, invocation, prepared, &stream) {
        return format!("not written: the role lacks {action}");
    }
    let effect = Effect::PutLogEvents {
        scope: function.scope.clone(),
        group: function.log_group.clone(),
        stream,
        events: lines,
        is_passed_on: !is_subscribed(invocation),
    };
    door.perform(vec![effect], prepared.seq).await;
    "written".to_owned()
}

/// The first permission that the role lacks to write its log.
fn refused(
    door: &FrontDoor,
    invocation: &Invocation,
    prepared: &Prepared,
    stream: &str,
) -> Option<String> {
    let function = &prepared.function;
    let cloud = door.view();
    let Some(issued) = cloud.sts.session(&prepared.credentials.access_key_id) else {
        return Some("sts:AssumeRole".to_owned());
    };
    let account = &function.scope.account;
    let group = function
        .scope
        .arn("logs", &format!("log-group:{}", function.log_group));
    let check = |action: &str, stream: &str| {
        Check::new(
            action,
            format!("{group}:log-stream:{stream}"),
            account.clone(),
        )
    };
    let mut checks = Vec::new();
    let present = cloud.logs.group(&function.scope, &function.log_group);
    if present.is_none() {
        checks.push(check("logs:CreateLogGroup", ""));
    }
    if present.is_none_or(|group| !group.streams.contains_key(stream)) {
        checks.push(check("logs:CreateLogStream", stream));
    }
    checks.push(check("logs:PutLogEvents", stream));
    let environment = environment(&function.scope, prepared.now);
    match door.decide_by_name(&cloud, &issued.caller, &environment, &checks) {
        Brief::Allowed => None,
        Brief::Refused(check) => Some(check.action.to_string()),
        Brief::LetThrough(judged) => {
            let decision = judged.evidence().let_through(true);
            let draft = draft(invocation, &decision).cause(Some(prepared.seq));
            let why = judged
                .denial()
                .map_or(Why::Rule(Reason::NotPermitted), Why::Denied);
            door.journal().record(draft.refused(why));
            None
        }
    }
}

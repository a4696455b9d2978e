//! A chain as text that a person understands in ten seconds.

use std::fmt::{self, Write as _};

use authlab_kernel::journal::{Event, Outcome};
use authlab_kernel::printable::one_line;
use serde_json::Value;

use super::{Chain, is_refusal};

/// How much of an event's evidence fits on its line.
const SUMMARY_CHARACTERS_MAX: usize = 96;

/// Members of an event's detail that its one line shows first, in this order.
const SALIENT: [&str; 16] = [
    "method",
    "path",
    "service",
    "operation",
    "action",
    "resource",
    "purpose",
    "url",
    "function",
    "principal",
    "status",
    "issuer",
    "policy",
    "role",
    "summary",
    "explanation",
];

impl fmt::Display for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "request {}", one_line(&self.request_id))?;
        for event in &self.events {
            line(formatter, event)?;
        }
        let Some(refusal) = self.refusal() else {
            return writeln!(formatter, "\nnothing was refused");
        };
        let reason = one_line(refusal.reason.as_deref().unwrap_or("no reason given"));
        writeln!(
            formatter,
            "\nfirst refusal: #{} {} {}: {reason}",
            refusal.seq,
            one_line(&refusal.component),
            one_line(&refusal.kind)
        )?;
        // What to do comes before what it was computed from.
        for diagnosis in &self.diagnoses {
            writeln!(formatter, "  {}", indented(diagnosis.title))?;
            writeln!(formatter, "  cause: {}", indented(&diagnosis.cause))?;
            writeln!(formatter, "  fix:   {}", indented(&diagnosis.fix))?;
            writeln!(formatter, "  by:    {}", diagnosis.mender.as_str())?;
        }
        writeln!(formatter, "evidence:")?;
        evidence(formatter, &refusal.detail, 1)?;
        Ok(())
    }
}

fn line(formatter: &mut fmt::Formatter<'_>, event: &Event) -> fmt::Result {
    let mark = match event.outcome {
        Outcome::Allowed => '✓',
        Outcome::Refused => '✗',
        Outcome::Failed => '!',
        Outcome::Info => '·',
    };
    let cause = event
        .cause
        .map(|cause| format!("←{cause}"))
        .unwrap_or_default();
    let component = one_line(&event.component);
    let kind = one_line(&event.kind);
    write!(
        formatter,
        "{:>5} {cause:<5} {mark} {component:<8} {kind:<14}",
        event.seq
    )?;
    if let Some(reason) = event.reason.as_deref().filter(|_| is_refusal(event)) {
        write!(formatter, " {}", one_line(reason))?;
    }
    writeln!(formatter, " {}", one_line(&summary(&event.detail)))
}

/// The salient members of a detail on one line.
fn summary(detail: &Value) -> String {
    let Value::Object(members) = detail else {
        return plain(detail);
    };
    let mut text = String::new();
    for (name, value) in SALIENT
        .iter()
        .filter_map(|name| Some((name, members.get(*name)?)))
    {
        if matches!(value, Value::Null | Value::Object(_)) {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        // A method and a path, a service and an operation read by themselves.
        if matches!(
            *name,
            "method" | "path" | "service" | "operation" | "summary"
        ) {
            text.push_str(&plain(value));
        } else {
            // Writing to a String cannot fail.
            let _written = write!(text, "{name}={}", plain(value));
        }
    }
    if text.chars().count() > SUMMARY_CHARACTERS_MAX {
        text = text
            .chars()
            .take(SUMMARY_CHARACTERS_MAX - 1)
            .collect::<String>()
            + "…";
    }
    text
}

/// The whole detail, a member a line.
fn evidence(formatter: &mut fmt::Formatter<'_>, detail: &Value, depth: usize) -> fmt::Result {
    let Value::Object(members) = detail else {
        return Ok(());
    };
    let indent = "  ".repeat(depth);
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Object(inner) if !inner.is_empty() => {
                writeln!(formatter, "{indent}{}:", one_line(name))?;
                evidence(formatter, value, depth + 1)?;
            }
            _ => writeln!(
                formatter,
                "{indent}{}: {}",
                one_line(name),
                indented(&plain(value))
            )?,
        }
    }
    Ok(())
}

/// A text of whatever origin below something of ours: each further line is marked, so that none can
/// pass for a line of the explanation, and nothing in it reaches a terminal that a terminal obeys.
fn indented(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(one_line).collect();
    lines.join("\n      | ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim_end().to_owned(),
        Value::Array(items) if items.iter().all(Value::is_string) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

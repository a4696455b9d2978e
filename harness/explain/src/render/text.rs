//! A chain as text that a person understands in ten seconds.

use std::collections::BTreeMap;
use std::fmt;

use authlab_kernel::journal::{Event, Outcome, TEXT_BYTES_MAX, cut_at};
use authlab_kernel::printable::one_line;
use authlab_policy::evidence::Decision;
use serde_json::Value;

use super::summary;
use crate::chain::Chain;
use crate::culprit::{Part, is_refusal};
use crate::diagnose::{Certainty, Diagnosis};
use crate::told::Told;

/// How many events are shown of a chain.
const CHAIN_LINES_MAX: usize = 200;

/// How many refusals are shown beside the culprit.
const BESIDE_LINES_MAX: usize = 20;

/// How many members are shown of the evidence.
const EVIDENCE_LINES_MAX: usize = 200;

/// How much is shown of a value, in lines and in bytes. The journal cuts texts at the same length; a file
/// may hold what no journal wrote.
const VALUE_LINES_MAX: usize = 60;
const VALUE_BYTES_MAX: usize = TEXT_BYTES_MAX;

/// How much is shown of a member's name, in bytes.
const NAME_BYTES_MAX: usize = 128;

impl fmt::Display for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "request {}", short(&self.request_id))?;
        // What to do comes first, what it was computed from last.
        match self.refusal() {
            Some(refusal) => refused(formatter, self, refusal)?,
            None => let_through(formatter, self)?,
        }
        beside(formatter, self)?;
        writeln!(formatter, "\nchain:")?;
        lines(formatter, self)?;
        let Some(refusal) = self.refusal() else {
            return Ok(());
        };
        writeln!(formatter, "\nevidence of #{}:", refusal.seq)?;
        let mut left = EVIDENCE_LINES_MAX;
        let told = Told::of(refusal);
        match told.as_ref().and_then(Told::decision) {
            Some(decision) if decision.trace.is_some() => account(formatter, decision, &mut left)?,
            _ => evidence(formatter, &refusal.detail, 1, &mut left)?,
        }
        if left == 0 {
            writeln!(formatter, "  … (`--format json` has the rest)")?;
        }
        Ok(())
    }
}

fn refused(formatter: &mut fmt::Formatter<'_>, chain: &Chain, refusal: &Event) -> fmt::Result {
    writeln!(
        formatter,
        "culprit: #{} {} {}: {}",
        refusal.seq,
        short(&refusal.component),
        short(&refusal.kind),
        short(refusal.reason.as_deref().unwrap_or("no reason given"))
    )?;
    match &chain.diagnosis {
        Some(diagnosis) => told(formatter, diagnosis),
        None => Ok(()),
    }
}

fn let_through(formatter: &mut fmt::Formatter<'_>, chain: &Chain) -> fmt::Result {
    let verdict = match (&chain.diagnosis, chain.refusals.is_empty()) {
        (Some(_), _) => "let through, and suspicious",
        (None, true) => "let through: nothing was refused",
        (None, false) => "let through: no refusal led to the answer",
    };
    writeln!(formatter, "{verdict}")?;
    if let Some(diagnosis) = &chain.diagnosis {
        told(formatter, diagnosis)?;
    }
    if chain.allowances.is_empty() {
        return Ok(());
    }
    writeln!(formatter, "allowed by:")?;
    for allowance in &chain.allowances {
        let (seq, kind) = (allowance.seq, allowance.kind);
        writeln!(formatter, "  #{seq} {kind}: {}", indented(&allowance.what))?;
    }
    Ok(())
}

fn told(formatter: &mut fmt::Formatter<'_>, diagnosis: &Diagnosis) -> fmt::Result {
    let class = diagnosis.class;
    writeln!(formatter, "  {} ({class})", indented(diagnosis.title))?;
    writeln!(formatter, "  cause: {}", indented(&diagnosis.cause))?;
    writeln!(formatter, "  fix:   {}", indented(&diagnosis.fix))?;
    writeln!(formatter, "  by:    {}", diagnosis.mender.as_str())?;
    if diagnosis.certainty == Certainty::Certain {
        return Ok(());
    }
    writeln!(formatter, "  this is {}", diagnosis.certainty.as_str())?;
    for ask in &diagnosis.wants {
        writeln!(formatter, "  to be settled by {}", indented(ask.as_str()))?;
    }
    Ok(())
}

/// The refusals that did not lead to the answer, and are no words of the one that did.
fn beside(formatter: &mut fmt::Formatter<'_>, chain: &Chain) -> fmt::Result {
    let by_number: BTreeMap<_, _> = chain
        .events
        .iter()
        .map(|event| (event.seq, event))
        .collect();
    let others = chain
        .refusals
        .iter()
        .filter(|refusal| !matches!(refusal.part, Part::Culprit | Part::LedTo | Part::Follows));
    let mut more = 0;
    for (index, refusal) in others.enumerate() {
        let Some(event) = by_number.get(&refusal.seq) else {
            continue;
        };
        if index >= BESIDE_LINES_MAX {
            more += 1;
            continue;
        }
        let (component, kind) = (short(&event.component), short(&event.kind));
        let reason = short(event.reason.as_deref().unwrap_or("no reason given"));
        let (seq, part) = (event.seq, refusal.part.as_str());
        writeln!(
            formatter,
            "beside it: #{seq} {component} {kind}: {reason} ({part})"
        )?;
    }
    if more > 0 {
        writeln!(
            formatter,
            "beside it: … {more} more (`--format json` has them)"
        )?;
    }
    Ok(())
}

/// The chain, an event a line. Of a long one those that belong to the request itself, what it met, and
/// the first and the last.
fn lines(formatter: &mut fmt::Formatter<'_>, chain: &Chain) -> fmt::Result {
    let is_shown = |index: usize, event: &Event| {
        let is_end =
            index < CHAIN_LINES_MAX / 4 || index + CHAIN_LINES_MAX / 4 >= chain.events.len();
        is_end || Some(event.seq) == chain.culprit
    };
    let is_short = chain.events.len() <= CHAIN_LINES_MAX;
    let mut left_out = 0;
    for (index, event) in chain.events.iter().enumerate() {
        if !is_short && !is_shown(index, event) {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            writeln!(
                formatter,
                "      … {left_out} events (`--format json` has them)"
            )?;
        }
        left_out = 0;
        line(formatter, event)?;
    }
    Ok(())
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
    let component = short(&event.component);
    let kind = short(&event.kind);
    write!(
        formatter,
        "{:>5} {cause:<5} {mark} {component:<8} {kind:<14}",
        event.seq
    )?;
    if let Some(reason) = event.reason.as_deref().filter(|_| is_refusal(event)) {
        write!(formatter, " {}", short(reason))?;
    }
    let summary = Told::of(event).map(|told| summary::of(&told));
    writeln!(formatter, " {}", one_line(&summary.unwrap_or_default()))
}

/// What policies compared, as `authlab decide --explain` tells it, as long as lines are left.
fn account(
    formatter: &mut fmt::Formatter<'_>,
    decision: &Decision,
    left: &mut usize,
) -> fmt::Result {
    let text = decision.to_string();
    for line in text.split_terminator('\n') {
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        let line = cut_at(line, TEXT_BYTES_MAX);
        writeln!(formatter, "  {}", one_line(&line))?;
    }
    Ok(())
}

/// The detail, a member a line, as long as lines are left.
fn evidence(
    formatter: &mut fmt::Formatter<'_>,
    detail: &Value,
    depth: usize,
    left: &mut usize,
) -> fmt::Result {
    let Value::Object(members) = detail else {
        return Ok(());
    };
    let indent = "  ".repeat(depth);
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        if *left == 0 {
            return Ok(());
        }
        *left -= 1;
        let name = one_line(&cut_at(name, NAME_BYTES_MAX)).into_owned();
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                writeln!(formatter, "{indent}{name}:")?;
                evidence(formatter, value, depth + 1, left)?;
            }
            _ => writeln!(formatter, "{indent}{name}: {}", indented(&plain(value)))?,
        }
    }
    Ok(())
}

/// A text of whatever origin below something of ours: cut where it is long, each further line marked, so
/// that none can pass for a line of the explanation, and nothing in it reaches a terminal that a terminal
/// obeys.
fn indented(text: &str) -> String {
    let text = cut_at(text, VALUE_BYTES_MAX);
    let mut lines: Vec<_> = text.split('\n').map(one_line).collect();
    if lines.len() > VALUE_LINES_MAX {
        let more = lines.len() - VALUE_LINES_MAX;
        lines.truncate(VALUE_LINES_MAX);
        lines.push(format!("… {more} lines").into());
    }
    lines.join("\n      | ")
}

/// A text of whatever origin that is short where the lab wrote it.
fn short(text: &str) -> String {
    one_line(&cut_at(text, NAME_BYTES_MAX)).into_owned()
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

//! A chain as text that a person understands in ten seconds.

use std::fmt;

use authlab_kernel::journal::{Event, Outcome};
use authlab_kernel::printable::one_line;
use serde_json::Value;

use super::summary;
use crate::chain::Chain;
use crate::culprit::{Part, is_refusal};
use crate::diagnose::{Certainty, Diagnosis};
use crate::told::Told;

impl fmt::Display for Chain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "request {}", one_line(&self.request_id))?;
        // What to do comes first, what it was computed from last.
        match self.refusal() {
            Some(refusal) => refused(formatter, self, refusal)?,
            None => let_through(formatter, self)?,
        }
        beside(formatter, self)?;
        writeln!(formatter, "\nchain:")?;
        for event in &self.events {
            line(formatter, event)?;
        }
        let Some(refusal) = self.refusal() else {
            return Ok(());
        };
        writeln!(formatter, "\nevidence of #{}:", refusal.seq)?;
        evidence(formatter, &refusal.detail, 1)
    }
}

fn refused(formatter: &mut fmt::Formatter<'_>, chain: &Chain, refusal: &Event) -> fmt::Result {
    writeln!(
        formatter,
        "culprit: #{} {} {}: {}",
        refusal.seq,
        one_line(&refusal.component),
        one_line(&refusal.kind),
        one_line(refusal.reason.as_deref().unwrap_or("no reason given"))
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
    for event in &chain.events {
        let refusal = chain.refusals.iter();
        let refusal = refusal.filter(|refusal| refusal.seq == event.seq);
        let other = |part: &Part| !matches!(part, Part::Culprit | Part::Follows);
        for part in refusal.map(|refusal| refusal.part).filter(other) {
            let (component, kind) = (one_line(&event.component), one_line(&event.kind));
            let reason = one_line(event.reason.as_deref().unwrap_or("no reason given"));
            let (seq, part) = (event.seq, part.as_str());
            writeln!(
                formatter,
                "beside it: #{seq} {component} {kind}: {reason} ({part})"
            )?;
        }
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
    let summary = Told::of(event).map(|told| summary::of(&told));
    writeln!(formatter, " {}", one_line(&summary.unwrap_or_default()))
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

//! One request's chain and its first refusal.
//!
//! A chain is what the journal ties together by cause: the request's own events, what led to them
//! (the event that issued the credential, and what led to that), and what followed from them.

mod render;

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::journal::{Event, Outcome, Sequence};
use serde::Serialize;
use thiserror::Error;

use crate::diagnose::{self, Diagnosis};

/// Why there is nothing to explain.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ExplainError {
    /// No event of that request.
    #[error(
        "no request `{0}` in the journal: give the id of an answer's x-amzn-requestid, \
         apigw-requestid, x-authlab-request-id or request_id"
    )]
    UnknownRequest(String),
    /// No line is an event.
    #[error("no line of the journal is an event; line {line}: {reason}")]
    Line {
        /// The first line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// A line of a journal that is no event: it is told, and the others count all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A journal that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The events.
    pub events: Vec<Event>,
    /// The lines that are none, in their order.
    pub unreadable: Vec<Unreadable>,
}

/// One request's chain, in the order of recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chain {
    /// The request that was asked for.
    pub request_id: String,
    /// The events.
    pub events: Vec<Event>,
    /// The number of the first event that refused; of the first that failed when none refused.
    pub first_refusal: Option<Sequence>,
    /// What caused it, as far as the evidence tells.
    pub diagnoses: Vec<Diagnosis>,
}

impl Chain {
    /// The chain of `request_id` within `events`. They may be of several runs, as those of a file that
    /// two labs wrote or of a lab that was reset: the last run that has the request is told of.
    ///
    /// # Errors
    /// [`ExplainError::UnknownRequest`].
    pub fn of(events: &[Event], request_id: &str) -> Result<Self, ExplainError> {
        let events = last_run_with(events, request_id);
        let own: BTreeSet<Sequence> = events
            .iter()
            .filter(|event| event.request_id.as_deref() == Some(request_id))
            .map(|event| event.seq)
            .collect();
        if own.is_empty() {
            return Err(ExplainError::UnknownRequest(request_id.to_owned()));
        }
        let mut members = with_consequences(events, &own);
        members.extend(origins(events, &own));
        let chain: Vec<Event> = events
            .iter()
            .filter(|event| members.contains(&event.seq))
            .cloned()
            .collect();
        let first_refusal = first_refusal(&chain).map(|event| event.seq);
        let diagnoses = diagnose::all(&chain);
        Ok(Self {
            request_id: request_id.to_owned(),
            events: chain,
            first_refusal,
            diagnoses,
        })
    }

    /// The event of [`Chain::first_refusal`].
    pub fn refusal(&self) -> Option<&Event> {
        let seq = self.first_refusal?;
        self.events.iter().find(|event| event.seq == seq)
    }
}

/// The events of the last run that has the request. Within a run the numbers grow; a new run, which
/// knows no cause of the one before, begins where they do not.
fn last_run_with<'e>(events: &'e [Event], request_id: &str) -> &'e [Event] {
    let runs = events.chunk_by(|earlier, later| earlier.seq < later.seq);
    let has = |event: &Event| event.request_id.as_deref() == Some(request_id);
    let with: Vec<&[Event]> = runs.filter(|run| run.iter().any(has)).collect();
    with.last().copied().unwrap_or_default()
}

/// Reads a journal exported as JSON lines. One line that cannot be read (cut off by a full disk, or
/// by the end of a process) takes no other with it.
///
/// # Errors
/// [`ExplainError::Line`] when there are lines and none is an event: it is no journal.
pub fn read_journal(text: &str) -> Result<Read, ExplainError> {
    let mut read = Read::default();
    // Not `str::lines`: only a line feed ends a line of JSON.
    for (index, line) in text.split('\n').enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(line) {
            Ok(event) => read.events.push(event),
            Err(error) => read.unreadable.push(Unreadable {
                line: index + 1,
                reason: error.to_string(),
            }),
        }
    }
    match read.unreadable.first() {
        Some(first) if read.events.is_empty() => Err(ExplainError::Line {
            line: first.line,
            reason: first.reason.clone(),
        }),
        _ => Ok(read),
    }
}

/// The event that refused. What merely failed on the way (a key set that could not be fetched) is
/// evidence for the refusal that follows, and stands for itself only when nobody refused.
pub(crate) fn first_refusal(chain: &[Event]) -> Option<&Event> {
    let with = |outcome: Outcome| chain.iter().find(|event| event.outcome == outcome);
    with(Outcome::Refused).or_else(|| with(Outcome::Failed))
}

fn is_refusal(event: &Event) -> bool {
    matches!(event.outcome, Outcome::Refused | Outcome::Failed)
}

/// The events and everything that they caused. Causes come before what they cause, so one pass in
/// the order of recording finds all of it.
fn with_consequences(events: &[Event], own: &BTreeSet<Sequence>) -> BTreeSet<Sequence> {
    let mut members = own.clone();
    for event in events {
        if event.cause.is_some_and(|cause| members.contains(&cause)) {
            members.insert(event.seq);
        }
    }
    members
}

/// The events that led to these: the cause of each, its cause, and so on to the beginning.
fn origins(events: &[Event], own: &BTreeSet<Sequence>) -> BTreeSet<Sequence> {
    let by_number: BTreeMap<Sequence, &Event> =
        events.iter().map(|event| (event.seq, event)).collect();
    let mut members = BTreeSet::new();
    let mut open: Vec<Sequence> = own.iter().copied().collect();
    while let Some(cause) = open
        .pop()
        .map(|seq| by_number.get(&seq).and_then(|event| event.cause))
    {
        if let Some(cause) = cause
            && members.insert(cause)
        {
            open.push(cause);
        }
    }
    members
}

#[cfg(test)]
mod tests;

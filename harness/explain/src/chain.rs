//! One request's chain.
//!
//! A chain is what the journal ties together by cause: the request's own events, what led to them
//! (the event that issued the credential, and what led to that), and what followed from them.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::journal::{Event, Journal, Sequence};
use thiserror::Error;

use crate::allowance::{self, Allowance};
use crate::case::Case;
use crate::culprit::{self, Course, Refusal};
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
    /// The numbers of the events go back, and not to a beginning.
    #[error(
        "line {line}: the event {seq} stands after the event {last}: several labs wrote to the file at \
         once, or its lines were put into another order; give each lab a file of its own"
    )]
    Mixed {
        /// The line, from 1.
        line: usize,
        /// The number of its event.
        seq: Sequence,
        /// The number before it.
        last: Sequence,
    },
}

/// One request's chain, in the order of recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The request that was asked for.
    pub request_id: String,
    /// The events.
    pub events: Vec<Event>,
    /// The number of the refusal that led to the answer, or of the failure where nobody refused.
    pub culprit: Option<Sequence>,
    /// Everything that was refused or failed, with its part in the answer.
    pub refusals: Vec<Refusal>,
    /// What caused the culprit, as far as the evidence tells; of a request that was let through, what
    /// is suspicious about that.
    pub diagnosis: Option<Diagnosis>,
    /// What the evidence supports as well, and is less specific.
    pub also: Vec<Diagnosis>,
    /// What let the request through, and nothing where it was refused.
    pub allowances: Vec<Allowance>,
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
        let mut members = with_consequences(events, &own);
        members.extend(origins(events, &own));
        let is_member = |event: &&Event| members.contains(&event.seq);
        let members = events.iter().filter(is_member).cloned().collect();
        Self::explained(members, request_id)
    }

    /// The chain of `request_id` in the journal of a lab that runs, as far as its ring goes back.
    ///
    /// # Errors
    /// [`ExplainError::UnknownRequest`].
    pub fn of_journal(journal: &Journal, request_id: &str) -> Result<Self, ExplainError> {
        let members = journal.chain_of(request_id);
        let members = members.iter().map(|event| (**event).clone()).collect();
        Self::explained(members, request_id)
    }

    fn explained(events: Vec<Event>, request_id: &str) -> Result<Self, ExplainError> {
        if events.is_empty() {
            return Err(ExplainError::UnknownRequest(request_id.to_owned()));
        }
        let Course {
            culprit,
            refusals,
            events: course,
        } = culprit::of(&events, request_id);
        let case = match culprit {
            Some(_) => Case::new(&events, culprit),
            None => Case::let_through(&events, course),
        };
        let mut found = diagnose::all(&case).into_iter();
        let allowances = case.allowed().map(allowance::of).unwrap_or_default();
        Ok(Self {
            request_id: request_id.to_owned(),
            diagnosis: found.next(),
            also: found.collect(),
            allowances,
            culprit,
            refusals,
            events,
        })
    }

    /// The event of [`Chain::culprit`].
    pub fn refusal(&self) -> Option<&Event> {
        let seq = self.culprit?;
        self.events.iter().find(|event| event.seq == seq)
    }
}

/// The events of the last run that has the request. Within a run the numbers grow; a new run, which
/// knows no cause of the one before, begins where they do not, and where another lab wrote.
fn last_run_with<'e>(events: &'e [Event], request_id: &str) -> &'e [Event] {
    let is_one =
        |earlier: &Event, later: &Event| earlier.seq < later.seq && earlier.run == later.run;
    let runs = events.chunk_by(is_one);
    let has = |event: &Event| event.request_id.as_deref() == Some(request_id);
    let with: Vec<&[Event]> = runs.filter(|run| run.iter().any(has)).collect();
    with.last().copied().unwrap_or_default()
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

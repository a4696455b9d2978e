//! A journal that was exported as JSON lines.

use authlab_kernel::Event;
use serde::Serialize;

use crate::chain::ExplainError;

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

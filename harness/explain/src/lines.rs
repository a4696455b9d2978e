//! A journal that was exported as JSON lines.

use std::collections::BTreeSet;

use authlab_kernel::Event;
use authlab_kernel::journal::{LINE_VERSION, Sequence};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

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
/// [`ExplainError::Mixed`] when the events of several labs stand among one another: which of them
/// caused which cannot be told.
pub fn read_journal(text: &str) -> Result<Read, ExplainError> {
    let mut read = Read::default();
    let mut runs = Runs::default();
    // Not `str::lines`: only a line feed ends a line of JSON.
    for (index, line) in text.split('\n').enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match event(line) {
            Ok(event) => {
                runs.follow(index + 1, &event)?;
                read.events.push(event);
            }
            Err(reason) => {
                runs.gap();
                read.unreadable.push(Unreadable {
                    line: index + 1,
                    reason,
                });
            }
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

/// What tells whether a line is of a version that is read here. A line that does not say is of the first,
/// and every later version says so.
#[derive(Deserialize)]
struct Versioned {
    #[serde(default)]
    version: Option<u32>,
}

/// The longest line, in bytes: more than what the journal keeps of an event, however it is escaped. What is
/// longer was written by something else, and costs whoever looks at it.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// The event of a line, or what is wrong with it.
fn event(line: &str) -> Result<Event, String> {
    if line.len() > LINE_BYTES_MAX {
        return Err(format!(
            "it has {} bytes, and no line of a journal has more than {LINE_BYTES_MAX}",
            line.len()
        ));
    }
    if let Ok(Versioned {
        version: Some(version),
    }) = serde_json::from_str(line)
        && version != LINE_VERSION
    {
        return Err(format!(
            "it is of version {version} of a journal's lines, and this authlab reads {LINE_VERSION}: \
             explain it with the authlab that wrote it"
        ));
    }
    serde_json::from_str(line).map_err(|error| match error.classify() {
        Category::Eof => format!("it breaks off after {} bytes", line.len()),
        _ => format!("it is no event: {error}"),
    })
}

/// The runs whose events follow one another in a file: within one the numbers grow, and the next begins
/// at 1, or is another lab's. A lab whose run was over does not go on in its middle.
#[derive(Default)]
struct Runs {
    last: Sequence,
    lab: Option<u32>,
    /// The labs whose runs are over.
    over: BTreeSet<Option<u32>>,
    /// Whether lines are missing directly before.
    is_after_gap: bool,
}

impl Runs {
    fn gap(&mut self) {
        self.is_after_gap = true;
    }

    fn follow(&mut self, line: usize, event: &Event) -> Result<(), ExplainError> {
        let seq = event.seq;
        let is_other = self.last > 0 && event.run != self.lab;
        if is_other {
            self.over.insert(self.lab);
        }
        let goes_on = if is_other {
            self.over.contains(&event.run)
        } else {
            seq <= self.last
        };
        self.lab = event.run;
        // A run begins with 1, unless the line that began it is among those that cannot be read.
        if goes_on && seq != 1 && !self.is_after_gap {
            return Err(ExplainError::Mixed {
                line,
                seq,
                last: self.last,
            });
        }
        self.last = seq;
        self.is_after_gap = false;
        Ok(())
    }
}

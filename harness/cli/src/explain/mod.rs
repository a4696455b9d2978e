//! `authlab explain`: why a request was refused, or by what it was let through; from a file or from a
//! running lab, of which only what is needed is fetched.
//!
//! - [`control`]: the running lab. [`shown`]: what is printed.

mod control;
mod shown;

use std::path::Path;

use anyhow::{Context as _, anyhow};
use authlab::{Component, Event, text_file};
use authlab_explain::render::brief::brief;
use authlab_explain::{Chain, Read, Recent, read_journal, recent};

use crate::arguments::{Explain, Format};
use crate::end::{End, Stop, Usage};
use crate::output;
use control::{CONTROL_DEFAULT, Control};

/// How many lines a list has unless it is said otherwise.
const LIST_DEFAULT: usize = 20;

/// How many events are asked for to find so many requests: a request that is refused has a few.
const EVENTS_OF_A_REQUEST: usize = 16;

/// How long a lab is asked to wait for the next refusal, in milliseconds.
const FOLLOW_MS: &str = "20000";

/// The outcomes that are listed.
const REFUSED: (&str, &str) = ("outcome", "refused,failed");

/// Prints what was asked for.
pub fn run(arguments: &Explain) -> Result<End, Stop> {
    let subject = &arguments.subject;
    if subject.classes {
        output::print(&shown::classes(arguments.format)?)?;
        return Ok(End::Success);
    }
    let source = Source::of(arguments)?;
    if let Some(id) = &subject.request_id {
        return explain(&source, id, arguments.format);
    }
    if let Some(component) = subject.last {
        let found = source.recent(component, 1)?;
        let last = found.last().ok_or_else(|| nothing(component))?;
        return explain(&source, &last.request_id, arguments.format);
    }
    if subject.follow {
        return follow(&source, arguments);
    }
    let count = subject.list.flatten().unwrap_or(LIST_DEFAULT);
    for found in source.recent(arguments.component, count)? {
        output::print(&shown::line(&found, arguments.format)?)?;
    }
    Ok(End::Success)
}

fn nothing(component: Option<Component>) -> anyhow::Error {
    match component {
        Some(component) => anyhow!("the journal has no request that {component} refused"),
        None => anyhow!("the journal has no request that was refused"),
    }
}

fn explain(source: &Source<'_>, id: &str, format: Format) -> Result<End, Stop> {
    let chain = source.chain(id)?;
    output::print(&shown::chain(&chain, format)?)?;
    Ok(End::Success)
}

/// Prints each refusal as it comes, until the lab ends.
fn follow(source: &Source<'_>, arguments: &Explain) -> Result<End, Stop> {
    let Source::Lab(control) = source else {
        return Err(Usage(anyhow!("--follow follows a lab that runs")).into());
    };
    let last = |events: &[Event]| events.last().map_or(0, |event| event.seq);
    let mut since = last(&control.journal(&[("last", "1")])?.events);
    let mut before = String::new();
    loop {
        let number = since.to_string();
        let mut query = vec![REFUSED, ("since", &*number), ("wait_ms", FOLLOW_MS)];
        query.extend(
            arguments
                .component
                .map(|component| ("component", component.as_str())),
        );
        let events = control.journal(&query)?.events;
        for found in recent(&events) {
            // A request goes on being refused after it was told of.
            if found.request_id != before {
                output::print(&shown::line(&found, arguments.format)?)?;
                if arguments.format == Format::Text {
                    output::print(&brief(&source.chain(&found.request_id)?))?;
                }
            }
            before.clone_from(&found.request_id);
        }
        since = match events.last() {
            Some(event) => event.seq,
            // After a reset the numbers begin anew.
            None => since.min(last(&control.journal(&[("last", "1")])?.events)),
        };
    }
}

/// Where the journal is.
enum Source<'a> {
    File(Vec<Event>),
    Lab(Control<'a>),
}

impl<'a> Source<'a> {
    fn of(arguments: &'a Explain) -> Result<Self, Stop> {
        match &arguments.journal {
            Some(file) => Ok(Self::File(read(file)?.events)),
            None => {
                let url = arguments.control.as_deref().unwrap_or(CONTROL_DEFAULT);
                Ok(Self::Lab(Control::at(url)?))
            }
        }
    }

    fn chain(&self, id: &str) -> Result<Chain, Stop> {
        let chain = match self {
            Self::File(events) => Chain::of(events, id),
            Self::Lab(control) => Chain::of(&control.journal(&[("chain_of", id)])?.events, id),
        };
        Ok(chain.map_err(|error| anyhow!(error))?)
    }

    /// The last so many requests that met a refusal.
    fn recent(&self, component: Option<Component>, count: usize) -> Result<Vec<Recent>, Stop> {
        let mut found = match self {
            Self::File(events) => {
                let of_component =
                    |event: &&Event| component.is_none_or(|component| event.is_by(component));
                let events: Vec<Event> = events.iter().filter(of_component).cloned().collect();
                recent(&events)
            }
            Self::Lab(control) => {
                let events = count.saturating_mul(EVENTS_OF_A_REQUEST).to_string();
                let mut query = vec![REFUSED, ("last", &*events)];
                query.extend(component.map(|component| ("component", component.as_str())));
                recent(&control.journal(&query)?.events)
            }
        };
        found.drain(..found.len().saturating_sub(count));
        Ok(found)
    }
}

/// A journal's file. What cannot be read of it is told, with its line.
fn read(file: &Path) -> Result<Read, Stop> {
    let name = file.display();
    let bytes = text_file::read(file, text_file::JOURNAL_BYTES_MAX)
        .with_context(|| format!("`{name}` cannot be read"))
        .map_err(Usage)?;
    // A line that was cut within a character takes no other with it.
    let text = String::from_utf8_lossy(&bytes);
    let read = read_journal(&text)
        .with_context(|| format!("`{name}` is no journal"))
        .map_err(Usage)?;
    for line in &read.unreadable {
        output::warn(&format!(
            "`{name}`, line {}: {}; it was left out",
            line.line, line.reason
        ));
    }
    Ok(read)
}

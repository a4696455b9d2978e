//! What was decided, from the journal: a paragraph for each request, a line for each decision.

use authlab::evidence::{Evidence as _, aws, gateway};
use authlab::{Component, Event, Outcome, Sequence};

use crate::evidence::{
    decided,
    words::{self, Words},
};

/// A request and what was decided in its course.
struct Request<'a> {
    id: &'a str,
    title: String,
    lines: Vec<String>,
    /// Something that the scenario did to the lab itself.
    is_own: bool,
}

/// The decisions after the event `since`.
pub(super) fn of(events: &[Event], since: Sequence) -> String {
    let mut requests: Vec<Request<'_>> = Vec::new();
    for event in events.iter().filter(|event| event.seq > since) {
        let id = event.request_id.as_deref().unwrap_or_default();
        let position = requests
            .iter()
            .rposition(|request| request.id == id && !id.is_empty());
        let words = words::of(event);
        let lines = lines(event, &words);
        match position {
            Some(position) => {
                let request = &mut requests[position];
                // Vault says what was asked once it has answered.
                if is_request(event) {
                    request.title = title(event, &words);
                }
                request.lines.extend(lines);
            }
            None => requests.push(Request {
                id,
                title: title(event, &words),
                lines,
                is_own: event.component == Component::Lab.as_str(),
            }),
        }
    }
    let mut text = String::new();
    // What merely happened, such as the fetch of a key set, happens at other times on other backends.
    let decided = |request: &Request<'_>| request.is_own || !request.lines.is_empty();
    for request in requests.into_iter().filter(decided) {
        text.push_str(&request.title);
        text.push('\n');
        for line in request.lines {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

/// What was asked, and of whom.
fn title(event: &Event, words: &Words) -> String {
    if let Some(seconds) = words.advanced {
        return format!("{seconds} seconds pass");
    }
    let mut title = event.component.to_string();
    let kind = (!is_request(event)).then(|| event.kind.as_str());
    for word in kind
        .into_iter()
        .chain(words.asked.iter().map(String::as_str))
    {
        title = format!("{title} {word}");
    }
    title
}

/// Whether the event is that of a request that came.
fn is_request(event: &Event) -> bool {
    event.kind == aws::Request::KIND
}

/// The lines of an event that decides something; none for what merely happens.
fn lines(event: &Event, words: &Words) -> Vec<String> {
    let outcome = match event.outcome {
        Outcome::Allowed => "allowed",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
        Outcome::Info if event.kind == gateway::Response::KIND => "sent",
        Outcome::Info => return Vec::new(),
    };
    let mut line = format!("{} {outcome}", event.kind);
    if let Some(reason) = &event.reason {
        line = format!("{line} because of {reason}");
    }
    if !words.said.is_empty() {
        line = format!("{line}: {}", words.said.join(" "));
    }
    let decided = decided::of(event).into_iter();
    let decided = decided.map(|decided| format!("  {decided}"));
    std::iter::once(line).chain(decided).collect()
}

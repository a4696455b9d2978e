//! What was decided, from the journal: a paragraph for each request. Its first line says what was asked, by
//! whom, and what came of it; those below, what decided that.

use authlab::evidence::{Evidence as _, aws};
use authlab::{Component, Event, Outcome, Sequence};

use crate::evidence::{
    decided,
    words::{self, Words},
};

/// The decisions after the event `since`.
pub(super) fn of(events: &[Event], since: Sequence) -> String {
    let mut requests: Vec<Request<'_>> = Vec::new();
    for event in events.iter().filter(|event| event.seq > since) {
        let id = event.request_id.as_deref().unwrap_or_default();
        let known = requests
            .iter_mut()
            .rfind(|request| request.id == id && !id.is_empty());
        match known {
            Some(request) => request.events.push(event),
            None => requests.push(Request {
                id,
                events: vec![event],
            }),
        }
    }
    let paragraphs = requests.iter().filter_map(Request::paragraph);
    without_repetitions(paragraphs)
}

/// A request and what happened in its course.
struct Request<'e> {
    id: &'e str,
    events: Vec<&'e Event>,
}

impl Request<'_> {
    /// What is to be said of it. What merely happened, such as the fetch of a key set, happens at other times
    /// on other backends: of that there is none.
    fn paragraph(&self) -> Option<String> {
        let told: Vec<Words> = self.events.iter().map(|event| words::of(event)).collect();
        let own = told.iter().find_map(|words| words.own.clone());
        let is_decided = |event: &Event| event.outcome != Outcome::Info;
        if own.is_some() || !self.events.iter().any(|event| is_decided(event)) {
            return own;
        }
        let by = told.iter().find_map(|words| words.by.clone());
        let end = told.iter().rev().find_map(|words| words.end.clone());
        let went_on = end.as_ref().is_some_and(|end| end.is_success);
        let reason = self.reason().filter(|_| !went_on);
        let mut text = self.asked(&told);
        if let Some(by) = &by {
            text = format!("{text} by {by}");
        }
        let end = end.map_or_else(|| self.outcome().to_owned(), |end| end.text);
        text = format!("{text}: {end}");
        if let Some(reason) = reason {
            text = format!("{text} because of {reason}");
        }
        let title = decided::Title {
            action: self.action(&told),
            by,
        };
        for event in self.events.iter().filter(|event| is_decided(event)) {
            for line in lines(event, &title, reason) {
                text.push_str(&format!("\n  {line}"));
            }
        }
        Some(text)
    }

    /// What was asked, and of whom. Vault says it once it has answered.
    fn asked(&self, told: &[Words]) -> String {
        let requests = self.events.iter().zip(told);
        let mut asking = requests.filter(|(event, _)| event.kind == aws::Request::KIND);
        let (event, words, kind) = match (asking.next(), self.events.first(), told.first()) {
            (Some((event, words)), ..) => (event, words, None),
            (None, Some(event), Some(words)) => (event, words, Some(event.kind.as_str())),
            (None, ..) => return String::new(),
        };
        let asked = words.asked.iter().map(String::as_str);
        let component = std::iter::once(event.component.as_str());
        component
            .chain(kind)
            .chain(asked)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The operation of AWS as policies name it.
    fn action(&self, told: &[Words]) -> String {
        let of_aws = self.events.iter().zip(told);
        let mut of_aws = of_aws.filter(|(event, _)| event.component == *Component::Aws.as_str());
        of_aws
            .next()
            .map_or_else(String::new, |(_, words)| words.asked.join(":"))
    }

    /// Why it was refused, or failed: what was said last.
    fn reason(&self) -> Option<&str> {
        let mut refused = self.events.iter().rev();
        refused.find_map(|event| match event.outcome {
            Outcome::Refused | Outcome::Failed => event.reason.as_deref(),
            Outcome::Allowed | Outcome::Info => None,
        })
    }

    /// What came of it where no answer says so.
    fn outcome(&self) -> &'static str {
        let mut outcomes = self.events.iter().rev().map(|event| event.outcome);
        match outcomes.find(|outcome| *outcome != Outcome::Info) {
            Some(Outcome::Refused) => "refused",
            Some(Outcome::Failed) => "failed",
            Some(Outcome::Allowed | Outcome::Info) | None => "allowed",
        }
    }
}

/// The lines of an event that decides something.
fn lines(event: &Event, title: &decided::Title, reason: Option<&str>) -> Vec<String> {
    let details = decided::of(event, title);
    let outcome = match event.outcome {
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
        Outcome::Allowed | Outcome::Info => return details,
    };
    // Why the request ended as it did is in its first line.
    let other = event.reason.as_deref().filter(|of| Some(*of) != reason);
    let head = other.map(|other| format!("{} {outcome} because of {other}", event.kind));
    match head {
        None => details,
        Some(head) => {
            let details = details.into_iter().map(|detail| format!("  {detail}"));
            std::iter::once(head).chain(details).collect()
        }
    }
}

/// The paragraphs, each once where the same stand one below the other.
fn without_repetitions(paragraphs: impl Iterator<Item = String>) -> String {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for paragraph in paragraphs {
        match counted.last_mut() {
            Some((last, count)) if *last == paragraph => *count += 1,
            _ => counted.push((paragraph, 1)),
        }
    }
    let texts = counted.into_iter().map(|(paragraph, count)| {
        let (first, rest) = paragraph.split_once('\n').unwrap_or((&paragraph, ""));
        let times = if count > 1 {
            format!(", {count} times")
        } else {
            String::new()
        };
        let gap = if rest.is_empty() { "" } else { "\n" };
        format!("{first}{times}{gap}{rest}\n")
    });
    texts.collect()
}

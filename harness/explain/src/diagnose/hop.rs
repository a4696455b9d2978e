//! Calls of components whose answer cannot be read.

use authlab_http::evidence::{HopAnswer, Reason};
use authlab_kernel::AnswerFault;

use super::entry::Entry;
use super::finding::{Finding, Mender};
use crate::case::Case;
use crate::diagnose::entry::http as entry;
use crate::told::Told;

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "answer-too-long",
        Mender::Owner,
        "the answer to a component's call is longer than it reads",
        |case| {
            let answer = unread(case)?;
            let AnswerFault::TooLong { bytes_max } = answer.fault.as_ref()? else {
                return None;
            };
            Some(Finding::certain(
                format!(
                    "{} has more than {bytes_max} bytes, and no more are read",
                    what(&answer)
                ),
                format!(
                    "let {} answer in {bytes_max} bytes, or give the component the address of what \
                     it wants alone: a document, and not the page or the archive that holds it",
                    place(&answer)
                ),
            ))
        },
    ),
    entry(
        "answer-broken-off",
        Mender::Lab,
        "the lab was told to break the answer to a component's call off",
        |case| {
            let answer = unread(case)?;
            let AnswerFault::BrokenOff { bytes } = answer.fault.as_ref()? else {
                return None;
            };
            Some(Finding::certain(
                format!(
                    "{} ends after {bytes} bytes of its body: a fault of the lab lies on the link",
                    what(&answer)
                ),
                format!(
                    "take the fault of the link to {} away, if it has shown what it was set for",
                    place(&answer)
                ),
            ))
        },
    ),
    entry(
        "answer-unfinished",
        Mender::Owner,
        "the connection ended within the answer to a component's call",
        |case| {
            let answer = unread(case)?;
            let AnswerFault::Connection { problem } = answer.fault.as_ref()? else {
                return None;
            };
            Some(Finding::certain(
                format!("{} began, and was not finished: {problem}", what(&answer)),
                format!(
                    "let {} send as many bytes as its `Content-Length` says, or end its last chunk: \
                     it, or a proxy before it, closed the connection too early",
                    place(&answer)
                ),
            ))
        },
    ),
];

/// The answer that the refusal is about.
fn unread(case: &Case<'_>) -> Option<HopAnswer> {
    let event = case.refusal()?;
    match Told::of(event).filter(|_| event.is(Reason::BadAnswer))? {
        Told::HopAnswer(answer) => Some(answer),
        _ => None,
    }
}

fn place(answer: &HopAnswer) -> String {
    match &answer.url {
        Some(url) => format!("`{url}`"),
        None => "what is called".to_owned(),
    }
}

/// The answer by its call: ``the answer of `http://…` to GET (jwks)``.
fn what(answer: &HopAnswer) -> String {
    let HopAnswer {
        method, purpose, ..
    } = answer;
    format!("the answer of {} to {method} ({purpose})", place(answer))
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, Component, EventDraft, Journal};

    use super::*;
    use crate::diagnose::all;

    fn class_of(reason: Reason, fault: Option<AnswerFault>) -> (&'static str, String) {
        let answer = HopAnswer {
            purpose: "jwks".to_owned(),
            method: "GET".to_owned(),
            url: Some("http://issuer/jwks".to_owned()),
            status: None,
            error: Some("it cannot be read".to_owned()),
            fault,
        };
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        journal.record(EventDraft::of(Component::Gateway, &answer).failed(reason));
        let event = (*journal.events_since(0)[0]).clone();
        let found = all(&Case::new(&[event], Some(1))).remove(0);
        (found.class, format!("{} {}", found.cause, found.fix))
    }

    #[test]
    fn an_answer_is_told_by_what_is_wrong_with_it() {
        let problem = "unexpected end of file".to_owned();
        for (fault, class, shown) in [
            (
                AnswerFault::TooLong { bytes_max: 1_024 },
                "answer-too-long",
                "more than 1024 bytes",
            ),
            (
                AnswerFault::BrokenOff { bytes: 12 },
                "answer-broken-off",
                "after 12 bytes",
            ),
            (
                AnswerFault::Connection { problem },
                "answer-unfinished",
                "unexpected end of file",
            ),
        ] {
            let (found, text) = class_of(Reason::BadAnswer, Some(fault.clone()));
            assert_eq!(found, class);
            assert!(
                text.contains(shown) && text.contains("http://issuer/jwks"),
                "{text}"
            );
            assert_eq!(class_of(Reason::Timeout, Some(fault)).0, "timeout");
        }
        assert_eq!(class_of(Reason::BadAnswer, None).0, "bad-answer");
    }
}

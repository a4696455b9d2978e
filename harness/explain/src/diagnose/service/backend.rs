//! What the systems behind the front door refuse, or do not answer as they should.

use authlab_aws::evidence::{Fault, Reason, Unchecked};
use authlab_http::evidence::HopAnswer;
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::answer::Refused;
use crate::case::Case;
use crate::told::Told;

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Aws,
        class: "backend-refused",
        mender: Mender::Caller,
        title: "the system behind the front door refuses by rules of its own",
        find: |case| {
            let refused = Refused::of(case)?;
            let sent_on = case.before::<Unchecked>(Component::Aws).last()?;
            let status = answer(case).and_then(|answer| answer.status);
            let status = status.map_or_else(String::new, |status| format!("{status} "));
            Some(Finding::certain(
                format!(
                    "the lab sent the {} of `{}` on undecided, and what keeps that service answered {status}{}",
                    sent_on.method,
                    sent_on.service,
                    refused.said()
                ),
                format!(
                    "mend in the call what `{}` names: the lab neither asks policies nor knows the service, so \
                     that the same call has to pass against the backend by itself first",
                    refused.code
                ),
            ))
        },
    },
    Entry {
        system: System::Aws,
        class: "backend-does-not-tell",
        mender: Mender::Lab,
        title: "the system behind the front door does not say what the lab has to know",
        find: |case| {
            let unread = Unread::of(case)?;
            let status = unread.status.filter(|status| *status >= 400)?;
            Some(Finding::certain(
                format!("{}, with the status {status}", unread.cause()),
                format!(
                    "run a backend that has `{}` with its `DescribeSecret` and `GetResourcePolicy` for the \
                     root of an account (`authlab doctor --probe` tries it): without their answer the lab \
                     lets no call through",
                    unread.service
                ),
            ))
        },
    },
    Entry {
        system: System::Aws,
        class: "backend-answer-unreadable",
        mender: Mender::Lab,
        title: "what the system behind the front door answers is not what the service answers",
        find: |case| {
            let unread = Unread::of(case)?;
            Some(Finding::certain(
                unread.cause(),
                format!(
                    "give the lab the address of a backend that keeps `{}`, of a version that \
                     `authlab doctor --probe` passes: another server, or a proxy's page, answers there",
                    unread.service
                ),
            ))
        },
    },
];

/// What the last call of the front door's was answered.
fn answer(case: &Case<'_>) -> Option<HopAnswer> {
    case.before::<HopAnswer>(Component::Aws).last()
}

/// A backend's answer that says nothing to the lab.
struct Unread {
    service: String,
    problem: String,
    status: Option<u16>,
    asked: String,
}

impl Unread {
    fn of(case: &Case<'_>) -> Option<Self> {
        let Told::Answer(told) = case.refused(Component::Aws, Reason::BackendUnreadable)? else {
            return None;
        };
        let Fault::Backend { service, problem } = told.fault? else {
            return None;
        };
        let answer = answer(case);
        let asked = answer.as_ref().map(|answer| {
            let url = answer.url.as_deref().unwrap_or("its address");
            format!("asked by {} at `{url}` ({})", answer.method, answer.purpose)
        });
        Some(Self {
            service,
            problem,
            status: answer.and_then(|answer| answer.status),
            asked: asked.unwrap_or_else(|| "asked for a resource".to_owned()),
        })
    }

    fn cause(&self) -> String {
        format!(
            "what keeps `{}` was {}, and its answer tells nothing: {}",
            self.service, self.asked, self.problem
        )
    }
}

#[cfg(test)]
mod tests {
    use authlab_aws::evidence::Answer;
    use authlab_kernel::{Clock, EventDraft, Journal};

    use super::*;
    use crate::diagnose::{Diagnosis, all};

    fn diagnosis(drafts: Vec<EventDraft>) -> Diagnosis {
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        drafts.into_iter().for_each(|draft| {
            journal.record(draft);
        });
        let events = journal.events_since(0);
        let events: Vec<_> = events.iter().map(|event| (**event).clone()).collect();
        let last = events.last().map(|event| event.seq);
        all(&Case::new(&events, last)).remove(0)
    }

    fn hop(status: u16) -> EventDraft {
        let answer = HopAnswer {
            purpose: "pass-read-secret".to_owned(),
            method: "POST".to_owned(),
            url: Some("http://backend.example/".to_owned()),
            status: Some(status),
            error: None,
            fault: None,
        };
        EventDraft::of(Component::Aws, &answer)
    }

    fn answer(code: &str, fault: Option<Fault>) -> EventDraft {
        let answer = Answer {
            status: 503,
            code: Some(code.to_owned()),
            message: Some("no".to_owned()),
            fault,
            ..Answer::default()
        };
        EventDraft::of(Component::Aws, &answer)
    }

    #[test]
    fn an_answer_that_tells_nothing_is_told_by_its_status() {
        let fault = || {
            Some(Fault::Backend {
                service: "secretsmanager".to_owned(),
                problem: "expected value at line 1".to_owned(),
            })
        };
        for (status, class) in [
            (501, "backend-does-not-tell"),
            (200, "backend-answer-unreadable"),
        ] {
            let refused = answer("ServiceUnavailable", fault()).failed(Reason::BackendUnreadable);
            let found = diagnosis(vec![hop(status), refused]);
            assert_eq!(found.class, class);
            for shown in [
                "secretsmanager",
                "http://backend.example/",
                "expected value at line 1",
            ] {
                assert!(found.cause.contains(shown), "{}", found.cause);
            }
        }
        let bare = answer("ServiceUnavailable", None).failed(Reason::BackendUnreadable);
        assert_eq!(diagnosis(vec![bare]).class, "backend-unreadable");
    }

    #[test]
    fn what_a_backend_refuses_undecided_is_its_own_and_what_the_lab_refuses_is_not() {
        let unchecked = Unchecked {
            service: "sqs".to_owned(),
            method: "POST".to_owned(),
        };
        let unchecked = EventDraft::of(Component::Aws, &unchecked);
        let refused = || answer("ValidationError", None).refused("validation-error");
        let found = diagnosis(vec![unchecked, hop(400), refused()]);
        assert_eq!(found.class, "backend-refused");
        for shown in ["`sqs`", "400 ValidationError: no"] {
            assert!(found.cause.contains(shown), "{}", found.cause);
        }
        assert_eq!(diagnosis(vec![refused()]).class, "input-refused");
    }
}

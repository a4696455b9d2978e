//! HTTP in and out.
//!
//! - [`target`]: where a request goes. [`read`]: what it says.
//! - [`answer`]: wording answers.

mod answer;
mod read;
mod target;

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{Component, EventDraft, Timestamp};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Response as HttpResponse};
use serde_json::Value;

use crate::event;
use crate::evidence;
use crate::request::{Answers, Request};
use crate::response::{Fault, error_body};
use crate::router::{self, Ending};
use crate::sys::status;
use crate::vault::Vault;
use answer::refused;
use read::{json_or_null, namespace_refusal, one_reading};

pub(crate) use answer::{json_answer, worded};
pub(crate) use read::read_request;
pub(crate) use target::target_of;

/// How many calls to other systems one request may wait for.
const CALLS_MAX: usize = 16;

/// Carries the id of the request, also of a refusal: `authlab explain` takes it.
const REQUEST_ID_HEADER: &str = "x-authlab-request-id";

type Answer = HttpResponse<Bytes>;

impl Service for Vault {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Answer> {
        async move { self.answer(incoming).await }.boxed()
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        // The reference's texts come from its HTTP library; these say what happened.
        json_answer(
            rejection.status().as_u16(),
            Some(&error_body(Some(&rejection.to_string()))),
        )
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}

impl Vault {
    async fn answer(&self, incoming: Incoming) -> Answer {
        self.expire().await;
        let target = match target_of(&incoming, self.config.flavour) {
            Ok(target) => target,
            Err(answer) => return self.refuse_unread(&incoming, incoming.uri.path(), *answer),
        };
        let body = if target.path.starts_with("sys/") {
            json_or_null(&incoming.body)
        } else {
            Value::Null
        };
        let method = incoming.method.as_str();
        let found = {
            let state = self.state.lock();
            status::find(
                &state,
                method,
                &target.path,
                &target.query,
                &body,
                self.clock.now(),
            )
        };
        if let Some(found) = found {
            return json_answer(found.code, found.body.as_ref());
        }
        if let Err(answer) = one_reading(&incoming) {
            return self.refuse_unread(&incoming, &target.path, *answer);
        }
        if let Some((status, text)) = namespace_refusal(&incoming, self.config.flavour) {
            return self.refuse_namespace(&incoming, &target.path, status, &text);
        }
        let path = target.path.clone();
        let mut request = match read_request(&incoming, target, self.config.flavour) {
            Ok(request) => request,
            Err(answer) => return self.refuse_unread(&incoming, &path, *answer),
        };
        request.id = self.request_id(method, &request);
        self.run(request, incoming.cause).await
    }

    /// Answers a request for a namespace, which nothing here has, and journals it.
    fn refuse_namespace(&self, incoming: &Incoming, path: &str, status: u16, text: &str) -> Answer {
        let given = incoming.header("x-vault-namespace").unwrap_or_default();
        let seen = evidence::Request {
            method: incoming.method.to_string(),
            path: crate::shown::path(path).into_owned(),
            status: Some(status),
            // A header may hold anything, a token in the wrong one included.
            message: Some(text.replace(given, authlab_kernel::redaction::HIDDEN)),
            namespace: Some(authlab_kernel::redaction::value(given)),
            ..evidence::Request::default()
        };
        let reason = evidence::Reason::NamespaceRefused;
        self.record_early(incoming, seen, reason, *refused(status, text))
    }

    /// Journals a request that cannot be read, and names it in its answer.
    fn refuse_unread(&self, incoming: &Incoming, path: &str, answer: Answer) -> Answer {
        if answer.status().is_redirection() {
            return answer;
        }
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let text = body.pointer("/errors/0").and_then(Value::as_str);
        let seen = evidence::Request {
            method: incoming.method.to_string(),
            path: crate::shown::path(path.trim_start_matches("/v1/")).into_owned(),
            status: Some(answer.status().as_u16()),
            message: text.map(|text| without_headers(text, incoming)),
            ..evidence::Request::default()
        };
        let reason = evidence::Reason::InvalidRequest;
        self.record_early(incoming, seen, reason, answer)
    }

    /// Journals a refusal that came before the request was read to its end.
    fn record_early(
        &self,
        incoming: &Incoming,
        seen: evidence::Request,
        reason: evidence::Reason,
        answer: Answer,
    ) -> Answer {
        let name = format!("{} {}", seen.method, seen.path);
        let id = self.ids.request_id("vault", &name);
        let draft = EventDraft::of(Component::Vault, &seen).refused(reason);
        self.journal
            .record(draft.request_id(id.clone()).cause(incoming.cause));
        with_id(answer, &id)
    }

    /// An id whose name is what is asked and by whom, whatever else is in flight.
    fn request_id(&self, method: &str, request: &Request) -> String {
        let accessor = request.token.as_ref().and_then(|token| {
            self.state
                .lock()
                .tokens
                .find(token)
                .map(|entry| entry.accessor.clone())
        });
        let accessor = accessor.unwrap_or_default();
        self.ids
            .request_id("vault", &format!("{method} {} {accessor}", request.path))
    }

    async fn run(&self, request: Request, given: Option<u64>) -> Answer {
        let cause = event::cause_of(&self.journal, &request, given);
        let request_id = request.id.clone();
        let (admitted, handed) = {
            let mut state = self.state.lock();
            let admitted = router::admit(&mut state, self.environment(), request);
            (admitted, state.audit.take_handed())
        };
        // Nothing is held while an audit device writes.
        let written = handed.are_written().await;
        let mut admitted = match admitted {
            Ok(admitted) if written => admitted,
            Ok(admitted) => {
                let ending = router::unhandled(admitted, self.state.lock().audit.seen());
                return self.conclude(&ending, cause);
            }
            Err(ending) if written => return self.conclude(&ending, cause),
            Err(ending) => {
                let ending = router::unwritten(ending, self.state.lock().audit.seen());
                return self.conclude(&ending, cause);
            }
        };
        let mut answers = Answers::default();
        let outcome = loop {
            let outcome = {
                let mut state = self.state.lock();
                let outcome = router::handle(&mut state, self.environment(), &admitted, &answers);
                // Taken out before the lock goes: another request must not find them.
                admitted.issued.append(&mut state.issued);
                outcome
            };
            match outcome {
                Err(Fault::Fetch(mut wanted)) if answers.len() < CALLS_MAX => {
                    wanted.cause = cause;
                    wanted.request_id = Some(request_id.as_str().into());
                    let answer = self.outbound.send((*wanted).clone()).await;
                    answers.add(&wanted, answer);
                }
                outcome => break outcome,
            }
        };
        let (ending, handed, due, effects) = {
            let mut state = self.state.lock();
            let ending = router::finish(&mut state, self.environment(), admitted, outcome);
            let due = std::mem::take(&mut state.due);
            let effects = !state.effects.is_empty();
            (Box::new(ending), state.audit.take_handed(), due, effects)
        };
        if effects {
            self.perform().await;
        }
        self.schedule(due);
        let ending = if handed.are_written().await {
            ending
        } else {
            router::unwritten(ending, self.state.lock().audit.seen())
        };
        self.conclude(&ending, cause)
    }

    /// Words the answer, and journals it, after what went through without a right to it.
    fn conclude(&self, ending: &Ending, cause: Option<u64>) -> Answer {
        let rights = event::of_rights(ending).into_iter();
        let cause = rights.fold(cause, |cause, draft| {
            Some(self.journal.record(draft.cause(cause)))
        });
        let (status, body) = worded(ending, self.config.flavour);
        let draft = event::of_request(ending, status, cause, self.clock.now());
        let sequence = self.journal.record(draft);
        for token in &ending.issued {
            self.journal
                .credential_issued(token.expose_secret(), sequence, None);
        }
        with_id(json_answer(status, body.as_ref()), &ending.request.id)
    }
}

/// An answer that names its request: a refusal has no place for its id in the body.
fn with_id(mut answer: Answer, id: &str) -> Answer {
    if let Ok(id) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(REQUEST_ID_HEADER, id);
    }
    answer
}

/// A text without what headers brought: any of them may hold a token in the wrong place.
fn without_headers(text: &str, incoming: &Incoming) -> String {
    const SECRET_BYTES_MIN: usize = 4;
    let values = incoming.headers.values();
    let values = values.filter_map(|value| value.to_str().ok());
    values
        .filter(|value| value.len() >= SECRET_BYTES_MIN)
        .fold(text.to_owned(), |text, value| {
            text.replace(value, authlab_kernel::redaction::HIDDEN)
        })
}

//! The journal's port of a server that stands without a lab: what of the control API needs no more than
//! the journal.

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{Clock, Journal, Timestamp};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::query::Query;
use super::refusal::{Refusal, json_answer};
use super::{body, journal, one_authorization};
use crate::running::Recorded;

/// Answers `GET /_lab/health` and `GET /_lab/journal`.
pub(crate) struct JournalPort {
    journal: Journal,
    clock: Clock,
    recorded: Recorded,
}

impl JournalPort {
    pub(crate) fn new(journal: Journal, clock: Clock) -> Self {
        Self {
            journal,
            clock,
            recorded: Recorded::new(),
        }
    }

    async fn answer(&self, incoming: &Incoming) -> Result<Response<Bytes>, Refusal> {
        one_authorization(incoming)?;
        body::nothing(&incoming.body)?;
        let query = incoming.uri.query().unwrap_or_default();
        match (incoming.method == Method::GET, incoming.uri.path()) {
            (true, path @ "/_lab/health") => {
                Query::read(path, &[], query)?;
                Ok(json_answer(StatusCode::OK, &json!({ "status": "ready" })))
            }
            (true, path @ "/_lab/journal") => {
                let query = Query::read(path, journal::PARAMETERS, query)?;
                journal::answer(&self.journal, &self.recorded, &query).await
            }
            (_, path) => Err(Refusal::of(
                StatusCode::NOT_FOUND,
                format!(
                    "`{} {path}` is not here, where no lab is: give GET /_lab/health or GET /_lab/journal",
                    incoming.method
                ),
            )),
        }
    }
}

impl Service for JournalPort {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let answered = self.answer(&incoming).await;
            answered.unwrap_or_else(Refusal::answer)
        }
        .boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        json_answer(
            rejection.status(),
            &json!({ "error": rejection.to_string() }),
        )
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}

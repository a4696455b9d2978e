//! The lab's own API, on a port of its own: what no public API of the simulated systems offers.
//!
//! Its routes stand in one table ([`route`]), which `GET /_lab` prints and the README shows.
//!
//! A request that is wrong is answered with a 4xx and `{"error"}` that names the field; what no code
//! reads (another parameter, a member, one that is given twice) is such an error. The same body comes
//! with 500 when a reset fails, 502 when Vault's audit log cannot be read, and 503 while the lab stops.
//! The port's gate ([`authlab_http::Gate::own`])
//! lets in only who names loopback, whatever names the other ports were told to answer, and of foreign
//! pages only those of an origin that the lab was told to allow: no other page in a browser and no
//! rebound DNS name reaches it.

mod alone;
mod asked;
mod body;
mod clock;
mod enforcement;
mod fault;
mod issuer;
mod journal;
mod query;
mod refusal;
mod route;
mod session;

use std::sync::Weak;

use authlab_http::{Field, Incoming, Rejection, Service};
use authlab_kernel::Timestamp;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{Response, StatusCode, header};
use serde_json::json;

pub(crate) use self::alone::JournalPort;
use self::refusal::{Refusal, json_answer};
use crate::running::Core;

/// The control port's server. It does not keep the lab alive.
pub(crate) struct Control {
    core: Weak<Core>,
}

impl Control {
    pub(crate) fn new(core: Weak<Core>) -> Self {
        Self { core }
    }

    async fn answer(&self, incoming: &Incoming) -> Result<Response<Bytes>, Refusal> {
        one_authorization(incoming)?;
        let stopping = || Refusal::of(StatusCode::SERVICE_UNAVAILABLE, "the lab is stopping");
        let core = self.core.upgrade().ok_or_else(stopping)?;
        route::answer(&core, incoming).await
    }
}

impl Service for Control {
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
        self.core.upgrade().map(|core| core.clock().now())
    }
}

/// Nothing here asks who calls; but a request of two callers is nobody's.
fn one_authorization(incoming: &Incoming) -> Result<(), Refusal> {
    match incoming.field(header::AUTHORIZATION) {
        Field::Several => Err(Refusal::bad_request(
            "the request has more than one Authorization header",
        )),
        Field::Absent | Field::Text(_) | Field::Unreadable => Ok(()),
    }
}

#[cfg(test)]
mod tests;

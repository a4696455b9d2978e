//! Services that a backend keeps: LocalStack in a container, behind the front door.
//!
//! The door stays in front. A call to a **passed** service is authenticated, authorized with the
//! checks of its row and journalled as ever; what the checks need to know of the resource is first
//! read from the backend, as the owner account's root. Only then the request is sent on, re-signed as
//! the owner account, and the backend's answer is relayed. An operation without a row does not pass.
//!
//! A call to an **unchecked** service is authenticated and then sent on without being decided; each
//! is journalled as `unchecked` and counted.
//!
//! - [`account`]: which of the backend's accounts stand for the lab's.
//! - [`hop`]: the request to the backend and its answer.
//! - [`secret`]: what Secrets Manager's checks need to know.

mod account;
mod hop;
mod secret;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use authlab_http::Incoming as HttpIncoming;
use authlab_kernel::{AccountId, Component, EventDraft, OutboundResponse};
use authlab_wire::sigv4::{Options, Signed};
use authlab_wire::{Incoming, Models, Value, WireError, encode_error, guess_protocol};
use bytes::Bytes;
use http::{Response, Uri};
use parking_lot::RwLock;
use thiserror::Error;

use super::authentication::{self, Expectation};
use super::door::FrontDoor;
use super::trail::Trail;
use super::walk::Asked;
use crate::evidence::{Reason, Unchecked};
use crate::operation::Call;
pub use account::AccountMap;
use hop::{Backend, Hop};

/// How far a signed date may lie from the clock where no service says otherwise, in seconds.
const CLOCK_SKEW_SECONDS: i64 = 15 * 60;

/// Why a service cannot be passed to a backend.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PassError {
    /// The door could not decide: it does not know how to read that service's resource policies
    /// from a backend.
    #[error(
        "`{0}` cannot be passed: the lab cannot read its resource policies from a backend; the services that can be passed are: {passable}", passable = PASSABLE.join(", ")
    )]
    Unguarded(String),
    /// The lab has the service itself: its calls are always checked.
    #[error("`{0}` is simulated by the lab, its calls are not passed unchecked")]
    Simulated(String),
    /// No service signs with such a name.
    #[error("`{0}` is no name that a service signs with: give small letters, as in `sqs`")]
    Name(String),
    /// The backend's address is none.
    #[error("`{0}` is no base URL of a backend, write it like `http://127.0.0.1:4566`")]
    Url(String),
}

/// A backend that keeps services.
#[derive(Clone, Debug, Default)]
pub struct PassTarget {
    /// `http://127.0.0.1:4566`.
    pub base_url: String,
    /// Which of its accounts stand for the lab's.
    pub accounts: AccountMap,
    /// The accounts of the lab that may be changed there; none for all of them, as in a container of
    /// the lab's own.
    pub writable: Option<Vec<AccountId>>,
}

impl PassTarget {
    /// A backend of the lab's own, in which every account stands for itself.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            ..Self::default()
        }
    }
}

/// The services whose resources the door can read from a backend.
const PASSABLE: [&str; 1] = ["secretsmanager"];

/// Whether the lab answers calls that are signed for this service: `apigatewayv2` signs with
/// `apigateway`, `cloudwatch` with `monitoring`, and the gateway's callers with a name of their own.
fn is_simulated(service: &str) -> bool {
    let mut simulated = crate::SERVICES.iter().map(|simulated| simulated.name);
    service == "execute-api"
        || simulated.any(|name| {
            let model = Models::service(name);
            name == service || model.is_some_and(|model| model.signing_name == service)
        })
}

/// Which services go where.
#[derive(Default)]
pub(super) struct Passing {
    checked: RwLock<BTreeMap<String, Backend>>,
    unchecked: RwLock<BTreeMap<String, Backend>>,
    unchecked_calls: AtomicU64,
}

impl FrontDoor {
    /// Passes the calls to `service` to a backend, decided as ever; `None` takes them back into the
    /// lab.
    ///
    /// # Errors
    /// A service whose calls could not be decided; an address that is none.
    pub fn pass(&self, service: &str, target: Option<PassTarget>) -> Result<(), PassError> {
        if !PASSABLE.contains(&service) {
            return Err(PassError::Unguarded(service.to_owned()));
        }
        set(&self.passing.checked, service, target)
    }

    /// Passes the calls to `service` (its signing name) to a backend, authenticated but not decided;
    /// `None` ends it.
    ///
    /// # Errors
    /// A service that the lab simulates, by its name or by that which it signs with; a word that is no
    /// such name; an address that is none.
    pub fn pass_unchecked(
        &self,
        service: &str,
        target: Option<PassTarget>,
    ) -> Result<(), PassError> {
        if is_simulated(service) {
            return Err(PassError::Simulated(service.to_owned()));
        }
        let of_name = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
        if service.is_empty() || !service.bytes().all(of_name) {
            return Err(PassError::Name(service.to_owned()));
        }
        set(&self.passing.unchecked, service, target)
    }

    /// How many calls were passed without being decided.
    pub fn unchecked_calls(&self) -> u64 {
        self.passing.unchecked_calls.load(Ordering::Relaxed)
    }

    /// The backend that keeps a service.
    pub(super) fn backend_of(&self, service: &str) -> Option<Backend> {
        self.passing.checked.read().get(service).cloned()
    }

    /// The backend that a service's calls go to undecided.
    pub(super) fn unchecked_backend_of(&self, service: &str) -> Option<Backend> {
        self.passing.unchecked.read().get(service).cloned()
    }

    /// Learns what the checks need, decides, sends on, relays.
    pub(super) async fn pass_on(
        &self,
        asked: &Asked,
        backend: &Backend,
        (mut call, input): (Call, Value),
        wire: &Incoming<'_>,
        trail: &mut Trail,
    ) -> Result<Response<Bytes>, WireError> {
        // Its answer holds many secrets, each of which has a decision of its own.
        if asked.row.name == "BatchGetSecretValue" {
            return Err(does_not_pass(asked.service.name, asked.row.name));
        }
        let id = input
            .get("SecretId")
            .and_then(Value::as_text)
            .map(str::to_owned);
        // Whose secret it is counts, not who calls.
        let account = secret::owner(id.as_deref(), &call);
        if !only_reads(asked.row.name) && !backend.is_writable(&account) {
            return Err(read_only(&account));
        }
        let learned = match &id {
            Some(id) => Some((id, secret::learn(self, backend, &call, id, trail).await?)),
            None => None,
        };
        {
            let mut cloud = self.cloud();
            if let Some((id, learned)) = learned {
                let known = cloud
                    .secretsmanager
                    .learn(id, &call.scope, learned, call.now);
                known.map_err(|error| {
                    unavailable(asked.service.name, &error, Reason::BackendUnreadable)
                })?;
            }
            self.check(&cloud, asked, &mut call, &input, trail)?;
            secret::check_key(&cloud, &call, &input)?;
        }
        let response = self
            .send_on(backend, &call, &account, wire, Options::STANDARD, trail)
            .await?;
        hop::record_answer(&response, trail);
        Ok(hop::relay(
            response,
            trail.request_id(),
            &hop::PASSED_HEADERS,
        ))
    }

    /// Authenticates, counts, sends on, relays.
    pub(super) async fn pass_undecided(
        &self,
        backend: &Backend,
        incoming: &HttpIncoming,
        wire: &Incoming<'_>,
        (signed, named_region): (&Signed, Option<&str>),
        trail: &mut Trail,
    ) -> Response<Bytes> {
        let protocol = guess_protocol(wire.headers, wire.path, wire.body);
        let service = signed.scope.service.as_str();
        let expect = Expectation {
            service,
            region: named_region,
            clock: self.clock(),
            skew_seconds: CLOCK_SKEW_SECONDS,
        };
        let caller = match self.authenticate(wire, &expect) {
            Ok(caller) => caller,
            Err(failure) => {
                trail.not_authenticated(&failure);
                let error = failure.answer(protocol).because(failure.reason);
                trail.answered_with(&error);
                return encode_error(None, protocol, trail.request_id(), &error);
            }
        };
        trail.authenticated(&caller);
        trail.set_account(caller.account.clone());
        // What an operation without a row does is not known: a GET may delete a queue.
        if !backend.is_writable(&caller.account) {
            let error = read_only(&caller.account);
            trail.answered_with(&error);
            return encode_error(None, protocol, trail.request_id(), &error);
        }
        self.passing.unchecked_calls.fetch_add(1, Ordering::Relaxed);
        let unchecked = Unchecked {
            service: service.to_owned(),
            method: incoming.method.to_string(),
        };
        trail.record(EventDraft::of(Component::Aws, &unchecked));
        let region = authentication::scope_region(Some(signed));
        let options = authentication::canonicalisation(service);
        let hop = Hop {
            service,
            region: &region,
            account: &caller.account,
            purpose: "pass-unchecked",
            options,
        };
        match self.exchange(backend, &hop, wire, trail).await {
            Ok(response) => {
                trail.answered(response.status().as_u16());
                hop::relay_all(response, trail.request_id())
            }
            Err(error) => {
                trail.answered_with(&error);
                encode_error(None, protocol, trail.request_id(), &error)
            }
        }
    }

    async fn send_on(
        &self,
        backend: &Backend,
        call: &Call,
        account: &AccountId,
        wire: &Incoming<'_>,
        options: Options,
        trail: &Trail,
    ) -> Result<OutboundResponse, WireError> {
        let region = &call.scope.region;
        let hop = Hop {
            service: call.service,
            region,
            account,
            purpose: "pass",
            options,
        };
        self.exchange(backend, &hop, wire, trail).await
    }
}

fn set(
    services: &RwLock<BTreeMap<String, Backend>>,
    service: &str,
    target: Option<PassTarget>,
) -> Result<(), PassError> {
    match target {
        None => {
            services.write().remove(service);
        }
        Some(target) => {
            let url = target.base_url.clone();
            let is_http = url.parse::<Uri>().is_ok_and(|uri| {
                uri.authority().is_some() && matches!(uri.scheme_str(), Some("http" | "https"))
            });
            let backend = is_http.then(|| Backend::new(target)).flatten();
            services
                .write()
                .insert(service.to_owned(), backend.ok_or(PassError::Url(url))?);
        }
    }
    Ok(())
}

/// Whether an operation only reads, by the verb that its name begins with.
fn only_reads(operation: &str) -> bool {
    ["Get", "List", "Describe", "BatchGet"]
        .iter()
        .any(|verb| operation.starts_with(verb))
}

/// What a caller is answered who would change what is only to be read: 403.
fn read_only(account: &AccountId) -> WireError {
    let message = format!(
        "authlab only reads the backend's account `{account}`: start the lab with `--allow-writes {account}` if it may be changed"
    );
    WireError::new(403, "AccessDeniedException", message).because(Reason::ExternalReadOnly)
}

/// What a caller of an operation without a row is answered when its service is passed: 501.
pub(super) fn does_not_pass(service: &str, operation: &str) -> WireError {
    let message = format!(
        "`{service}:{operation}` is not implemented by this lab: it has no permissions to check, so it does not pass to the backend"
    );
    WireError::new(501, "NotImplemented", message)
}

/// What a caller is answered when the backend is not there, or says what cannot be understood: 503.
fn unavailable(service: &str, problem: &dyn std::fmt::Display, reason: Reason) -> WireError {
    let message = format!("the backend of `{service}` did not do its part: {problem}");
    WireError::new(503, "ServiceUnavailable", message).because(reason)
}

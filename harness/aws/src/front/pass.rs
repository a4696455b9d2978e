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
//! - [`target`]: which services, and where the backend is.
//! - [`hop`]: the request to the backend and its answer.
//! - [`passable`]: what a service says of itself that can be passed.

mod account;
mod hop;
mod passable;
mod target;
#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering;

use authlab_http::Incoming as HttpIncoming;
use authlab_kernel::{AccountId, Component, EventDraft, OutboundResponse};
use authlab_wire::sigv4::{Options, Signed};
use authlab_wire::{Incoming, Models, Value, WireError, encode_error, guess_protocol};
use bytes::Bytes;
use http::Response;

use super::authentication::{self, Expectation};
use super::door::FrontDoor;
use super::trail::Trail;
use super::walk::Asked;
use crate::evidence::{Reason, Unchecked};
use crate::operation::Call;
pub use account::AccountMap;
use hop::Hop;
pub use hop::error_code;
pub use passable::{Asking, Keeping, Passable, unreadable};
pub(super) use target::Passing;
use target::{Backend, set};
pub use target::{PassError, PassTarget};

/// How far a signed date may lie from the clock where no service says otherwise, in seconds.
const CLOCK_SKEW_SECONDS: i64 = 15 * 60;

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

impl FrontDoor {
    /// Passes the calls to `service` to a backend, decided as ever; `None` takes them back into the
    /// lab.
    ///
    /// # Errors
    /// A service whose calls could not be decided; an address that is none.
    pub fn pass(&self, service: &str, target: Option<PassTarget>) -> Result<(), PassError> {
        let passable = crate::SERVICES.iter().filter(|it| it.passing.is_some());
        if !passable.clone().any(|passable| passable.name == service) {
            let passable: Vec<&str> = passable.map(|it| it.name).collect();
            return Err(PassError::Unguarded {
                service: service.to_owned(),
                passable: passable.join(", "),
            });
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
        let (service, operation) = (asked.service.name, asked.row.name);
        let passing = asked
            .service
            .passing
            .filter(|passing| passing.passes(operation));
        let passing = passing.ok_or_else(|| does_not_pass(service, operation))?;
        let id = passing.resource(&input).map(str::to_owned);
        // Whose resource it is counts, not who calls.
        let account = match &id {
            Some(id) => passing.owner(id, &call),
            None => call.account().clone(),
        };
        if !only_reads(operation) && !backend.is_writable(&account) {
            return Err(read_only(&account));
        }
        let asking = Asking {
            door: self,
            backend,
            call: &call,
            account: &account,
            trail,
        };
        let learned = match &id {
            Some(id) => Some(passing.learn(&asking, id).await?),
            None => None,
        };
        {
            let mut cloud = self.cloud();
            if let Some(learned) = learned {
                learned(&mut cloud, &call)?;
            }
            self.check(&cloud, asked, &mut call, &input, trail)?;
            passing.check(&cloud, &call, &input)?;
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
            hosts: &[],
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
                hop::record_answer(&response, trail);
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

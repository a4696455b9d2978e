//! What a service says of itself that a backend can keep.

use authlab_kernel::AccountId;
use authlab_wire::sigv4::Options;
use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::hop::{self, Hop};
use super::target::Backend;
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::front::door::FrontDoor;
use crate::front::trail::Trail;
use crate::operation::Call;

/// Keeps what was learned of a resource where the checks look for it.
///
/// # Errors
/// It cannot be understood.
pub type Keeping = Box<dyn FnOnce(&mut Cloud, &Call) -> Result<(), WireError> + Send>;

/// A service whose calls the door can decide although a backend keeps its resources.
pub trait Passable: Sync {
    /// Whether an operation passes; one does not whose answer has decisions of its own.
    fn passes(&self, operation: &str) -> bool;

    /// How an input names the resource that the checks are about.
    fn resource<'i>(&self, input: &'i Value) -> Option<&'i str>;

    /// The account that owns the resource that a caller calls so.
    fn owner(&self, id: &str, call: &Call) -> AccountId;

    /// Reads a resource's facts from the backend. Nothing but an answer counts as one: what is not
    /// known cannot be decided.
    ///
    /// # Errors
    /// 503 on every answer but those that tell the facts, or that there is no such resource.
    fn learn<'a>(
        &'a self,
        asking: &'a Asking<'a>,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Keeping, WireError>>;

    /// What the service asks beside the checks of the row.
    ///
    /// # Errors
    /// What it refuses.
    fn check(&self, cloud: &Cloud, call: &Call, input: &Value) -> Result<(), WireError>;
}

/// A backend that is asked for a resource's facts, as the root of the resource's account.
pub struct Asking<'a> {
    pub(super) door: &'a FrontDoor,
    pub(super) backend: &'a Backend,
    /// The call that the facts are needed for.
    pub call: &'a Call,
    pub(super) account: &'a AccountId,
    pub(super) trail: &'a Trail,
}

impl Asking<'_> {
    /// Asks in awsJson 1.1 with one member of input, for the journal by the name of `purpose`: status
    /// and JSON.
    ///
    /// # Errors
    /// No answer, or one that is no JSON: 503.
    pub async fn ask(
        &self,
        purpose: &'static str,
        operation: &str,
        (member, value): (&str, &str),
    ) -> Result<(u16, serde_json::Value), WireError> {
        let hop = Hop {
            service: self.call.service,
            region: &self.call.scope.region,
            account: self.account,
            purpose,
            options: Options::STANDARD,
        };
        let target = format!("{}.{operation}", self.call.service);
        let input = json!({ member: value });
        let (door, backend) = (self.door, self.backend);
        door.ask(backend, &hop, &target, &input, self.trail).await
    }
}

/// What a caller is answered when the answer of a backend cannot be understood: 503.
pub fn unreadable(service: &str, problem: &dyn std::fmt::Display) -> WireError {
    hop::unavailable(service, problem, Reason::BackendUnreadable)
}

//! What a handler gets that decides more than its row asks for, or answers where the lab is reached.

use std::sync::Arc;

use authlab_wire::WireError;

use super::authorization::Environment;
use super::door::FrontDoor;
use super::ruling::{Permitted, Refused, Ruled};
use super::trail::Trail;
use crate::cloud::Cloud;
use crate::operation::{Call, Caller, Check};

/// The port of the lab's endpoints before the front door listens.
const PORT: u16 = 4566;

/// The place of a handler under the lab's one lock: what its row's checks decided holds as long as it
/// is there.
pub struct Desk<'a> {
    /// Every service's state.
    pub cloud: &'a mut Cloud,
    /// The call.
    pub call: &'a Call,
    door: &'a FrontDoor,
    trail: Trail,
}

impl<'a> Desk<'a> {
    /// The place of `call`.
    pub(super) fn of(door: &'a FrontDoor, cloud: &'a mut Cloud, call: &'a Call) -> Self {
        let trail = Trail::of_call(door.journal(), call);
        Self {
            cloud,
            call,
            door,
            trail,
        }
    }

    /// Decides `checks` for the caller, up to and including the first that is refused. Each decision
    /// stands in the journal; a refusal that goes through because the lab only watches says so there.
    ///
    /// # Errors
    /// What is refused: [`Refused::answer`] is what a caller is told.
    pub fn decide(&mut self, checks: &[Check]) -> Result<Permitted, Refused> {
        let (caller, environment) = (Arc::clone(&self.call.caller), Environment::of(self.call));
        self.decide_for(&caller, &environment, checks)
    }

    /// The same for somebody else than the caller: a service that acts for itself.
    ///
    /// # Errors
    /// As [`Desk::decide`].
    pub fn decide_for(
        &mut self,
        caller: &Caller,
        environment: &Environment,
        checks: &[Check],
    ) -> Result<Permitted, Refused> {
        let ruled = self.door.decide(self.cloud, caller, environment, checks);
        self.trail.ruled(&ruled);
        ruled.into_result()
    }

    /// Whether the caller may do all of `checks`, for what a service tries and does without. Only a
    /// refusal that goes through stands in the journal.
    pub fn permits(&mut self, checks: &[Check]) -> bool {
        let ruled = self.briefly(checks);
        ruled.into_result().is_ok()
    }

    /// The same with what is refused.
    ///
    /// # Errors
    /// What is refused.
    pub fn decide_briefly(&mut self, checks: &[Check]) -> Result<Permitted, Refused> {
        self.briefly(checks).into_result()
    }

    fn briefly(&mut self, checks: &[Check]) -> Ruled {
        let (caller, environment) = (&self.call.caller, Environment::of(self.call));
        let ruled = self
            .door
            .decide_briefly(self.cloud, caller, &environment, checks);
        if ruled.is_let_through() {
            self.trail.ruled(&ruled);
        }
        ruled
    }

    /// The answer to a refusal in the protocol of the call.
    pub fn answer(&self, refused: &Refused) -> WireError {
        refused.answer(self.call.protocol)
    }

    /// The port at which the lab's endpoints are reached.
    pub fn port(&self) -> u16 {
        self.door.address().map_or(PORT, |address| address.port())
    }
}

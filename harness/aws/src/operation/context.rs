//! What a service's rules see beside their own state.

use authlab_kernel::{Ids, Scope, Timestamp};

use super::call::{Call, Caller};

/// The only source of time, identity and other services' facts for a service's rules.
pub struct Ctx<'a, Shared> {
    /// The service's time.
    pub now: Timestamp,
    /// The lab's ids.
    pub ids: &'a Ids,
    /// The account and Region of the call.
    pub scope: &'a Scope,
    /// Who calls.
    pub caller: &'a Caller,
    /// What the service may know of others.
    pub shared: &'a Shared,
}

impl<'a, Shared> Ctx<'a, Shared> {
    /// A call as a service's rules see it.
    pub fn of(call: &'a Call, shared: &'a Shared) -> Self {
        Self {
            now: call.now,
            ids: &call.ids,
            scope: &call.scope,
            caller: &call.caller,
            shared,
        }
    }
}

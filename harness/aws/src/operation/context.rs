//! What a service's rules see beside their own state.

use authlab_kernel::{Ids, Scope, Timestamp};

use super::call::{Call, Caller};
use crate::cloud::Directory;

/// The only source of time, identity and other services' facts for a service's rules.
pub struct Ctx<'a> {
    /// The service's time.
    pub now: Timestamp,
    /// The lab's ids.
    pub ids: &'a Ids,
    /// The account and Region of the call.
    pub scope: &'a Scope,
    /// Who calls.
    pub caller: &'a Caller,
    /// What the service may know of others.
    pub directory: Directory<'a>,
}

impl<'a> Ctx<'a> {
    /// A call as a service's rules see it.
    pub fn of(call: &'a Call, directory: Directory<'a>) -> Self {
        Self {
            now: call.now,
            ids: &call.ids,
            scope: &call.scope,
            caller: &call.caller,
            directory,
        }
    }
}

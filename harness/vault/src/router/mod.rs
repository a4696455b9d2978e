//! The way of a request through the server: who asks, whether they may, which engine answers, what
//! is written down.
//!
//! [`admit`] runs once, [`handle`] as often as a handler waits for another system, [`finish`] once.
//! The lock of the state is held within each, never between them.
//!
//! - [`admit`]: whether they may. [`authenticate`]: who asks.
//! - [`stop`]: the end of a request that is not handled, and the audit lines.
//! - [`handle`]: the engine's answer. [`finish`]: what follows it.

mod admit;
mod authenticate;
mod finish;
mod handle;
mod stop;

use authlab_kernel::{Enforcement, Ids, Secret, Timestamp};

use crate::flavour::Flavour;
use crate::policy::Decision;
use crate::request::{Answers, Call, MountView, Operation, Request};
use crate::response::{Refusal, Response};
use crate::right::Rights;
use crate::token::Entry;

pub(crate) use admit::admit;
pub(crate) use finish::finish;
pub(crate) use handle::handle;
pub(crate) use stop::{unhandled, unwritten};

/// What the core knows besides the state.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    pub(crate) ids: &'a Ids,
    pub(crate) now: Timestamp,
    pub(crate) flavour: Flavour,
    /// What a refusal means that rests on the caller's rights.
    pub(crate) enforcement: Enforcement,
}

/// A request that may be handled.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) request: Request,
    /// The mount, unless no mount has that path.
    pub(crate) mount: Option<MountView>,
    /// The path below the mount.
    pub(crate) path: String,
    pub(crate) caller: Option<Entry>,
    /// When the caller's token ends, as it was when it asked.
    pub(crate) caller_end: Option<Timestamp>,
    pub(crate) uses_before: i64,
    /// The caller's token ends with this request.
    pub(crate) last_use: bool,
    pub(crate) decision: Option<Decision>,
    pub(crate) login: bool,
    /// The path needs no token, and is no login.
    open: bool,
    existence_checked: bool,
    identity_policies: Vec<String>,
    /// Whom a login is for, where failures are counted.
    user: Option<String>,
    /// The tokens that its handling has issued so far.
    pub(crate) issued: Vec<Secret>,
    /// What its caller has no right to.
    pub(crate) rights: Rights,
}

/// How a request ended.
pub(crate) struct Ending {
    pub(crate) request: Request,
    pub(crate) result: Result<Option<Response>, Box<Refusal>>,
    pub(crate) caller: Option<Entry>,
    pub(crate) caller_end: Option<Timestamp>,
    pub(crate) decision: Option<Decision>,
    pub(crate) mount: Option<String>,
    pub(crate) mount_kind: String,
    pub(crate) login: bool,
    /// The tokens that the request has issued.
    pub(crate) issued: Vec<Secret>,
    /// What its caller had no right to.
    pub(crate) rights: Rights,
}

pub(super) fn call<'a>(
    admitted: &'a Admitted,
    view: &'a MountView,
    environment: Environment<'a>,
    answers: &'a Answers,
) -> Call<'a> {
    Call {
        request: &admitted.request,
        path: &admitted.path,
        mount: view,
        now: environment.now,
        ids: environment.ids,
        flavour: environment.flavour,
        caller: admitted.caller.as_ref(),
        answers,
        rights: &admitted.rights,
    }
}

pub(super) fn is_write(request: &Request) -> bool {
    matches!(request.operation, Operation::Update | Operation::Create)
}

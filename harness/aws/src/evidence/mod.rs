//! What the front door and the services behind it write into the journal, and why they refuse.
//!
//! Each struct is what one kind of event tells, its members in the order of the line; who reads a line
//! (a diagnosis, a document, a step) asks for the struct by `Event::read`. Who asks why something was
//! refused asks [`Why::of`], or `Event::is` for one reason.
//!
//! - `event`: the kinds.
//! - `fault`: what stood against what where a service refuses, and what an allowed call leaves out.
//! - `reason`: the reasons, and how those read that are put together.

mod event;
mod fault;
mod reason;
#[cfg(test)]
pub(crate) mod tests;

pub use authlab_wire::sigv4::{
    CredentialScope, Expected, Fit, Inspected, KeptIn, KeyFound, KeyState, Suspect, TokenFound,
    TokenState, Unreadable, UnreadableKind,
};
pub use event::{
    Answer, Authentication, Authorizer, Credential, Decision, Invoke, MissingFunction, Request,
    Return, Rotation, RotationDue, Shape, Signature, Telemetry, TimesHeld, Unchecked, UserTokens,
    WebIdentity,
};
pub use fault::{Fault, Notice};
pub(crate) use reason::error_code;
pub use reason::{Denial, Reason, Why};

//! The front door: one port for every service, account and Region.
//!
//! A request walks it in this order, and each step leaves its reason in the journal:
//! read, route, decode, authenticate (Signature Version 4), validate, authorize every check of the
//! operation's row, handle, perform effects, answer.
//!
//! - [`door`]: [`FrontDoor`], what it holds and how it is configured.
//! - [`host`]: which service and Region a name of AWS stands for.
//! - `entrance`: for which service a request comes.
//! - [`walk`]: the steps of one request.
//! - [`authentication`]: who signed; `inspection`: what is told where nobody did.
//! - [`authorization`]: whether they may, over every layer of policy.
//! - [`ruling`]: what a refusal means in this lab, and how it is said.
//! - `discovery`: the discovery documents of issuers.
//! - [`desk`]: what a handler gets that decides by itself.
//! - [`site`]: servers that share the port.
//! - [`effect`]: what one service asks of another.
//! - [`pass`]: services that a backend keeps.
//! - `session`: sessions that the lab gives.
//! - [`answer`]: answers and errors in the protocol of the request.
//! - [`trail`]: what a request leaves in the journal.
//! - `unknown`: services and partitions that are not there.

pub mod answer;
pub mod authentication;
pub mod authorization;
mod coding;
pub mod desk;
mod discovery;
pub mod door;
pub mod effect;
mod entrance;
pub mod host;
mod inspection;
mod listing;
pub mod pass;
pub mod ruling;
mod session;
pub mod site;
pub mod trail;
mod unknown;
pub mod walk;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use authentication::{AuthenticationFailure, Expectation, Identified, identify};
pub use authorization::{
    ApiCall, Environment, Judged, Verdict, first_refused, judge, judge_api, judge_one,
};
pub use desk::Desk;
pub use discovery::{discovered, record_undiscovered};
pub use door::{ClientClock, FrontDoor, FrontDoorConfig};
pub use host::{AwsHost, is_identity_service};
pub use listing::lister;
pub use pass::{AccountMap, PassError, PassTarget};
pub use ruling::{Brief, Permitted, Refused, Ruled};
pub use site::Site;
pub use walk::ComponentsDoor;

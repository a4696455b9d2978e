//! The AWS front door and the simulated services behind it.
//!
//! One port serves every service, account and Region. A request walks the [`front`] door: it is
//! read by the wire interpreter, authenticated (SigV4), authorized by `authlab-policy` over the
//! checks of its operation's row, handed to the service, and its effects are performed before the
//! answer is sent.
//!
//! A new service is a folder with `mod.rs` (what is simulated and the table of operations),
//! `state.rs` (the rules), `error.rs`, `ops.rs` (decode, call, encode) and `tests.rs`, one line
//! here, one field in [`cloud::Cloud`], and a model in `authlab-wire`.
//!
//! - [`operation`]: the contract between the front door and a service: rows, checks, effects.
//! - [`evidence`]: what stands in the journal, and why something was refused.
//! - [`shared`]: what services may know of each other.
//! - [`cloud`]: every service's state.
//! - [`judge`]: the rules apart from what is fetched and who serves.

pub mod operation;

pub mod evidence;

pub mod shared;

pub mod cloud;

pub mod front;

pub mod judge;

pub mod ports;

#[cfg(test)]
#[path = "../../kernel/tests/support/mutate.rs"]
pub(crate) mod mutate;

#[cfg(test)]
pub(crate) mod coverage;

pub mod apigatewayv2;
pub mod cloudwatch;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod logs;
pub mod oam;
pub mod organizations;
pub mod secretsmanager;
pub mod sts;

/// Every simulated service. The front door finds an operation's row here.
pub const SERVICES: &[&operation::Service] = &[
    &apigatewayv2::SERVICE,
    &cloudwatch::SERVICE,
    &iam::SERVICE,
    &kms::SERVICE,
    &lambda::SERVICE,
    &logs::SERVICE,
    &oam::SERVICE,
    &organizations::SERVICE,
    &secretsmanager::SERVICE,
    &sts::SERVICE,
];

//! The AWS front door and the simulated services behind it.
//!
//! One port serves every service, account and Region. A request walks the [`front`] door: it is
//! read by the wire interpreter, authenticated (SigV4), authorized by `authlab-policy` over the
//! checks of its operation's row, handed to the service, and its effects are performed before the
//! answer is sent.
//!
//! A new service is a model (a line of `authlab-wire`'s catalogue), a folder with `mod.rs` (what is
//! simulated and the table of operations), `state.rs` (the rules), `error.rs`, `check.rs`, `ops.rs`
//! (decode, call, encode) and `tests.rs`, and here its `mod` and its line in `services!`: row,
//! state, and view of the others come from that one line. What it may import, and what others may
//! know of it, is `ci/src/tidy/module.rs`.
//!
//! - [`operation`]: the contract between the front door and a service: rows, checks, effects.
//! - [`evidence`]: what stands in the journal, and why something was refused.
//! - [`shared`]: what services may know of each other.
//! - [`cloud`]: every service's state.
//! - [`judge`]: the rules apart from what is fetched and who serves.

#[macro_use]
mod services;

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

pub mod apigateway;
pub mod apigatewayv2;
pub mod cloudwatch;
pub mod cognitoidp;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod logs;
pub mod oam;
pub mod organizations;
pub mod secretsmanager;
pub mod sts;

/// Makes the table of the list.
macro_rules! table {
    (
        shared { $($(#[$_doc:meta])* $shared:ident,)* }
        own { $($(#[$_own_doc:meta])* $own:ident,)* }
    ) => {
        /// Every simulated service. The front door finds an operation's row here.
        pub const SERVICES: &[&operation::Service] =
            &[$(&$shared::SERVICE,)* $(&$own::SERVICE,)*];
    };
}

services!(table);

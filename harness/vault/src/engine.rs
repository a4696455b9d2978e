//! What answers at a mount: a secrets engine or an auth method as a value behind one trait.
//!
//! An engine is a folder with its state, its table of endpoints and an `impl Engine`, and a line in
//! [`crate::registry`]. The engines that see all of the server's state (`sys/`, `auth/token/`, the
//! cubbyhole, the identity store) are no values of their own: the router has their arms, in one place.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::Debug;

use authlab_kernel::Timestamp;
use serde_json::{Map, Value};

use crate::effect::Order;
use crate::lease::Lease;
use crate::request::{Call, Request};
use crate::response::{Fault, Outcome};
use crate::token::Entry;
use crate::ttl::Wish;

/// The options that a mount is made with.
pub(crate) type Options = BTreeMap<String, String>;

/// A secrets engine or an auth method, with its state.
pub(crate) trait Engine: Any + Debug + Send {
    /// Whether a write would create. `None` where the endpoint makes no difference.
    ///
    /// # Errors
    /// A field that cannot be read.
    fn creates(&self, call: &Call<'_>) -> Result<Option<bool>, Fault>;

    /// Answers.
    fn handle(&mut self, call: &Call<'_>) -> Outcome;

    /// Whether there is an endpoint at a path below the mount.
    fn has_route(&self, path: &str) -> bool;

    /// Whether a path below the mount needs no token.
    fn is_login(&self, _path: &str) -> bool {
        false
    }

    /// Whether a path below the mount needs `sudo`.
    fn needs_sudo(&self, _path: &str) -> bool {
        false
    }

    /// Whether failed logins are counted, and lock out.
    fn counts_failures(&self) -> bool {
        false
    }

    /// Whom a login is for, where failures are counted.
    fn user_of(&self, _path: &str, _request: &Request) -> Option<String> {
        None
    }

    /// What the renewal of a token that a login made may give. `None`: nothing is renewed, silently.
    ///
    /// # Errors
    /// Why it is not renewed.
    fn renew_token(&self, _entry: &Entry, _lease: &Lease) -> Result<Option<Wish>, String> {
        Ok(None)
    }

    /// What the renewal of a lease that it issued may give.
    ///
    /// # Errors
    /// Why it is not renewed.
    fn renew_lease(&self, _lease: &Lease) -> Result<Wish, String> {
        Err("lease is not renewable".to_owned())
    }

    /// Ends what it issued, by what it keeps of it. What has to be done elsewhere is returned.
    ///
    /// # Errors
    /// Why it cannot be ended: it is tried again later.
    fn revoke_lease(&mut self, _secret: &Map<String, Value>) -> Result<Option<Order>, String> {
        Ok(None)
    }

    /// Whether audit lines hold numbers of answers as digests: what a client wrote is text to it.
    fn hashes_numbers(&self) -> bool {
        false
    }

    /// The engine with the same content in its next version, if there is one.
    fn upgraded(&self, _now: Timestamp) -> Option<Box<dyn Engine>> {
        None
    }
}

/// The parts of [`Engine`] that its table of endpoints answers.
macro_rules! answers_by {
    ($routes:expr) => {
        fn creates(
            &self,
            call: &crate::request::Call<'_>,
        ) -> Result<Option<bool>, crate::response::Fault> {
            crate::route::would_create($routes, self, call)
        }

        fn handle(&mut self, call: &crate::request::Call<'_>) -> crate::response::Outcome {
            crate::route::dispatch($routes, self, call)
        }

        fn has_route(&self, path: &str) -> bool {
            crate::route::find($routes, path).is_some()
        }
    };
}
pub(crate) use answers_by;

/// The engines that every server has, and that see all of its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Core {
    /// `cubbyhole/`.
    Cubbyhole,
    /// `identity/`.
    Identity,
    /// `sys/`.
    System,
    /// `auth/token/`.
    Token,
}

/// Who answers at a mount.
#[derive(Debug)]
pub(crate) enum Backend {
    /// Part of the server.
    Core(Core),
    /// A value of its own.
    Engine(Box<dyn Engine>),
}

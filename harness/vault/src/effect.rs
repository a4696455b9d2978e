//! What an engine has to do elsewhere when a lease ends: a database's role is dropped.
//!
//! The state only says so; it is performed once the lock is let go, in the order in which it was said,
//! by requests and by timers alike. What fails is tried again: see [`crate::lease`].

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

/// What is to be done, in the engine's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// Where: the name of a connection.
    pub(crate) target: String,
    /// What, in this order.
    pub(crate) statements: Vec<String>,
}

/// Something that is to be done elsewhere because a lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The path of the mount whose engine asks for it.
    pub mount: String,
    /// The lease.
    pub lease_id: String,
    /// Where: the name of a connection of that engine.
    pub target: String,
    /// What, in this order, in the words of the system there.
    pub statements: Vec<String>,
}

/// The way to the systems that engines issue credentials for.
pub trait Elsewhere: Send + Sync {
    /// Does it, all of it or nothing.
    ///
    /// # Errors
    /// Why it was not done, without a secret: it is tried again later.
    fn perform<'a>(&'a self, effect: &'a Effect) -> BoxFuture<'a, Result<(), String>>;
}

/// There is no such system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Nowhere;

impl Elsewhere for Nowhere {
    fn perform<'a>(&'a self, effect: &'a Effect) -> BoxFuture<'a, Result<(), String>> {
        let error = format!(
            "no system is reached as `{}`: start the server with the way to it",
            effect.target
        );
        async move { Err(error) }.boxed()
    }
}

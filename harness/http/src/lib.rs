//! The hardened listener that every server uses, and the lab's one outgoing HTTP client.
//!
//! - [`incoming`]: [`Incoming`], a request as a server gets it; [`Service`], what a server is;
//!   [`Rejection`], what the listener turns away before a server sees it.
//! - [`limits`]: [`Limits`] of size and of transport time.
//! - [`listener`]: [`Listener`] and [`Running`]: bind, serve, stop.
//! - [`client`]: [`Client`], the implementation of [`authlab_kernel::Outbound`].
//! - [`address`]: which names and addresses the client may call.
//!
//! Wall time appears here only as transport time (a peer that stalls). What a component takes the
//! time to be, the `date` header included, is the lab's clock.

pub mod address;
pub mod client;
pub mod incoming;
pub mod limits;
pub mod listener;

mod connection;

pub use address::AddressError;
pub use client::Client;
pub use incoming::{Incoming, Rejection, Service};
pub use limits::Limits;
pub use listener::{BindError, Listener, Running};

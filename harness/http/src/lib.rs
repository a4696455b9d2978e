//! The hardened listener that every server uses, and the lab's one outgoing HTTP client.
//!
//! - [`incoming`]: [`Incoming`], a request as a server gets it; [`Service`], what a server is;
//!   [`Field`], what a header says; [`Rejection`], what the listener turns away before a server sees it.
//! - [`gate`]: [`Gate`], which names a port answers and which pages may call it; [`Guests`], who is
//!   let in beside them.
//! - [`hop`]: [`Hop`], a component's call, and [`HopMark`], by which the servers know it.
//! - [`limits`]: [`Limits`] of size and of transport time.
//! - [`spelling`]: [`Spelling`], the names of headers as they were sent.
//! - [`listener`]: [`Listener`] and [`Running`]: bind, serve, stop.
//! - [`client`]: [`Client`], the implementation of [`authlab_kernel::Outbound`].
//! - [`evidence`]: what client and gates tell the journal, and why they refuse.
//! - [`address`]: which names and addresses the client may call.
//!
//! Wall time appears here only as transport time (a peer that stalls). What a component takes the
//! time to be, the `date` header included, is the lab's clock.

pub mod address;
pub mod client;
pub mod evidence;
pub mod gate;
pub mod hop;
pub mod incoming;
pub mod limits;
pub mod listener;
pub mod spelling;

mod connection;
mod cross_origin;

pub use address::{AddressError, check_allowed, check_mapping};
pub use client::Client;
pub use gate::{Gate, GuestError, Guests};
pub use hop::{Hop, HopMark};
pub use incoming::{Field, Incoming, Rejection, Service};
pub use limits::Limits;
pub use listener::{BindError, Listener, Running};
pub use spelling::Spelling;

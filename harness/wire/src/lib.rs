//! AWS protocols driven by service models, and Signature Version 4.
//!
//! The official API models say how every operation is spelled on the wire, what is required, and which
//! bounds hold. `cargo ci models` extracts those facts into `models/<service>.json`; this crate reads
//! them, and one interpreter speaks every protocol. It is pure: no I/O, no clock, no randomness.
//!
//! A request's way through the crate:
//! 1. [`Models`] finds the [`Model`] by its signing name or by what the request shows of itself;
//! 2. [`route`] finds the [`Operation`] and the [`Protocol`] that the client chose;
//! 3. [`decode`] reads the input into a [`Value`], whose members carry the names of the **model**
//!    (`RoleArn`), whatever the protocol calls them;
//! 4. [`validate`] checks required members, lengths, ranges, patterns and enums in AWS's wording;
//! 5. [`from_value`] (or [`from_value_noting_unread`]) and [`to_value`] lead to and from the serde types of a handler;
//! 6. [`encode`] writes the answer, [`encode_error`] an error, in the protocol of the request.
//!
//! [`request`] is the other side: it writes requests from inputs and reads answers.
//!
//! [`sigv4`] parses, verifies and makes signatures; it needs no model.

mod decode;
mod encode;
mod incoming;
mod model;
mod protocol;
pub mod request;
mod route;
mod sensitive;
pub mod sigv4;
mod timestamp;
mod validate;
mod value;

pub use decode::{DecodeError, decode};
pub use encode::{
    Cause, EncodeError, WireError, encode, encode_error, encode_s3_error, try_encode,
};
pub use incoming::Incoming;
pub use model::{
    Bounds, ErrorFacts, Kind, Location, Member, Model, Models, Operation, Shape, ShapeId,
    TimestampFormat,
};
pub use protocol::{Protocol, guess_protocol};
pub use route::{RouteError, Routed, route};
pub use sensitive::sensitive_texts;
pub use validate::{Rule, ValidationFailure, Violation, validate};
pub use value::{Blob, Value, ValueError, from_value, from_value_noting_unread, to_value};

#[cfg(test)]
mod tests;

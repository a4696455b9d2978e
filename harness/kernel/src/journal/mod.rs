//! The journal: every decision with its reason, at the moment that it is made.
//!
//! It records and feeds no component's state. A ring in memory, bounded in events and in bytes,
//! holds the latest; all of them go to a file when one is given, and to every subscriber.
//!
//! What is recorded passes one gate, whoever records it: credentials are taken out
//! ([`crate::redaction::text`]), long texts are cut with their length kept, nesting and size are
//! bounded, so that nobody outside can fill the memory or make a line that cannot be read back. In what
//! an event tells, the port of a loopback address is `{port}`: it is another in each run.
//!
//! - [`word`]: component and kind of an event.
//! - [`detail`]: what an event tells, as a text. [`event`]: [`Event`], a line; [`draft`]: [`EventDraft`], an event before it has a number.
//! - [`writer`]: the gate; [`bounded`]: what of a text passes it.
//! - [`placeholder`]: what stands for a port.
//! - [`ring`]: the latest events, found by number, request, trace and cause.
//! - [`issuer`]: which event issued a credential.
//! - [`file`]: the file, which never makes those who record wait.
//! - [`handle`]: [`Journal`], to which everybody records.

mod word;

mod detail;
mod draft;
mod event;

mod bounded;
mod placeholder;
mod writer;

mod issuer;
mod ring;

mod file;

mod handle;

pub use bounded::{DEPTH_MAX, TEXT_BYTES_MAX, cut, cut_at};
pub use detail::Detail;
pub use draft::EventDraft;
pub use event::{Event, LINE_VERSION, Outcome, Sequence};
pub use handle::{Journal, OpenTrace, Subscriber};
pub use ring::RING_BYTES_DEFAULT;
pub use word::Word;

#[cfg(test)]
mod tests;

//! The ways to show a chain.
//!
//! - [`text`]: for a person, in ten seconds; it is the chain's `Display`.
//! - [`summary`]: an event's evidence on one line.
//! - [`json`]: for programs.

pub mod json;

mod summary;
mod text;

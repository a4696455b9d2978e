//! The ways to show a chain.
//!
//! - [`text`]: for a person, in ten seconds; it is the chain's `Display`.
//! - [`summary`]: an event's evidence on one line.
//! - [`brief`]: its cause and its fix alone.
//! - [`json`]: for programs.

pub mod brief;
pub mod json;

pub(crate) mod summary;
mod text;

//! Why a request was answered as it was: its chain in the journal, the refusal that led to the answer,
//! the class of cause, and the ways to show them.
//!
//! It starts nothing and reads what others recorded, by the structs of their evidence. The shapes that it
//! prints for programs have a version ([`output`]).
//!
//! - [`lines`]: a journal that was exported as JSON lines.
//! - [`chain`]: [`Chain`], one request's events; [`culprit`]: which refusal led to the answer.
//! - [`recent`]: the refusals of late.
//! - [`told`]: what an event tells, whoever recorded it.
//! - [`case`]: [`Case`], what a diagnosis looks at; [`allowance`]: what let a request through.
//! - [`diagnose`]: classes of cause, computed from a case.
//! - [`render`]: a chain as text and as JSON.
//! - [`output`]: the shapes of that JSON.

pub mod lines;

pub mod chain;
pub mod culprit;

pub mod told;

pub mod allowance;
pub mod case;
pub mod diagnose;

pub mod output;
pub mod recent;
pub mod render;

pub use allowance::Allowance;
pub use case::{Allowed, Case};
pub use chain::{Chain, ExplainError};
pub use culprit::{Part, Refusal};
pub use diagnose::{Ask, Certainty, Class, Diagnosis, Finding, Mender, System, classes, reasons};
pub use lines::{Read, Unreadable, read_journal};

pub use recent::{Recent, recent};

#[cfg(test)]
mod tests;

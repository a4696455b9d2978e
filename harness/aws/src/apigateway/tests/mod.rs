//! The control plane against the tables of `tests/golden/rest`.
//!
//! - [`golden`]: the rows, and what of an answer is compared.
//! - [`replay`]: the calls of a row.
//! - [`tables`]: every row of the tables.
//! - [`refusal`]: what no row of the tables shows.
//! - [`stage`]: what stages answer.

mod golden;
mod refusal;
mod replay;
mod stage;
mod tables;

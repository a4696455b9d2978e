//! The control plane against the tables of `tests/golden/rest`.
//!
//! - [`authorizer`]: who may pass a method.
//! - [`domain`]: what custom domain names lead to.
//! - [`log`]: what stages log, and what they say of changes that are not deployed.
//! - [`golden`]: the rows, and what of an answer is compared.
//! - [`replay`]: the calls of a row.
//! - [`fixture`]: what recorded sequences take from outside.
//! - [`tables`]: every row of the tables.
//! - [`import`]: documents that make and change APIs; [`document`]: one in both versions.
//! - [`refusal`]: what no row of the tables shows.
//! - [`stage`]: what stages answer.
//! - [`value`]: values that cannot be, with those that can.
//! - [`authorizer`], [`canary`], [`documentation`], [`usage`]: what these families of operations do.
//! - [`function_authorizer`]: functions that let callers in.

mod authorizer;
mod canary;
mod document;
mod documentation;
mod domain;
mod fixture;
mod function_authorizer;
mod golden;
mod import;
mod log;
mod refusal;
mod replay;
mod stage;
mod tables;
mod usage;
mod value;

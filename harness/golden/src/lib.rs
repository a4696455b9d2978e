//! Golden tables: what AWS and OpenBao answered, or what their documentation says, against the embedded
//! parts. One way to run each, which is the test of `cargo test` and the command `cargo ci golden`.
//!
//! A table is a folder of JSON files. Its `README.md` says the format; its `known_differences.txt` lists
//! the rows that are answered otherwise, each with the reason: they are skipped, are few
//! ([`KNOWN_PERCENT_MAX`]), and the list only shrinks. A table of the same format from elsewhere is run
//! without that list. Nothing is passed over: a file, a member or a kind of row that nobody knows fails, and what is
//! known and not run yet is told by name.
//!
//! - [`table`]: the tables by name; another joins with one line there.
//! - [`row`]: one row, and how far it can be trusted.
//! - [`folder`]: the files of a table.
//! - [`known`]: the list of what is known to differ.
//! - [`run`]: every row of a table; [`report`]: what came of it.
//! - [`iam`]: decisions of policies and documents.
//! - [`rest`]: REST APIs of API Gateway, each row in a lab of its own.
//! - [`wire`]: exchanges over HTTP as plain bytes.
//! - [`vault`]: exchanges over HTTP with a Vault of its own for each case.

mod folder;
mod iam;
mod known;
pub mod report;
mod rest;
pub mod row;
pub mod run;
pub mod table;
pub mod vault;
pub mod wire;

pub use known::KNOWN_PERCENT_MAX;
pub use report::Report;
pub use run::{Only, from_elsewhere, of_tree};
pub use table::{OPENBAO_27, TABLES, Table, WAITING};

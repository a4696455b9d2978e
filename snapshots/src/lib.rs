//! `check()`, the one redactor, and every snapshot of the project.
//!
//! A snapshot is one document: the policies, decisions and log lines that a scenario or a test
//! ends with. It lives at `<root>/<area>.snap` (`gateway/jwt/good-token` is
//! `gateway/jwt/good-token.snap`) in insta's file format, so that `cargo insta review` shows what
//! changed; the comparison is made here, because a snapshot of a scenario is data of a report and
//! not a panic in a test.
//!
//! Reading order: [`redactor`] names what could not be made deterministic, [`store`] compares and
//! accepts, [`mismatch`] says how a document differs.

pub mod mismatch;
pub mod redactor;
pub mod store;

pub use mismatch::{Mismatch, MismatchKind};
pub use redactor::Redactor;
pub use store::{Accept, Snapshots};

/// Compares `document` with this project's snapshot `area_path` (`gateway/jwt/good-token`).
///
/// What differs or is new is left beside the snapshot for `cargo insta review`, unless
/// `INSTA_UPDATE=no` or `CI` is set; `INSTA_UPDATE=always` accepts it.
///
/// # Errors
/// [`Mismatch`] when the snapshot differs, is new, or cannot be read.
#[track_caller]
pub fn check(area_path: &str, document: &str) -> Result<(), Mismatch> {
    let caller = std::panic::Location::caller().file();
    Snapshots::project()
        .from_source(caller)
        .check(area_path, document)
}

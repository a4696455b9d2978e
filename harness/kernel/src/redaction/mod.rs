//! What may be seen of a value that somebody sent: typed redaction, by what a value is.
//!
//! Evidence (journal, explanations, access logs, audit lines, reports) never holds a secret. Two
//! kinds of rule see to that, and neither is a list of names that somebody thought of:
//!
//! - **By place.** Where a value stands says what it may be. Of headers, query parameters and fields
//!   only those whose values are known to be no secret, and have the form that they should have, are
//!   shown; every other one, known or not, stands as its length and (when it is long enough not to
//!   be guessed) its digest: [`header`], [`query`], [`url`], [`value`].
//! - **By shape.** What looks like a credential is none of the reader's business wherever it stands:
//!   Vault tokens, JSON Web Tokens and other JSON in base64, secret access keys and session tokens,
//!   signatures, private keys, `user:password@` in URLs: [`text`]. The journal runs it over every
//!   text that it records, so that a producer who forgot is caught.
//!
//! - [`place`]: the rules by place.
//! - [`shape`]: the rules by shape.

mod place;
mod shape;

pub use place::{header, query, request_path, url, value};
pub use shape::text;

/// What stands for something that is not shown.
pub const HIDDEN: &str = "…";

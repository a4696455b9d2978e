//! AWS Signature Version 4: parse, verify, make.
//!
//! Source: IAM User Guide, "Create a signed AWS API request" and "Elements of an AWS API request
//! signature". Error texts are those of `reference/aws-behaviour.md` 3.5; where it does not give one
//! in full the text here carries the word unverified.

mod canonical;
mod parse;
mod refusal;
mod sign;
mod verify;

pub use canonical::Options;
pub use parse::{AuthorizationError, CredentialScope, Form, Signed, parse};
pub use refusal::{Refusal, ServiceNaming};
pub use sign::{Signer, sign};
pub use verify::{SignatureError, TimeError, check_scope, check_time, verify};

/// The only algorithm that is known here (not SigV4a).
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How timestamps of signatures are written.
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

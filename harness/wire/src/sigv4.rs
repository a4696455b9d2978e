//! AWS Signature Version 4: parse, verify, make.
//!
//! Source: IAM User Guide, "Create a signed AWS API request" and "Elements of an AWS API request
//! signature". Error texts are those of observed answers; where none was seen in full the text here
//! carries the word unverified.

mod canonical;
mod error;
mod evidence;
mod fields;
mod inspect;
mod parse;
mod presigned;
mod refusal;
mod sign;
mod suspect;
mod verify;

pub use canonical::Options;
pub(crate) use canonical::UNRESERVED;
pub use error::AuthorizationError;
pub use evidence::{
    CredentialScope, Expected, Fit, Inspected, KeptIn, KeyFound, KeyState, Suspect, TokenFound,
    TokenState, Unreadable, UnreadableKind,
};
pub use fields::signed_headers;
pub use inspect::unreadable;
pub use parse::{Form, Signed, parse};
pub use presigned::presigned_headers;
pub use refusal::{Refusal, ServiceNaming};
pub use sign::{Signer, sign, sign_including};
pub use suspect::{Known, find_fit};
pub use verify::{SignatureError, TimeError, absent_headers, check_scope, check_time, verify};

/// The only algorithm that is known here (not SigV4a).
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How timestamps of signatures are written.
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";

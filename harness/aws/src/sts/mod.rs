//! STS: sessions, and who may have them.
//!
//! Simulated: GetCallerIdentity, AssumeRole (trust policy, external id, session policies, session
//! tags, source identity, chaining), AssumeRoleWithWebIdentity (the provider of the issuer in the
//! role's account, discovery and key set fetched through the lab's one way out, signature, audience
//! and times verified, then the trust policy with the token's claims), GetSessionToken,
//! GetFederationToken, codes of virtual MFA devices, and GetAccessKeyInfo. What sessions of users may
//! not call, whatever policies say, is in [`session`]. The order of the checks is that of the reference, 2.1.
//!
//! Deliberately not: AssumeRoleWithSAML, DecodeAuthorizationMessage, AssumeRoot, the packed size of
//! policies and tags (`PackedPolicySize` is absent where there are any), thumbprints, and Regions that
//! are switched off.
//!
//! - [`state`]: [`State`], the sessions that were issued.
//! - [`memory`]: how long they are remembered.
//! - [`session`]: what the caller asked for in a session, checked.
//! - [`assume`]: the operation AssumeRole.
//! - [`key`]: the keys of issuers.
//! - [`web_identity`]: the operation AssumeRoleWithWebIdentity.
//! - [`federation`]: the operation GetFederationToken.
//! - [`given`]: sessions that the lab gives.
//! - [`mfa`]: the serial number and code of an MFA device.
//! - [`ops`]: the other operations.

pub mod assume;
pub mod error;
pub mod federation;
pub mod given;
pub mod judge;
pub mod key;
pub mod memory;
pub mod mfa;
pub mod ops;
pub mod session;
pub mod state;
pub mod web_identity;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use given::{Given, give};
pub use key::key_policy;
pub use memory::Ended;
pub use state::{Credentials, Federation, IssueSession, Issued, State};

use authlab_wire::WireError;

use crate::operation::{Authorization, Handler, Row, Service, Validation};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "sts",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("ValidationError"),
    // No operation of it lists anything.
    token_refused: |_| WireError::new(400, "ValidationError", "Invalid token."),
    passing: None,
    rows: &[
        Row {
            name: "GetCallerIdentity",
            authorization: Authorization::Always,
            handler: Handler::Locked(ops::get_caller_identity),
        },
        Row {
            name: "AssumeRole",
            authorization: Authorization::Checks(assume::checks),
            handler: Handler::Locked(assume::assume_role),
        },
        Row {
            name: "AssumeRoleWithWebIdentity",
            authorization: Authorization::Unsigned,
            handler: Handler::Halves(web_identity::assume_role_with_web_identity),
        },
        Row {
            name: "GetSessionToken",
            authorization: Authorization::Always,
            handler: Handler::Locked(ops::get_session_token),
        },
        Row {
            name: "GetFederationToken",
            authorization: Authorization::Checks(federation::checks),
            handler: Handler::Locked(federation::get_federation_token),
        },
        Row {
            name: "GetAccessKeyInfo",
            authorization: Authorization::Checks(ops::get_access_key_info_checks),
            handler: Handler::Locked(ops::get_access_key_info),
        },
    ],
};

//! What a service answers to a request whose signature it does not take.
//!
//! Codes and statuses differ by protocol and service family: awsQuery services (STS, IAM) have their
//! own names, the others those of the JSON family; API Gateway's data plane answers 403 throughout
//! (as observed), awsJson services 400 (unverified).

use super::{AuthorizationError, SignatureError, TimeError};
use crate::{Protocol, WireError};

/// Why a request was not authenticated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no signature.
    #[error("Missing Authentication Token")]
    Unsigned,
    /// There is one, but it cannot be read.
    #[error(transparent)]
    Unreadable(#[from] AuthorizationError),
    /// The access key or the session token is not known.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// The session has expired.
    #[error("The security token included in the request is expired")]
    ExpiredSession,
    /// Another secret or another request was signed.
    #[error(transparent)]
    Mismatch(#[from] SignatureError),
    /// Signed too early or too late, or for another scope.
    #[error(transparent)]
    Time(#[from] TimeError),
}

/// Which family of codes a service uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceNaming {
    /// STS and IAM: `SignatureDoesNotMatch`, `InvalidClientTokenId`.
    Query,
    /// All others: `InvalidSignatureException`, `UnrecognizedClientException`.
    Json,
}

impl From<Protocol> for ServiceNaming {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Query => Self::Query,
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::RpcV2Cbor => {
                Self::Json
            }
        }
    }
}

impl Refusal {
    /// The error's code in a family.
    #[must_use]
    pub fn code(&self, naming: ServiceNaming) -> &'static str {
        match (naming, self) {
            (ServiceNaming::Query, Self::Unsigned) => "MissingAuthenticationToken",
            (ServiceNaming::Query, Self::Unreadable(_)) => "IncompleteSignature",
            (ServiceNaming::Query, Self::UnknownKey) => "InvalidClientTokenId",
            (ServiceNaming::Query, Self::ExpiredSession) => "ExpiredToken",
            (ServiceNaming::Query, Self::Mismatch(_) | Self::Time(_)) => "SignatureDoesNotMatch",
            (ServiceNaming::Json, Self::Unsigned) => "MissingAuthenticationTokenException",
            (ServiceNaming::Json, Self::Unreadable(_)) => "IncompleteSignatureException",
            (ServiceNaming::Json, Self::UnknownKey) => "UnrecognizedClientException",
            (ServiceNaming::Json, Self::ExpiredSession) => "ExpiredTokenException",
            (ServiceNaming::Json, Self::Mismatch(_) | Self::Time(_)) => "InvalidSignatureException",
        }
    }

    /// The answer of a service in a protocol: 403, and 400 from awsJson and rpc-v2-cbor (unverified).
    #[must_use]
    pub fn answer(&self, protocol: Protocol) -> WireError {
        let status = match protocol {
            Protocol::Query | Protocol::RestJson => 403,
            Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => 400,
        };
        WireError::new(status, self.code(protocol.into()), self.to_string())
    }
}

//! Answers and errors in the protocol of the request.

use authlab_wire::{Protocol, RouteError, WireError};

/// What a caller without permission is answered: 403, and 400 from awsJson and rpc-v2-cbor
/// (unverified for the latter).
pub fn access_denied(protocol: Protocol, message: impl Into<String>) -> WireError {
    let (status, code) = match protocol {
        Protocol::Query => (403, "AccessDenied"),
        Protocol::RestJson => (403, "AccessDeniedException"),
        Protocol::Json10 | Protocol::Json11 | Protocol::RpcV2Cbor => (400, "AccessDeniedException"),
    };
    WireError::new(status, code, message)
}

/// What a request without a known operation is answered.
pub(super) fn unrouted(protocol: Protocol, error: &RouteError) -> WireError {
    match error {
        RouteError::UnknownOperation { service, name } => {
            WireError::not_implemented(&format!("{service}:{name}"))
        }
        RouteError::Malformed { .. } => {
            let code = match protocol {
                Protocol::Query => "MissingAction",
                _ => "UnknownOperationException",
            };
            WireError::new(400, code, error.to_string())
        }
    }
}

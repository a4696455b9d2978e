//! Answers and errors in the protocol of the request.

use authlab_policy::MessageStyle;
use authlab_wire::{Protocol, RouteError, WireError};

use super::authorization::Judged;
use crate::operation::Refusal;

/// The further member of a [`WireError`] that no client is sent: the reason code for the journal.
const REASON: &str = "authlab:reason";

/// The same error with a reason for the journal, in kebab case: `role-not-found`.
pub fn because(mut error: WireError, reason: &str) -> WireError {
    error.fields.insert(REASON.to_owned(), reason.into());
    error
}

/// The further member of a [`WireError`] that no client is sent: what is wrong, in the lab's words.
const EVIDENCE: &str = "authlab:evidence";

/// The same error with what the lab knows beyond the service's words, for the journal.
pub fn with_evidence(mut error: WireError, text: impl Into<String>) -> WireError {
    error.fields.insert(EVIDENCE.to_owned(), text.into().into());
    error
}

/// What [`with_evidence`] gave.
pub fn evidence(error: &WireError) -> Option<&str> {
    error.fields.get(EVIDENCE)?.as_text()
}

/// The reason that [`because`] gave.
pub fn reason(error: &WireError) -> Option<&str> {
    error.fields.get(REASON)?.as_text()
}

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

/// The refusal of a check, with AWS's text or with the check's own answer.
pub(super) fn refused(
    protocol: Protocol,
    (judged, own): (&Judged, Option<&Refusal>),
    style: MessageStyle,
) -> WireError {
    let own = own.and_then(|own| own.answer(judged.decision.layer()));
    let error = own.cloned().unwrap_or_else(|| {
        access_denied(protocol, judged.decision.message(&judged.request, style))
    });
    match super::trail::reason(&judged.decision) {
        Some(reason) => because(error, &reason),
        None => error,
    }
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

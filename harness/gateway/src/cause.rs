//! Which event a request follows from.

use authlab_http::Incoming;
use authlab_kernel::trace::TRACE_HEADER;
use authlab_kernel::{Journal, Sequence, TraceHeader};

use crate::credential::{Tokens, claimed_access_key};
use crate::deployment::{Deployment, IdentitySource};

/// The trace that a request names, if it names one.
pub(crate) fn trace_of(incoming: &Incoming) -> Option<TraceHeader> {
    let named = incoming.headers.get(TRACE_HEADER)?;
    TraceHeader::parse(named.to_str().ok()?)
}

/// The event that led to the request: that of the component that sent it, else the last of the trace
/// that it names, else the one that issued the credential which it shows. With it the tokens that were
/// taken apart to find that out.
pub(crate) fn cause_of(
    journal: &Journal,
    incoming: &Incoming,
    trace: Option<&TraceHeader>,
    deployment: Option<&Deployment>,
) -> (Option<Sequence>, Tokens) {
    let traced = || trace.and_then(|trace| journal.last_of_trace(trace.root()));
    if let Some(cause) = incoming.cause.or_else(traced) {
        return (Some(cause), Tokens::default());
    }
    let key = claimed_access_key(incoming);
    if let Some(cause) = key.and_then(|key| journal.issuer_of(&key)) {
        return (Some(cause), Tokens::default());
    }
    let header = [IdentitySource::Header("authorization".to_owned())];
    let sources = deployment.map_or(&header[..], |found| found.api.identity_sources());
    let tokens = Tokens::of(incoming, sources);
    let cause = tokens.iter().find_map(|(compact, token)| {
        let id = token.claim("jti").and_then(serde_json::Value::as_str);
        id.and_then(|id| journal.issuer_of(id))
            .or_else(|| journal.issuer_of(compact))
    });
    (cause, tokens)
}

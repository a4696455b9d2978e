//! Signatures of AWS that the front door or the gateway does not take: who signed, for what, when, and what.
//!
//! - `told`: what the verifier tells. [`mismatch`]: what was signed is not what arrived.
//! - [`credential`]: access keys and session tokens. [`scope`]: Region, service, day. [`clock`]: times.
//! - [`unreadable`]: no signature, and none that can be read.

mod clock;
mod credential;
mod mismatch;
mod scope;
mod told;
mod unreadable;

#[cfg(test)]
mod tests;

use super::entry::{Entry, aws as entry};
use super::finding::Mender;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "signature-path-encoding",
        Mender::Caller,
        "the path was percent-encoded in another way when it was signed",
        mismatch::path_encoding,
    ),
    entry(
        "signature-path-changed",
        Mender::Caller,
        "another path was signed than arrived",
        mismatch::path_changed,
    ),
    entry(
        "signature-query-encoding",
        Mender::Caller,
        "the query was encoded in another way when it was signed",
        mismatch::query_encoding,
    ),
    entry(
        "signature-query-order",
        Mender::Caller,
        "the query's parameters were signed in another order",
        mismatch::query_order,
    ),
    entry(
        "signature-query-changed",
        Mender::Caller,
        "another query was signed than arrived",
        mismatch::query_changed,
    ),
    entry(
        "signature-host",
        Mender::Caller,
        "another host was signed than arrived",
        mismatch::host,
    ),
    entry(
        "signature-header-absent",
        Mender::Caller,
        "a header was signed that did not arrive",
        mismatch::header_absent,
    ),
    entry(
        "signature-header-changed",
        Mender::Caller,
        "a signed header was changed after the signature",
        mismatch::header_changed,
    ),
    entry(
        "signature-header-spelling",
        Mender::Caller,
        "the values of headers were signed in another spelling",
        mismatch::header_spelling,
    ),
    entry(
        "signature-body",
        Mender::Caller,
        "another body was signed than arrived",
        mismatch::body,
    ),
    entry(
        "signature-method",
        Mender::Caller,
        "another method was signed than arrived",
        mismatch::method,
    ),
    entry(
        "signature-token-order",
        Mender::Caller,
        "the session token was added after the signature",
        mismatch::token,
    ),
    entry(
        "signature-secret",
        Mender::Caller,
        "the request was signed with something else than the access key's secret",
        mismatch::secret,
    ),
    entry(
        "signature-key-scope",
        Mender::Caller,
        "the signing key was derived for another day, Region or service",
        mismatch::key_scope,
    ),
    entry(
        "signature-spelling",
        Mender::Caller,
        "the signature is right, and written in another way than lower-case hexadecimal",
        mismatch::spelling,
    ),
    entry(
        "signature-mismatch",
        Mender::Caller,
        "what was signed is not what arrived",
        mismatch::unknown,
    ),
    entry(
        "credential-of-earlier-version",
        Mender::Caller,
        "the access key was read from a secret before it was rotated",
        credential::of_earlier_version,
    ),
    entry(
        "credential-in-rotation",
        Mender::Owner,
        "a rotation has taken the access key away, and its new version is not current yet",
        credential::in_rotation,
    ),
    entry(
        "credential-inactive",
        Mender::Caller,
        "the access key is inactive",
        credential::inactive,
    ),
    entry(
        "credential-deleted",
        Mender::Caller,
        "the access key was deleted",
        credential::deleted,
    ),
    entry(
        "credential-unknown",
        Mender::Caller,
        "nobody has this access key",
        credential::unknown,
    ),
    entry(
        "session-token-missing",
        Mender::Caller,
        "the key of a session was used without its session token",
        credential::token_missing,
    ),
    entry(
        "session-token-other",
        Mender::Caller,
        "the session token is not that of the access key",
        credential::token_other,
    ),
    entry(
        "session-token-unexpected",
        Mender::Caller,
        "a long-term access key was used with a session token",
        credential::token_unexpected,
    ),
    entry(
        "session-expired",
        Mender::Caller,
        "the session has expired",
        credential::expired,
    ),
    entry(
        "credential-scope-region",
        Mender::Caller,
        "the request is signed for another Region than its host is in",
        scope::region,
    ),
    entry(
        "credential-scope-service",
        Mender::Caller,
        "the request is signed for another service than its host is of",
        scope::service,
    ),
    entry(
        "credential-scope-terminator",
        Mender::Caller,
        "the credential scope does not end in `aws4_request`",
        scope::terminator,
    ),
    entry(
        "credential-scope-date",
        Mender::Caller,
        "the credential scope names another day than the signature's date",
        clock::of_scope,
    ),
    entry(
        "presigned-url-expired",
        Mender::Caller,
        "the presigned URL has expired",
        clock::presigned,
    ),
    entry(
        "signing-clock-skew",
        Mender::Caller,
        "the signer's clock differs from the service's",
        clock::skew,
    ),
    entry(
        "authorization-scheme",
        Mender::Caller,
        "the Authorization header is no signature",
        unreadable::scheme,
    ),
    entry(
        "signature-incomplete",
        Mender::Caller,
        "parts of the signature are missing",
        unreadable::incomplete,
    ),
    entry(
        "signature-unreadable",
        Mender::Caller,
        "the signature cannot be read",
        unreadable::other,
    ),
    entry(
        "signature-missing",
        Mender::Caller,
        "the request is not signed",
        unreadable::missing,
    ),
];

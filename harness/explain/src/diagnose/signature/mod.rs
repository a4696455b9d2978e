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

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use crate::case::Case;

const fn entry(
    class: &'static str,
    title: &'static str,
    mender: Mender,
    find: fn(&Case<'_>) -> Option<Finding>,
) -> Entry {
    Entry {
        system: System::Aws,
        class,
        mender,
        title,
        find,
    }
}

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "signature-path-encoding",
        "the path was percent-encoded in another way when it was signed",
        Mender::Caller,
        mismatch::path_encoding,
    ),
    entry(
        "signature-path-changed",
        "another path was signed than arrived",
        Mender::Caller,
        mismatch::path_changed,
    ),
    entry(
        "signature-query-encoding",
        "the query was encoded in another way when it was signed",
        Mender::Caller,
        mismatch::query_encoding,
    ),
    entry(
        "signature-query-order",
        "the query's parameters were signed in another order",
        Mender::Caller,
        mismatch::query_order,
    ),
    entry(
        "signature-query-changed",
        "another query was signed than arrived",
        Mender::Caller,
        mismatch::query_changed,
    ),
    entry(
        "signature-host",
        "another host was signed than arrived",
        Mender::Caller,
        mismatch::host,
    ),
    entry(
        "signature-header-absent",
        "a header was signed that did not arrive",
        Mender::Caller,
        mismatch::header_absent,
    ),
    entry(
        "signature-header-changed",
        "a signed header was changed after the signature",
        Mender::Caller,
        mismatch::header_changed,
    ),
    entry(
        "signature-header-spelling",
        "the values of headers were signed in another spelling",
        Mender::Caller,
        mismatch::header_spelling,
    ),
    entry(
        "signature-body",
        "another body was signed than arrived",
        Mender::Caller,
        mismatch::body,
    ),
    entry(
        "signature-method",
        "another method was signed than arrived",
        Mender::Caller,
        mismatch::method,
    ),
    entry(
        "signature-token-order",
        "the session token was added after the signature",
        Mender::Caller,
        mismatch::token,
    ),
    entry(
        "signature-secret",
        "the request was signed with something else than the access key's secret",
        Mender::Caller,
        mismatch::secret,
    ),
    entry(
        "signature-key-scope",
        "the signing key was derived for another day, Region or service",
        Mender::Caller,
        mismatch::key_scope,
    ),
    entry(
        "signature-spelling",
        "the signature is right, and written in another way than lower-case hexadecimal",
        Mender::Caller,
        mismatch::spelling,
    ),
    entry(
        "signature-mismatch",
        "what was signed is not what arrived",
        Mender::Caller,
        mismatch::unknown,
    ),
    entry(
        "credential-of-earlier-version",
        "the access key was read from a secret before it was rotated",
        Mender::Caller,
        credential::of_earlier_version,
    ),
    entry(
        "credential-in-rotation",
        "a rotation has taken the access key away, and its new version is not current yet",
        Mender::Owner,
        credential::in_rotation,
    ),
    entry(
        "credential-inactive",
        "the access key is inactive",
        Mender::Caller,
        credential::inactive,
    ),
    entry(
        "credential-deleted",
        "the access key was deleted",
        Mender::Caller,
        credential::deleted,
    ),
    entry(
        "credential-unknown",
        "nobody has this access key",
        Mender::Caller,
        credential::unknown,
    ),
    entry(
        "session-token-missing",
        "the key of a session was used without its session token",
        Mender::Caller,
        credential::token_missing,
    ),
    entry(
        "session-token-other",
        "the session token is not that of the access key",
        Mender::Caller,
        credential::token_other,
    ),
    entry(
        "session-token-unexpected",
        "a long-term access key was used with a session token",
        Mender::Caller,
        credential::token_unexpected,
    ),
    entry(
        "session-expired",
        "the session has expired",
        Mender::Caller,
        credential::expired,
    ),
    entry(
        "credential-scope-region",
        "the request is signed for another Region than its host is in",
        Mender::Caller,
        scope::region,
    ),
    entry(
        "credential-scope-service",
        "the request is signed for another service than its host is of",
        Mender::Caller,
        scope::service,
    ),
    entry(
        "credential-scope-terminator",
        "the credential scope does not end in `aws4_request`",
        Mender::Caller,
        scope::terminator,
    ),
    entry(
        "credential-scope-date",
        "the credential scope names another day than the signature's date",
        Mender::Caller,
        clock::of_scope,
    ),
    entry(
        "presigned-url-expired",
        "the presigned URL has expired",
        Mender::Caller,
        clock::presigned,
    ),
    entry(
        "signing-clock-skew",
        "the signer's clock differs from the service's",
        Mender::Caller,
        clock::skew,
    ),
    entry(
        "authorization-scheme",
        "the Authorization header is no signature",
        Mender::Caller,
        unreadable::scheme,
    ),
    entry(
        "signature-incomplete",
        "parts of the signature are missing",
        Mender::Caller,
        unreadable::incomplete,
    ),
    entry(
        "signature-unreadable",
        "the signature cannot be read",
        Mender::Caller,
        unreadable::other,
    ),
    entry(
        "signature-missing",
        "the request is not signed",
        Mender::Caller,
        unreadable::missing,
    ),
];

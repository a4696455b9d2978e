//! What is known of the reasons of the OpenID Connect provider by their code alone.

use super::Mender::{Caller, Lab, Nobody};
use super::{Reason, reason};

/// Each reason once.
pub(super) const REASONS: &[Reason] = &[
    reason(
        "backend-unavailable",
        "the OpenID Connect provider behind the lab does not answer",
        Lab,
        "look whether the container runs: `authlab doctor`",
    ),
    reason(
        "not-found",
        "the provider has nothing at this path",
        Caller,
        "ask for `/.well-known/openid-configuration`, `/jwks` or `/token` below the issuer",
    ),
    reason(
        "token-not-signed",
        "the token cannot be signed",
        Nobody,
        "this is a fault of the lab",
    ),
    reason(
        "invalid-request",
        "the token request cannot be read",
        Caller,
        "send a form with each parameter once, and authenticate the client once",
    ),
    reason(
        "invalid-client",
        "the client is not known, or its secret is another",
        Caller,
        "send a client id of the issuer with its secret",
    ),
    reason(
        "unsupported-grant-type",
        "the provider does not give tokens for this grant",
        Caller,
        "ask with `grant_type=client_credentials`",
    ),
    reason(
        "method-not-allowed",
        "the path does not answer to this method",
        Caller,
        "use POST for `/token`, GET for the documents",
    ),
    reason(
        "token-refused",
        "the provider behind the lab gave no token",
        Caller,
        "look at the answer's `error`: it is the provider's own",
    ),
];

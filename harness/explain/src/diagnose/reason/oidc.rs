//! What is known of the reasons of the OpenID Connect provider by themselves.

use authlab_oidc::evidence::Reason;

use super::super::finding::Mender::{Caller, Lab, Nobody, Owner};
use super::row::{Row, row};

/// Each reason once.
pub(super) const ROWS: &[Row] = &[
    row(
        Reason::BackendUnavailable.as_str(),
        "the OpenID Connect provider behind the lab does not answer",
        Lab,
        "start the container: `authlab doctor` says what it lacks",
    ),
    row(
        Reason::NotFound.as_str(),
        "the provider has nothing at this path",
        Caller,
        "ask for `/.well-known/openid-configuration`, `/jwks` or `/token` below the issuer",
    ),
    row(
        Reason::TokenNotSigned.as_str(),
        "the token cannot be signed",
        Nobody,
        "this is a fault of the lab",
    ),
    row(
        Reason::InvalidRequest.as_str(),
        "the token request cannot be read",
        Caller,
        "send a form with each parameter once, and authenticate the client once",
    ),
    row(
        Reason::InvalidClient.as_str(),
        "the client is not known, or its secret is another",
        Caller,
        "send a client id of the issuer with its secret",
    ),
    row(
        Reason::UnsupportedGrantType.as_str(),
        "the provider does not give tokens for this grant",
        Caller,
        "ask with `grant_type=client_credentials`",
    ),
    row(
        Reason::MethodNotAllowed.as_str(),
        "the path does not answer to this method",
        Caller,
        "use POST for `/token`, GET for the documents",
    ),
    row(
        Reason::TokenRefused.as_str(),
        "the provider behind the lab gave no token",
        Caller,
        "send what the `error` of the answer asks for: it is the provider's own",
    ),
    row(
        Reason::InvalidTarget.as_str(),
        "the client may not have the audience",
        Owner,
        "let the lab file name the audience for the client, or ask for one of its own",
    ),
    row(
        Reason::InvalidScope.as_str(),
        "the client may not have the scope",
        Owner,
        "let the lab file name the scope for the client, or ask for one of its own",
    ),
];

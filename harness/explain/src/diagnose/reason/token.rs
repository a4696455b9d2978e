//! What is known of the reasons of whoever reads tokens by themselves.

use authlab_token::evidence::Reason;

use super::super::finding::Mender::{Caller, Nobody, Owner};
use super::row::{Row, row};

/// Each reason once.
pub(super) const ROWS: &[Row] = &[
    row(
        Reason::AlgorithmDoesNotFitKey.as_str(),
        "the token's algorithm does not fit the key that its `kid` names",
        Nobody,
        "let the issuer sign with an algorithm of its key's type: a token that mixes them is a known forgery",
    ),
    row(
        Reason::AlgorithmNotAccepted.as_str(),
        "the token is signed in a way that is not taken",
        Owner,
        "let the issuer sign with an algorithm that is taken here",
    ),
    row(
        Reason::AlgorithmUnsupported.as_str(),
        "the token is signed in a way that is not taken",
        Owner,
        "let the issuer sign with an algorithm that is taken here",
    ),
    row(
        Reason::CriticalExtension.as_str(),
        "the token asks for an extension that nobody here knows",
        Owner,
        "let the issuer leave `crit` out",
    ),
    row(
        Reason::DiscoveryDocument.as_str(),
        "the issuer's discovery document cannot be read",
        Owner,
        "serve a JSON document with `issuer` and `jwks_uri` at `/.well-known/openid-configuration`",
    ),
    row(
        Reason::DiscoveryIssuerMismatch.as_str(),
        "the discovery document names another issuer",
        Owner,
        "let `issuer` in the document be the URL that it is fetched under",
    ),
    row(
        Reason::DiscoveryStatus.as_str(),
        "the issuer answers its discovery document with an error",
        Owner,
        "serve the document with status 200 at the issuer and `/.well-known/openid-configuration`",
    ),
    row(
        Reason::DiscoveryUnreachable.as_str(),
        "the issuer's discovery document cannot be fetched",
        Owner,
        "make the document reachable; in a lab, let the issuer's name lead to an endpoint",
    ),
    row(
        Reason::JwksDocument.as_str(),
        "the issuer's key set cannot be read",
        Owner,
        "serve a JSON document with `keys` at `jwks_uri`",
    ),
    row(
        Reason::JwksStatus.as_str(),
        "the issuer answers its key set with an error",
        Owner,
        "serve the keys with status 200 at `jwks_uri`",
    ),
    row(
        Reason::JwksUnreachable.as_str(),
        "the issuer's key set cannot be fetched",
        Owner,
        "make `jwks_uri` reachable",
    ),
    row(
        Reason::KeyForOtherAlgorithm.as_str(),
        "the key that the token names is for another algorithm",
        Owner,
        "let `alg` of the key be the algorithm of its tokens, or leave it out",
    ),
    row(
        Reason::KeyNotForSignatures.as_str(),
        "the key that the token names is not for signatures",
        Owner,
        "let `use` of the key be `sig`",
    ),
    row(
        Reason::KeySize.as_str(),
        "the key that the token names is too small",
        Owner,
        "sign with RSA keys of 2048 bits or more",
    ),
    row(
        Reason::NoKey.as_str(),
        "the issuer publishes no key that could have signed the token",
        Owner,
        "publish the key that signs, with a `kid` that the tokens name",
    ),
    row(
        Reason::SignatureMismatch.as_str(),
        "what was signed is not what arrived",
        Caller,
        "send the token as the issuer signed it: header and payload byte for byte, and the signature that belongs to them",
    ),
    row(
        Reason::UnknownAlgorithm.as_str(),
        "the token's algorithm is none that is registered",
        Nobody,
        "let the issuer name an algorithm of RFC 7518 in `alg`, such as RS256",
    ),
    row(
        Reason::UnknownKid.as_str(),
        "the token is signed with a key that the issuer does not publish",
        Owner,
        "publish a new key before signing with it, and keep the old one until its tokens have ended",
    ),
    row(
        Reason::Unsigned.as_str(),
        "the token is not signed",
        Nobody,
        "let the issuer sign its tokens: nobody takes `alg` `none`",
    ),
];

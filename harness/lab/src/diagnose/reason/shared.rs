//! What is known of the reasons of whoever takes requests, calls others or reads tokens by their code alone.

use super::Mender::{Caller, Lab, Nobody, Owner};
use super::{Reason, reason};

/// Each reason once.
pub(super) const REASONS: &[Reason] = &[
    reason(
        "not-implemented",
        "the lab does not simulate this",
        Nobody,
        "leave out what the message names, or run the scenario on a backend that has it",
    ),
    reason(
        "bad-answer",
        "the answer to a component's call cannot be read",
        Owner,
        "look at what answers at the address: it broke off, or is too large",
    ),
    reason(
        "bad-url",
        "a component was told an address that cannot be called",
        Owner,
        "give an absolute `http://` address, or a name that the lab file maps",
    ),
    reason(
        "not-allowed",
        "a component was told an address outside the lab",
        Lab,
        "let the name lead to loopback in `[names]` of the lab file, or list the host in `outbound.allow`",
    ),
    reason(
        "timeout",
        "the answer to a component's call took too long",
        Owner,
        "answer within the component's budget",
    ),
    reason(
        "unreachable",
        "nobody answers at the address that a component calls",
        Owner,
        "start what should answer there, or mend the address",
    ),
    reason(
        "body-timeout",
        "the body did not arrive in time",
        Caller,
        "send the body without long pauses",
    ),
    reason(
        "body-too-large",
        "the body is too large",
        Caller,
        "send 10 MiB or fewer",
    ),
    reason(
        "headers-too-large",
        "the header section is too large",
        Caller,
        "send 64 KiB of headers or fewer",
    ),
    reason(
        "malformed-request",
        "the request is no HTTP that can be read in one way",
        Caller,
        "send one Host, one length, and a target that agrees with them",
    ),
    reason(
        "foreign-host",
        "the Host is no name of the port",
        Lab,
        "call by 127.0.0.1 or localhost, or start the lab with `--allow-host HOST`",
    ),
    reason(
        "foreign-origin",
        "a page of another origin sent the request",
        Lab,
        "start the lab with `--allow-origin ORIGIN` if the page is yours",
    ),
    reason(
        "cross-site",
        "a browser sent the request for a page of another site",
        Lab,
        "start the lab with `--allow-origin ORIGIN` if the page is yours, and let it send its Origin",
    ),
    reason(
        "algorithm-does-not-fit-key",
        "the token's algorithm does not fit the key that its `kid` names",
        Nobody,
        "look at where the token comes from: the issuer signs with the algorithm of its key",
    ),
    reason(
        "algorithm-not-accepted",
        "the token is signed in a way that is not taken",
        Owner,
        "let the issuer sign with an algorithm that is taken here",
    ),
    reason(
        "algorithm-unsupported",
        "the token is signed in a way that is not taken",
        Owner,
        "let the issuer sign with an algorithm that is taken here",
    ),
    reason(
        "critical-extension",
        "the token asks for an extension that nobody here knows",
        Owner,
        "let the issuer leave `crit` out",
    ),
    reason(
        "discovery-document",
        "the issuer's discovery document cannot be read",
        Owner,
        "serve a JSON document with `issuer` and `jwks_uri` at `/.well-known/openid-configuration`",
    ),
    reason(
        "discovery-issuer-mismatch",
        "the discovery document names another issuer",
        Owner,
        "let `issuer` in the document be the URL that it is fetched under",
    ),
    reason(
        "discovery-status",
        "the issuer answers its discovery document with an error",
        Owner,
        "serve the document with status 200 at the issuer and `/.well-known/openid-configuration`",
    ),
    reason(
        "discovery-unreachable",
        "the issuer's discovery document cannot be fetched",
        Owner,
        "make the document reachable; in a lab, let the issuer's name lead to an endpoint",
    ),
    reason(
        "jwks-document",
        "the issuer's key set cannot be read",
        Owner,
        "serve a JSON document with `keys` at `jwks_uri`",
    ),
    reason(
        "jwks-status",
        "the issuer answers its key set with an error",
        Owner,
        "serve the keys with status 200 at `jwks_uri`",
    ),
    reason(
        "jwks-unreachable",
        "the issuer's key set cannot be fetched",
        Owner,
        "make `jwks_uri` reachable",
    ),
    reason(
        "key-for-other-algorithm",
        "the key that the token names is for another algorithm",
        Owner,
        "let `alg` of the key be the algorithm of its tokens, or leave it out",
    ),
    reason(
        "key-not-for-signatures",
        "the key that the token names is not for signatures",
        Owner,
        "let `use` of the key be `sig`",
    ),
    reason(
        "key-size",
        "the key that the token names is too small",
        Owner,
        "sign with RSA keys of 2048 bits or more",
    ),
    reason(
        "no-key",
        "the issuer publishes no key that could have signed the token",
        Owner,
        "publish the key that signs, with a `kid` that the tokens name",
    ),
    reason(
        "signature-mismatch",
        "what was signed is not what arrived",
        Caller,
        "compare what was signed with what arrived",
    ),
    reason(
        "unknown-algorithm",
        "the token's algorithm is none that is registered",
        Nobody,
        "look at where the token comes from",
    ),
    reason(
        "unknown-kid",
        "the token is signed with a key that the issuer does not publish",
        Owner,
        "publish a new key before signing with it, and keep the old one until its tokens have ended",
    ),
    reason(
        "unsigned",
        "the token is not signed",
        Nobody,
        "look at where the token comes from: `alg` is `none`, which nobody takes",
    ),
];

//! Algorithms that an authorizer does not take.

use authlab_gateway::evidence::Reason;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::told::{class, judged};
use crate::case::Case;

pub(super) const UNSIGNED: Entry = class(
    "token-unsigned",
    Mender::Nobody,
    "the token is not signed",
    |case| {
        let (named, _) = refused(case)?;
        let is_none = named.eq_ignore_ascii_case("none") || named.is_empty();
        is_none.then(|| {
            Finding::certain(
                format!("the header's `alg` is {}: anybody can write such a token", words::text(Some(&named))),
                "find out who made the token: the issuer signs what it gives out, and nobody takes what is not signed",
            )
        })
    },
);

pub(super) const SYMMETRIC: Entry = class(
    "algorithm-symmetric",
    Mender::Nobody,
    "the token is signed with a secret, not with the issuer's key",
    |case| {
        let (named, accepted) = refused(case)?;
        named.starts_with("HS").then(|| {
            Finding::certain(
                format!("the header's `alg` is `{named}`, which needs a shared secret; the authorizer takes {accepted}"),
                "find out who made the token: the public key used as a secret is a known forgery; an issuer of one's \
                 own that signs so has to sign with RS256 and a key pair",
            )
        })
    },
);

pub(super) const UNSUPPORTED: Entry = class(
    "algorithm-unsupported",
    Mender::Owner,
    "the token is signed in a way that the authorizer does not take",
    |case| {
        let (named, accepted) = refused(case)?;
        Some(Finding::certain(
            format!(
                "the header's `alg` is `{named}`, the JWT authorizer of an HTTP API takes {accepted}"
            ),
            "let the issuer sign with RS256; where it must not, put a Lambda authorizer or a REST API in front",
        ))
    },
);

/// The algorithm, and in words those that are taken.
fn refused(case: &Case<'_>) -> Option<(String, String)> {
    let refused = judged(case, Reason::AlgorithmUnsupported)?.algorithm?;
    Some((refused.token.into_owned(), words::texts(&refused.accepted)))
}

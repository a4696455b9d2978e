//! What authorizers of REST APIs ask for beside issuer, audience and times.

use authlab_gateway::evidence::{ClaimRefused, Reason};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::told::{class, judged};
use crate::case::Case;

pub(super) const USE: Entry = class(
    "token-use",
    Mender::Caller,
    "the token is an access token where an ID token is asked for, or the other way round",
    |case| {
        let claim = refused(case, Reason::TokenUseMismatch)?;
        let expected = claim.expected.first()?;
        let why = match expected.as_ref() {
            "id" => "the method asks for no scope, and then a user pool's ID token is taken",
            _ => "the method asks for a scope, which only an access token has",
        };
        Some(Finding::certain(
            format!("{why}; `token_use` is {}", shown(&claim)),
            format!(
                "send the pool's {expected} token, or give the method scopes as the tokens of its callers need"
            ),
        ))
    },
);

pub(super) const OTHER: Entry = class(
    "claim-other",
    Mender::Caller,
    "a claim that the authorizer asks for is absent or another",
    |case| {
        let claim = refused(case, Reason::ClaimMismatch)?;
        let name = &claim.name;
        let asked = if claim.expected.is_empty() {
            "one text".to_owned()
        } else {
            let expected: Vec<String> = claim.expected.iter().map(ToString::to_string).collect();
            format!("one of {}, in this spelling", words::texts(&expected))
        };
        Some(Finding::certain(
            format!(
                "`{name}` has to be {asked}; the token has {}",
                shown(&claim)
            ),
            format!(
                "let the issuer put `{name}` into the token as the authorizer asks for it (`additionalClaims`), or mend the \
                 authorizer"
            ),
        ))
    },
);

/// What the token has.
fn shown(claim: &ClaimRefused<'_>) -> String {
    claim
        .token
        .as_deref()
        .map_or_else(|| "absent".to_owned(), |value| format!("`{value}`"))
}

fn refused(case: &Case<'_>, reason: Reason) -> Option<ClaimRefused<'static>> {
    judged(case, reason)?.claim
}

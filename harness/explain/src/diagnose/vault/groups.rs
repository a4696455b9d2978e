//! Logins with a token that has no groups, where the role reads some.
//!
//! Sources: OpenID Connect Core, 5.4 (claims that a scope asks for are those of the ID token and the
//! userinfo endpoint); RFC 9068, 2.2 (an access token has `client_id`, and `scope` where one was asked for).

use authlab_token::evidence::Described;
use authlab_vault::evidence::{JwtLogin, Reason};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::asked::entry;
use super::jwt::login;
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-jwt-groups-not-in-access-token",
        Mender::Caller,
        "an access token without groups is sent, where the ID token has them",
        |case| {
            let (login, token, claim) = without_groups(case)?;
            let sign = access_token_sign(&token)?;
            Some(
                Finding::certain(
                    format!(
                        "the role `{}` reads groups from `{claim}`; the token has no such claim, and its `{sign}` \
                         shows that it is an access token: many issuers put groups into the ID token only",
                        login.role
                    ),
                    format!(
                        "log in with the ID token, for the audience that the role is bound to; or let the issuer \
                         put `{claim}` into its access tokens: with a token, Vault does not ask the userinfo \
                         endpoint"
                    ),
                )
                .with_doubt(Certainty::Likely, &["the claims of the ID token"]),
            )
        },
    ),
    entry(
        "vault-jwt-groups-claim",
        Mender::Owner,
        "the token lacks the claim with its user's groups",
        |case| {
            let (login, token, claim) = without_groups(case)?;
            Some(Finding::certain(
                format!(
                    "the role `{}` reads groups from `{claim}`, and the token has {} there; its claims are {}",
                    login.role,
                    words::claim(token.claim(&claim)),
                    words::texts(&token.claim_names()),
                ),
                format!(
                    "let the issuer put the groups into `{claim}`, as a list of texts, or set `groups_claim` of \
                     the role `{}` to the claim that has them; without a `groups_claim` none are read",
                    login.role
                ),
            ))
        },
    ),
];

/// A login whose token has no groups as the role reads them, with the claim.
fn without_groups(case: &Case<'_>) -> Option<(JwtLogin, Described, String)> {
    let (login, token) = login(case, Reason::JwtGroupsClaim)?;
    let claim = login.claim.clone()?;
    Some((login, token, claim))
}

/// The claim that shows that a token is an access token. One with groups under another name lacks
/// nothing, the role reads the wrong claim.
fn access_token_sign(token: &Described) -> Option<&'static str> {
    let has = |name: &&str| token.claim(name).is_some();
    if ["groups", "roles"].iter().any(has) {
        return None;
    }
    ["scope", "scp", "client_id"].into_iter().find(has)
}

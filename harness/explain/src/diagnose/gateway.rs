//! What the gateway refuses: tokens, scopes, keys.

use authlab_gateway::evidence::{Authentication, Authorization, Reason, TokenJudged};
use authlab_kernel::Component;
use authlab_oidc::evidence::{KeyRotation, Token};
use authlab_token::evidence::Described;

use super::entry::Entry;
use super::finding::{Certainty, Finding, Mender, System};
use super::words;
use super::words::is_same_but_for_slash;
use crate::case::Case;
use crate::told::Told;

/// How far a clock may be off before "not yet valid" is no longer taken for skew, in seconds.
const SKEW_SECONDS_MAX: i64 = 300;

/// The reasons for which an issuer's keys are not to be had.
const KEYS_UNREACHABLE: [Reason; 7] = [
    Reason::DiscoveryUnreachable,
    Reason::DiscoveryStatus,
    Reason::DiscoveryDocument,
    Reason::DiscoveryIssuerMismatch,
    Reason::JwksUnreachable,
    Reason::JwksStatus,
    Reason::JwksDocument,
];

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Gateway,
        class: "issuer-entra-version",
        mender: Mender::Owner,
        title: "an Entra ID token of version 1 meets an authorizer of version 2, or the reverse",
        find: |case| {
            let (configured, token) = issuers(case)?;
            let (v1, v2) = (
                "https://sts.windows.net/",
                "https://login.microsoftonline.com/",
            );
            let crossed = (token.starts_with(v1) && configured.starts_with(v2))
                || (token.starts_with(v2) && configured.starts_with(v1));
            crossed.then(|| Finding {
                fix: "set the API's accepted token version in Entra ID, or configure the \
                      issuer that the tokens carry"
                    .to_owned(),
                ..other_issuer(&configured, &token)
            })
        },
    },
    Entry {
        system: System::Gateway,
        class: "issuer-drift",
        mender: Mender::Owner,
        title: "the token comes from another issuer than the authorizer trusts",
        find: |case| {
            let (configured, token) = issuers(case)?;
            let is_other = !is_same_but_for_slash(&configured, &token);
            is_other.then(|| other_issuer(&configured, &token))
        },
    },
    Entry {
        system: System::Gateway,
        class: "audience-absent",
        mender: Mender::Owner,
        title: "the token names no audience",
        find: |case| {
            let audience = judged(case, Reason::AudienceMismatch)?.audience;
            if audience.token.is_some_and(|token| !token.is_null()) {
                return None;
            }
            let client = words::claim(audience.client_id.as_deref());
            let configured = words::texts(&audience.configured);
            Some(Finding::certain(
                format!(
                    "the token has no `aud`; its `client_id` is {client}, the authorizer's audiences are {configured}"
                ),
                "configure the client id as an audience, or ask for a token with an audience",
            ))
        },
    },
    Entry {
        system: System::Gateway,
        class: "audience-not-configured",
        mender: Mender::Owner,
        title: "the token is for another audience",
        find: |case| {
            let audience = judged(case, Reason::AudienceMismatch)?.audience;
            let token = audience.token.filter(|token| !token.is_null())?;
            let configured = words::texts(&audience.configured);
            Some(Finding::certain(
                format!(
                    "the token's `aud` is {}, the authorizer's audiences are {configured}",
                    words::claim(Some(&token))
                ),
                "add the audience to the authorizer, or ask for the token with the right one",
            ))
        },
    },
    Entry {
        system: System::Gateway,
        class: "clock-skew",
        mender: Mender::Owner,
        title: "the gateway's clock and the issuer's differ",
        find: |case| {
            let ahead = ahead_seconds(case)?;
            (ahead <= SKEW_SECONDS_MAX).then(|| {
                Finding::certain(
                    format!("the token begins {ahead} s after the gateway's time, and the gateway grants no leeway"),
                    "set the issuer's clock right, or let it date `nbf` and `iat` back a little",
                )
                .with_doubt(
                    Certainty::Likely,
                    &["the issuer's time when it made the token"],
                )
            })
        },
    },
    Entry {
        system: System::Gateway,
        class: "token-not-yet-valid",
        mender: Mender::Owner,
        title: "the token is meant for later",
        find: |case| {
            let ahead = ahead_seconds(case)?;
            (ahead > SKEW_SECONDS_MAX).then(|| {
                Finding::certain(
                    format!("the token begins {ahead} s after the gateway's time"),
                    "look at what sets `nbf` and `iat`",
                )
            })
        },
    },
    Entry {
        system: System::Gateway,
        class: "scope-missing",
        mender: Mender::Owner,
        title: "the token has none of the route's scopes",
        find: |case| {
            let told = case.refused(Component::Gateway, Reason::ScopeMissing)?;
            let Told::Authorization(Authorization::Scopes {
                scopes_required,
                scopes_present,
            }) = told
            else {
                return None;
            };
            let (required, present) = (
                words::texts(&scopes_required),
                words::texts(&scopes_present),
            );
            Some(Finding::certain(
                format!("the route wants one of {required}, the token has {present}"),
                "grant the client the scope, and ask for it when getting the token",
            ))
        },
    },
    Entry {
        system: System::Gateway,
        class: "key-unknown",
        mender: Mender::Owner,
        title: "the token is signed with a key that the issuer does not publish",
        find: key_unknown,
    },
    Entry {
        system: System::Gateway,
        class: "algorithm-unsupported",
        mender: Mender::Owner,
        title: "the token is signed in a way that the authorizer does not take",
        find: |case| {
            let refused = judged(case, Reason::AlgorithmUnsupported)?.algorithm;
            let token = words::text(refused.as_ref().map(|refused| &*refused.token));
            let accepted = refused.map(|refused| refused.accepted).unwrap_or_default();
            let accepted = words::texts(&accepted);
            Some(Finding::certain(
                format!("the token's algorithm is {token}, the authorizer takes {accepted}"),
                "let the issuer sign with RS256, or use a Lambda authorizer",
            ))
        },
    },
    Entry {
        system: System::Gateway,
        class: "issuer-unreachable",
        mender: Mender::Owner,
        title: "the gateway cannot fetch the issuer's keys",
        find: |case| {
            let mut reasons = KEYS_UNREACHABLE.into_iter();
            let told = reasons.find_map(|reason| case.refused(Component::Gateway, reason))?;
            let key = as_judged(told).and_then(|judged| judged.key);
            let problem = key.and_then(|key| key.problem);
            let problem = problem.as_deref().unwrap_or("it does not say why");
            Some(Finding::certain(
                format!("{problem}; a gateway that cannot fetch keys answers 401, not 5xx"),
                "make the discovery document and the key set reachable, with a cache in front of them",
            ))
        },
    },
    Entry {
        system: System::Gateway,
        class: "token-missing",
        mender: Mender::Caller,
        title: "the request carries no token",
        find: |case| {
            let told = case.refused(Component::Gateway, Reason::TokenMissing)?;
            let Told::GatewayAuthentication(Authentication::TokenAbsent {
                identity_sources, ..
            }) = told
            else {
                return None;
            };
            Some(Finding::certain(
                format!("nothing is in {}", words::texts(&identity_sources)),
                "send the token where the authorizer looks for it",
            ))
        },
    },
];

/// The token that the gateway refused for this reason, and what it was compared with.
pub(super) fn judged(case: &Case<'_>, reason: Reason) -> Option<TokenJudged<'static>> {
    as_judged(case.refused(Component::Gateway, reason)?)
}

fn as_judged(told: Told) -> Option<TokenJudged<'static>> {
    match told {
        Told::GatewayAuthentication(Authentication::Token(judged)) => Some(*judged),
        _ => None,
    }
}

/// The configured issuer and the token's, when they were compared and differ.
pub(super) fn issuers(case: &Case<'_>) -> Option<(String, String)> {
    let issuer = judged(case, Reason::IssuerMismatch)?.issuer;
    let token = issuer.token?.as_str()?.to_owned();
    Some((issuer.configured.into_owned(), token))
}

pub(super) fn other_issuer(configured: &str, token: &str) -> Finding {
    Finding::certain(
        format!("the token's `iss` is `{token}`, the authorizer's issuer is `{configured}`"),
        format!("configure the issuer as the tokens carry it: `{token}`"),
    )
}

/// How far the token begins after the gateway's time.
fn ahead_seconds(case: &Case<'_>) -> Option<i64> {
    let times = judged(case, Reason::TokenNotYetValid)?.times?;
    let begins = [times.nbf, times.iat];
    let begins = begins
        .into_iter()
        .flatten()
        .filter_map(|time| time.as_i64());
    Some(begins.max()? - times.now)
}

/// A key that is not published: certain where the chain has the issuer that made the token, or changed
/// its keys; anybody can name a key, too.
fn key_unknown(case: &Case<'_>) -> Option<Finding> {
    let judged = judged(case, Reason::KeyUnknown)?;
    let key = judged.key?;
    let kid = words::text(key.kid.as_deref());
    let known = words::texts(&key.known_kids.unwrap_or_default());
    let found = Finding::certain(
        format!("the token names the key {kid}, the key set holds {known}"),
        "publish a new key before signing with it, and keep the old one until its tokens have ended",
    );
    let refused = Described::read(&judged.token).map(|token| token.fingerprint);
    let mut issued = case.before::<Token>(Component::Oidc).filter_map(|issued| {
        let genuine = issued.token.filter(|_| issued.forge.is_none())?;
        Described::read(&genuine).map(|token| token.fingerprint)
    });
    let mut rotated = case
        .before::<KeyRotation>(Component::Oidc)
        .filter_map(|rotation| rotation.kids)
        .flatten();
    let is_the_issuers = issued.any(|fingerprint| Some(fingerprint) == refused)
        || rotated.any(|kid| Some(kid.as_str()) == key.kid.as_deref());
    if is_the_issuers {
        return Some(found);
    }
    Some(found.with_doubt(
        Certainty::Likely,
        &["the issuer's own list of its keys at the time of the token: anybody can name a key"],
    ))
}

//! Tokens that are not what the gateway takes them for.

use authlab_gateway::evidence::{Authentication, Authorization, Draft, TokenJudged};
use authlab_kernel::Component;
use authlab_token::evidence::Described;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender, System};
use super::super::{gateway, words};
use crate::case::Case;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Gateway,
        class: "withdrawn-key-accepted",
        mender: Mender::Nobody,
        title: "the token is signed with a key that the issuer has withdrawn",
        find: |case| {
            let key = believed(case)?.key?;
            let now = key.now.as_ref()?;
            let has_it = if now.has_kid {
                "another under this name"
            } else {
                "it no more"
            };
            Some(Finding::certain(
                format!(
                    "the key {} was fetched at {} and counts until {}; the issuer publishes {has_it} by now",
                    words::text(key.kid.as_deref()),
                    gateway::fetched(&key),
                    gateway::until(&key)
                ),
                format!(
                    "nothing shortens the time for which an HTTP API keeps keys: until {} refuse what the key signed behind \
                 the gateway, or point the authorizer at another issuer URL",
                    gateway::until(&key)
                ),
            ))
        },
    },
    Entry {
        system: System::Gateway,
        class: "old-deployment-answers",
        mender: Mender::Owner,
        title: "the stage runs what the API was before it was changed",
        find: |case| {
            let draft = case.allowed()?.told::<Draft>(Component::Gateway).next()?;
            Some(gateway::not_deployed(&draft))
        },
    },
    Entry {
        system: System::Gateway,
        class: "audience-is-only-the-client",
        mender: Mender::Owner,
        title: "the token is bound to its client, and to no API",
        find: |case| {
            let judged = believed(case)?;
            let token = Described::read(&judged.token)?;
            let audience = token.claim("aud")?.as_str()?.to_owned();
            let mut names = ["client_id", "azp"].into_iter();
            let name = names.find(|name| {
                token.claim(name).and_then(|claim| claim.as_str()) == Some(&*audience)
            })?;
            Some(Finding::certain(
            format!(
                "the token's `aud` and its `{name}` are both `{audience}`: whoever takes tokens of this client takes this \
                 one, and whoever gets it can use it elsewhere"
            ),
            "give the API an audience of its own, let clients ask for it (`resource`, RFC 8707), and configure that one",
        ).with_doubt(Certainty::Likely, &["which other APIs take this client's tokens"]))
        },
    },
    Entry {
        system: System::Gateway,
        class: "id-token-accepted",
        mender: Mender::Owner,
        title: "an ID token was taken for an access token",
        find: |case| {
            let judged = believed(case)?;
            let token = Described::read(&judged.token)?;
            let sign = id_token_sign(&token)?;
            let allowed = case.allowed()?;
            let asks_scopes = allowed
                .told::<Authorization<'_>>(Component::Gateway)
                .chain(allowed.let_through(Component::Gateway))
                .any(|told| matches!(told, Authorization::Scopes { .. }));
            (!asks_scopes).then(|| {
            Finding::certain(
                format!("the token has {sign}, and the route asks for no scope, which an ID token would lack"),
                "ask for a scope on the route, and give access tokens an audience that ID tokens do not have",
            )
        })
        },
    },
];

/// The token that the gateway believed.
fn believed(case: &Case<'_>) -> Option<TokenJudged<'static>> {
    let mut told = case
        .allowed()?
        .told::<Authentication<'_>>(Component::Gateway);
    told.find_map(|told| match told {
        Authentication::Token(judged) => Some(*judged),
        _ => None,
    })
}

/// What shows that a token is one for the client itself: `token_use` of Cognito, or a claim that only
/// ID tokens have (OpenID Connect Core, 2 and 3.1.3.6).
fn id_token_sign(token: &Described) -> Option<String> {
    if token.claim("scope").is_some() || token.claim("scp").is_some() {
        return None;
    }
    if token.claim("token_use").and_then(|claim| claim.as_str()) == Some("id") {
        return Some("`token_use` = `id`".to_owned());
    }
    let mut only_there = ["nonce", "at_hash", "c_hash"].into_iter();
    let name = only_there.find(|name| token.claim(name).is_some())?;
    Some(format!("`{name}` and no scope"))
}

//! Tokens that are not what the gateway takes them for.

use authlab_gateway::evidence::{Authentication, Authorization, TokenJudged};
use authlab_kernel::Component;
use authlab_token::evidence::Described;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use crate::case::Case;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[Entry {
    system: System::Gateway,
    class: "id-token-accepted",
    mender: Mender::Owner,
    title: "an ID token was taken for an access token",
    find: |case| {
        let judged = believed(case)?;
        let token = Described::read(&judged.token)?;
        let sign = id_token_sign(&token)?;
        let asks_scopes = case
            .allowed()?
            .told::<Authorization<'_>>(Component::Gateway)
            .any(|told| matches!(told, Authorization::Scopes { .. }));
        (!asks_scopes).then(|| {
            Finding::certain(
                format!("the token has {sign}, and the route asks for no scope, which an ID token would lack"),
                "ask for a scope on the route, and give access tokens an audience that ID tokens do not have",
            )
        })
    },
}];

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

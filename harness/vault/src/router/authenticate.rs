//! Who asks.

use serde_json::Value;

use super::stop::refuse;
use super::{Admitted, Ending, Environment};
use crate::evidence::{Because, BoundBy, Form, Reason, UnknownToken};
use crate::response::{Fault, Told};
use crate::state::State;
use crate::{auth, wrap};

/// Finds the caller's token and counts its use.
pub(super) fn authenticate(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &mut Admitted,
) -> Result<(), Box<Ending>> {
    let unwrapping = matches!(
        admitted.request.path.as_str(),
        "sys/wrapping/unwrap" | "sys/wrapping/rewrap"
    );
    if unwrapping {
        check_wrapping_token(state, environment, admitted)?;
    }
    let token = admitted.request.token.clone().unwrap_or_default();
    let names_namespace = !environment.flavour.core().namespaces_are_missing;
    if let Some(fault) = foreign_namespace(&token).filter(|_| names_namespace) {
        let fault = fault.telling(unknown(state, &token));
        return refuse(state, environment, admitted, fault);
    }
    let found = state.tokens.find(&token).cloned();
    let Some(entry) = found else {
        let (reason, told) = missing(state, &token);
        let text = if token.is_empty() {
            "permission denied"
        } else {
            environment.flavour.bad_token()
        };
        let fault = Fault::denied(text).because(reason);
        let fault = match told {
            Some(told) => fault.telling(told),
            None => fault,
        };
        return refuse(state, environment, admitted, fault);
    };
    let peer = admitted.request.peer.ip();
    if !auth::cidr::contains(&entry.bound_cidrs, peer) {
        let fault = Fault::denied("permission denied");
        let fault = fault.not_bound(entry.bound_cidrs, BoundBy::Token);
        return refuse(state, environment, admitted, fault);
    }
    if state.is_disabled(&entry) {
        let fault = Fault::denied("permission denied").because(Reason::EntityDisabled);
        return refuse(state, environment, admitted, fault);
    }
    let key = State::key_of(&token);
    admitted.uses_before = entry.num_uses;
    admitted.last_use = state.tokens.spend(&key);
    admitted.identity_policies = state.identity_policies_of(&entry);
    admitted.caller_end = state.end_of(&entry);
    admitted.caller = state.tokens.tokens.get(&key).cloned();
    Ok(())
}

/// A token that names a namespace: there is none but the root. Where the server knows namespaces, and
/// for wrapping tokens in the form of a JWT there, such a token is one that is not known (recorded).
fn foreign_namespace(token: &str) -> Option<Fault> {
    let rest = ["hvs.", "hvb.", "s.", "b."]
        .iter()
        .find_map(|prefix| token.strip_prefix(prefix));
    let rest = rest.unwrap_or(token);
    let namespaced = rest
        .rsplit_once('.')
        .is_some_and(|(_, namespace)| !namespace.is_empty());
    namespaced.then(|| {
        let text = "error performing token check: failed to look up namespace from the token: no \
                    namespace";
        Fault::denied(text)
            .with_status(500)
            .because(Reason::TokenUnknown)
    })
}

/// What is known of a token that is none (any more).
pub(super) fn missing(state: &State, token: &str) -> (Reason, Option<Told>) {
    use crate::token::store::End;
    if token.is_empty() {
        return (Reason::TokenMissing, None);
    }
    let Some(ended) = state.tokens.ended(token) else {
        return (Reason::TokenUnknown, Some(unknown(state, token)));
    };
    let reason = match ended.end {
        End::Expired => Reason::TokenExpired,
        End::Revoked => Reason::TokenRevoked,
        End::UsedUp => Reason::TokenUsedUp,
    };
    let told = Told::Ended {
        accessor: ended.accessor.clone(),
        policies: ended.policies.clone(),
        ended: ended.evidence(),
    };
    (reason, Some(told))
}

/// What an unknown token looks like: nothing of it is kept.
fn unknown(state: &State, token: &str) -> Told {
    let bare = token.trim_matches(|one: char| one.is_whitespace() || "\"'".contains(one));
    let bare = match bare.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => bare,
    };
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| bare.starts_with(prefix));
    let form = if bare != token {
        Form::Wrapped
    } else if state.tokens.by_accessor(token).is_some() {
        Form::Accessor
    } else if authlab_token::Token::parse(token).is_ok() {
        Form::Jwt
    } else if begins(&["hvb.", "b."]) {
        Form::Batch
    } else if begins(&["hvs.", "s."]) {
        Form::Service
    } else {
        Form::Other
    };
    Told::Because(Because::Token(UnknownToken {
        form,
        is_known_otherwise: bare != token && state.tokens.find(bare).is_some(),
    }))
}

/// Unwrapping needs a wrapping token, in the body or as the caller's own.
pub(super) fn check_wrapping_token(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &mut Admitted,
) -> Result<(), Box<Ending>> {
    let request = &admitted.request;
    let given = request.data.get("token");
    let text = match given {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let own = request.token.clone();
    let complain = |why: &str| {
        Fault::denied(format!("error validating wrapping token: {why}"))
            .because(Reason::WrappingTokenMissing)
    };
    let fault = match (&text, &own) {
        (None, _) if given.is_some_and(|given| !given.is_null()) => {
            Some(complain("could not decode token in request body"))
        }
        (Some(text), _) if text.is_empty() => Some(complain("empty token in request body")),
        (None, None) => Some(complain("token is empty")),
        (Some(text), _) | (None, Some(text)) => {
            let is_unknown = wrap::find(state, text).is_none();
            is_unknown.then(|| wrap::refused(state, text))
        }
    };
    if text.is_none() && fault.is_none() {
        // A JWT stands for the token inside it.
        admitted.request.token = own.map(|own| wrap::unpacked(state, &own));
    }
    match fault {
        Some(fault) => refuse(state, environment, admitted, fault),
        None => Ok(()),
    }
}

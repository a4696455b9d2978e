//! Who asks.

use serde_json::Value;

use super::stop::refuse;
use super::{Admitted, Ending, Environment};
use crate::evidence::{self, Reason};
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
        let fault = Fault::denied("permission denied").because(Reason::AddressNotBound);
        let fault = fault.telling(Told::Addresses(entry.bound_cidrs));
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
fn missing(state: &State, token: &str) -> (Reason, Option<Told>) {
    use crate::token::store::End;
    if token.is_empty() {
        return (Reason::TokenMissing, None);
    }
    let Some(ended) = state.tokens.ended(token) else {
        return (Reason::TokenUnknown, None);
    };
    let (reason, end) = match ended.end {
        End::Expired => (Reason::TokenExpired, evidence::End::Expired(ended.at)),
        End::Revoked => (Reason::TokenRevoked, evidence::End::Revoked(ended.at)),
        End::UsedUp => (Reason::TokenUsedUp, evidence::End::UsedUp(ended.at)),
    };
    let told = Told::Ended {
        accessor: ended.accessor.clone(),
        policies: ended.policies.clone(),
        ended: evidence::Ended {
            creation_path: ended.path.clone(),
            end: Some(end),
        },
    };
    (reason, Some(told))
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
        (Some(text), _) => wrap::find(state, text).is_none().then(wrap::invalid),
        (None, Some(own)) => wrap::find(state, own).is_none().then(wrap::invalid),
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

//! The auth method `token`: the endpoints of `auth/token/`.
//!
//! - [`create`]: `auth/token/create`, with every rule about parents, policies and roles.
//! - [`role`]: token roles.

mod create;
mod role;

use authlab_kernel::near::nearest;
use serde_json::Value;

use crate::evidence::{AccessorForm, AccessorOf, Because, Reason, Renewal, UnknownAccessor};
use crate::field::{Field, Fields, Kind};
use crate::request::{Call, Operation};
use crate::response::{Fault, Outcome, Response, Told};
use crate::route::{Route, row};
use crate::state::State;
use crate::token::store::{End, Ended, digest};
use crate::token::{Entry, Type};

const TOKEN: &[Field] = &[Field::new("token", Kind::Text)];
const ACCESSOR: &[Field] = &[Field::new("accessor", Kind::Text)];
const INCREMENT: &[Field] = &[Field::new("increment", Kind::Seconds)];

/// The table.
pub(crate) const ROUTES: &[Route<State>] = &[
    row(
        "create",
        &[create::FIELDS],
        &[(Operation::Update, create::plain)],
    ),
    row(
        "create-orphan",
        &[create::FIELDS],
        &[(Operation::Update, create::orphan)],
    ),
    row(
        "create/{role_name}",
        &[create::ROLE, create::FIELDS],
        &[(Operation::Update, create::with_role)],
    ),
    row(
        "lookup",
        &[TOKEN],
        &[(Operation::Read, lookup), (Operation::Update, lookup)],
    ),
    row(
        "lookup-self",
        &[TOKEN],
        &[
            (Operation::Read, lookup_self),
            (Operation::Update, lookup_self),
        ],
    ),
    row(
        "lookup-accessor",
        &[ACCESSOR],
        &[(Operation::Update, lookup_accessor)],
    ),
    row("renew", &[TOKEN, INCREMENT], &[(Operation::Update, renew)]),
    row(
        "renew-self",
        &[TOKEN, INCREMENT],
        &[(Operation::Update, renew_self)],
    ),
    row(
        "renew-accessor",
        &[ACCESSOR, INCREMENT],
        &[(Operation::Update, renew_accessor)],
    ),
    row("revoke", &[TOKEN], &[(Operation::Update, revoke)]),
    row("revoke-self", &[TOKEN], &[(Operation::Update, revoke_self)]),
    row(
        "revoke-accessor",
        &[ACCESSOR],
        &[(Operation::Update, revoke_accessor)],
    ),
    row(
        "revoke-orphan",
        &[TOKEN],
        &[(Operation::Update, revoke_orphan)],
    ),
    row("accessors/?", &[], &[(Operation::List, accessors)]),
    row("roles/?", &[], &[(Operation::List, role::list)]),
    row(
        "roles/{role_name}",
        &[role::FIELDS],
        &[
            (Operation::Read, role::read),
            (Operation::Update, role::write),
            (Operation::Delete, role::delete),
        ],
    )
    .existing(role::exists),
    row("tidy", &[], &[(Operation::Update, tidy)]),
];

fn shown(state: &State, call: &Call<'_>, entry: &Entry, show_id: bool) -> Value {
    // A lookup lists them as they come (recorded).
    let identity_policies = state.identity.all_policies_of(&entry.entity_id);
    entry.to_json(call.now, state.lease_of(entry), show_id, &identity_policies)
}

fn own(call: &Call<'_>) -> Result<String, Fault> {
    let caller = call.caller.ok_or_else(Fault::permission_denied)?;
    Ok(caller.id.expose_secret().to_owned())
}

/// The token of a request's body. Where the flavour is strict, what is given and no text is no token.
fn token_of(call: &Call<'_>, fields: &Fields) -> Result<String, Fault> {
    let given = call.request.data.get("token");
    if call.flavour.rules().strict_token_field && given.is_some_and(|given| !given.is_string()) {
        return Err(Fault::denied("invalid token").because(Reason::TokenUnknown));
    }
    Ok(fields.text("token"))
}

fn lookup(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let given = token_of(call, fields)?;
    let token = if given.is_empty() { own(call)? } else { given };
    lookup_token(state, call, &token)
}

fn lookup_self(state: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    lookup_token(state, call, &own(call)?)
}

fn lookup_token(state: &State, call: &Call<'_>, token: &str) -> Outcome {
    let Some(entry) = state.tokens.find(token) else {
        return Err(Fault::denied("bad token").because(Reason::TokenUnknown));
    };
    Ok(Some(Response::data(shown(state, call, entry, true))))
}

/// The digest of the token that an accessor names.
fn named(state: &State, fields: &Fields) -> Result<String, Fault> {
    let accessor = fields.text("accessor");
    if accessor.is_empty() {
        return Err(Fault::coded(400, "missing accessor").because(Reason::InvalidRequest));
    }
    let key = state.tokens.by_accessor(&accessor).map(str::to_owned);
    key.ok_or_else(|| no_accessor(state, &accessor))
}

/// The refusal of an accessor that no token has. What was sent is told only where it is an accessor.
pub(crate) fn no_accessor(state: &State, accessor: &str) -> Fault {
    let is_token = state.tokens.find(accessor).is_some() || state.tokens.ended(accessor).is_some();
    let known = state.tokens.accessors().map(String::as_str);
    let near = nearest(accessor, known, 1)
        .first()
        .map(|near| (*near).to_owned());
    let unknown = UnknownAccessor {
        of: AccessorOf::Token,
        form: match is_token {
            true => AccessorForm::Secret,
            false => AccessorForm::Other,
        },
        role: None,
        owner: None,
        near,
        ended: state.tokens.ended_of(accessor).map(Ended::evidence),
    };
    Fault::coded(400, "invalid accessor")
        .because(Reason::AccessorUnknown)
        .telling(Told::Because(Because::Accessor(unknown)))
}

fn lookup_accessor(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let key = named(state, fields)?;
    let entry = state.tokens.tokens.get(&key);
    Ok(entry.map(|entry| Response::data(shown(state, call, entry, false))))
}

fn renew(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let token = token_of(call, fields)?;
    if token.is_empty() {
        return Err(Fault::invalid("missing token ID"));
    }
    renew_token(state, call, &digest(&token), fields, true)
}

fn renew_self(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let key = digest(&own(call)?);
    renew_token(state, call, &key, fields, true)
}

fn renew_accessor(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let key = named(state, fields)?;
    let fixed = state.tokens.tokens.get(&key).is_some_and(|entry| {
        let lease = state.lease_of(entry);
        entry.kind != Type::Batch && lease.is_some_and(|lease| !lease.renewable)
    });
    if fixed {
        // Other than a token by its id, one by its accessor is refused without the reason (recorded).
        let text = crate::response::one_error("invalid request");
        return Err(Fault::invalid(text).because(Reason::TokenNotRenewable));
    }
    renew_token(state, call, &key, fields, false)
}

fn renew_token(
    state: &mut State,
    call: &Call<'_>,
    key: &str,
    fields: &Fields,
    show_id: bool,
) -> Outcome {
    match state.tokens.tokens.get(key) {
        None => {
            let ended = state.tokens.ended_by(key).map(Ended::evidence);
            let renewal = Renewal {
                ended,
                ..Renewal::default()
            };
            Err(Fault::invalid("token not found")
                .because(Reason::TokenUnknown)
                .telling(Told::Because(Because::Renewal(renewal))))
        }
        Some(entry) if entry.kind == Type::Batch => {
            Err(Fault::answer("batch tokens cannot be renewed")
                .because(Reason::TokenNotRenewable)
                .telling(crate::state::renewal(entry, state.lease_of(entry), None)))
        }
        Some(_) => state.renew_token(call, key, fields.int("increment"), show_id),
    }
}

fn revoke(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let token = token_of(call, fields)?;
    if token.is_empty() {
        return Err(Fault::invalid("missing token ID"));
    }
    revoke_key(state, call, &digest(&token))
}

fn revoke_self(state: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    let key = digest(&own(call)?);
    revoke_key(state, call, &key)
}

fn revoke_accessor(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    // A token that is gone needs no revoking: the answer only says so.
    let accessor = fields.text("accessor");
    if !accessor.is_empty() && state.tokens.by_accessor(&accessor).is_none() {
        return Ok(Some(Response::warning("No token found with this accessor")));
    }
    let key = named(state, fields)?;
    revoke_key(state, call, &key)
}

fn revoke_key(state: &mut State, call: &Call<'_>, key: &str) -> Outcome {
    let batch = state
        .tokens
        .tokens
        .get(key)
        .is_some_and(|entry| entry.kind == Type::Batch);
    if batch {
        return Err(Fault::answer("batch tokens cannot be revoked"));
    }
    state.end_token(key, End::Revoked, call.now);
    Ok(None)
}

fn revoke_orphan(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let token = token_of(call, fields)?;
    if token.is_empty() {
        return Err(Fault::invalid("missing token ID"));
    }
    let caller = call.caller.ok_or_else(Fault::permission_denied)?;
    let has_sudo = state.acl_of(caller).has_sudo(&call.request.path);
    call.rights.sudo(has_sudo, "revoke and orphan")?;
    let key = digest(&token);
    match state.tokens.tokens.get(&key) {
        None => return Err(Fault::answer("token to revoke not found")),
        Some(entry) if entry.kind == Type::Batch => {
            return Err(Fault::answer("batch tokens cannot be revoked"));
        }
        Some(_) => {}
    }
    state.end_token_alone(&key, call.now);
    Ok(None)
}

fn accessors(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let accessors = state.tokens.accessors().cloned();
    Ok(Some(Response::list(accessors)))
}

fn tidy(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(tidy_answer(state)))
}

/// Nothing is left behind here that a tidy would find.
pub(crate) fn tidy_answer(state: &State) -> Response {
    let product = state.flavour.product();
    Response::warning(format!(
        "Tidy operation successfully started. Any information from the operation will be printed \
         to {product}'s server logs."
    ))
    .with_status(202)
}

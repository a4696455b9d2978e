//! Leases. Only tokens have leases here: no engine that issues credentials is simulated yet.

use serde_json::json;

use crate::duration::quoted;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::secret::names_below;
use crate::state::State;
use crate::token::Type;
use crate::token::store::End;

/// The lease that a request names, in its body or in its path.
fn lease_id(call: &Call<'_>, fields: &Fields) -> Result<String, Fault> {
    let strict = call.flavour.rules().strict_token_field;
    let given = call.request.data.get("lease_id");
    if strict && given.is_some_and(|given| !given.is_string() && !given.is_null()) {
        return Err(Fault::invalid("invalid lease ID"));
    }
    let id = fields.text("lease_id");
    let id = if id.is_empty() {
        fields.text("url_lease_id")
    } else {
        id
    };
    if id.is_empty() {
        return Err(Fault::invalid("lease_id must be specified"));
    }
    let last = id.rsplit_once('/').map_or("", |(_, last)| last);
    // The newer server looks for the lease as it is named (recorded).
    if !strict
        && last
            .split_once('.')
            .is_some_and(|(_, namespace)| !namespace.is_empty())
    {
        // A lease of another namespace: there is none (recorded).
        return Err(Fault::answer("no namespace").with_status(500));
    }
    Ok(id)
}

/// The digest of the token with that lease.
fn find(state: &State, id: &str) -> Option<String> {
    let leased = state.tokens.tokens.iter().find(|(_, entry)| {
        entry.kind == Type::Service && entry.lease.is_some() && entry.lease_id() == id
    });
    leased.map(|(key, _)| key.clone())
}

pub(super) fn lookup(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let id = lease_id(call, fields)?;
    let entry = find(state, &id).and_then(|key| state.tokens.tokens.get(&key));
    let lease = entry.and_then(|entry| entry.lease.as_ref().map(|lease| (entry, lease)));
    let Some((entry, lease)) = lease else {
        return Err(Fault::invalid("invalid lease"));
    };
    Ok(Some(Response::data(json!({
        "id": id,
        "issue_time": lease.issued.to_string(),
        "expire_time": lease.expires.map(|expires| expires.to_string()),
        "last_renewal": lease.last_renewal.map(|renewed| renewed.to_string()),
        "renewable": lease.renewable,
        "ttl": entry.seconds_left(call.now),
    }))))
}

pub(super) fn list(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let mut prefix = fields.text("prefix");
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    let leased = state.tokens.tokens.values();
    let leased = leased.filter(|entry| entry.kind == Type::Service && entry.lease.is_some());
    let ids: Vec<String> = leased.map(crate::token::Entry::lease_id).collect();
    Ok(Some(Response::list(names_below(ids.iter(), &prefix))))
}

pub(super) fn renew(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let id = lease_id(call, fields)?;
    let Some(key) = find(state, &id) else {
        return Err(Fault::invalid("lease not found"));
    };
    state.renew_token(call, &key, fields.int("increment"), false)
}

/// The answer of a revocation. It is done before it is answered; a client that does not want to wait
/// is told that it was accepted.
fn revoked(fields: &Fields) -> Outcome {
    if fields.bool("sync") {
        return Ok(None);
    }
    Ok(Some(Response {
        bodiless: true,
        ..Response::default().with_status(202)
    }))
}

pub(super) fn revoke(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let id = lease_id(call, fields)?;
    if let Some(key) = find(state, &id) {
        state.tokens.revoke_tree(&key, End::Revoked, call.now);
    }
    revoked(fields)
}

fn revoke_below(state: &mut State, call: &Call<'_>, fields: &Fields) {
    let prefix = format!("{}/", fields.text("prefix").trim_end_matches('/'));
    state.revoke_below(&prefix, call.now);
}

pub(super) fn revoke_prefix(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    revoke_below(state, call, fields);
    revoked(fields)
}

pub(super) fn revoke_force(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    revoke_below(state, call, fields);
    Ok(None)
}

/// The paths that there were before `sys/leases/`, where the flavour still has them.
fn old(call: &Call<'_>) -> Result<(), Fault> {
    if call.flavour.core().old_lease_paths {
        Ok(())
    } else {
        Err(Fault::unsupported_path())
    }
}

pub(super) fn old_renew(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    old(call)?;
    renew(state, call, fields)
}

pub(super) fn old_revoke(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    old(call)?;
    revoke(state, call, fields)
}

pub(super) fn old_revoke_prefix(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    old(call)?;
    revoke_prefix(state, call, fields)
}

pub(super) fn old_revoke_force(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    old(call)?;
    revoke_force(state, call, fields)
}

/// How many irrevocable leases are to be shown. There are none here, of no namespace either.
fn check_limit(fields: &Fields) -> Result<(), Fault> {
    let limit = fields.text("limit");
    if matches!(limit.as_str(), "" | "none") {
        return Ok(());
    }
    let text = match limit.parse::<i64>() {
        Ok(1..) => return Ok(()),
        Ok(_) => "limit must be 'none' or a positive integer".to_owned(),
        Err(_) => format!(
            "invalid 'limit' provided: strconv.Atoi: parsing {}: invalid syntax",
            quoted(&limit)
        ),
    };
    Err(Fault::error(text).because(Reason::InvalidRequest))
}

pub(super) fn irrevocable(_: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    if fields.text("type") != "irrevocable" {
        return Ok(None);
    }
    check_limit(fields)?;
    Ok(Some(Response::data(
        json!({"lease_count": 0, "leases": []}),
    )))
}

pub(super) fn count(_: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    if fields.text("type") != "irrevocable" {
        return Ok(None);
    }
    Ok(Some(Response::data(
        json!({"lease_count": 0, "counts": {}}),
    )))
}

pub(super) fn tidy(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(crate::token::routes::tidy_answer(state)))
}

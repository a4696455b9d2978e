//! The endpoints of leases, over the one store of them: those of tokens, and of what engines issue.

use serde_json::json;

use crate::duration::quoted;
use crate::evidence::{Because, LeaseNotRevoked, Reason};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};
use crate::secret::names_below;
use crate::state::{Failed, State};

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

pub(super) fn lookup(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let id = lease_id(call, fields)?;
    let Some(lease) = state.leases.named(&id) else {
        return Err(Fault::invalid("invalid lease"));
    };
    Ok(Some(Response::data(json!({
        "id": id,
        "issue_time": lease.issued.to_string(),
        "expire_time": lease.expires.map(|expires| expires.to_string()),
        "last_renewal": lease.last_renewal.map(|renewed| renewed.to_string()),
        "renewable": lease.renewable,
        "ttl": lease.seconds_left(call.now),
    }))))
}

pub(super) fn list(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let mut prefix = fields.text("prefix");
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    Ok(Some(Response::list(names_below(
        state.leases.ids(),
        &prefix,
    ))))
}

pub(super) fn renew(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let id = lease_id(call, fields)?;
    state.renew_lease(call, &id, fields.int("increment"))
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
    waited(fields, state.revoke(&id, call.now))?;
    revoked(fields)
}

/// Whoever waits for a revocation is told that it has failed. (The reference words what its engine
/// says in a form of its own; unverified.)
fn waited(fields: &Fields, ended: Result<(), Failed>) -> Result<(), Fault> {
    match ended {
        Err(failed) if fields.bool("sync") => Err(not_revoked(*failed)),
        _ => Ok(()),
    }
}

/// The refusal of a revocation that has failed.
pub(super) fn not_revoked(failed: LeaseNotRevoked) -> Fault {
    let text = format!("failed to revoke entry: {}", failed.error);
    Fault::invalid(text)
        .because(Reason::LeaseNotRevoked)
        .telling(Told::Because(Because::Revocation(failed)))
}

fn prefix_of(fields: &Fields) -> String {
    format!("{}/", fields.text("prefix").trim_end_matches('/'))
}

pub(super) fn revoke_prefix(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    waited(fields, state.revoke_below(&prefix_of(fields), call.now))?;
    revoked(fields)
}

pub(super) fn revoke_force(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    state.force_below(&prefix_of(fields), call.now);
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

/// How many irrevocable leases are to be shown. There are none: a revocation that fails is tried again
/// as long as the server runs.
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
    Ok(Some(crate::auth::token::tidy_answer(state)))
}

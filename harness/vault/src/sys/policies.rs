//! ACL policies and password policies.

use authlab_kernel::{SignedDuration, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::duration::quoted;
use crate::evidence::{Missing, Reason};
use crate::field::Fields;
use crate::policy::document::absolute_time;
use crate::policy::{Policy, PolicyError, password};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;

/// The names as the reference lists them: first those without a slash, `root` last; the policy of
/// wrapping tokens is not listed.
fn names(state: &State) -> Vec<String> {
    let hidden = |name: &&String| !matches!(name.as_str(), "root" | "response-wrapping");
    let (flat, deep): (Vec<&String>, Vec<&String>) = state
        .policies
        .keys()
        .filter(hidden)
        .partition(|name| !name.contains('/'));
    let mut names: Vec<String> = flat.into_iter().chain(deep).cloned().collect();
    names.push("root".to_owned());
    names
}

pub(super) fn list(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::list(names(state))))
}

pub(super) fn list_old(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let names = names(state);
    Ok(Some(Response::data(
        json!({"keys": names, "policies": names}),
    )))
}

/// A policy that is not past its end.
fn find<'s>(state: &'s State, call: &Call<'_>, name: &str) -> Option<&'s Policy> {
    let policy = state.policies.get(name)?;
    let over = policy.expiration.is_some_and(|until| until <= call.now);
    (!over).then_some(policy)
}

/// A policy as it is shown, its text under this name.
fn shown(state: &State, call: &Call<'_>, fields: &Fields, text_name: &str) -> Option<Response> {
    let name = fields.text("name").to_lowercase();
    let policy = find(state, call, &name)?;
    let mut data = json!({"name": name, text_name: policy.text});
    if call.flavour.core().policy_versions {
        data["allow_slashes_in_identity_templates"] = json!(false);
        data["allow_wildcards_in_identity_templates"] = json!(false);
        data["cas_required"] = json!(policy.cas_required);
        data["version"] = json!(policy.version);
        for (name, time) in [
            ("modified", policy.modified),
            ("expiration", policy.expiration),
        ] {
            if let Some(time) = time {
                data[name] = json!(time.to_string());
            }
        }
    }
    Some(Response::data(data))
}

pub(super) fn read(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(shown(state, call, fields, "policy"))
}

pub(super) fn read_old(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(shown(state, call, fields, "rules"))
}

pub(super) fn write(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    store(state, call, fields, &fields.text("policy"))
}

pub(super) fn write_old(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let text = fields.text("policy");
    if !text.is_empty() {
        return store(state, call, fields, &text);
    }
    let stored = store(state, call, fields, &fields.text("rules"))?;
    if !call.flavour.core().policy_versions {
        return Ok(stored);
    }
    let mut response = stored.unwrap_or_default();
    let text = "'rules' is deprecated, please use 'policy' instead";
    response.warnings.push(text.to_owned());
    Ok(Some(response))
}

/// A text that may have been given in base64.
fn decoded(text: &str) -> String {
    match STANDARD.decode(text) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => text.to_owned(),
    }
}

fn store(state: &mut State, call: &Call<'_>, fields: &Fields, text: &str) -> Outcome {
    let given = fields.text("name");
    let name = given.to_lowercase();
    if text.is_empty() {
        return Err(Fault::invalid("'policy' parameter not supplied or empty"));
    }
    let mut policy = read_text(text, call)?;
    if matches!(name.as_str(), "root" | "response-wrapping") {
        return Err(Fault::invalid(format!(
            "cannot update {} policy",
            quoted(&name)
        )));
    }
    let rules = call.flavour.core();
    let mut warnings = Vec::new();
    if rules.policy_versions {
        version(&mut policy, find(state, call, &name), call, fields)?;
    } else if rules.warns_of_policy_fields {
        let unknown = ["cas", "cas_required", "expiration", "ttl"];
        let unknown: Vec<&str> = unknown.into_iter().filter(|one| fields.has(one)).collect();
        if !unknown.is_empty() {
            warnings.push(format!(
                "Endpoint ignored these unrecognized parameters: [{}]",
                unknown.join(" ")
            ));
        }
    }
    if name != given && rules.policy_name_warning {
        warnings.push(format!("policy name was converted to {name}"));
    }
    state.policies.insert(name, policy);
    Ok((!warnings.is_empty()).then(|| Response {
        warnings,
        ..Response::default()
    }))
}

/// The end that a request gives a policy.
fn given_end(call: &Call<'_>, fields: &Fields) -> Result<Option<Timestamp>, Fault> {
    let expiration = fields.text("expiration");
    let end = match (fields.given_int("ttl"), expiration.is_empty()) {
        (Some(_), false) => {
            return Err(Fault::invalid(
                "cannot supply both 'expiration' and 'ttl' for policies",
            ));
        }
        (Some(ttl), true) => call.now.checked_add(SignedDuration::from_secs(ttl)).ok(),
        (None, true) => None,
        (None, false) => Some(absolute_time(&expiration).ok_or_else(|| {
            Fault::answer(
                "Field validation failed: error converting input for field \"expiration\": could \
                 not parse string as date and time",
            )
        })?),
    };
    if end.is_some_and(|until| until <= call.now) {
        return Err(Fault::invalid(
            "refusing to update policy as expiration time has already elapsed",
        ));
    }
    Ok(end)
}

/// Changes what a request names of a policy; the flavours without versions know no such thing.
pub(super) fn patch(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    if !call.flavour.core().policy_versions {
        return Err(Fault::unsupported_operation());
    }
    let name = fields.text("name").to_lowercase();
    if matches!(name.as_str(), "root" | "response-wrapping") {
        return Err(Fault::invalid(format!(
            "cannot update {} policy",
            quoted(&name)
        )));
    }
    let Some(known) = find(state, call, &name).cloned() else {
        return Err(Fault::invalid("policy not found"));
    };
    let given = fields.given_int("cas").filter(|cas| *cas != -1);
    if let Some(cas) = given
        && u64::try_from(cas).ok() != Some(known.version)
    {
        return Err(Fault::invalid(format!(
            "check-and-set parameter {cas} did not match the current version {}",
            known.version
        )));
    }
    let mut policy = match fields.given_text("policy") {
        None => known.clone(),
        Some(text) if text.is_empty() => {
            return Err(Fault::invalid("'policy' parameter not supplied or empty"));
        }
        Some(text) => read_text(&text, call)?,
    };
    policy.expiration = given_end(call, fields)?.or(known.expiration);
    policy.cas_required = fields
        .given_bool("cas_required")
        .unwrap_or(known.cas_required);
    policy.version = known.version + 1;
    policy.modified = Some(call.now);
    state.policies.insert(name, policy);
    Ok(Some(Response::default()))
}

fn read_text(text: &str, call: &Call<'_>) -> Result<Policy, Fault> {
    let read = Policy::read(&decoded(text), call.flavour);
    read.map_err(|error| match &error {
        PolicyError::Wrong(error) => Fault::invalid(format!("failed to parse policy: {error}")),
        PolicyError::NotSimulated(..) => Fault::not_simulated(error.to_string()),
    })
}

/// Version, check-and-set and end of a policy that is written over another.
fn version(
    policy: &mut Policy,
    known: Option<&Policy>,
    call: &Call<'_>,
    fields: &Fields,
) -> Result<(), Fault> {
    let current = known.map_or(0, |known| known.version);
    match fields.given_int("cas") {
        None if known.is_some_and(|known| known.cas_required) || fields.bool("cas_required") => {
            return Err(Fault::invalid(
                "check-and-set parameter required for this call",
            ));
        }
        Some(-1) if known.is_some() => {
            return Err(Fault::invalid(
                "check-and-set parameter set to -1 on existing entry",
            ));
        }
        None | Some(-1) => {}
        Some(cas) if u64::try_from(cas).ok() == Some(current) => {}
        Some(cas) => {
            return Err(Fault::invalid(format!(
                "check-and-set parameter {cas} did not match the current version {current}"
            )));
        }
    }
    policy.expiration = given_end(call, fields)?;
    policy.version = current + 1;
    policy.modified = Some(call.now);
    let required = fields.given_bool("cas_required");
    policy.cas_required = required.unwrap_or_else(|| known.is_some_and(|known| known.cas_required));
    Ok(())
}

pub(super) fn delete(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name").to_lowercase();
    match name.as_str() {
        "root" | "response-wrapping" => {
            return Err(Fault::invalid(format!(
                "cannot delete {} policy",
                quoted(&name)
            )));
        }
        "default" => return Err(Fault::invalid("cannot delete default policy")),
        _ => {}
    }
    state.policies.remove(&name);
    Ok(None)
}

pub(super) fn list_password(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::list(
        state.password_policies.keys().cloned(),
    )))
}

fn no_password_policy(state: &State, name: &str) -> Fault {
    let missing = Missing::of("password policy", name, state.password_policies.keys());
    Fault::coded(404, "policy does not exist").missing(missing)
}

pub(super) fn read_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name");
    let text = state.password_policies.get(&name);
    let text = text.ok_or_else(|| no_password_policy(state, &name))?;
    Ok(Some(Response::data(json!({"policy": text}))))
}

pub(super) fn write_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let text = fields.text("policy");
    if text.is_empty() {
        return Err(Fault::coded(400, "missing policy").because(Reason::InvalidRequest));
    }
    let text = decoded(&text);
    password::check(&text)
        .map_err(|problem| Fault::coded(400, problem).because(Reason::InvalidRequest))?;
    state.password_policies.insert(fields.text("name"), text);
    Ok(None)
}

pub(super) fn delete_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state.password_policies.remove(&fields.text("name"));
    Ok(None)
}

pub(super) fn generate_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name");
    if !state.password_policies.contains_key(&name) {
        return Err(no_password_policy(state, &name));
    }
    Err(Fault::not_simulated(
        "generating passwords by policy is not simulated by authlab",
    ))
}

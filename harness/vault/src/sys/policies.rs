//! ACL policies and password policies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::duration::quoted;
use crate::field::Fields;
use crate::policy::{Policy, hcl};
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

pub(super) fn read(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name").to_lowercase();
    let found = state.policies.get(&name);
    Ok(found.map(|policy| Response::data(json!({"name": name, "policy": policy.text}))))
}

pub(super) fn read_old(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("name").to_lowercase();
    let found = state.policies.get(&name);
    Ok(found.map(|policy| Response::data(json!({"name": name, "rules": policy.text}))))
}

pub(super) fn write(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    store(state, &fields.text("name"), &fields.text("policy"))
}

pub(super) fn write_old(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let text = fields.text("policy");
    let text = if text.is_empty() {
        fields.text("rules")
    } else {
        text
    };
    store(state, &fields.text("name"), &text)
}

/// A text that may have been given in base64.
fn decoded(text: &str) -> String {
    match STANDARD.decode(text) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => text.to_owned(),
    }
}

fn store(state: &mut State, given: &str, text: &str) -> Outcome {
    let name = given.to_lowercase();
    if text.is_empty() {
        return Err(Fault::invalid("'policy' parameter not supplied or empty"));
    }
    let policy = Policy::read(&decoded(text))
        .map_err(|error| Fault::invalid(format!("failed to parse policy: {error}")))?;
    if matches!(name.as_str(), "root" | "response-wrapping") {
        return Err(Fault::invalid(format!(
            "cannot update {} policy",
            quoted(&name)
        )));
    }
    state.policies.insert(name.clone(), policy);
    let converted = name != given;
    Ok(converted.then(|| Response::warning(format!("policy name was converted to {name}"))))
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

fn no_password_policy() -> Fault {
    Fault::coded(404, "policy does not exist").because("not-found")
}

pub(super) fn read_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let text = state.password_policies.get(&fields.text("name"));
    let text = text.ok_or_else(no_password_policy)?;
    Ok(Some(Response::data(json!({"policy": text}))))
}

pub(super) fn write_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let text = fields.text("policy");
    if text.is_empty() {
        return Err(Fault::coded(400, "missing policy").because("invalid-request"));
    }
    let text = decoded(&text);
    hcl::parse(&text).map_err(|error| {
        Fault::coded(
            400,
            format!("invalid password policy: unable to decode: {error}"),
        )
        .because("invalid-request")
    })?;
    state.password_policies.insert(fields.text("name"), text);
    Ok(None)
}

pub(super) fn delete_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state.password_policies.remove(&fields.text("name"));
    Ok(None)
}

pub(super) fn generate_password(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    if !state.password_policies.contains_key(&fields.text("name")) {
        return Err(no_password_policy());
    }
    Err(
        Fault::answer("generating passwords by policy is not simulated by authlab")
            .with_status(501)
            .because("not-implemented"),
    )
}

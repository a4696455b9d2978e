//! Roles, as a whole and field by field.

use serde_json::{Map, Value, json};

use super::{AppRole, Role};
use crate::auth::params::Params;
use crate::auth::{cidr, listed};
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

pub(super) const OLD: &[&str] = &["policies", "period"];

pub(super) fn exists(method: &AppRole, _: &Call<'_>, fields: &Fields) -> bool {
    method.roles.contains_key(&fields.text("role_name"))
}

pub(super) fn list(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let names = method.roles.keys().cloned();
    Ok(Some(listed(call, fields, names)))
}

pub(super) fn read(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(method.roles.get(&fields.text("role_name")).map(|role| {
        let mut shown = Map::new();
        role.params.show(call.flavour, &mut shown);
        shown.insert("bind_secret_id".to_owned(), json!(role.bind_secret_id));
        shown.insert("local_secret_ids".to_owned(), json!(role.local_secret_ids));
        let cidrs = json!(role.secret_id_bound_cidrs);
        shown.insert("secret_id_bound_cidrs".to_owned(), cidrs);
        shown.insert(
            "secret_id_num_uses".to_owned(),
            json!(role.secret_id_num_uses),
        );
        shown.insert("secret_id_ttl".to_owned(), json!(role.secret_id_ttl));
        Response::data(Value::Object(shown))
    }))
}

pub(super) fn delete(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    method.roles.remove(&fields.text("role_name"));
    Ok(None)
}

pub(super) fn write(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role_name");
    let known = method.roles.get(&name).cloned();
    let local = fields.given_bool("local_secret_ids");
    if known.is_some() && local.is_some() {
        return Err(Fault::answer(
            "local_secret_ids can only be modified during role creation",
        ));
    }
    let mut role = known.unwrap_or_else(|| Role {
        role_id: call.draw("approle-role-id", &name).uuid(),
        bind_secret_id: true,
        local_secret_ids: local.unwrap_or_default(),
        secret_id_bound_cidrs: None,
        secret_id_num_uses: 0,
        secret_id_ttl: 0,
        params: Params::default(),
        secret_ids: Default::default(),
    });
    let mut warnings = Vec::new();
    let adjusted = adjust_type(fields, &mut warnings);
    let fields = adjusted.as_ref().unwrap_or(fields);
    role.params.update(fields, OLD)?;
    update(&mut role, fields)?;
    if let Some(role_id) = fields.given_text("role_id") {
        if role_id.is_empty() {
            return Err(Fault::answer(
                "invalid role_id supplied, or failed to generate a role_id",
            ));
        }
        role.role_id = role_id;
    }
    check_role_id(method, &name, &role.role_id)?;
    let period = if call.flavour.rules().warns_of_period {
        role.params.period
    } else {
        0
    };
    if role.params.max_ttl.max(period) > call.mount.max_ttl {
        warnings.push(
            "token_max_ttl is greater than the backend mount's maximum TTL value; issued tokens' \
             max TTL value will be truncated"
                .to_owned(),
        );
    }
    method.roles.insert(name, role);
    Ok((!warnings.is_empty()).then(|| Response {
        warnings,
        ..Response::default()
    }))
}

/// A role's type of token cannot wait for a client's wish: the reference makes it plain, and says so.
fn adjust_type(fields: &Fields, warnings: &mut Vec<String>) -> Option<Fields> {
    let given = fields.given_text("token_type")?;
    let plain = match given.as_str() {
        "default-service" => "service",
        "default-batch" => "batch",
        _ => return None,
    };
    warnings.push(format!(
        "{given} has no useful meaning; adjusting to {plain}"
    ));
    Some(fields.with_text("token_type", plain))
}

fn check_role_id(method: &AppRole, name: &str, role_id: &str) -> Result<(), Fault> {
    let taken = method
        .roles
        .iter()
        .any(|(other, role)| other != name && role.role_id == role_id);
    if taken {
        return Err(Fault::error("role_id already in use").because(Reason::InvalidRequest));
    }
    Ok(())
}

/// The settings of a role that are its own.
fn update(role: &mut Role, fields: &Fields) -> Result<(), Fault> {
    if let Some(bind) = fields.given_bool("bind_secret_id") {
        role.bind_secret_id = bind;
    }
    let cidrs = fields
        .given_list("secret_id_bound_cidrs")
        .or_else(|| fields.given_list("bound_cidr_list"));
    if let Some(cidrs) = cidrs {
        if let Some(wrong) = cidrs.iter().find(|range| !cidr::is_range(range)) {
            return Err(Fault::error(format!(
                "failed to validate CIDR blocks: invalid CIDR address: {wrong}"
            ))
            .because(Reason::InvalidRequest));
        }
        role.secret_id_bound_cidrs = Some(cidrs);
    }
    if let Some(uses) = fields.given_int("secret_id_num_uses") {
        if uses < 0 {
            return Err(Fault::answer("secret_id_num_uses cannot be negative"));
        }
        role.secret_id_num_uses = uses;
    }
    if let Some(ttl) = fields.given_int("secret_id_ttl") {
        role.secret_id_ttl = ttl;
    }
    check_constraint(role)
}

pub(super) fn check_constraint(role: &Role) -> Result<(), Fault> {
    if !role.bind_secret_id && role.ranges().is_empty() && role.params.bound_cidrs.is_empty() {
        return Err(
            Fault::error("at least one constraint should be enabled on the role")
                .because(Reason::InvalidRequest),
        );
    }
    Ok(())
}

pub(super) fn read_role_id(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let role = method.roles.get(&fields.text("role_name"));
    Ok(role.map(|role| Response::data(json!({"role_id": role.role_id}))))
}

pub(super) fn write_role_id(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let (name, role_id) = (fields.text("role_name"), fields.text("role_id"));
    if !method.roles.contains_key(&name) {
        return Err(Fault::unsupported_path());
    }
    if role_id.is_empty() {
        return Err(Fault::answer("missing role_id"));
    }
    check_role_id(method, &name, &role_id)?;
    if let Some(role) = method.roles.get_mut(&name) {
        role.role_id = role_id;
    }
    Ok(None)
}

pub(super) fn tidy(method: &mut AppRole, call: &Call<'_>, _: &Fields) -> Outcome {
    method.sweep(call.now, 0);
    let product = call.flavour.product();
    let answer = Response::warning(format!(
        "Tidy operation successfully started. Any information from the operation will be printed \
         to {product}'s server logs."
    ));
    Ok(Some(answer.with_status(202)))
}

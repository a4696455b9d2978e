//! Roles, as a whole and field by field.

use serde_json::{Map, Value, json};

use super::{AppRole, Role};
use crate::auth::cidr;
use crate::auth::params::Params;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

const OLD: &[&str] = &["policies", "period"];

fn nullable(list: &[String]) -> Value {
    if list.is_empty() {
        Value::Null
    } else {
        json!(list)
    }
}

pub(super) fn exists(method: &AppRole, _: &Call<'_>, fields: &Fields) -> bool {
    method.roles.contains_key(&fields.text("role_name"))
}

pub(super) fn list(method: &mut AppRole, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::list(method.roles.keys().cloned())))
}

pub(super) fn read(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(method.roles.get(&fields.text("role_name")).map(|role| {
        let mut shown = Map::new();
        role.params.show(&mut shown);
        shown.insert("bind_secret_id".to_owned(), json!(role.bind_secret_id));
        shown.insert("local_secret_ids".to_owned(), json!(role.local_secret_ids));
        let cidrs = nullable(&role.secret_id_bound_cidrs);
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
    if known
        .as_ref()
        .is_some_and(|role| local.is_some_and(|local| local != role.local_secret_ids))
    {
        return Err(Fault::answer(
            "local_secret_ids can only be modified during role creation",
        ));
    }
    let mut role = known.unwrap_or_else(|| Role {
        role_id: call.draw("approle-role-id", &name).uuid(),
        bind_secret_id: true,
        local_secret_ids: local.unwrap_or_default(),
        secret_id_bound_cidrs: Vec::new(),
        secret_id_num_uses: 0,
        secret_id_ttl: 0,
        params: Params::default(),
        secret_ids: Default::default(),
    });
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
    let mut warnings = Vec::new();
    if role.params.max_ttl.max(role.params.period) > call.mount.max_ttl {
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
            )));
        }
        role.secret_id_bound_cidrs = cidrs;
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
    if !role.bind_secret_id
        && role.secret_id_bound_cidrs.is_empty()
        && role.params.bound_cidrs.is_empty()
    {
        return Err(Fault::error(
            "at least one constraint should be enabled on the role",
        ));
    }
    Ok(())
}

pub(super) fn read_role_id(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let role = method.roles.get(&fields.text("role_name"));
    Ok(role.map(|role| Response::data(json!({"role_id": role.role_id}))))
}

pub(super) fn write_role_id(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let (name, role_id) = (fields.text("role_name"), fields.text("role_id"));
    let taken = method
        .roles
        .iter()
        .any(|(other, role)| *other != name && role.role_id == role_id);
    let Some(role) = method.roles.get_mut(&name) else {
        return Err(Fault::not_found());
    };
    if role_id.is_empty() {
        return Err(Fault::answer("missing role_id"));
    }
    if taken {
        return Err(Fault::answer("role_id already in use"));
    }
    role.role_id = role_id;
    Ok(None)
}

/// The endpoint of a setting, the name of its field, and the field that old clients send.
const SETTINGS: &[(&str, &str)] = &[
    ("policies", "token_policies"),
    ("local-secret-ids", "local_secret_ids"),
    ("bound-cidr-list", "bound_cidr_list"),
    ("secret-id-bound-cidrs", "secret_id_bound_cidrs"),
    ("token-bound-cidrs", "token_bound_cidrs"),
    ("bind-secret-id", "bind_secret_id"),
    ("secret-id-num-uses", "secret_id_num_uses"),
    ("secret-id-ttl", "secret_id_ttl"),
    ("period", "token_period"),
    ("token-num-uses", "token_num_uses"),
    ("token-ttl", "token_ttl"),
    ("token-max-ttl", "token_max_ttl"),
];

fn setting(fields: &Fields) -> Result<&'static str, Fault> {
    let wanted = fields.text("setting");
    let found = SETTINGS.iter().find(|(endpoint, _)| *endpoint == wanted);
    found
        .map(|(_, field)| *field)
        .ok_or_else(Fault::unsupported_path)
}

pub(super) fn read_setting(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let field = setting(fields)?;
    let Some(role) = method.roles.get(&fields.text("role_name")) else {
        return Ok(None);
    };
    let params = &role.params;
    let value = match field {
        "token_policies" => json!(params.policies),
        "local_secret_ids" => json!(role.local_secret_ids),
        "bound_cidr_list" | "secret_id_bound_cidrs" => nullable(&role.secret_id_bound_cidrs),
        "token_bound_cidrs" => nullable(&params.bound_cidrs),
        "bind_secret_id" => json!(role.bind_secret_id),
        "secret_id_num_uses" => json!(role.secret_id_num_uses),
        "secret_id_ttl" => json!(role.secret_id_ttl),
        "token_period" => json!(params.period),
        "token_num_uses" => json!(params.num_uses),
        "token_ttl" => json!(params.ttl),
        _ => json!(params.max_ttl),
    };
    let mut response = Response::data(json!({field: value}));
    if field == "bound_cidr_list" {
        response.warnings.push(
            "The \"bound_cidr_list\" field is deprecated and will be removed. Please use \
             \"secret_id_bound_cidrs\" instead."
                .to_owned(),
        );
    }
    Ok(Some(response))
}

pub(super) fn write_setting(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let field = setting(fields)?;
    if field == "local_secret_ids" {
        return Err(Fault::unsupported_operation());
    }
    let name = fields.text("role_name");
    let Some(mut role) = method.roles.get(&name).cloned() else {
        return Err(Fault::not_found());
    };
    role.params.update(fields, OLD)?;
    update(&mut role, fields)?;
    method.roles.insert(name, role);
    Ok(None)
}

pub(super) fn delete_setting(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let field = setting(fields)?;
    let Some(role) = method.roles.get_mut(&fields.text("role_name")) else {
        return Err(Fault::not_found());
    };
    let params = &mut role.params;
    match field {
        "token_policies" => params.policies.clear(),
        "bound_cidr_list" | "secret_id_bound_cidrs" => role.secret_id_bound_cidrs.clear(),
        "token_bound_cidrs" => params.bound_cidrs.clear(),
        "bind_secret_id" => role.bind_secret_id = true,
        "secret_id_num_uses" => role.secret_id_num_uses = 0,
        "secret_id_ttl" => role.secret_id_ttl = 0,
        "token_period" => params.period = 0,
        "token_num_uses" => params.num_uses = 0,
        "token_ttl" => params.ttl = 0,
        "token_max_ttl" => params.max_ttl = 0,
        _ => return Err(Fault::unsupported_operation()),
    }
    Ok(None)
}

pub(super) fn tidy(_: &mut AppRole, call: &Call<'_>, _: &Fields) -> Outcome {
    let product = call.flavour.product();
    let answer = Response::warning(format!(
        "Tidy operation successfully started. Any information from the operation will be printed \
         to {product}'s server logs."
    ));
    Ok(Some(answer.with_status(202)))
}

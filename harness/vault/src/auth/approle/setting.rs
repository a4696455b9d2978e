//! The settings of a role, each at an endpoint of its own.

use serde_json::{Map, Value, json};

use super::role::check_constraint;
use super::{AppRole, Role};
use crate::auth::cidr;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

/// The endpoint of a setting, and the name of its field.
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

/// The field of the setting whose endpoint is asked.
fn setting(call: &Call<'_>) -> Result<&'static str, Fault> {
    let path = call.path.trim_end_matches('/');
    let wanted = path.rsplit_once('/').map_or("", |(_, last)| last);
    let known = call.flavour.rules().bind_secret_id_setting;
    let found = SETTINGS
        .iter()
        .find(|(endpoint, _)| *endpoint == wanted && (known || wanted != "bind-secret-id"));
    found
        .map(|(_, field)| *field)
        .ok_or_else(Fault::unsupported_path)
}

/// The name under which old clients know a setting.
fn old_name(field: &str) -> &str {
    match field {
        "token_policies" => "policies",
        "token_period" => "period",
        other => other,
    }
}

pub(super) fn read(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let field = setting(call)?;
    let Some(role) = method.roles.get(&fields.text("role_name")) else {
        return Ok(None);
    };
    let params = &role.params;
    let value = match field {
        "token_policies" => json!(params.policies),
        "local_secret_ids" => json!(role.local_secret_ids),
        // What the old name was once kept in, and is written to by nobody (recorded).
        "bound_cidr_list" => Value::Null,
        "secret_id_bound_cidrs" => json!(role.secret_id_bound_cidrs),
        "token_bound_cidrs" => json!(params.cidrs_given.then_some(&params.bound_cidrs)),
        "bind_secret_id" => json!(role.bind_secret_id),
        "secret_id_num_uses" => json!(role.secret_id_num_uses),
        "secret_id_ttl" => json!(role.secret_id_ttl),
        "token_period" => json!(params.period),
        "token_num_uses" => json!(params.num_uses),
        "token_ttl" => json!(params.ttl),
        _ => json!(params.max_ttl),
    };
    let mut content = Map::new();
    let empty = value == json!([]) || value == json!(0);
    if let Some(old) = params.old_name(old_name(field)).filter(|_| !empty) {
        content.insert(old.to_owned(), value.clone());
    }
    content.insert(field.to_owned(), value);
    let mut response = Response::data(Value::Object(content));
    if field == "bound_cidr_list" {
        response.warnings.push(
            "The \"bound_cidr_list\" field is deprecated and will be removed. Please use \
             \"secret_id_bound_cidrs\" instead."
                .to_owned(),
        );
    }
    Ok(Some(response))
}

pub(super) fn write(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let field = setting(call)?;
    let name = fields.text("role_name");
    let Some(mut role) = method.roles.get(&name).cloned() else {
        return Err(Fault::unsupported_path());
    };
    match field {
        "bound_cidr_list" | "secret_id_bound_cidrs" => write_ranges(&mut role, field, fields)?,
        "token_bound_cidrs" => {
            if let Some(given) = fields.given_list(field) {
                role.params.bound_cidrs = cidr::read_all(&given).map_err(|error| {
                    Fault::answer(format!("failed to parse token_bound_cidrs: {error}"))
                })?;
                role.params.cidrs_given = true;
            }
        }
        "bind_secret_id" => {
            role.bind_secret_id = fields.given_bool(field).ok_or_else(|| missing(field))?;
        }
        "secret_id_num_uses" => {
            let uses = fields.given_int(field).ok_or_else(|| missing(field))?;
            if uses < 0 {
                return Err(Fault::answer("secret_id_num_uses cannot be negative"));
            }
            role.secret_id_num_uses = uses;
        }
        "secret_id_ttl" => {
            role.secret_id_ttl = fields.given_int(field).ok_or_else(|| missing(field))?;
        }
        _ => write_token_setting(&mut role, field, fields)?,
    }
    check_constraint(&role)?;
    method.roles.insert(name, role);
    Ok(None)
}

fn missing(field: &str) -> Fault {
    Fault::answer(format!("missing {field}"))
}

fn write_ranges(role: &mut Role, field: &str, fields: &Fields) -> Result<(), Fault> {
    let Some(given) = fields.given_list(field) else {
        return Ok(());
    };
    if given.is_empty() {
        return Err(missing("bound_cidr_list"));
    }
    if let Some(wrong) = given.iter().find(|range| !cidr::is_range(range)) {
        return Err(Fault::answer(format!(
            "failed to validate CIDR blocks: invalid CIDR address: {wrong}"
        )));
    }
    role.secret_id_bound_cidrs = Some(given);
    Ok(())
}

/// A setting of the tokens: its own field and its old name, and nothing else of the request.
fn write_token_setting(role: &mut Role, field: &str, fields: &Fields) -> Result<(), Fault> {
    let old = old_name(field);
    if !fields.has(field) && !fields.has(old) {
        return Err(missing(if field == "token_policies" {
            field
        } else {
            old
        }));
    }
    if field == "token_num_uses" {
        // The endpoint takes a negative number, which the role as a whole refuses (recorded).
        role.params.num_uses = fields.int(field);
        return Ok(());
    }
    let (ttl, max_ttl) = (role.params.ttl, role.params.max_ttl);
    let given = fields.int(field);
    match field {
        "token_ttl" if max_ttl > 0 && given > max_ttl => {
            return Err(Fault::answer(
                "token_ttl should not be greater than token_max_ttl",
            ));
        }
        "token_max_ttl" if given > 0 && ttl > given => {
            return Err(Fault::answer(
                "token_max_ttl should be greater than or equal to token_ttl",
            ));
        }
        _ => {}
    }
    let only = fields.only(&[field, old]);
    role.params.update(&only, super::role::OLD)
}

pub(super) fn delete(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let field = setting(call)?;
    let name = fields.text("role_name");
    let Some(mut role) = method.roles.get(&name).cloned() else {
        return Ok(None);
    };
    let params = &mut role.params;
    match field {
        "token_policies" => params.policies.clear(),
        "secret_id_bound_cidrs" => role.secret_id_bound_cidrs = None,
        "token_bound_cidrs" => {
            params.bound_cidrs.clear();
            params.cidrs_given = false;
        }
        "bind_secret_id" => role.bind_secret_id = true,
        "secret_id_num_uses" => role.secret_id_num_uses = 0,
        "secret_id_ttl" => role.secret_id_ttl = 0,
        "token_period" => params.period = 0,
        "token_num_uses" => params.num_uses = 0,
        "token_ttl" => params.ttl = 0,
        "token_max_ttl" => params.max_ttl = 0,
        _ => {}
    }
    check_constraint(&role)?;
    method.roles.insert(name, role);
    Ok(None)
}

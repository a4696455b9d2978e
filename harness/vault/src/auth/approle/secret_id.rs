//! Secret ids.

use std::collections::BTreeMap;

use authlab_kernel::{Secret, SignedDuration};
use serde_json::{Map, Value, json};

use super::{AppRole, Role, SecretId};
use crate::auth::cidr;
use crate::duration;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::token::store::digest;

impl SecretId {
    fn to_json(&self) -> Value {
        let expires = self.expires.map(|expires| expires.to_string());
        json!({
            "cidr_list": self.cidr_list,
            "creation_time": self.created.to_string(),
            "expiration_time": expires.unwrap_or_else(|| "0001-01-01T00:00:00Z".to_owned()),
            "last_updated_time": self.updated.to_string(),
            "metadata": self.metadata,
            "secret_id_accessor": self.accessor,
            "secret_id_num_uses": self.uses_left,
            "secret_id_ttl": self.ttl,
            "token_bound_cidrs": self.token_bound_cidrs,
        })
    }
}

fn no_role(name: &str) -> String {
    format!("role {} does not exist", duration::quoted(name))
}

pub(super) fn create(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role_name");
    let draw = call.draw("approle-secret-id", &name);
    add(method, call, fields, draw.uuid())
}

pub(super) fn create_custom(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let secret = fields.text("secret_id");
    if secret.is_empty() {
        return Err(Fault::answer("missing secret_id"));
    }
    add(method, call, fields, secret)
}

fn add(method: &mut AppRole, call: &Call<'_>, fields: &Fields, secret: String) -> Outcome {
    let name = fields.text("role_name");
    let Some(role) = method.roles.get_mut(&name) else {
        return Err(Fault::answer(no_role(&name)).with_status(404));
    };
    if !role.bind_secret_id {
        return Err(Fault::answer("bind_secret_id is not set on the role"));
    }
    let uses = uses_of(role, fields)?;
    let ttl = ttl_of(role, fields)?;
    let metadata = metadata_of(&fields.text("metadata"))?;
    let cidr_list = ranges_within(role, &fields.list("cidr_list"))?;
    let token_bound_cidrs =
        cidr::read_all(&fields.list("token_bound_cidrs")).map_err(Fault::answer)?;
    let key = digest(&secret);
    if role.secret_ids.contains_key(&key) {
        return Err(Fault::error(
            "failed to store secret_id: SecretID is already registered",
        ));
    }
    let expires = call.now.checked_add(SignedDuration::from_secs(ttl)).ok();
    let entry = SecretId {
        secret: Secret::new(secret.clone()),
        accessor: call.draw("approle-secret-id-accessor", &name).uuid(),
        uses_left: uses,
        ttl,
        created: call.now,
        expires: expires.filter(|_| ttl > 0),
        updated: call.now,
        metadata,
        cidr_list,
        token_bound_cidrs,
    };
    let answer = json!({
        "secret_id": secret,
        "secret_id_accessor": entry.accessor,
        "secret_id_num_uses": uses,
        "secret_id_ttl": ttl,
    });
    role.secret_ids.insert(key, entry);
    Ok(Some(Response::data(answer)))
}

fn uses_of(role: &Role, fields: &Fields) -> Result<i64, Fault> {
    let Some(uses) = fields.given_int("num_uses") else {
        return Ok(role.secret_id_num_uses);
    };
    if uses < 0 {
        return Err(Fault::answer("num_uses cannot be negative"));
    }
    if role.secret_id_num_uses > 0 && (uses == 0 || uses > role.secret_id_num_uses) {
        return Err(Fault::answer(
            "num_uses cannot be higher than the role's secret_id_num_uses",
        ));
    }
    Ok(uses)
}

fn ttl_of(role: &Role, fields: &Fields) -> Result<i64, Fault> {
    let Some(ttl) = fields.given_int("ttl") else {
        return Ok(role.secret_id_ttl);
    };
    if role.secret_id_ttl > 0 && (ttl == 0 || ttl > role.secret_id_ttl) {
        return Err(Fault::answer(
            "ttl cannot be longer than the role's secret_id_ttl",
        ));
    }
    Ok(ttl)
}

/// JSON text, or `key=value,key=value`, or that in base64.
fn metadata_of(text: &str) -> Result<BTreeMap<String, String>, Fault> {
    use base64::Engine as _;
    if text.is_empty() {
        return Ok(BTreeMap::new());
    }
    if let Ok(texts) = serde_json::from_str(text) {
        return Ok(texts);
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(text).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some(texts) = decoded.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(texts);
    }
    let pairs = text.split(',').map(|pair| pair.split_once('='));
    let pairs: Option<BTreeMap<String, String>> = pairs
        .map(|pair| pair.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())))
        .collect();
    pairs.ok_or_else(|| {
        Fault::answer(
            "failed to parse metadata: failed to parse the input: invalid <key,value> format",
        )
    })
}

fn ranges_within(role: &Role, ranges: &[String]) -> Result<Vec<String>, Fault> {
    for range in ranges {
        if !cidr::is_range(range) {
            return Err(Fault::answer(format!(
                "failed to validate CIDR blocks: invalid CIDR address: {range}"
            )));
        }
        let address = range
            .split('/')
            .next()
            .and_then(|address| address.parse().ok());
        let inside =
            address.is_some_and(|address| cidr::contains(&role.secret_id_bound_cidrs, address));
        if !inside {
            // The reference's text for a range outside the role's is not recorded; unverified.
            return Err(Fault::answer(format!(
                "failed to verify subset relationship between CIDR blocks on the role and CIDR \
                 blocks on the secret ID: {range}"
            )));
        }
    }
    Ok(ranges.to_vec())
}

pub(super) fn list(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role_name");
    let Some(role) = method.roles.get(&name) else {
        return Err(Fault::answer(no_role(&name)));
    };
    Ok(Some(Response::list(
        role.secret_ids.values().map(|entry| entry.accessor.clone()),
    )))
}

fn role_of<'m>(method: &'m mut AppRole, fields: &Fields) -> Result<&'m mut Role, Fault> {
    let name = fields.text("role_name");
    method
        .roles
        .get_mut(&name)
        .ok_or_else(|| Fault::error(no_role(&name)))
}

pub(super) fn lookup(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let secret = fields.text("secret_id");
    if secret.is_empty() {
        return Err(Fault::answer("missing secret_id"));
    }
    let role = role_of(method, fields)?;
    let found = role.secret_ids.get(&digest(&secret));
    Ok(found.map(|entry| Response::data(entry.to_json())))
}

pub(super) fn destroy(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let secret = fields.text("secret_id");
    if secret.is_empty() {
        return Err(Fault::answer("missing secret_id"));
    }
    role_of(method, fields)?.secret_ids.remove(&digest(&secret));
    Ok(None)
}

fn accessor_of(fields: &Fields) -> Result<String, Fault> {
    let accessor = fields.text("secret_id_accessor");
    if accessor.is_empty() {
        return Err(Fault::answer("missing secret_id_accessor"));
    }
    Ok(accessor)
}

/// An accessor that nobody has: a 404 whose content is the error (as recorded).
fn no_accessor(accessor: &str) -> Response {
    let accessor = duration::quoted(accessor);
    let mut content = Map::new();
    let text = format!("failed to find accessor entry for secret_id_accessor: {accessor}");
    content.insert("error".to_owned(), Value::from(text));
    Response::data(Value::Object(content)).with_status(404)
}

pub(super) fn lookup_accessor(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let accessor = accessor_of(fields)?;
    let role = role_of(method, fields)?;
    let found = role
        .secret_ids
        .values()
        .find(|entry| entry.accessor == accessor);
    let answer = found.map(|entry| Response::data(entry.to_json()));
    Ok(Some(answer.unwrap_or_else(|| no_accessor(&accessor))))
}

pub(super) fn destroy_accessor(method: &mut AppRole, _: &Call<'_>, fields: &Fields) -> Outcome {
    let accessor = accessor_of(fields)?;
    let role = role_of(method, fields)?;
    let before = role.secret_ids.len();
    role.secret_ids
        .retain(|_, entry| entry.accessor != accessor);
    if role.secret_ids.len() == before {
        return Ok(Some(no_accessor(&accessor)));
    }
    Ok(None)
}

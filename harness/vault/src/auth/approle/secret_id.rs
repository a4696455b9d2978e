//! Secret ids.

use std::collections::BTreeMap;

use authlab_kernel::near::nearest;
use authlab_kernel::{Secret, SignedDuration};
use serde_json::{Map, Value, json};

use super::{AppRole, Role, SWEEP_SECONDS, SecretId};
use crate::auth::{cidr, listed};
use crate::duration;
use crate::evidence::{AccessorForm, AccessorOf, Because, Missing, Reason, UnknownAccessor};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};
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
    let secret = draw.uuid();
    add(method, call, fields, secret)
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
    method.sweep(call.now, SWEEP_SECONDS);
    let Some(role) = method.roles.get_mut(&name) else {
        return Err(Fault::answer(no_role(&name)).with_status(404));
    };
    if !role.bind_secret_id {
        return Err(Fault::answer("bind_secret_id is not set on the role"));
    }
    let uses = uses_of(role, fields)?;
    let ttl = ttl_of(role, fields)?;
    let metadata = metadata_of(&fields.text("metadata"))?;
    let cidr_list = fields.list("cidr_list");
    check_ranges("CIDR", &cidr_list)?;
    check_within(role.ranges(), &cidr_list)?;
    let token_bound_cidrs = fields.list("token_bound_cidrs");
    check_ranges("token CIDR", &token_bound_cidrs)?;
    check_within(&role.params.bound_cidrs, &token_bound_cidrs)?;
    let key = digest(&secret);
    if role.secret_ids.contains_key(&key) {
        return Err(
            Fault::error("failed to store secret_id: SecretID is already registered")
                .because(Reason::InvalidRequest),
        );
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

/// JSON text or `key=value,key=value`, either also in base64. A JSON null counts as an empty text, and
/// no value may be empty.
fn metadata_of(text: &str) -> Result<BTreeMap<String, String>, Fault> {
    use base64::Engine as _;
    let refuse = |why: String| Fault::answer(format!("failed to parse metadata: {why}"));
    let text = text.trim();
    let decoded = base64::engine::general_purpose::STANDARD.decode(text).ok();
    let decoded = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = decoded.as_deref().unwrap_or(text);
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    let parsed: Result<Option<BTreeMap<String, Option<String>>>, _> = serde_json::from_str(text);
    let texts = match parsed {
        Ok(texts) => {
            let texts = texts.unwrap_or_default().into_iter();
            texts
                .map(|(key, value)| (key, value.unwrap_or_default()))
                .collect()
        }
        Err(_) => {
            pairs_of(text).map_err(|why| refuse(format!("failed to parse the input: {why}")))?
        }
    };
    match texts
        .iter()
        .find(|(key, value)| !key.is_empty() && value.is_empty())
    {
        Some((key, _)) => {
            let key = duration::quoted(key);
            Err(refuse(format!("invalid value for key {key}")))
        }
        None => Ok(texts),
    }
}

/// `key=value,key=value`: exactly one `=` in each, and text on both sides.
fn pairs_of(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut items: Vec<&str> = text.split(',').map(str::trim).collect();
    items.retain(|item| !item.is_empty());
    items.sort_unstable();
    let mut pairs = BTreeMap::new();
    for item in items {
        let parts: Vec<&str> = item.split('=').map(str::trim).collect();
        let [key, value] = parts.as_slice() else {
            return Err("invalid <key,value> format".to_owned());
        };
        if key.is_empty() || value.is_empty() {
            return Err(format!(
                "invalid <key,value> pair: key: {} value: {}",
                duration::quoted(key),
                duration::quoted(value)
            ));
        }
        pairs.insert((*key).to_owned(), (*value).to_owned());
    }
    Ok(pairs)
}

/// Ranges must be written with their length here.
fn check_ranges(what: &str, ranges: &[String]) -> Result<(), Fault> {
    match ranges.iter().find(|range| !cidr::is_range(range)) {
        Some(wrong) => Err(Fault::error(format!(
            "failed to validate {what} blocks: invalid CIDR address: {wrong}"
        ))
        .because(Reason::InvalidRequest)),
        None => Ok(()),
    }
}

/// What a secret id binds must lie within what its role binds, when it is made and when it is used.
///
/// # Errors
/// A range that does not; the text is the reference's, its slip included (recorded).
pub(super) fn check_within(of_role: &[String], of_secret_id: &[String]) -> Result<(), Fault> {
    if cidr::holds_all(of_role, of_secret_id) {
        return Ok(());
    }
    let list = |ranges: &[String]| {
        let ranges: Vec<String> = ranges.iter().map(|range| duration::quoted(range)).collect();
        ranges.join(" ")
    };
    Err(Fault::error(format!(
        "failed to verify subset relationship between CIDR blocks on the role [{}] and CIDR blocks \
         on the secret ID [{}]: %!w(<nil>)",
        list(of_role),
        list(of_secret_id)
    ))
    .because(Reason::AddressNotBound))
}

pub(super) fn list(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("role_name");
    method.sweep(call.now, SWEEP_SECONDS);
    let Some(role) = method.roles.get(&name) else {
        return Err(Fault::answer(no_role(&name)));
    };
    let mut accessors: Vec<String> = role
        .secret_ids
        .values()
        .map(|entry| entry.accessor.clone())
        .collect();
    accessors.sort_unstable();
    Ok(Some(listed(call, fields, accessors.into_iter())))
}

fn role_of<'m>(
    method: &'m mut AppRole,
    call: &Call<'_>,
    fields: &Fields,
) -> Result<&'m mut Role, Fault> {
    let name = fields.text("role_name");
    method.sweep(call.now, SWEEP_SECONDS);
    let missing = match method.roles.contains_key(&name) {
        true => Missing::default(),
        false => Missing::of("role", &name, method.roles.keys()),
    };
    let role = method.roles.get_mut(&name);
    role.ok_or_else(|| Fault::error(no_role(&name)).missing(missing))
}

pub(super) fn lookup(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let secret = fields.text("secret_id");
    if secret.is_empty() {
        return Err(Fault::answer("missing secret_id"));
    }
    let role = role_of(method, call, fields)?;
    let found = role.secret_ids.get(&digest(&secret));
    let found = found.filter(|entry| !entry.has_ended(call));
    Ok(found.map(|entry| Response::data(entry.to_json())))
}

pub(super) fn destroy(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let secret = fields.text("secret_id");
    if secret.is_empty() {
        return Err(Fault::answer("missing secret_id"));
    }
    let role = role_of(method, call, fields)?;
    role.secret_ids.remove(&digest(&secret));
    Ok(None)
}

fn accessor_of(fields: &Fields) -> Result<String, Fault> {
    let accessor = fields.text("secret_id_accessor");
    if accessor.is_empty() {
        return Err(Fault::answer("missing secret_id_accessor"));
    }
    Ok(accessor)
}

fn no_accessor(accessor: &str) -> String {
    let accessor = duration::quoted(accessor);
    format!("failed to find accessor entry for secret_id_accessor: {accessor}")
}

/// Whose secret id an accessor names. Accessors are known to the whole mount.
fn owner_of(method: &AppRole, accessor: &str) -> Option<String> {
    let has = |role: &Role| {
        role.secret_ids
            .values()
            .any(|entry| entry.accessor == *accessor)
    };
    let found = method.roles.iter().find(|(_, role)| has(role));
    found.map(|(name, _)| name.clone())
}

/// What is known of an accessor that is none of the role's. What was sent is never told.
fn told_of(method: &AppRole, fields: &Fields, accessor: &str, owner: Option<String>) -> Told {
    let entries = || method.roles.values().flat_map(|role| &role.secret_ids);
    let key = digest(accessor);
    let known = entries().map(|(_, entry)| entry.accessor.as_str());
    let near = nearest(accessor, known, 1);
    Told::Because(Because::Accessor(UnknownAccessor {
        of: AccessorOf::SecretId,
        form: match entries().any(|(known, _)| *known == key) {
            true => AccessorForm::Secret,
            false => AccessorForm::Other,
        },
        role: Some(fields.text("role_name")),
        owner,
        near: near.first().map(|near| (*near).to_owned()),
        ended: None,
    }))
}

pub(super) fn lookup_accessor(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let accessor = accessor_of(fields)?;
    role_of(method, call, fields)?;
    if owner_of(method, &accessor).is_none() {
        // A 404 whose content is the error (as recorded).
        let mut content = Map::new();
        content.insert("error".to_owned(), Value::from(no_accessor(&accessor)));
        return Ok(Some(
            Response::data(Value::Object(content)).with_status(404),
        ));
    }
    let role = role_of(method, call, fields)?;
    let found = role
        .secret_ids
        .values()
        .find(|entry| entry.accessor == accessor && !entry.has_ended(call));
    Ok(found.map(|entry| Response::data(entry.to_json())))
}

pub(super) fn destroy_accessor(method: &mut AppRole, call: &Call<'_>, fields: &Fields) -> Outcome {
    let accessor = accessor_of(fields)?;
    role_of(method, call, fields)?;
    match owner_of(method, &accessor) {
        None => {
            let told = told_of(method, fields, &accessor, None);
            Err(Fault::error(no_accessor(&accessor))
                .because(Reason::AccessorUnknown)
                .telling(told))
        }
        Some(owner) if owner != fields.text("role_name") => {
            let told = told_of(method, fields, &accessor, Some(owner));
            Err(Fault::denied("invalid secret id accessor")
                .because(Reason::AccessorUnknown)
                .telling(told))
        }
        Some(_) => {
            let role = role_of(method, call, fields)?;
            role.secret_ids
                .retain(|_, entry| entry.accessor != accessor);
            Ok(None)
        }
    }
}

//! The endpoints about versions and their content.

use serde_json::{Map, Value, json};

use super::key::Version;
use super::{Key, Kv2, number};
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::secret::escapes;

pub(super) fn exists(store: &Kv2, _: &Call<'_>, fields: &Fields) -> bool {
    store.keys.contains_key(&fields.text("path"))
}

/// A version that cannot be read: 404, with its metadata.
fn unreadable(key: &Key, number: u64, version: &Version, content: &str) -> Response {
    let metadata = key.version_json(number, version);
    Response::data(json!({content: null, "metadata": metadata})).with_status(404)
}

pub(super) fn read(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(key) = store.keys.get(&fields.text("path")) else {
        return Ok(None);
    };
    let Some((number, version)) = key.version(fields.int("version")) else {
        return Ok(None);
    };
    if !version.is_readable(call.now) {
        return Ok(Some(unreadable(key, number, version, "data")));
    }
    let metadata = key.version_json(number, version);
    Ok(Some(Response::data(
        json!({"data": version.data, "metadata": metadata}),
    )))
}

/// Check-and-set: the version that the writer expects must be the current one.
fn check_and_set(store: &Kv2, path: &str, fields: &Fields) -> Result<(), Fault> {
    let key = store.keys.get(path);
    let required = store.config.cas_required || key.is_some_and(|key| key.cas_required);
    let current = key.map_or(0, |key| key.current_version);
    let options = fields.map("options");
    let expected = match options.get("cas") {
        None if required => {
            return Err(Fault::invalid(
                "check-and-set parameter required for this call",
            ));
        }
        None => return Ok(()),
        Some(Value::String(text)) => text.parse::<i64>().ok(),
        Some(Value::Bool(truth)) => Some(i64::from(*truth)),
        Some(Value::Null) => Some(0),
        Some(value) => value.as_i64(),
    };
    let Some(expected) = expected else {
        return Err(Fault::invalid("error parsing check-and-set parameter"));
    };
    if u64::try_from(expected).ok() != Some(current) {
        return Err(Fault::invalid(
            "check-and-set parameter did not match the current version",
        ));
    }
    Ok(())
}

pub(super) fn write(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = fields.text("path");
    if escapes(&path) {
        return Err(Fault::error("internal error").because(Reason::InvalidRequest));
    }
    if path.is_empty() {
        return Err(Fault::answer("missing path"));
    }
    let Some(content) = fields.given_map("data") else {
        return Err(Fault::invalid("no data provided"));
    };
    check_and_set(store, &path, fields)?;
    let absent = call.request.data.get("data").is_some_and(Value::is_null);
    let content = if absent {
        Value::Null
    } else {
        Value::Object(content)
    };
    Ok(Some(add_version(store, call, path, &content)))
}

fn add_version(store: &mut Kv2, call: &Call<'_>, path: String, content: &Value) -> Response {
    let config = store.config.clone();
    let key = store.keys.entry(path).or_insert_with(|| Key::new(call.now));
    key.add(number::normalized(content), call.now, &config);
    let answer = key
        .version(0)
        .map(|(number, version)| key.version_json(number, version));
    Response::data(answer.unwrap_or_default())
}

pub(super) fn patch(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = fields.text("path");
    let Some(changes) = fields.given_map("data") else {
        return Err(Fault::invalid("no data provided"));
    };
    let Some(key) = store.keys.get(&path) else {
        return Ok(Some(
            Response {
                bodiless: true,
                ..Response::default()
            }
            .with_status(404),
        ));
    };
    let Some((number, version)) = key.version(0) else {
        return Ok(Some(
            Response {
                bodiless: true,
                ..Response::default()
            }
            .with_status(404),
        ));
    };
    check_and_set(store, &path, fields)?;
    if !version.is_readable(call.now) {
        let metadata = key.version_json(number, version);
        return Ok(Some(Response::data(metadata).with_status(404)));
    }
    if !call.flavour.core().kv_null_patch
        && call.request.data.get("data").is_some_and(Value::is_null)
    {
        return Err(Fault::error("Invalid JSON Patch").because(Reason::InvalidRequest));
    }
    let known = version.data.clone().filter(|data| !data.is_null());
    let mut content = known.unwrap_or_else(|| json!({}));
    merge(&mut content, &Value::Object(changes));
    Ok(Some(add_version(store, call, path, &content)))
}

/// JSON Merge Patch (RFC 7396, section 2).
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else {
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

pub(super) fn delete_latest(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    if let Some(key) = store.keys.get_mut(&fields.text("path")) {
        let current = key.current_version;
        delete_version(key, current, call);
    }
    Ok(None)
}

fn delete_version(key: &mut Key, number: u64, call: &Call<'_>) {
    if let Some(version) = key.versions.get_mut(&number)
        && version.is_readable(call.now)
    {
        version.deletion = Some(call.now);
    }
}

/// The versions named, as far as the key has them.
fn named_versions(fields: &Fields, complaint: &str) -> Result<Vec<u64>, Fault> {
    let versions = fields.ints("versions");
    if versions.is_empty() {
        return Err(Fault::invalid(complaint));
    }
    Ok(versions
        .into_iter()
        .filter_map(|number| u64::try_from(number).ok())
        .collect())
}

pub(super) fn delete_versions(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let versions = named_versions(fields, "No version number provided")?;
    if let Some(key) = store.keys.get_mut(&fields.text("path")) {
        for number in versions {
            delete_version(key, number, call);
        }
    }
    Ok(None)
}

pub(super) fn undelete_versions(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let versions = named_versions(fields, "No version number provided")?;
    let config = store.config.clone();
    if let Some(key) = store.keys.get_mut(&fields.text("path")) {
        let deletion = key.deletion_of(call.now, &config);
        for number in versions {
            if let Some(version) = key.versions.get_mut(&number)
                && !version.destroyed
            {
                version.deletion = deletion;
            }
        }
    }
    Ok(None)
}

pub(super) fn destroy_versions(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    let versions = named_versions(fields, "no version number provided")?;
    if let Some(key) = store.keys.get_mut(&fields.text("path")) {
        for number in versions {
            if let Some(version) = key.versions.get_mut(&number) {
                version.destroyed = true;
                version.data = None;
            }
        }
    }
    Ok(None)
}

pub(super) fn subkeys(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(key) = store.keys.get(&fields.text("path")) else {
        return Ok(None);
    };
    let Some((number, version)) = key.version(fields.int("version")) else {
        return Ok(None);
    };
    if !version.is_readable(call.now) {
        return Ok(Some(unreadable(key, number, version, "subkeys")));
    }
    let depth = match fields.int("depth") {
        depth if depth < 0 => 1,
        depth => depth,
    };
    let metadata = key.version_json(number, version);
    let content = version.data.as_ref().unwrap_or(&Value::Null);
    let subkeys = without_values(content, depth, 1);
    Ok(Some(Response::data(
        json!({"subkeys": subkeys, "metadata": metadata}),
    )))
}

/// The names of a tree; below `depth` (0: none) nothing is shown.
fn without_values(value: &Value, depth: i64, level: i64) -> Value {
    match value {
        // An empty object is a value, but at the top.
        Value::Object(members) if members.is_empty() && level > 1 => Value::Null,
        Value::Object(members) if depth == 0 || level <= depth => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), without_values(value, depth, level + 1)))
                .collect(),
        ),
        _ => Value::Null,
    }
}

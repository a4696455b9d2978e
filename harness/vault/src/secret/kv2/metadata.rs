//! The endpoints about keys as a whole, and about the mount.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Config, Key, Kv2};
use crate::duration;
use crate::evidence::Reason;
use crate::field::{Fields, Words};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, one_error};
use crate::secret::{all_below, names_below, page};

const KEYS_MAX: usize = 64;
const KEY_BYTES_MAX: usize = 128;
const VALUE_BYTES_MAX: usize = 512;

pub(super) fn read_config(store: &mut Kv2, call: &Call<'_>, _: &Fields) -> Outcome {
    let config = &store.config;
    let mut shown = json!({
        "cas_required": config.cas_required,
        "delete_version_after": duration::long(config.delete_version_after),
        "max_versions": config.max_versions,
    });
    if call.flavour.core().metadata_cas {
        shown["metadata_cas_required"] = json!(config.metadata_cas_required);
    }
    Ok(Some(Response::data(shown)))
}

/// The engine keeps 32 bits without a sign, and a negative number wraps around.
fn versions_bound(number: i64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "recorded: -1 becomes 4294967295"
    )]
    let bound = number as u32;
    bound
}

pub(super) fn write_config(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let Config {
        cas_required,
        metadata_cas_required,
        max_versions,
        delete_version_after,
    } = &mut store.config;
    if let Some(required) = fields.given_bool("metadata_cas_required") {
        *metadata_cas_required = required && call.flavour.core().metadata_cas;
    }
    if let Some(required) = fields.given_bool("cas_required") {
        *cas_required = required;
    }
    if let Some(versions) = fields.given_int("max_versions") {
        *max_versions = versions_bound(versions);
    }
    if let Some(seconds) = fields.given_int("delete_version_after") {
        *delete_version_after = seconds.max(-1);
    }
    Ok(None)
}

pub(super) fn read(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let metadata_cas = call.flavour.core().metadata_cas;
    Ok(store
        .keys
        .get(&fields.text("path"))
        .map(|key| Response::data(key.to_json(metadata_cas))))
}

pub(super) fn delete(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    store.keys.remove(&fields.text("path"));
    Ok(None)
}

pub(super) fn list(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    let names = names_below(store.keys.keys(), &fields.text("path"));
    Ok(Some(Response::list(page(
        names,
        &fields.text("after"),
        fields.int("limit"),
    ))))
}

pub(super) fn scan(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(Some(Response::list(all_below(
        store.keys.keys(),
        &fields.text("path"),
    ))))
}

fn custom_metadata(
    given: &Map<String, Value>,
    words: Words,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut texts = BTreeMap::new();
    for (key, value) in given {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => if *truth { "1" } else { "0" }.to_owned(),
            Value::Null => String::new(),
            Value::Array(_) | Value::Object(_) => {
                let error = words.unconvertible("", "string", value, "[]interface {}");
                return Err(Fault::invalid(format!(
                    "custom_metadata validation failed: {error}"
                )));
            }
        };
        texts.insert(key.clone(), text);
    }
    let mut errors = Vec::new();
    if texts.len() > KEYS_MAX {
        errors.push(format!(
            "payload must contain at most {KEYS_MAX} keys, provided {}",
            texts.len()
        ));
        return complain(&errors).map(|()| texts);
    }
    for (key, value) in &texts {
        let name = duration::quoted(key);
        let printable = |text: &str| !text.chars().any(char::is_control);
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            errors.push(format!(
                "length of key {name} is {} but must be 0 < len(key) <= {KEY_BYTES_MAX}",
                key.len()
            ));
        }
        if value.is_empty() || value.len() > VALUE_BYTES_MAX {
            errors.push(format!(
                "length of value for key {name} is {} but must be 0 < len(value) <= \
                 {VALUE_BYTES_MAX}",
                value.len()
            ));
        }
        if !printable(key) {
            errors.push(format!(
                "key {name} ({key}) contains unprintable characters"
            ));
        }
        if !printable(value) {
            errors.push(format!(
                "value for key {name} contains unprintable characters"
            ));
        }
    }
    complain(&errors).map(|()| texts)
}

fn complain(errors: &[String]) -> Result<(), Fault> {
    let prefixed = |error: &String| format!("custom_metadata validation failed: {error}");
    match errors {
        [] => Ok(()),
        [one] => Err(Fault::invalid(one_error(&prefixed(one)))),
        several => {
            let lines: String = several
                .iter()
                .map(|error| format!("\t* {}\n", prefixed(error)))
                .collect();
            Err(Fault::invalid(format!(
                "{} errors occurred:\n{lines}\n",
                several.len()
            )))
        }
    }
}

/// Whether a request names anything to be written: else nothing is looked at, made or counted.
fn writes(fields: &Fields, call: &Call<'_>) -> bool {
    let newer = call.flavour.core().metadata_cas && fields.has("metadata_cas_required");
    let settings = [
        "cas_required",
        "max_versions",
        "delete_version_after",
        "custom_metadata",
    ];
    newer || settings.iter().any(|name| fields.has(name))
}

pub(super) fn write(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = fields.text("path");
    if path.is_empty() {
        return Err(Fault::answer("missing path"));
    }
    let custom = fields.given_map("custom_metadata");
    let words = call.flavour.core().words;
    let custom = custom
        .map(|given| custom_metadata(&given, words))
        .transpose()?;
    if !writes(fields, call) {
        return Ok(None);
    }
    check_and_set(store, call, &path, fields)?;
    let required = fields.given_bool("cas_required");
    let of_metadata = fields
        .given_bool("metadata_cas_required")
        .filter(|_| call.flavour.core().metadata_cas);
    let mut ignored = Vec::new();
    if store.config.cas_required && required == Some(false) {
        ignored.push("cas_required");
    }
    if store.config.metadata_cas_required && of_metadata == Some(false) {
        ignored.push("metadata_cas_required");
    }
    let key = store.keys.entry(path).or_insert_with(|| Key::new(call.now));
    if let Some(required) = of_metadata {
        key.metadata_cas_required = required;
    }
    key.metadata_version += 1;
    if call.flavour.core().metadata_cas {
        key.updated = call.now;
    }
    if let Some(versions) = fields.given_int("max_versions") {
        key.max_versions = versions_bound(versions);
    }
    if let Some(required) = required {
        key.cas_required = required;
    }
    if let Some(seconds) = fields.given_int("delete_version_after") {
        key.delete_version_after = seconds;
    }
    if let Some(custom) = custom {
        key.custom_metadata = custom;
    }
    let warnings: Vec<String> = ignored
        .into_iter()
        .map(|name| {
            format!(
                "\"{name}\" set to false, but is mandated by backend config. This value will be \
                 ignored."
            )
        })
        .collect();
    Ok((!warnings.is_empty()).then(|| Response {
        warnings,
        ..Response::default()
    }))
}

/// Check-and-set for metadata: the state that the writer expects must be the current one. -1 is any.
fn check_and_set(store: &Kv2, call: &Call<'_>, path: &str, fields: &Fields) -> Result<(), Fault> {
    if !call.flavour.core().metadata_cas {
        return Ok(());
    }
    let key = store.keys.get(path);
    let of_key = key.is_some_and(|key| key.metadata_cas_required);
    let current = key.map_or(0, |key| key.metadata_version);
    match fields.given_int("metadata_cas") {
        None if of_key || store.config.metadata_cas_required => Err(Fault::invalid(
            "metadata check-and-set parameter required for this call",
        )),
        None | Some(-1) => Ok(()),
        Some(given) if u64::try_from(given).ok() == Some(current) => Ok(()),
        Some(_) => Err(Fault::invalid(
            "metadata check-and-set parameter does not match the current version",
        )),
    }
}

/// A patch is merged as JSON into what has types: a number or a truth value is no text there.
fn check_patch(changes: &Map<String, Value>) -> Result<(), Fault> {
    for (name, value) in changes {
        let kind = match value {
            Value::Number(_) => "number",
            Value::Bool(_) => "bool",
            _ => continue,
        };
        return Err(Fault::error(format!(
            "json: cannot unmarshal {kind} into Go struct field .custom_metadata.{name} of type \
             string"
        ))
        .because(Reason::InvalidRequest));
    }
    Ok(())
}

pub(super) fn patch(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = fields.text("path");
    if !writes(fields, call) {
        return Ok(None);
    }
    if store.keys.contains_key(&path) {
        check_and_set(store, call, &path, fields)?;
    }
    let Some(key) = store.keys.get_mut(&path) else {
        return Ok(Some(
            Response {
                bodiless: true,
                ..Response::default()
            }
            .with_status(404),
        ));
    };
    let words = call.flavour.core().words;
    let custom = match fields.given_map("custom_metadata") {
        None => None,
        Some(changes) if changes.is_empty() => Some(BTreeMap::new()),
        Some(changes) => {
            check_patch(&changes)?;
            let mut content = json!(key.custom_metadata);
            super::data::merge(&mut content, &Value::Object(changes));
            let members = content.as_object().cloned().unwrap_or_default();
            Some(custom_metadata(&members, words)?)
        }
    };
    if let Some(versions) = fields.given_int("max_versions") {
        if versions < 0 {
            return Err(Fault::error(format!(
                "json: cannot unmarshal number {versions} into Go struct field .max_versions of \
                 type uint32"
            ))
            .because(Reason::InvalidRequest));
        }
        key.max_versions = versions_bound(versions);
    }
    if let Some(required) = fields.given_bool("metadata_cas_required") {
        key.metadata_cas_required = required && call.flavour.core().metadata_cas;
    }
    if let Some(required) = fields.given_bool("cas_required") {
        key.cas_required = required;
    }
    let removed = call.request.data.get("delete_version_after");
    if let Some(seconds) = fields.given_int("delete_version_after")
        && !removed.is_some_and(Value::is_null)
    {
        key.delete_version_after = seconds;
    }
    if let Some(custom) = custom {
        key.custom_metadata = custom;
    }
    key.metadata_version += 1;
    if call.flavour.core().metadata_cas {
        key.updated = call.now;
    }
    Ok(None)
}

//! The endpoints about keys as a whole, and about the mount.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Config, Key, Kv2};
use crate::duration;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, one_error};
use crate::secret::{all_below, names_below, page};

const KEYS_MAX: usize = 64;
const KEY_BYTES_MAX: usize = 128;
const VALUE_BYTES_MAX: usize = 512;

pub(super) fn read_config(store: &mut Kv2, _: &Call<'_>, _: &Fields) -> Outcome {
    let config = &store.config;
    Ok(Some(Response::data(json!({
        "cas_required": config.cas_required,
        "delete_version_after": duration::long(config.delete_version_after),
        "max_versions": config.max_versions,
    }))))
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

pub(super) fn write_config(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    let Config {
        cas_required,
        max_versions,
        delete_version_after,
    } = &mut store.config;
    if let Some(required) = fields.given_bool("cas_required") {
        *cas_required = required;
    }
    if let Some(versions) = fields.given_int("max_versions") {
        *max_versions = versions_bound(versions);
    }
    if let Some(seconds) = fields.given_int("delete_version_after") {
        *delete_version_after = seconds;
    }
    Ok(None)
}

pub(super) fn read(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(store
        .keys
        .get(&fields.text("path"))
        .map(|key| Response::data(key.to_json())))
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

fn custom_metadata(given: &Map<String, Value>) -> Result<BTreeMap<String, String>, Fault> {
    let mut texts = BTreeMap::new();
    for (key, value) in given {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => if *truth { "1" } else { "0" }.to_owned(),
            Value::Null => String::new(),
            Value::Array(_) | Value::Object(_) => {
                let kind = if value.is_array() {
                    "[]interface {}"
                } else {
                    "map[string]interface {}"
                };
                let printed = crate::field::go_print(value);
                return Err(Fault::invalid(format!(
                    "custom_metadata validation failed: '' expected type 'string', got \
                     unconvertible type '{kind}', value: '{printed}'"
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

pub(super) fn write(store: &mut Kv2, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = fields.text("path");
    if path.is_empty() {
        return Err(Fault::answer("missing path"));
    }
    let custom = fields.given_map("custom_metadata");
    let custom = custom.map(|given| custom_metadata(&given)).transpose()?;
    let required = fields.given_bool("cas_required");
    let ignored = store.config.cas_required && required == Some(false);
    let key = store.keys.entry(path).or_insert_with(|| Key::new(call.now));
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
    let warning = "\"cas_required\" set to false, but is mandated by backend config. This value will \
                   be ignored.";
    Ok(ignored.then(|| Response::warning(warning)))
}

pub(super) fn patch(store: &mut Kv2, _: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(key) = store.keys.get_mut(&fields.text("path")) else {
        return Ok(Some(
            Response {
                bodiless: true,
                ..Response::default()
            }
            .with_status(404),
        ));
    };
    let custom = match fields.given_map("custom_metadata") {
        None => None,
        Some(changes) if changes.is_empty() => Some(BTreeMap::new()),
        Some(changes) => {
            let mut content = json!(key.custom_metadata);
            super::data::merge(&mut content, &Value::Object(changes));
            let members = content.as_object().cloned().unwrap_or_default();
            Some(custom_metadata(&members)?)
        }
    };
    if let Some(versions) = fields.given_int("max_versions") {
        key.max_versions = versions_bound(versions);
    }
    if let Some(required) = fields.given_bool("cas_required") {
        key.cas_required = required;
    }
    if let Some(seconds) = fields.given_int("delete_version_after") {
        key.delete_version_after = seconds;
    }
    if let Some(custom) = custom {
        key.custom_metadata = custom;
    }
    Ok(None)
}

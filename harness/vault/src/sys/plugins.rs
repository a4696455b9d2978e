//! The catalog of plugins: the engines and methods that can be mounted here. None can be registered.

use serde_json::{Map, Value, json};

use crate::duration::quoted;
use crate::field::Fields;
use crate::flavour::Flavour;
use crate::registry::{self, Class};
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;

/// The names of one kind. `None`: no such kind.
fn names(kind: &str, flavour: Flavour) -> Option<Vec<&'static str>> {
    match kind {
        "auth" => Some(registry::catalog(Class::Auth, flavour)),
        "secret" => Some(registry::catalog(Class::Secret, flavour)),
        "database" => Some(Vec::new()),
        _ => None,
    }
}

pub(super) fn all(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let flavour = state.flavour;
    let mut shown = Map::new();
    let mut detailed = Vec::new();
    for kind in ["auth", "database", "secret"] {
        let names = names(kind, flavour).unwrap_or_default();
        for name in &names {
            detailed.push(json!({
                "builtin": true,
                "deprecation_status": "supported",
                "name": name,
                "type": kind,
                "version": flavour.builtin_version(),
            }));
        }
        if !names.is_empty() {
            shown.insert(kind.to_owned(), json!(names));
        }
    }
    shown.insert("detailed".to_owned(), Value::Array(detailed));
    Ok(Some(Response::data(Value::Object(shown))))
}

pub(super) fn list(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let kind = fields.text("type");
    let Some(names) = names(&kind, state.flavour) else {
        return Err(Fault::unsupported_operation());
    };
    let names = names.into_iter().map(str::to_owned);
    Ok(Some(Response::list(names)))
}

pub(super) fn read(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let (kind, name) = (fields.text("type"), fields.text("name"));
    let flavour = state.flavour;
    let Some(names) = names(&kind, flavour) else {
        return Ok(Some(deprecated(&format!("{kind}/{name}"))));
    };
    if !names.contains(&name.as_str()) {
        return Ok(None);
    }
    let mut shown = json!({
        "args": null,
        "builtin": true,
        "command": "",
        "deprecation_status": "supported",
        "name": name,
        "sha256": "",
        "version": flavour.builtin_version(),
    });
    if flavour.core().catalog_has_images {
        shown["declarative"] = json!(false);
        shown["oci"] = json!(false);
    }
    Ok(Some(Response::data(shown)))
}

/// A path without a kind, as clients of long ago asked.
pub(super) fn old(_: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    Ok(Some(deprecated(&fields.text("type"))))
}

fn deprecated(path: &str) -> Response {
    let path = quoted(path);
    Response::warning(format!(
        "Deprecated API endpoint, cannot read plugin information from catalog for {path}"
    ))
}

//! Audit devices, and which request headers stand in their lines.

use serde_json::{Map, Value, json};

use crate::audit::{Device, Wish};
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;

/// Why a device is not enabled that takes no line (the text of its own log; as an answer `unverified`).
const NOT_LOGGED: &str = "no audit backend succeeded in logging the request";

fn slashed(fields: &Fields) -> String {
    format!("{}/", fields.text("path").trim_matches('/'))
}

pub(super) fn list(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let devices = state.audit.devices.iter();
    let devices: Map<String, Value> = devices
        .map(|(path, device)| (path.clone(), device.to_json(path)))
        .collect();
    Ok(Some(Response::data(Value::Object(devices))))
}

pub(super) fn enable(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let path = slashed(fields);
    let kind = fields.text("type");
    match kind.as_str() {
        "file" => {}
        "syslog" | "socket" | "http" => {
            return Err(Fault::not_simulated(format!(
                "the audit device `{kind}` is not simulated by authlab: use `file`"
            )));
        }
        other => {
            let other = crate::duration::quoted(other);
            return Err(Fault::invalid(format!("unknown backend type: {other}")));
        }
    }
    let devices = state.audit.devices.keys();
    if devices
        .into_iter()
        .any(|known| known.starts_with(&path) || path.starts_with(known))
    {
        return Err(Fault::invalid("path already in use"));
    }
    let wish = Wish {
        description: fields.text("description"),
        local: fields.bool("local"),
        options: fields.pairs("options"),
        salt: call.draw("audit-salt", &path).bytes(32),
    };
    let skips_test = wish
        .options
        .get("skip_test")
        .is_some_and(|text| text == "true");
    let device = Device::named(wish, state.files.as_ref(), call.flavour)?;
    if !skips_test {
        let id = call.draw("audit-test", &path).uuid();
        let time = call.now.to_string();
        if !state.audit.write_test(&device, &id, &time) {
            return Err(Fault::error(NOT_LOGGED).because(Reason::AuditFailed));
        }
    }
    state.audit.devices.insert(path, device);
    Ok(None)
}

pub(super) fn disable(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state.audit.devices.remove(&slashed(fields));
    Ok(None)
}

pub(super) fn hash(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let input = fields.text("input");
    if input.is_empty() {
        return Err(Fault::answer("the \"input\" parameter is empty"));
    }
    let path = slashed(fields);
    let Some(device) = state.audit.devices.get(&path) else {
        let shown = if call.flavour.core().audit_backend_slash {
            path.as_str()
        } else {
            path.trim_end_matches('/')
        };
        let path = crate::duration::quoted(shown);
        return Err(Fault::invalid(format!("unknown audit backend {path}")));
    };
    Ok(Some(Response::data(json!({"hash": device.hash(&input)}))))
}

pub(super) fn list_headers(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let headers = state.audit.headers.iter();
    let headers: Map<String, Value> = headers
        .map(|(name, hmac)| (name.clone(), json!({"hmac": hmac})))
        .collect();
    Ok(Some(Response::data(json!({"headers": headers}))))
}

pub(super) fn read_header(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let name = fields.text("header").to_lowercase();
    match state.audit.headers.get(&name) {
        Some(hmac) => Ok(Some(Response::data(json!({name: {"hmac": hmac}})))),
        None => Err(Fault::answer("Could not find header in config")),
    }
}

pub(super) fn write_header(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state
        .audit
        .headers
        .insert(fields.text("header").to_lowercase(), fields.bool("hmac"));
    Ok(None)
}

pub(super) fn delete_header(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state
        .audit
        .headers
        .remove(&fields.text("header").to_lowercase());
    Ok(None)
}

//! Hashes, random bytes, and what the server says of itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use serde_json::{Value, json};

use crate::duration::quoted;
use crate::evidence::{Missing, Reason};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;
use crate::token::Type;

/// How many random bytes are given at most.
const RANDOM_BYTES_MAX: i64 = 128 * 1024;

pub(super) fn hash(_: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let of_path = fields.text("urlalgorithm");
    let name = if of_path.is_empty() {
        fields.text("algorithm")
    } else {
        of_path
    };
    let algorithm = match name.as_str() {
        "" | "sha2-256" => &digest::SHA256,
        "sha2-384" => &digest::SHA384,
        "sha2-512" => &digest::SHA512,
        other => return Err(Fault::answer(format!("unsupported algorithm {other}"))),
    };
    let input = fields.text("input");
    let input = STANDARD.decode(&input).map_err(|error| {
        let at = match error {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            _ => input.len(),
        };
        Fault::answer(format!(
            "unable to decode input as base64: illegal base64 data at input byte {at}"
        ))
        .audit_as("invalid request")
    })?;
    let sum = digest::digest(algorithm, &input);
    let format = fields.text("format");
    let sum = match format.as_str() {
        "" | "hex" => hex::encode(sum),
        "base64" => STANDARD.encode(sum),
        other => {
            let other = if call.flavour.core().single_quotes {
                quoted(other)
            } else {
                other.to_owned()
            };
            return Err(Fault::answer(format!(
                "unsupported encoding format {other}; must be \"hex\" or \"base64\""
            )));
        }
    };
    Ok(Some(Response::data(json!({"sum": sum}))))
}

/// The source of random bytes that is there; the path may name it in the place of the number.
const PLATFORM: &str = "platform";

/// Random bytes of the source that the path names.
pub(super) fn random_of(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let source = fields.text("source");
    if source != PLATFORM {
        return Err(Fault::not_simulated(format!(
            "random bytes of `{source}` are not simulated by authlab: ask for `{PLATFORM}`"
        )));
    }
    random(state, call, fields)
}

pub(super) fn random(_: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let from_path = fields.text("urlbytes");
    let count = if from_path.is_empty() || from_path == PLATFORM {
        fields.given_int("bytes").unwrap_or(32)
    } else {
        from_path.parse().map_err(|_| {
            Fault::answer(format!(
                "error parsing url-set byte count: strconv.Atoi: parsing {}: invalid syntax",
                quoted(&from_path)
            ))
        })?
    };
    if count < 1 {
        let bytes = call.flavour.in_quotes("bytes");
        return Err(Fault::answer(format!("{bytes} cannot be less than 1")));
    }
    if count > RANDOM_BYTES_MAX {
        return Err(Fault::answer(format!(
            "{} should be less than {RANDOM_BYTES_MAX}",
            call.flavour.in_quotes("bytes")
        )));
    }
    let caller = call.caller.map_or("", |caller| caller.accessor.as_str());
    let bytes = call
        .draw("random", caller)
        .bytes(usize::try_from(count).unwrap_or(32));
    let format = fields.text("format");
    let text = match format.as_str() {
        "" | "base64" => STANDARD.encode(bytes),
        "hex" => hex::encode(bytes),
        other => {
            let other = quoted(other);
            return Err(Fault::answer(format!(
                "unsupported encoding format {other}; must be \"hex\" or \"base64\""
            )));
        }
    };
    Ok(Some(Response::data(json!({"random_bytes": text}))))
}

pub(super) fn ha_status(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::data(json!({"nodes": [{
        "active_node": true,
        "api_address": "",
        "cluster_address": "",
        "hostname": "authlab",
        "last_echo": null,
        "version": state.flavour.version(),
    }]}))))
}

pub(super) fn version_history(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let version = state.flavour.version();
    let date = state.flavour.core().date_of_build;
    let info = json!({
        date: state.flavour.core().date,
        "previous_version": null,
        "timestamp_installed": state.started.to_string(),
    });
    Ok(Some(Response::data(
        json!({"keys": [version], "key_info": {version: info}}),
    )))
}

pub(super) fn no_replication(_: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Err(Fault::answer("unsupported path")
        .with_status(404)
        .because(Reason::UnsupportedPath))
}

/// What the server was configured with: nothing but what every server has.
pub(super) fn sanitized(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::data(json!({
        "api_addr": "",
        "cache_size": 0,
        "cluster_addr": "",
        "cluster_cipher_suites": "",
        "cluster_name": state.cluster_name,
        "default_lease_ttl": 0,
        "default_max_request_duration": 0,
        "disable_cache": false,
        "disable_clustering": false,
        "disable_indexing": false,
        "disable_mlock": true,
        "disable_performance_standby": false,
        "disable_printable_check": false,
        "disable_sealwrap": false,
        "disable_sentinel_trace": false,
        "enable_response_header_hostname": false,
        "enable_response_header_raft_node_id": false,
        "enable_ui": false,
        "listeners": [{"config": {"tls_disable": true}, "type": "tcp"}],
        "log_format": "",
        "log_level": "",
        "log_requests_level": "",
        "max_lease_ttl": 0,
        "pid_file": "",
        "plugin_directory": "",
        "plugin_file_permissions": 0,
        "plugin_file_uid": 0,
        "raw_storage_endpoint": false,
        "seals": [{"disabled": false, "type": "shamir"}],
        "storage": {
            "cluster_addr": "",
            "disable_clustering": false,
            "redirect_addr": "",
            "type": "inmem",
        },
    }))))
}

/// The namespaces that a page could show: there is none but the root.
pub(super) fn namespaces(_: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(Some(Response::data(json!({}))))
}

pub(super) fn count_entities(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let total = state.identity.entities.len();
    Ok(Some(Response::data(
        json!({"counters": {"entities": {"total": total}}}),
    )))
}

pub(super) fn count_tokens(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let tokens = state.tokens.tokens.values();
    let total = tokens.filter(|entry| entry.kind == Type::Service).count();
    Ok(Some(Response::data(
        json!({"counters": {"service_tokens": {"total": total}}}),
    )))
}

pub(super) fn no_counter(_: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    let missing = Missing {
        is_removed: true,
        ..Missing::of("path", &call.request.path, [])
    };
    Err(
        Fault::answer("The functionality has been removed on this path")
            .with_status(404)
            .missing(missing),
    )
}

/// There is no other node that could take over: nothing happens, as on a real single node.
pub(super) fn step_down(_: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    Ok(None)
}

/// The skeleton of the API document: the paths are not described.
pub(super) fn openapi(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let product = state.flavour.product();
    let document: Value = json!({
        "openapi": "3.0.2",
        "info": {
            "title": format!("{product} API"),
            "description": format!(
                "HTTP API that gives you full access to {product}. All API routes are prefixed \
                 with `/v1/`."
            ),
            "version": state.flavour.version(),
            "license": {
                "name": "Mozilla Public License 2.0",
                "url": "https://www.mozilla.org/en-US/MPL/2.0",
            },
        },
        "paths": {},
        "components": {"schemas": {}},
    });
    Ok(Some(Response::raw(200, document)))
}

//! The endpoints that answer without a token and without an audit line: health, seal status.

use authlab_kernel::Timestamp;
use serde_json::{Value, json};

use crate::response::error_body;
use crate::state::State;

/// An answer of one of these endpoints.
pub(crate) struct Status {
    pub(crate) code: u16,
    /// `None` is no body.
    pub(crate) body: Option<Value>,
}

fn answer(body: Value) -> Status {
    Status {
        code: 200,
        body: Some(body),
    }
}

fn refusal(code: u16, message: Option<&str>) -> Status {
    Status {
        code,
        body: Some(error_body(message)),
    }
}

/// Answers if the path (without `/v1/`) is one of these endpoints.
pub(crate) fn find(
    state: &State,
    method: &str,
    path: &str,
    query: &[(String, String)],
    body: &Value,
    now: Timestamp,
) -> Option<Status> {
    let not_allowed = || Some(refusal(405, None));
    match (path, method) {
        ("sys/health", "GET" | "HEAD") => Some(health(state, method, query, now)),
        ("sys/seal-status", "GET") => Some(answer(seal_status(state))),
        ("sys/leader", "GET") if state.flavour.core().lean_status => {
            Some(answer(json!({"ha_enabled": false})))
        }
        ("sys/leader", "GET") => Some(answer(json!({
            "active_time": "0001-01-01T00:00:00Z",
            "ha_enabled": false,
            "is_self": false,
            "leader_address": "",
            "leader_cluster_address": "",
        }))),
        ("sys/init", "GET") => Some(answer(json!({"initialized": true}))),
        ("sys/init", "PUT" | "POST") => Some(refusal(400, Some("Vault is already initialized"))),
        ("sys/unseal", "PUT" | "POST") => Some(unseal(body)),
        ("sys/health" | "sys/seal-status" | "sys/leader" | "sys/init" | "sys/unseal", _) => {
            not_allowed()
        }
        _ => None,
    }
}

fn health(state: &State, method: &str, query: &[(String, String)], now: Timestamp) -> Status {
    // The server is always initialised, unsealed and active; the codes of other states cannot come.
    let wanted = query
        .iter()
        .find(|(name, _)| name == "activecode")
        .map(|(_, value)| value);
    let code = match wanted {
        None => 200,
        Some(text) => match text.parse::<u16>() {
            Ok(code) if (100..=999).contains(&code) => code,
            _ => return refusal(400, None),
        },
    };
    let mut body = json!({
        "cluster_id": state.cluster_id,
        "cluster_name": state.cluster_name,
        "initialized": true,
        "performance_standby": false,
        "replication_dr_mode": "disabled",
        "replication_performance_mode": "disabled",
        "sealed": false,
        "server_time_utc": now.as_second(),
        "standby": false,
        "version": state.flavour.version(),
    });
    if let (true, Some(members)) = (state.flavour.core().lean_status, body.as_object_mut()) {
        members.remove("performance_standby");
    }
    Status {
        code,
        body: (method != "HEAD").then_some(body),
    }
}

fn seal_status(state: &State) -> Value {
    let rules = state.flavour.core();
    let mut shown = json!({
        rules.date_of_build: rules.date,
        "cluster_id": state.cluster_id,
        "cluster_name": state.cluster_name,
        "initialized": true,
        "migration": false,
        "n": 1,
        "nonce": "",
        "progress": 0,
        "recovery_seal": false,
        "sealed": false,
        "t": 1,
        "type": "shamir",
        "version": state.flavour.version(),
    });
    if rules.lean_status {
        shown["storage_type"] = json!("inmem");
    }
    shown
}

fn unseal(body: &Value) -> Status {
    let key = body.get("key").and_then(Value::as_str).unwrap_or_default();
    let reset = body
        .get("reset")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    let message = if reset {
        "vault is unsealed"
    } else if key.is_empty() {
        "'key' must be specified in request body as JSON, or 'reset' set to true"
    } else {
        "invalid key: key is shorter than minimum 16 bytes"
    };
    refusal(400, Some(message))
}

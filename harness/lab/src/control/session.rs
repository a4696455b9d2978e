//! Sessions of any role, without asking its trust policy.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::route::{Answer, Asked};
use super::{Refusal, body, json_answer};

/// The session's name where none is given.
const NAME: &str = "authlab";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    role_arn: String,
    session_name: Option<String>,
    duration_seconds: Option<i64>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// A session policy: the document, or its text.
    policy: Option<Value>,
    source_identity: Option<String>,
}

/// Credentials of a session of the role.
pub(super) async fn give(asked: Asked<'_>) -> Answer {
    let wanted: Wanted = body::members(asked.body)?;
    let mut input = json!({
        "RoleArn": wanted.role_arn,
        "RoleSessionName": wanted.session_name.as_deref().unwrap_or(NAME),
    });
    if let Some(seconds) = wanted.duration_seconds {
        input["DurationSeconds"] = seconds.into();
    }
    if !wanted.tags.is_empty() {
        let tags = wanted.tags.iter();
        let tags: Vec<Value> = tags
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        input["Tags"] = tags.into();
    }
    match wanted.policy {
        None => {}
        Some(Value::String(text)) => input["Policy"] = text.into(),
        Some(document) => input["Policy"] = document.to_string().into(),
    }
    if let Some(identity) = wanted.source_identity {
        input["SourceIdentity"] = identity.into();
    }
    let given = asked
        .core
        .door()
        .give_session(&input)
        .await
        .map_err(|error| {
            let status = StatusCode::from_u16(error.status);
            Refusal::of(status.unwrap_or(StatusCode::BAD_REQUEST), error.message)
        })?;
    let credentials = given.credentials;
    let answer = json!({
        "arn": given.arn,
        "access_key_id": credentials.access_key_id,
        "secret_access_key": credentials.secret_access_key.expose_secret(),
        "session_token": credentials.session_token.expose_secret(),
        "expires": credentials.expires,
    });
    Ok(json_answer(StatusCode::OK, &answer))
}

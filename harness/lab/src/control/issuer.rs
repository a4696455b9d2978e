//! Issuers: test tokens, and the rotation of keys.

use authlab_oidc::RotationStep;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::route::{Answer, Asked};
use super::{Refusal, body, json_answer};

/// The parameters of the route that tells the keys.
pub(super) const PARAMETERS: &[&str] = &["issuer"];

/// The issuer that is meant where none is named.
const DEFAULT: &str = "default";

/// A token with any claims, or a forged one.
pub(super) fn mint(asked: &Asked<'_>) -> Answer {
    let request = body::mint_request(asked.body)?;
    let token = asked.core.mint(&request).map_err(Refusal::bad_request)?;
    Ok(json_answer(StatusCode::OK, &json!({ "token": token })))
}

/// The keys that an issuer publishes, and which of them signs.
pub(super) fn keys(asked: &Asked<'_>) -> Answer {
    told(asked, asked.query.issuer.as_deref().unwrap_or(DEFAULT))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    issuer: Option<String>,
    step: RotationStep,
    kid: Option<String>,
}

/// Takes a step of a rotation.
pub(super) fn rotate(asked: &Asked<'_>) -> Answer {
    let rotation: Rotation = body::members(asked.body)?;
    let issuer = rotation.issuer.as_deref().unwrap_or(DEFAULT);
    let rotated = match (rotation.step, &rotation.kid) {
        (RotationStep::Retire, Some(kid)) => asked.core.retire_key(issuer, kid),
        (step, None) => asked.core.rotate_keys(issuer, step),
        (_, Some(_)) => Err("kid: only the step `retire` is about one key".to_owned()),
    };
    rotated.map_err(Refusal::bad_request)?;
    told(asked, issuer)
}

fn told(asked: &Asked<'_>, issuer: &str) -> Answer {
    let (kids, signing) = asked.core.kids(issuer).map_err(Refusal::bad_request)?;
    let answer = json!({ "issuer": issuer, "kids": kids, "signing": signing });
    Ok(json_answer(StatusCode::OK, &answer))
}

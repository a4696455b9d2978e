//! The configuration of cross-origin requests. It is kept and shown; whether a page in a browser may
//! ask the lab at all is the lab's own decision (`--allow-origin`), before any request comes here.

use serde_json::json;

use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;

/// The headers that are allowed whatever is configured (recorded).
const HEADERS: [&str; 10] = [
    "Content-Type",
    "Authorization",
    "X-Vault-Token",
    "X-Vault-MFA",
    "X-Vault-No-Request-Forwarding",
    "X-Vault-Wrap-Format",
    "X-Vault-Wrap-TTL",
    "X-Requested-With",
    "X-Vault-AWS-IAM-Server-ID",
    "X-Vault-Policy-Override",
];

/// What was configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors {
    origins: Vec<String>,
    headers: Vec<String>,
}

pub(super) fn read(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    let Some(cors) = &state.cors else {
        return Ok(Some(Response::data(json!({"enabled": false}))));
    };
    let own = HEADERS.iter().map(|name| (*name).to_owned());
    let headers: Vec<String> = own.chain(cors.headers.iter().cloned()).collect();
    let mut shown = json!({
        "enabled": true,
        "allowed_origins": cors.origins,
        "allowed_headers": headers,
    });
    if state.flavour.core().cors_credentials {
        shown["allow_credentials"] = json!(false);
    }
    Ok(Some(Response::data(shown)))
}

pub(super) fn write(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let origins = fields.list("allowed_origins");
    let refuse = |text: &str| Err(Fault::error(text).because(Reason::InvalidRequest));
    if origins.is_empty() {
        return refuse("at least one origin or the wildcard must be provided");
    }
    if origins.len() > 1 && origins.iter().any(|origin| origin == "*") {
        return refuse("to allow all origins the '*' must be the only value for allowed_origins");
    }
    if fields.bool("allow_credentials") {
        return Err(Fault::not_simulated(
            "`allow_credentials` of sys/config/cors is not simulated by authlab: leave it out",
        ));
    }
    state.cors = Some(Cors {
        origins,
        headers: fields.list("allowed_headers"),
    });
    Ok(None)
}

pub(super) fn delete(state: &mut State, _: &Call<'_>, _: &Fields) -> Outcome {
    state.cors = None;
    Ok(None)
}

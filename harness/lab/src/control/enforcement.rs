//! What a refusal for want of a permission means.

use authlab_kernel::Enforcement;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::asked::{Answer, Asked};
use super::body;
use super::refusal::json_answer;
use crate::evidence;
use crate::running::Core;

/// The setting as the API spells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    enforcement: Enforcement,
}

/// How the lab takes refusals.
pub(super) fn answer(core: &Core) -> Response<Bytes> {
    let enforcement = core.enforcement().get();
    json_answer(StatusCode::OK, &json!({ "enforcement": enforcement }))
}

/// Takes them so from now on, in every component.
pub(super) fn set(asked: &Asked<'_>) -> Answer {
    let Stated { enforcement } = body::members(asked.body)?;
    asked.core.enforcement().set(enforcement);
    asked.core.record(&evidence::Enforcement { enforcement });
    Ok(answer(asked.core))
}

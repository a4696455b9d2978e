//! The endpoints of response wrapping.

use serde_json::{Value, json};

use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;
use crate::wrap;

pub(super) fn wrap(_: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    if call.request.wrapping().is_none() {
        return Err(Fault::invalid(
            "endpoint requires response wrapping to be used",
        ));
    }
    Ok(Some(Response::data(json!(call.request.data))))
}

/// The wrapping token of the request: in the body, or the caller's own.
fn token_of(state: &State, call: &Call<'_>, fields: &Fields) -> Result<String, Fault> {
    let given = fields.text("token");
    let text = if given.is_empty() {
        call.request.token.clone().unwrap_or_default()
    } else {
        given
    };
    if text.is_empty() {
        return Err(Fault::answer("missing \"token\" value in input"));
    }
    wrap::find(state, &text).ok_or_else(wrap::invalid)
}

pub(super) fn unwrap(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let key = token_of(state, call, fields)?;
    let (content, _) = wrap::take(state, call, &key).ok_or_else(wrap::invalid)?;
    let data = content.get("data").and_then(Value::as_object).cloned();
    // The content stands in the answer as it was wrapped; its data also in the audit line.
    Ok(Some(Response {
        data,
        raw: Some(content),
        ..Response::default()
    }))
}

pub(super) fn lookup(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let key = token_of(state, call, fields)?;
    let facts = wrap::facts(state, &key).ok_or_else(wrap::invalid)?;
    Ok(Some(Response::data(facts)))
}

pub(super) fn rewrap(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let key = token_of(state, call, fields)?;
    let response = wrap::rewrap(state, call, &key).ok_or_else(wrap::invalid)?;
    Ok(Some(response))
}

//! What a token may do at a path.

use serde_json::{Map, Value, json};

use crate::auth::token::no_accessor;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
use crate::state::State;
use crate::token::Entry;

fn paths_of(fields: &Fields) -> Result<Vec<String>, Fault> {
    let mut paths = fields.list("paths");
    if paths.is_empty() {
        paths = fields.list("path");
    }
    if paths.is_empty() {
        return Err(Fault::invalid("paths must be supplied"));
    }
    if paths.iter().any(String::is_empty) {
        return Err(Fault::coded(400, "missing path").because(Reason::InvalidRequest));
    }
    Ok(paths)
}

fn answer(state: &State, entry: &Entry, paths: &[String]) -> Response {
    let acl = state.acl_of(entry);
    let mut shown: Map<String, Value> = paths
        .iter()
        .map(|path| (path.clone(), json!(acl.capabilities(path))))
        .collect();
    if let [path] = paths {
        shown.insert("capabilities".to_owned(), json!(acl.capabilities(path)));
    }
    Response::data(Value::Object(shown))
}

pub(super) fn of_token(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let paths = paths_of(fields)?;
    let token = fields.text("token");
    if token.is_empty() {
        return Err(Fault::error("no token found").because(Reason::TokenMissing));
    }
    let entry = state.tokens.find(&token);
    let entry =
        entry.ok_or_else(|| Fault::coded(400, "invalid token").because(Reason::TokenUnknown))?;
    Ok(Some(answer(state, entry, &paths)))
}

pub(super) fn of_self(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let paths = paths_of(fields)?;
    let caller = call.caller.ok_or_else(Fault::permission_denied)?;
    Ok(Some(answer(state, caller, &paths)))
}

pub(super) fn of_accessor(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    let paths = paths_of(fields)?;
    let accessor = fields.text("accessor");
    let key = state.tokens.by_accessor(&accessor);
    let entry = key.and_then(|key| state.tokens.tokens.get(key));
    let entry = entry.ok_or_else(|| no_accessor(state, &accessor))?;
    Ok(Some(answer(state, entry, &paths)))
}

pub(super) fn resultant(state: &mut State, call: &Call<'_>, _: &Fields) -> Outcome {
    let caller = call.caller.ok_or_else(Fault::permission_denied)?;
    Ok(Some(Response::data(state.acl_of(caller).resultant())))
}

//! What follows an answer: the login's token, the wrapping, the second line, the end of used-up tokens.

use serde_json::Map;

use super::stop::{audit_failed, end_used_up, line};
use super::{Admitted, Ending, Environment, call};
use crate::auth;
use crate::request::{Answers, Call, Operation, Request};
use crate::response::{Fault, Outcome, Response, one_error};
use crate::state::State;
use crate::wrap;

/// Makes the login's token, wraps the answer, writes the second line, ends used-up tokens.
pub(crate) fn finish(
    state: &mut State,
    environment: Environment<'_>,
    admitted: Admitted,
    outcome: Outcome,
) -> Ending {
    let answers = Answers::default();
    let mut entity_created = false;
    let mut result = outcome;
    if let (true, Some(view)) = (admitted.login, &admitted.mount) {
        let call = call(&admitted, view, environment, &answers);
        (result, entity_created) = complete_login(state, &call, admitted.user.as_deref(), result);
    }
    if let (false, Some(view), Ok(Some(response))) = (admitted.login, &admitted.mount, &mut result)
    {
        let call = call(&admitted, view, environment, &answers);
        if let Err(fault) = state.lease(&call, response) {
            result = Err(fault);
        }
    }
    let login_auth = match &result {
        Ok(Some(response)) if admitted.login => response.auth.as_deref().cloned(),
        _ => None,
    };
    if let (Some(wish), Some(view), Ok(Some(response))) =
        (admitted.request.wrapping(), &admitted.mount, &result)
        && wraps(&admitted.request, response)
    {
        let call = call(&admitted, view, environment, &answers);
        let proof = response.proof.clone();
        let wrapped = wrap::wrap(state, &call, wish, response);
        result = Ok(Some(Response { proof, ..wrapped }));
    }
    let mut result = result.map_err(Fault::refusal);
    let mut response_line = line(state, environment, &admitted, "response");
    response_line.login_auth = login_auth.as_ref();
    response_line.entity_created = entity_created;
    match &result {
        Ok(response) => response_line.response = response.as_ref(),
        Err(refusal) => {
            response_line.error = refusal.audit_error.as_ref().map(|error| {
                if admitted.login {
                    error.clone()
                } else {
                    one_error(error)
                }
            });
            response_line.refusal = Some(refusal);
        }
    }
    if !state.audit.write(&response_line) {
        result = Err(audit_failed(state.audit.seen()).refusal());
    }
    end_used_up(state, environment, &admitted);
    state.empty_cubbyholes();
    let mut issued = admitted.issued;
    issued.append(&mut state.issued);
    let mount = admitted
        .mount
        .as_ref()
        .and_then(|view| state.mounts.get(&view.path));
    Ending {
        mount_kind: mount.map(|mount| mount.kind.clone()).unwrap_or_default(),
        mount: admitted.mount.map(|view| view.path),
        login: admitted.login,
        request: admitted.request,
        result,
        caller: admitted.caller,
        caller_end: admitted.caller_end,
        decision: admitted.decision,
        issued,
        rights: admitted.rights,
    }
}

/// Makes the token of a login that its method has let through, and counts failures. The second value
/// says whether the login made an entity.
fn complete_login(
    state: &mut State,
    call: &Call<'_>,
    user: Option<&str>,
    outcome: Outcome,
) -> (Outcome, bool) {
    if let Some(user) = user {
        let failed = matches!(&outcome, Err(Fault::Refused(refusal))
            if refusal.audit_error.as_deref() == Some(auth::WRONG_CREDENTIALS));
        if failed || outcome.is_ok() {
            state.count_login(&call.mount.accessor, user, failed, call.now);
        }
    }
    let Ok(Some(mut response)) = outcome else {
        return (outcome, false);
    };
    let Some(auth) = response.auth.take() else {
        return (Ok(Some(response)), false);
    };
    match state.login(call, *auth) {
        Ok(made) => {
            response.warnings.extend(made.warnings);
            response.auth = Some(Box::new(made.auth));
            (Ok(Some(response)), made.entity_created)
        }
        Err(fault) => (Err(fault), false),
    }
}

/// An answer without content is not wrapped.
fn wraps(request: &Request, response: &Response) -> bool {
    // What was unwrapped is wrapped again, if that is asked for.
    let own = response.raw.is_some() && request.path != "sys/wrapping/unwrap";
    let found = response.status.is_none_or(|status| status < 400) && !own;
    let not_yet = response.wrap_info.is_none();
    let data = response.data.as_ref();
    let empty_list = request.operation == Operation::List && data.is_none_or(Map::is_empty);
    let content = data.is_some() || response.auth.is_some() || response.raw.is_some();
    found && not_yet && content && !empty_list && !response.bodiless
}

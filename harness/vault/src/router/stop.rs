//! The end of a request that is not handled, and the audit lines of every request.

use super::{Admitted, Ending, Environment};
use crate::audit::line::Line;
use crate::evidence::{Audit, Because, Reason};
use crate::response::{Fault, Refusal, Told, one_error};
use crate::state::State;
use crate::token::Type;

pub(super) fn stopped(admitted: Admitted, fault: Fault) -> Ending {
    Ending {
        mount: admitted.mount.map(|view| view.path),
        mount_kind: String::new(),
        login: admitted.login,
        request: admitted.request,
        result: Err(fault.refusal()),
        caller: admitted.caller,
        caller_end: admitted.caller_end,
        decision: admitted.decision,
        issued: admitted.issued,
        rights: admitted.rights,
    }
}

/// Ends a request before it is handled, with both audit lines.
pub(super) fn refuse<T>(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &Admitted,
    fault: Fault,
) -> Result<T, Box<Ending>> {
    let ending = stopped(admitted.clone(), fault);
    let Err(refusal) = &ending.result else {
        return Err(Box::new(ending));
    };
    let text = refusal
        .audit_error
        .clone()
        .or_else(|| refusal.message.clone());
    let text = text.unwrap_or_default();
    let known = admitted.caller.is_some();
    let first = if known {
        one_error(&text)
    } else {
        text.clone()
    };
    let mut request_line = line(state, environment, admitted, "request");
    request_line.error = Some(first);
    let written = state.audit.write(&request_line);
    let mut response_line = line(state, environment, admitted, "response");
    response_line.error = Some(one_error(&text));
    let shown = Refusal {
        audit_data: true,
        ..(**refusal).clone()
    };
    response_line.refusal = Some(&shown);
    if !written || !state.audit.write(&response_line) {
        let fault = audit_failed(state.audit.seen());
        return Err(Box::new(stopped(admitted.clone(), fault)));
    }
    Err(Box::new(ending))
}

/// The end of a request whose lines no device has written.
pub(crate) fn unwritten(ending: Box<Ending>, devices: Audit) -> Box<Ending> {
    let fault = audit_failed(devices);
    Box::new(Ending {
        result: Err(fault.refusal()),
        ..*ending
    })
}

/// The same for a request that was let through and is not handled now.
pub(crate) fn unhandled(admitted: Admitted, devices: Audit) -> Box<Ending> {
    let fault = audit_failed(devices);
    Box::new(stopped(admitted, fault))
}

pub(super) fn audit_failed(devices: Audit) -> Fault {
    Fault::internal()
        .because(Reason::AuditFailed)
        .telling(Told::Because(Because::Audit(devices)))
}

pub(super) fn line<'a>(
    state: &'a State,
    environment: Environment<'_>,
    admitted: &'a Admitted,
    kind: &'static str,
) -> Line<'a> {
    Line {
        flavour: environment.flavour,
        kind,
        time: environment.now,
        request: &admitted.request,
        mount: admitted
            .mount
            .as_ref()
            .and_then(|view| state.mounts.get(&view.path)),
        existence_checked: admitted.existence_checked,
        caller: if admitted.login {
            None
        } else {
            admitted.caller.as_ref()
        },
        identity_policies: &admitted.identity_policies,
        uses_before: admitted.uses_before,
        decision: admitted.decision.as_ref(),
        open: admitted.open && environment.flavour.core().audit_open_allowed,
        login: admitted.login,
        login_auth: None,
        entity_created: false,
        error: None,
        refusal: None,
        response: None,
    }
}

pub(super) fn end_used_up(state: &mut State, environment: Environment<'_>, admitted: &Admitted) {
    use crate::token::store::End;
    let Some(caller) = admitted.caller.as_ref().filter(|_| admitted.last_use) else {
        return;
    };
    if caller.kind == Type::Service {
        let key = State::key_of(caller.id.expose_secret());
        state.end_token(&key, End::UsedUp, environment.now);
        state.empty_cubbyholes();
    }
}

//! Whether a request may be handled.

use serde_json::json;

use super::authenticate::{authenticate, check_wrapping_token};
use super::handle::creates;
use super::stop::{audit_failed, end_used_up, line, refuse, stopped};
use super::{Admitted, Ending, Environment, is_write};
use crate::evidence::{Because, Reason};
use crate::request::{Operation, Request};
use crate::response::{Fault, Told};
use crate::right::Rights;
use crate::state::State;
use crate::token::Entry;

/// Paths of `sys/` that need no token.
fn is_open(path: &str) -> bool {
    matches!(
        path,
        "wrapping/lookup" | "wrapping/pubkey" | "internal/ui/mounts" | "internal/specs/openapi"
    ) || path.starts_with("internal/ui/mounts/")
}

/// Finds out who asks and whether they may.
pub(crate) fn admit(
    state: &mut State,
    environment: Environment<'_>,
    request: Request,
) -> Result<Admitted, Box<Ending>> {
    let mount = state.mount_of(&request.path);
    let view = mount.map(crate::mount::Mount::view);
    let path = view.as_ref().map_or(String::new(), |view| {
        request
            .path
            .get(view.path.len()..)
            .unwrap_or_default()
            .to_owned()
    });
    let login = mount.is_some_and(|mount| mount.is_login(&path));
    let open = view.as_ref().is_some_and(|view| view.path == "sys/") && is_open(&path)
        || crate::known::needs_no_token(&request.path);
    let mut admitted = Admitted {
        request,
        mount: view,
        path,
        caller: None,
        caller_end: None,
        uses_before: 0,
        last_use: false,
        decision: None,
        login: login || open,
        open,
        existence_checked: false,
        identity_policies: Vec::new(),
        user: None,
        issued: Vec::new(),
        rights: Rights::of_request(environment.enforcement),
    };
    if admitted.login {
        admitted.login = login;
        admitted.existence_checked = login && is_write(&admitted.request);
        let checked = environment.flavour.core().lookup_checks_wrapping_token
            && admitted.request.path == "sys/wrapping/lookup";
        if checked {
            check_wrapping_token(state, environment, &mut admitted)?;
        }
        if open {
            admitted.caller = caller_of_open(state, &admitted)?;
            let caller = admitted.caller.as_ref();
            admitted.caller_end = caller.and_then(|caller| state.end_of(caller));
        }
        admitted.user = user_of(state, &admitted);
        if let Some(user) = &admitted.user {
            let mount = admitted
                .mount
                .as_ref()
                .map_or("", |view| view.accessor.as_str());
            if state.is_locked(mount, user, environment.now) {
                let lockout = state.lockout_seen(mount, user);
                let fault = Fault::denied("permission denied").because(Reason::UserLockedOut);
                let fault = fault.telling(Told::Because(Because::Lockout(lockout)));
                return Err(Box::new(stopped(admitted, fault)));
            }
        }
        return begin(state, environment, admitted);
    }
    authenticate(state, environment, &mut admitted)?;
    authorize(state, environment, admitted)
}

/// An open path takes a token if one is sent; a bad one is refused all the same.
fn caller_of_open(state: &State, admitted: &Admitted) -> Result<Option<Entry>, Box<Ending>> {
    let Some(token) = &admitted.request.token else {
        return Ok(None);
    };
    let needs_none =
        admitted.path.starts_with("wrapping/") || admitted.path.starts_with("internal/specs");
    match state.tokens.find(token) {
        Some(entry) => Ok(Some(entry.clone())),
        None if needs_none => Ok(None),
        None => {
            let (reason, told) = super::authenticate::missing(state, token);
            let fault = Fault::denied("permission denied").because(reason);
            let fault = match told {
                Some(told) => fault.telling(told),
                None => fault,
            };
            Err(Box::new(stopped(admitted.clone(), fault)))
        }
    }
}

/// Whom a login is for, where failures are counted.
fn user_of(state: &State, admitted: &Admitted) -> Option<String> {
    let mount = state.mounts.get(&admitted.mount.as_ref()?.path)?;
    mount.engine()?.user_of(&admitted.path, &admitted.request)
}

/// Whether the policies of the caller's token let the request through.
pub(super) fn authorize(
    state: &mut State,
    environment: Environment<'_>,
    mut admitted: Admitted,
) -> Result<Admitted, Box<Ending>> {
    let Some(caller) = admitted.caller.clone() else {
        return Err(Box::new(stopped(admitted, Fault::permission_denied())));
    };
    if is_write(&admitted.request) && admitted.mount.is_some() {
        admitted.existence_checked = true;
        let created = creates(state, environment, &admitted);
        match created {
            Ok(Some(true)) => admitted.request.operation = Operation::Create,
            Ok(_) => {}
            Err(fault) => {
                let result = refuse(state, environment, &admitted, fault);
                end_used_up(state, environment, &admitted);
                return result;
            }
        }
    }
    let acl = state.acl_of(&caller);
    let request = &admitted.request;
    let mut decision = acl.decide(
        request.operation,
        &request.path,
        &request.data,
        request.wrap,
    );
    let mount = admitted
        .mount
        .as_ref()
        .and_then(|view| state.mounts.get(&view.path));
    if decision.allowed
        && !decision.sudo
        && mount.is_some_and(|mount| mount.needs_sudo(&admitted.path))
    {
        decision.allowed = false;
        decision.refused = Some(crate::policy::acl::Refused::LacksSudo);
    }
    let kv2 = mount.filter(|mount| mount.is_kv2());
    let kv2 = kv2.map(|mount| mount.path.as_str());
    let beside = acl.beside(&decision, request.operation, &request.path, kv2);
    (decision.passed_over, decision.near) = (beside.passed_over, beside.near);
    let rights = &admitted.rights;
    let lacking = if decision.allowed {
        Ok(())
    } else {
        rights.lack(Fault::permission_denied())
    };
    // What goes through is from here on as what is allowed, in the audit log as well.
    decision.allowed = lacking.is_ok();
    if let Some(limit) = decision.limit {
        let data = &mut admitted.request.data;
        data.insert("limit".to_owned(), json!(limit.to_string()));
    }
    admitted.decision = Some(decision);
    if let Err(fault) = lacking {
        let result = refuse(state, environment, &admitted, fault);
        end_used_up(state, environment, &admitted);
        return result;
    }
    begin(state, environment, admitted)
}

/// Writes the line with which the handling of a request begins.
pub(super) fn begin(
    state: &mut State,
    environment: Environment<'_>,
    admitted: Admitted,
) -> Result<Admitted, Box<Ending>> {
    let written = state
        .audit
        .write(&line(state, environment, &admitted, "request"));
    match written {
        true => Ok(admitted),
        false => {
            let fault = audit_failed(state.audit.seen());
            Err(Box::new(stopped(admitted, fault)))
        }
    }
}

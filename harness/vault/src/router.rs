//! The way of a request through the server: who asks, whether they may, which engine answers, what
//! is written down.
//!
//! [`admit`] runs once, [`handle`] as often as a handler waits for another system, [`finish`] once.
//! The lock of the state is held within each, never between them.

use authlab_kernel::{Ids, Secret, Timestamp};
use serde_json::{Map, Value, json};

use crate::audit::line::Line;
use crate::evidence::{self, Reason};
use crate::flavour::Flavour;
use crate::mount::Backend;
use crate::policy::Decision;
use crate::request::{Answers, Call, MountView, Operation, Request};
use crate::response::{Fault, Outcome, Refusal, Response, Told, one_error};
use crate::route::{dispatch, find, would_create};
use crate::secret::{cubbyhole, kv1, kv2};
use crate::state::State;
use crate::token::{Entry, Type};
use crate::{auth, identity, sys, token, wrap};

/// What the core knows besides the state.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    pub(crate) ids: &'a Ids,
    pub(crate) now: Timestamp,
    pub(crate) flavour: Flavour,
}

/// A request that may be handled.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) request: Request,
    /// The mount, unless no mount has that path.
    pub(crate) mount: Option<MountView>,
    /// The path below the mount.
    pub(crate) path: String,
    pub(crate) caller: Option<Entry>,
    pub(crate) uses_before: i64,
    /// The caller's token ends with this request.
    pub(crate) last_use: bool,
    pub(crate) decision: Option<Decision>,
    pub(crate) login: bool,
    /// The path needs no token, and is no login.
    open: bool,
    existence_checked: bool,
    identity_policies: Vec<String>,
    /// Whom a login is for, where failures are counted.
    user: Option<String>,
    /// The tokens that its handling has issued so far.
    pub(crate) issued: Vec<Secret>,
}

/// How a request ended.
pub(crate) struct Ending {
    pub(crate) request: Request,
    pub(crate) result: Result<Option<Response>, Box<Refusal>>,
    pub(crate) caller: Option<Entry>,
    pub(crate) decision: Option<Decision>,
    pub(crate) mount: Option<String>,
    pub(crate) mount_kind: String,
    pub(crate) login: bool,
    /// The tokens that the request has issued.
    pub(crate) issued: Vec<Secret>,
}

fn call<'a>(
    admitted: &'a Admitted,
    view: &'a MountView,
    environment: Environment<'a>,
    answers: &'a Answers,
) -> Call<'a> {
    Call {
        request: &admitted.request,
        path: &admitted.path,
        mount: view,
        now: environment.now,
        ids: environment.ids,
        flavour: environment.flavour,
        caller: admitted.caller.as_ref(),
        answers,
    }
}

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
        uses_before: 0,
        last_use: false,
        decision: None,
        login: login || open,
        open,
        existence_checked: false,
        identity_policies: Vec::new(),
        user: None,
        issued: Vec::new(),
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
        }
        admitted.user = user_of(state, &admitted);
        if let Some(user) = &admitted.user {
            let mount = admitted
                .mount
                .as_ref()
                .map_or("", |view| view.accessor.as_str());
            if state.is_locked(mount, user, environment.now) {
                let fault = Fault::denied("permission denied").because(Reason::UserLockedOut);
                return Err(Box::new(stopped(admitted, fault)));
            }
        }
        return begin(state, environment, admitted);
    }
    authenticate(state, environment, &mut admitted)?;
    authorize(state, environment, admitted)
}

fn is_write(request: &Request) -> bool {
    matches!(request.operation, Operation::Update | Operation::Create)
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
            let fault = Fault::denied("permission denied").because(Reason::TokenUnknown);
            Err(Box::new(stopped(admitted.clone(), fault)))
        }
    }
}

/// Whom a login is for, where failures are counted.
fn user_of(state: &State, admitted: &Admitted) -> Option<String> {
    let mount = state.mounts.get(&admitted.mount.as_ref()?.path)?;
    match mount.backend {
        Backend::Userpass(_) => admitted.path.strip_prefix("login/").map(str::to_lowercase),
        Backend::AppRole(_) => admitted.request.data_text("role_id").map(str::to_owned),
        _ => None,
    }
}

fn stopped(admitted: Admitted, fault: Fault) -> Ending {
    Ending {
        mount: admitted.mount.map(|view| view.path),
        mount_kind: String::new(),
        login: admitted.login,
        request: admitted.request,
        result: Err(fault.refusal()),
        caller: admitted.caller,
        decision: admitted.decision,
        issued: admitted.issued,
    }
}

/// Finds the caller's token and counts its use.
fn authenticate(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &mut Admitted,
) -> Result<(), Box<Ending>> {
    let unwrapping = matches!(
        admitted.request.path.as_str(),
        "sys/wrapping/unwrap" | "sys/wrapping/rewrap"
    );
    if unwrapping {
        check_wrapping_token(state, environment, admitted)?;
    }
    let token = admitted.request.token.clone().unwrap_or_default();
    let names_namespace = !environment.flavour.core().namespaces_are_missing;
    if let Some(fault) = foreign_namespace(&token).filter(|_| names_namespace) {
        return refuse(state, environment, admitted, fault);
    }
    let found = state.tokens.find(&token).cloned();
    let Some(entry) = found else {
        let (reason, told) = missing(state, &token);
        let text = if token.is_empty() {
            "permission denied"
        } else {
            environment.flavour.bad_token()
        };
        let fault = Fault::denied(text).because(reason);
        let fault = match told {
            Some(told) => fault.telling(told),
            None => fault,
        };
        return refuse(state, environment, admitted, fault);
    };
    let peer = admitted.request.peer.ip();
    if !auth::cidr::contains(&entry.bound_cidrs, peer) {
        let fault = Fault::denied("permission denied").because(Reason::AddressNotBound);
        let fault = fault.telling(Told::Addresses(entry.bound_cidrs));
        return refuse(state, environment, admitted, fault);
    }
    if state.is_disabled(&entry) {
        let fault = Fault::denied("permission denied").because(Reason::EntityDisabled);
        return refuse(state, environment, admitted, fault);
    }
    let key = State::key_of(&token);
    admitted.uses_before = entry.num_uses;
    admitted.last_use = state.tokens.spend(&key);
    admitted.identity_policies = state.identity_policies_of(&entry);
    admitted.caller = state.tokens.tokens.get(&key).cloned();
    Ok(())
}

/// A token that names a namespace: there is none but the root. Where the server knows namespaces, and
/// for wrapping tokens in the form of a JWT there, such a token is one that is not known (recorded).
fn foreign_namespace(token: &str) -> Option<Fault> {
    let rest = ["hvs.", "hvb.", "s.", "b."]
        .iter()
        .find_map(|prefix| token.strip_prefix(prefix));
    let rest = rest.unwrap_or(token);
    let namespaced = rest
        .rsplit_once('.')
        .is_some_and(|(_, namespace)| !namespace.is_empty());
    namespaced.then(|| {
        let text = "error performing token check: failed to look up namespace from the token: no \
                    namespace";
        Fault::denied(text)
            .with_status(500)
            .because(Reason::TokenUnknown)
    })
}

/// What is known of a token that is none (any more).
fn missing(state: &State, token: &str) -> (Reason, Option<Told>) {
    use crate::token::store::End;
    if token.is_empty() {
        return (Reason::TokenMissing, None);
    }
    let Some(ended) = state.tokens.ended(token) else {
        return (Reason::TokenUnknown, None);
    };
    let (reason, end) = match ended.end {
        End::Expired => (Reason::TokenExpired, evidence::End::Expired(ended.at)),
        End::Revoked => (Reason::TokenRevoked, evidence::End::Revoked(ended.at)),
        End::UsedUp => (Reason::TokenUsedUp, evidence::End::UsedUp(ended.at)),
    };
    let told = Told::Ended {
        accessor: ended.accessor.clone(),
        policies: ended.policies.clone(),
        ended: evidence::Ended {
            creation_path: ended.path.clone(),
            end: Some(end),
        },
    };
    (reason, Some(told))
}

/// Unwrapping needs a wrapping token, in the body or as the caller's own.
fn check_wrapping_token(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &mut Admitted,
) -> Result<(), Box<Ending>> {
    let request = &admitted.request;
    let given = request.data.get("token");
    let text = match given {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let own = request.token.clone();
    let complain = |why: &str| {
        Fault::denied(format!("error validating wrapping token: {why}"))
            .because(Reason::WrappingTokenMissing)
    };
    let fault = match (&text, &own) {
        (None, _) if given.is_some_and(|given| !given.is_null()) => {
            Some(complain("could not decode token in request body"))
        }
        (Some(text), _) if text.is_empty() => Some(complain("empty token in request body")),
        (None, None) => Some(complain("token is empty")),
        (Some(text), _) => wrap::find(state, text).is_none().then(wrap::invalid),
        (None, Some(own)) => wrap::find(state, own).is_none().then(wrap::invalid),
    };
    if text.is_none() && fault.is_none() {
        // A JWT stands for the token inside it.
        admitted.request.token = own.map(|own| wrap::unpacked(state, &own));
    }
    match fault {
        Some(fault) => refuse(state, environment, admitted, fault),
        None => Ok(()),
    }
}

/// Ends a request before it is handled, with both audit lines.
fn refuse<T>(
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
    let written = written.and_then(|()| state.audit.write(&response_line));
    if let Err(error) = written {
        return Err(Box::new(stopped(admitted.clone(), audit_failed(&error))));
    }
    Err(Box::new(ending))
}

/// The end of a request whose lines no device has written.
pub(crate) fn unwritten(ending: Box<Ending>) -> Box<Ending> {
    let mut refusal = audit_failed(crate::audit::NOT_LOGGED).refusal();
    // What is known of the caller's token is known all the same.
    refusal.told = match &ending.result {
        Err(before) => before
            .told
            .clone()
            .filter(|told| !matches!(told, Told::Proof(_))),
        Ok(_) => None,
    };
    Box::new(Ending {
        result: Err(refusal),
        ..*ending
    })
}

/// The same for a request that was let through and is not handled now.
pub(crate) fn unhandled(admitted: Admitted) -> Box<Ending> {
    let fault = audit_failed(crate::audit::NOT_LOGGED);
    Box::new(stopped(admitted, fault))
}

fn audit_failed(error: &str) -> Fault {
    Fault::error(error.to_owned()).because(Reason::AuditFailed)
}

fn line<'a>(
    state: &'a State,
    environment: Environment<'_>,
    admitted: &'a Admitted,
    kind: &'static str,
) -> Line<'a> {
    Line {
        flavour: environment.flavour,
        kind,
        time: environment.now.to_string(),
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

/// Whether the policies of the caller's token let the request through.
fn authorize(
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
    let allowed = decision.allowed;
    if let Some(limit) = decision.limit {
        let data = &mut admitted.request.data;
        data.insert("limit".to_owned(), json!(limit.to_string()));
    }
    admitted.decision = Some(decision);
    if !allowed {
        let fault = Fault::permission_denied();
        let result = refuse(state, environment, &admitted, fault);
        end_used_up(state, environment, &admitted);
        return result;
    }
    begin(state, environment, admitted)
}

/// Writes the line with which the handling of a request begins.
fn begin(
    state: &mut State,
    environment: Environment<'_>,
    admitted: Admitted,
) -> Result<Admitted, Box<Ending>> {
    let written = state
        .audit
        .write(&line(state, environment, &admitted, "request"));
    match written {
        Ok(()) => Ok(admitted),
        Err(error) => Err(Box::new(stopped(admitted, audit_failed(&error)))),
    }
}

fn creates(
    state: &State,
    environment: Environment<'_>,
    admitted: &Admitted,
) -> Result<Option<bool>, Fault> {
    let Some(view) = &admitted.mount else {
        return Ok(None);
    };
    let Some(mount) = state.mounts.get(&view.path) else {
        return Ok(None);
    };
    let answers = Answers::default();
    let call = call(admitted, view, environment, &answers);
    match &mount.backend {
        Backend::Cubbyhole => would_create(cubbyhole::ROUTES, &state.cubbyhole, &call),
        Backend::Identity => would_create(identity::ROUTES, &state.identity, &call),
        Backend::System => would_create(sys::ROUTES, state, &call),
        Backend::Token => would_create(token::routes::ROUTES, state, &call),
        Backend::Kv1(store) => would_create(kv1::ROUTES, store, &call),
        Backend::Kv2(store) => would_create(kv2::ROUTES, store, &call),
        Backend::AppRole(method) => would_create(auth::approle::ROUTES, method, &call),
        Backend::Aws(method) => would_create(auth::aws::ROUTES, &**method, &call),
        Backend::Jwt(method) => would_create(auth::jwt::ROUTES, &**method, &call),
        Backend::Userpass(method) => would_create(auth::userpass::ROUTES, method, &call),
    }
}

/// Runs the handler, from its beginning, with the answers that it has waited for.
pub(crate) fn handle(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &Admitted,
    answers: &Answers,
) -> Outcome {
    let Some(view) = &admitted.mount else {
        return Err(no_handler(&admitted.request.path));
    };
    if admitted.request.operation == Operation::Help {
        return Err(if has_route(state, view, &admitted.path) {
            crate::known::no_help(&admitted.request.path)
        } else {
            Fault::unsupported_path()
        });
    }
    let outcome = route(state, environment, admitted, view, answers);
    let unknown = matches!(&outcome, Err(Fault::Refused(refusal))
        if matches!(refusal.reason, Reason::UnsupportedPath | Reason::UnsupportedOperation));
    let operation = admitted.request.operation;
    match crate::known::unbuilt(&view.path, &admitted.path, operation, environment.flavour) {
        Some(fault) if unknown => Err(fault),
        _ => outcome,
    }
}

/// Runs the handler of the mount's engine or method.
fn route(
    state: &mut State,
    environment: Environment<'_>,
    admitted: &Admitted,
    view: &MountView,
    answers: &Answers,
) -> Outcome {
    let call = call(admitted, view, environment, answers);
    let Some(mount) = state.mounts.get_mut(&view.path) else {
        return Err(no_handler(&admitted.request.path));
    };
    match &mut mount.backend {
        Backend::Cubbyhole => dispatch(cubbyhole::ROUTES, &mut state.cubbyhole, &call),
        Backend::Identity => dispatch(identity::ROUTES, &mut state.identity, &call),
        Backend::System => dispatch(sys::ROUTES, state, &call),
        Backend::Token => dispatch(token::routes::ROUTES, state, &call),
        Backend::Kv1(store) => dispatch(kv1::ROUTES, store, &call),
        Backend::Kv2(store) => dispatch(kv2::ROUTES, store, &call),
        Backend::AppRole(method) if admitted.login => {
            auth::looked_ahead(dispatch(auth::approle::ROUTES, method, &call))
        }
        Backend::Userpass(method) if admitted.login => {
            auth::looked_ahead(dispatch(auth::userpass::ROUTES, method, &call))
        }
        Backend::AppRole(method) => dispatch(auth::approle::ROUTES, method, &call),
        Backend::Aws(method) => dispatch(auth::aws::ROUTES, &mut **method, &call),
        Backend::Jwt(method) => dispatch(auth::jwt::ROUTES, &mut **method, &call),
        Backend::Userpass(method) => dispatch(auth::userpass::ROUTES, method, &call),
    }
}

/// Whether the engine or method has an endpoint at a path, or would have in the real server.
fn has_route(state: &State, view: &MountView, path: &str) -> bool {
    let Some(mount) = state.mounts.get(&view.path) else {
        return false;
    };
    match &mount.backend {
        Backend::Cubbyhole => find(cubbyhole::ROUTES, path).is_some(),
        Backend::Identity => find(identity::ROUTES, path).is_some(),
        Backend::System => find(sys::ROUTES, path).is_some(),
        Backend::Token => find(token::routes::ROUTES, path).is_some(),
        Backend::Kv1(_) => find(kv1::ROUTES, path).is_some(),
        Backend::Kv2(_) => find(kv2::ROUTES, path).is_some(),
        Backend::AppRole(_) => find(auth::approle::ROUTES, path).is_some(),
        Backend::Aws(_) => find(auth::aws::ROUTES, path).is_some(),
        Backend::Jwt(_) => find(auth::jwt::ROUTES, path).is_some(),
        Backend::Userpass(_) => find(auth::userpass::ROUTES, path).is_some(),
    }
}

fn no_handler(path: &str) -> Fault {
    let path = crate::duration::quoted(path);
    Fault::answer(format!(
        "no handler for route {path}. route entry not found."
    ))
    .with_status(404)
    .because(Reason::NoMount)
    .audit_as("unsupported path")
}

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
    if let Err(error) = state.audit.write(&response_line) {
        result = Err(audit_failed(&error).refusal());
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
        decision: admitted.decision,
        issued,
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

fn end_used_up(state: &mut State, environment: Environment<'_>, admitted: &Admitted) {
    use crate::token::store::End;
    let Some(caller) = admitted.caller.as_ref().filter(|_| admitted.last_use) else {
        return;
    };
    if caller.kind == Type::Service {
        let key = State::key_of(caller.id.expose_secret());
        state.tokens.revoke_tree(&key, End::UsedUp, environment.now);
        state.empty_cubbyholes();
    }
}

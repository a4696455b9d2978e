//! Which engine answers. The engines that are part of the server have their arms here, and nowhere else.

use super::{Admitted, Environment, call};
use crate::engine::{Backend, Core};
use crate::evidence::Reason;
use crate::request::{Answers, MountView, Operation};
use crate::response::{Fault, Outcome};
use crate::route::{dispatch, find, would_create};
use crate::secret::cubbyhole;
use crate::state::State;
use crate::{auth, identity, sys};

/// Whether a write would create. `None` where the endpoint makes no difference.
pub(super) fn creates(
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
        Backend::Engine(engine) => engine.creates(&call),
        Backend::Core(Core::Cubbyhole) => would_create(cubbyhole::ROUTES, &state.cubbyhole, &call),
        Backend::Core(Core::Identity) => would_create(identity::ROUTES, &state.identity, &call),
        Backend::Core(Core::System) => would_create(sys::ROUTES, state, &call),
        Backend::Core(Core::Token) => would_create(auth::token::ROUTES, state, &call),
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
        Backend::Engine(engine) => engine.handle(&call),
        Backend::Core(Core::Cubbyhole) => dispatch(cubbyhole::ROUTES, &mut state.cubbyhole, &call),
        Backend::Core(Core::Identity) => dispatch(identity::ROUTES, &mut state.identity, &call),
        Backend::Core(Core::System) => dispatch(sys::ROUTES, state, &call),
        Backend::Core(Core::Token) => dispatch(auth::token::ROUTES, state, &call),
    }
}

/// Whether the engine or method has an endpoint at a path, or would have in the real server.
fn has_route(state: &State, view: &MountView, path: &str) -> bool {
    let Some(mount) = state.mounts.get(&view.path) else {
        return false;
    };
    match &mount.backend {
        Backend::Engine(engine) => engine.has_route(path),
        Backend::Core(Core::Cubbyhole) => find(cubbyhole::ROUTES, path).is_some(),
        Backend::Core(Core::Identity) => find(identity::ROUTES, path).is_some(),
        Backend::Core(Core::System) => find(sys::ROUTES, path).is_some(),
        Backend::Core(Core::Token) => find(auth::token::ROUTES, path).is_some(),
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

//! What decided something: statements and what they asked for, claims, an ACL rule, a role's binding, the end
//! of a token.

mod policy;
mod token;
mod vault;

use authlab::Event;
use authlab::evidence::{aws, gateway};

/// What is said already where a decision is shown.
#[derive(Debug, Default)]
pub(crate) struct Title {
    /// The operation as policies name it: `sts:AssumeRole`.
    pub(crate) action: String,
    /// Who asked.
    pub(crate) by: Option<String>,
}

/// What decided an event, a line each.
pub(crate) fn of(event: &Event, title: &Title) -> Vec<String> {
    if let Some(decision) = super::decision(event) {
        return policy::lines(&decision, title);
    }
    if let Some(told) = event.read::<aws::WebIdentity>() {
        return token::of_web_identity(&told).into_iter().collect();
    }
    let line = match event.component.as_str() {
        "gateway" => in_gateway(event),
        "vault" => vault::line(event),
        _ => event
            .read::<aws::Return>()
            .and_then(|told| Some(format!("the function raised {}", told.error_type?))),
    };
    line.into_iter().collect()
}

/// The claims that an authorizer looked at, the scopes of a route, the routes that there are.
fn in_gateway(event: &Event) -> Option<String> {
    if let Some(gateway::Authentication::Token(told)) = event.read() {
        return Some(token::judged(&told));
    }
    if let Some(gateway::Authorization::Scopes {
        scopes_required,
        scopes_present,
        ..
    }) = event.read()
    {
        let (wanted, found) = (scopes_required.join(" or "), scopes_present.join(" "));
        let found = if found.is_empty() { "none" } else { &found };
        return (!wanted.is_empty()).then(|| format!("scope {wanted}: the token has {found}"));
    }
    match event.read()? {
        gateway::Route::NoRoute { routes, .. } => Some(format!("routes: {}", routes.join(", "))),
        gateway::Route::Nowhere {
            stages: Some(stages),
            ..
        } => Some(format!("stages: {}", stages.join(", "))),
        _ => None,
    }
}

//! What a request has to show before the function is asked.

use std::borrow::Cow;

use super::told;
use crate::credential::values_of;
use crate::deployment::{AuthorizerFormat, FunctionAuthorizer, RequestSource, SourcePlace};
use crate::evidence::Reason;
use crate::exchange::Exchange;
use crate::refusal::{Refusal, ResponseType};
use crate::variable::Variables;

/// The values of every identity source, in order. A source that is configured has to be there, also where
/// nothing is kept (unverified: the guide calls it optional then).
pub(super) fn read(
    exchange: &Exchange<'_>,
    authorizer: &FunctionAuthorizer,
) -> Result<Vec<Vec<String>>, Box<Refusal>> {
    let mut identity = Vec::new();
    for source in &authorizer.identity_sources {
        let values = values(exchange, source).map_err(|()| {
            let problem = "its value is no text";
            unauthorized(authorizer, source, Reason::TokenUnreadable, problem)
        })?;
        if values.is_empty() || values.iter().any(String::is_empty) {
            let problem = match values.is_empty() {
                true => "it is absent",
                false => "it is empty",
            };
            let missing = Reason::IdentitySourceMissing;
            return Err(unauthorized(authorizer, source, missing, problem));
        }
        if let AuthorizerFormat::Token { expression } = &authorizer.format {
            let [token] = values.as_slice() else {
                let problem = "it is given more than once";
                let repeated = Reason::TokenRepeated;
                return Err(unauthorized(authorizer, source, repeated, problem));
            };
            let matches = |pattern: &authlab_vtl::pattern::Pattern| pattern.is_match(token);
            if !expression.as_ref().is_none_or(matches) {
                let problem = "it does not match the authorizer's validation expression";
                let reason = Reason::IdentityExpressionMismatch;
                return Err(unauthorized(authorizer, source, reason, problem));
            }
        }
        identity.push(values);
    }
    Ok(identity)
}

/// Every value of a source.
fn values(exchange: &Exchange<'_>, source: &RequestSource) -> Result<Vec<String>, ()> {
    let one = |value: Option<String>| Ok(value.into_iter().collect());
    match &source.place {
        SourcePlace::Request(place) => values_of(exchange.incoming, place)
            .map(|value| value.map(Cow::into_owned))
            .collect(),
        SourcePlace::StageVariable(name) => one(exchange.stage.variables.get(name).cloned()),
        SourcePlace::Context(name) => {
            let variables = Variables {
                exchange,
                answered: None,
            };
            one(variables.value(name).map(Cow::into_owned))
        }
    }
}

fn unauthorized(
    authorizer: &FunctionAuthorizer,
    source: &RequestSource,
    reason: Reason,
    problem: &str,
) -> Box<Refusal> {
    let mut told = told(authorizer);
    told.identity_source = Some(source.expression.as_str().into());
    told.problem = Some(problem.into());
    Refusal::refused(reason, ResponseType::Unauthorized, &told)
}

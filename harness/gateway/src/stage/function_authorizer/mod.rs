//! Lambda authorizers of REST APIs (`TOKEN`, `REQUEST`) and of HTTP APIs (`REQUEST`): a function says who
//! calls, and the policy that it answers is decided with the API's own.
//!
//! - [`source`]: what a request has to show before the function is asked.
//! - [`event`]: what the function is sent. [`answer`]: what it may answer.
//!
//! What it answered is kept by what the request showed, and a kept policy is decided for each method anew.
//!
//! Source: API Gateway developer guide, `apigateway-use-lambda-authorizer.html`,
//! `api-gateway-lambda-authorizer-output.html`, `http-api-lambda-authorizer.html`.

mod answer;
mod event;
mod source;

use std::sync::Arc;

use authlab_policy::ApiAuthorization;
use bytes::Bytes;
use serde_json::Value;

use super::integrate::Events;
use super::permission::{self, Asked};
use crate::caller::Who;
use crate::decision::{Decision, Key, Verdict};
use crate::deployment::{AuthorizationType, FunctionAuthorizer};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::needs::{FunctionFailure, Invocation};
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};
use crate::time::elapsed_ms;

/// How long the gateway waits for the function, in milliseconds of lab time (API Gateway developer guide,
/// `limits.html`: that of HTTP APIs; the same for REST APIs).
const BUDGET_MS: u32 = 10_000;

/// Why a function gave no decision.
struct Failure {
    reason: Reason,
    response_type: ResponseType,
    problem: String,
    error: Option<Value>,
    source_arn: Option<String>,
}

impl Failure {
    /// The answer is none.
    fn malformed(problem: String) -> Box<Self> {
        Box::new(Self {
            reason: Reason::AuthorizerAnswerMalformed,
            response_type: ResponseType::AuthorizerConfigurationError,
            problem,
            error: None,
            source_arn: None,
        })
    }
}

/// Asks the function, or remembers what it said, and lets the policies decide.
pub(super) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorizer: &FunctionAuthorizer,
    events: Events,
) -> Result<(), Box<Refusal>> {
    let identity = source::read(exchange, authorizer)?;
    let (decision, kept) = decided(plane, exchange, authorizer, identity, events).await?;
    match &decision.verdict {
        Verdict::Policy(policy) => {
            let asked = Asked {
                authorizer_policy: Some(policy),
                ..Asked::of(ApiAuthorization::Custom)
            };
            permission::decide(plane, exchange, &asked).conclude(plane, exchange)
        }
        Verdict::Simple(is_authorized) => simple(
            plane,
            exchange,
            authorizer,
            (*is_authorized, &decision, kept),
        ),
    }
}

/// What is answered without a policy counts everywhere. A lab that only watches tells a refusal and lets the
/// caller through.
fn simple(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorizer: &FunctionAuthorizer,
    (is_authorized, decision, kept): (bool, &Decision, Option<evidence::Kept>),
) -> Result<(), Box<Refusal>> {
    let let_through = plane.needs.enforcement.get().let_through();
    let let_through = let_through.filter(|_| !is_authorized);
    let told = evidence::Authorization::Simple {
        authorizer: authorizer.name.as_str().into(),
        is_authorized,
        resource: exchange.method_arn().into(),
        asked_about: decision.asked_about.as_str().into(),
        kept,
        enforcement: let_through,
    };
    if is_authorized {
        exchange.allowed(&plane.journal, &told);
        return Ok(());
    }
    if let_through.is_some() {
        exchange.refused(&plane.journal, Reason::AuthorizerDenied, &told);
        return Ok(());
    }
    let denied = ResponseType::AccessDenied;
    Err(Refusal::refused(Reason::AuthorizerDenied, denied, &told).saying(Said::forbidden()))
}

/// What the function says of the caller, who is known from then on; and since when that is kept, where it
/// was said before.
async fn decided(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorizer: &FunctionAuthorizer,
    identity: Vec<Vec<String>>,
    events: Events,
) -> Result<(Arc<Decision>, Option<evidence::Kept>), Box<Refusal>> {
    let stage = exchange.stage;
    let decisions = plane.decisions.of_stage(&stage.api_id, &stage.name);
    let key: Key = (authorizer.id.clone(), identity);
    let keeps = authorizer.ttl_seconds > 0;
    let began = plane.clock.now();
    let at_hand = keeps.then(|| decisions.get(&key, began)).flatten();
    let kept = at_hand.as_ref().map(|decision| evidence::Kept {
        answered: decision.answered,
        ttl_seconds: authorizer.ttl_seconds,
    });
    let decision = match at_hand {
        Some(decision) => decision,
        None => {
            let (_, identity) = &key;
            let decision = asked(plane, exchange, authorizer, identity, events).await?;
            let decision = Arc::new(decision);
            if keeps {
                decisions.put(key, Arc::clone(&decision), authorizer.ttl_seconds);
            }
            decision
        }
    };
    let mut told = told(authorizer);
    told.asked_about = Some(decision.asked_about.as_str().into());
    told.principal_id = decision.principal_id.as_deref().map(Into::into);
    told.kept = kept;
    exchange.told(&plane.journal, &told);
    exchange.caller.usage_identifier_key = decision.usage_identifier_key.clone();
    exchange.caller.who = Who::Function {
        decision: Arc::clone(&decision),
        latency_ms: elapsed_ms(began, plane.clock.now()),
    };
    Ok((decision, kept))
}

/// Asks the function.
async fn asked(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorizer: &FunctionAuthorizer,
    identity: &[Vec<String>],
    events: Events,
) -> Result<Decision, Box<Refusal>> {
    let variables = &exchange.stage.variables;
    let function = authorizer.function.fill(variables, &Default::default());
    let function = function.map_err(|variable| {
        let problem = format!("its function's ARN asks for `{variable}`, which is not set");
        let mut told = told(authorizer);
        told.function = Some(authorizer.function.as_str().into());
        told.problem = Some(problem.as_str().into());
        let broken = ResponseType::AuthorizerConfigurationError;
        Refusal::failed(Reason::AuthorizerNotInvoked, broken, &told)
    })?;
    let method_arn = exchange.method_arn();
    let event = event::of(exchange, authorizer, identity, &method_arn, events);
    let said = call(plane, exchange, authorizer, &function, &event).await;
    let decision = match said {
        Err(failure) => Err(failure),
        Ok(answer) => {
            let answered = plane.clock.now();
            let read = answer::read(&answer, authorizer, &method_arn, answered);
            read.map_err(Failure::malformed)
        }
    };
    decision.map_err(|failure| {
        let mut told = told(authorizer);
        told.function = Some(function.as_str().into());
        told.asked_about = Some(method_arn.as_str().into());
        told.problem = Some(failure.problem.into());
        told.error = failure.error;
        told.source_arn = failure.source_arn.map(Into::into);
        match failure.reason {
            Reason::AuthorizerUnauthorized => {
                Refusal::refused(failure.reason, failure.response_type, &told)
            }
            reason => Refusal::failed(reason, failure.response_type, &told),
        }
    })
}

/// Invokes the function.
async fn call(
    plane: &Plane,
    exchange: &Exchange<'_>,
    authorizer: &FunctionAuthorizer,
    function: &str,
    event: &Value,
) -> Result<Bytes, Box<Failure>> {
    let stage = exchange.stage;
    let resource = format!("{}/authorizers/{}", stage.api_id, authorizer.id);
    let source_arn = stage.scope.arn("execute-api", &resource);
    let invocation = Invocation {
        function_arn: function.to_owned(),
        payload: Bytes::from(event.to_string()),
        scope: stage.scope.clone(),
        source_arn: source_arn.clone(),
        budget_ms: BUDGET_MS,
        request_id: exchange.request_id.clone(),
        trace: exchange.trace.clone(),
        cause: exchange.cause,
    };
    let said = plane.needs.functions.invoke(invocation).await;
    said.map_err(|failure| Box::new(failed(failure, source_arn)))
}

/// What a failure of the function is answered: 401 where it raised exactly `Unauthorized`. (That a function
/// which cannot be invoked is of the same type as one that may not be is unverified.)
fn failed(failure: FunctionFailure, source_arn: String) -> Failure {
    use ResponseType as Type;
    let of = |reason, response_type, problem: String| Failure {
        reason,
        response_type,
        problem,
        error: None,
        source_arn: None,
    };
    match failure {
        FunctionFailure::NotPermitted { message, .. } => Failure {
            source_arn: Some(source_arn),
            ..of(
                Reason::AuthorizerNotPermitted,
                Type::AuthorizerConfigurationError,
                message,
            )
        },
        FunctionFailure::Invoke { message, .. } => of(
            Reason::AuthorizerNotInvoked,
            Type::AuthorizerConfigurationError,
            message,
        ),
        FunctionFailure::Timeout => of(
            Reason::AuthorizerTimeout,
            Type::AuthorizerFailure,
            format!("the function did not answer within {BUDGET_MS} ms"),
        ),
        FunctionFailure::Function { error } => {
            let text = error.get("errorMessage").and_then(Value::as_str);
            let (reason, response_type) = match text {
                Some("Unauthorized") => (Reason::AuthorizerUnauthorized, Type::Unauthorized),
                _ => (Reason::AuthorizerFailed, Type::AuthorizerFailure),
            };
            let problem = text.unwrap_or("the function failed").to_owned();
            Failure {
                error: Some(error),
                ..of(reason, response_type, problem)
            }
        }
    }
}

/// What is told of an authorizer in any case.
fn told(authorizer: &FunctionAuthorizer) -> evidence::Authorizer<'_> {
    let sources = authorizer.identity_sources.iter();
    evidence::Authorizer {
        r#type: AuthorizationType::Custom,
        authorizer: authorizer.name.as_str().into(),
        identity_sources: sources.map(|it| it.expression.as_str().into()).collect(),
        function: None,
        asked_about: None,
        source_arn: None,
        identity_source: None,
        problem: None,
        error: None,
        principal_id: None,
        kept: None,
    }
}

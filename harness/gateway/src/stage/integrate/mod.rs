//! What answers: an HTTP endpoint or a function.

mod function;
mod http_proxy;

use std::borrow::Cow;

use authlab_kernel::redaction;
use bytes::Bytes;
use http::Response;

use crate::deployment::{Integration, Route, Target};
use crate::evidence::{self, Reason};
use crate::exchange::{Exchange, IntegrationFacts};
use crate::gateway::Gateway;
use crate::refusal::{Refusal, RefusalAnswer};
use crate::walk::finish::elapsed_ms;

/// Why an integration has no answer for the client.
struct Failure {
    /// A reason of the gateway's, or of the function's service.
    reason: String,
    /// What the client gets.
    answer: RefusalAnswer,
    /// What happened, as it stands in the access log and in the journal.
    message: String,
    /// `$context.integrationErrorMessage`, where it is another text: AWS's, or one without what a
    /// URL may hide.
    logged: Option<&'static str>,
    /// Where, with the message.
    told: evidence::Integration<'static>,
    /// The status that the integration answered, if it did.
    status: Option<u16>,
}

impl Failure {
    /// `told` is given what happened.
    fn new(
        reason: impl Into<String>,
        answer: RefusalAnswer,
        message: &str,
        told: impl FnOnce(Cow<'static, str>) -> evidence::Integration<'static>,
    ) -> Self {
        let message = redaction::text(message).into_owned();
        Self {
            reason: reason.into(),
            answer,
            told: told(message.clone().into()),
            message,
            logged: None,
            status: None,
        }
    }

    /// The integration answered this status, and the answer is no answer.
    fn answered(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The access log shows another text.
    fn logged(mut self, text: &'static str) -> Self {
        self.logged = Some(text);
        self
    }
}

/// An integration's answer: what the client gets, and the integration's own status.
type Answered = Result<(Response<Bytes>, u16), Failure>;

/// Calls the route's integration.
pub(crate) async fn take(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    route: &Route,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let Some(integration) = route.integration.as_deref() else {
        let told = evidence::Integration::Missing {
            route_key: route.key.to_string().into(),
        };
        let answer = RefusalAnswer::InternalServerError;
        return Err(Refusal::failed(Reason::IntegrationMissing, answer, &told));
    };
    let began = gateway.clock.now();
    let answered = call(gateway, exchange, integration).await;
    let latency_ms = elapsed_ms(began, gateway.clock.now());
    match answered {
        Ok((response, status)) => {
            let bytes = response.body().len();
            let told = evidence::IntegrationResponse { status, bytes };
            exchange.told(&gateway.journal, &told);
            let facts = IntegrationFacts {
                status: Some(status),
                latency_ms,
                error: None,
            };
            exchange.integration = Some(facts);
            Ok(response)
        }
        Err(failure) => {
            let refusal = Refusal::failed(failure.reason, failure.answer, &failure.told);
            exchange.integration = Some(IntegrationFacts {
                status: failure.status,
                latency_ms,
                error: Some(failure.logged.map_or(failure.message, str::to_owned)),
            });
            Err(refusal)
        }
    }
}

/// Where a request goes, as evidence may show it: a URL may hold a password and keys, an ARN none.
fn shown<'a>(integration: &Integration, target: &'a str) -> Cow<'a, str> {
    match integration.target {
        Target::HttpProxy { .. } => redaction::url(target).into(),
        Target::Function { .. } => target.into(),
    }
}

async fn call(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    integration: &Integration,
) -> Answered {
    let template = match &integration.target {
        Target::HttpProxy { uri, .. } => uri,
        Target::Function { arn, .. } => arn,
    };
    let parameters = exchange
        .route
        .as_ref()
        .map(|(_, parameters)| parameters.normal.clone());
    let variables = &exchange.deployment.stage_variables;
    let target = template
        .fill(variables, &parameters.unwrap_or_default())
        .map_err(|variable| {
            Failure::new(
                Reason::IntegrationVariableMissing,
                RefusalAnswer::InternalServerError,
                &format!("`{variable}` has no value"),
                |message| evidence::Integration::Unfilled {
                    target: shown(integration, template.as_str()).into_owned().into(),
                    variable: variable.to_string().into(),
                    message,
                },
            )
        })?;
    let told = evidence::Integration::Begun {
        r#type: integration.target.kind(),
        target: shown(integration, &target),
    };
    exchange.told(&gateway.journal, &told);
    match &integration.target {
        Target::HttpProxy { method, .. } => {
            http_proxy::call(
                gateway,
                exchange,
                &target,
                method.as_ref(),
                integration.timeout_ms,
            )
            .await
        }
        Target::Function { payload, .. } => {
            function::call(gateway, exchange, target, *payload, integration.timeout_ms).await
        }
    }
}

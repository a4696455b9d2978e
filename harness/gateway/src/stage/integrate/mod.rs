//! What answers: an HTTP endpoint or a function.

pub(crate) mod execution_log;
pub(crate) mod function;
pub(crate) mod http_proxy;

use std::borrow::Cow;
use std::collections::BTreeMap;

use authlab_kernel::{Timestamp, redaction};
use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::deployment::{Integration, PayloadFormat, Target};
use crate::evidence::{self, Reason};
use crate::exchange::{Exchange, IntegrationFacts};
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};
use crate::time::elapsed_ms;

/// Why an integration has no answer for the client.
pub(crate) struct Failure {
    /// A reason of the gateway's, or of the function's service.
    reason: String,
    /// The type of the answer that the client gets.
    response_type: ResponseType,
    /// What happened, as it stands in the access log and in the journal.
    message: String,
    /// `$context.integrationErrorMessage`, where it is another text: AWS's, or one without what a
    /// URL may hide.
    logged: Option<&'static str>,
    /// Where, with the message.
    told: evidence::Integration<'static>,
    /// The status that the integration answered, if it did.
    status: Option<u16>,
    /// What a REST API says of it.
    said: Said,
    /// What execution logs say of it, where that is known.
    executed: Option<&'static str>,
}

impl Failure {
    /// `told` is given what happened.
    pub(crate) fn new(
        reason: impl Into<String>,
        response_type: ResponseType,
        message: &str,
        told: impl FnOnce(Cow<'static, str>) -> evidence::Integration<'static>,
    ) -> Self {
        let message = redaction::text(message).into_owned();
        Self {
            reason: reason.into(),
            response_type,
            told: told(message.clone().into()),
            message,
            logged: None,
            status: None,
            said: Said::default(),
            executed: None,
        }
    }

    /// The integration answered this status, and the answer is no answer.
    pub(crate) fn answered(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Execution logs say this of it.
    pub(crate) fn executed(mut self, text: &'static str) -> Self {
        self.executed = Some(text);
        self
    }

    /// The access log shows another text.
    fn logged(mut self, text: &'static str) -> Self {
        self.logged = Some(text);
        self
    }

    /// A REST API answers this.
    pub(crate) fn saying(mut self, said: Said) -> Self {
        self.said = said;
        self
    }
}

/// What an execution log says of an integration that does not answer in time (unverified).
const TIMED_OUT: &str = "Execution failed due to a timeout error";

/// An integration's answer: what the client gets, and the integration's own status.
pub(crate) type Answered = Result<(Response<Bytes>, u16), Failure>;

/// How a kind of API tells a function of a request.
pub(crate) type Events = fn(&Exchange<'_>, PayloadFormat) -> Value;

/// Calls the integration, if there is one.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    integration: Option<&Integration>,
    events: Events,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let Some(integration) = integration else {
        let told = evidence::Integration::Missing {
            route_key: exchange.route_key().unwrap_or_default().into(),
        };
        let broken = ResponseType::ApiConfigurationError;
        return Err(Refusal::failed(Reason::IntegrationMissing, broken, &told));
    };
    let began = plane.clock.now();
    let answered = call(plane, exchange, integration, events).await;
    conclude(plane, exchange, began, answered).map(|(response, _)| response)
}

/// Keeps what is known of an integration that was called since `began`, and tells it.
pub(crate) fn conclude(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    began: Timestamp,
    answered: Answered,
) -> Result<(Response<Bytes>, u16), Box<Refusal>> {
    let latency_ms = elapsed_ms(began, plane.clock.now());
    match answered {
        Ok((response, status)) => {
            execution_log::answered(exchange, status, latency_ms, &response);
            let bytes = response.body().len();
            let told = evidence::IntegrationResponse { status, bytes };
            exchange.told(&plane.journal, &told);
            let facts = IntegrationFacts {
                status: Some(status),
                latency_ms,
                error: None,
            };
            exchange.integration = Some(facts);
            Ok((response, status))
        }
        Err(failure) => {
            if let Some(text) = failure.executed {
                exchange.log.error(|| text.to_owned());
            }
            let refusal = Refusal::failed(failure.reason, failure.response_type, &failure.told);
            exchange.integration = Some(IntegrationFacts {
                status: failure.status,
                latency_ms,
                error: Some(failure.logged.map_or(failure.message, str::to_owned)),
            });
            Err(refusal.saying(failure.said))
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
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    integration: &Integration,
    events: Events,
) -> Answered {
    let template = match &integration.target {
        Target::HttpProxy { uri, .. } => uri,
        Target::Function { arn, .. } => arn,
    };
    let none = BTreeMap::new();
    let parameters = exchange.parameters().map(|parameters| &parameters.normal);
    let target = template
        .fill(&exchange.stage.variables, parameters.unwrap_or(&none))
        .map_err(|variable| {
            Failure::new(
                Reason::IntegrationVariableMissing,
                ResponseType::ApiConfigurationError,
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
    exchange.told(&plane.journal, &told);
    match &integration.target {
        Target::HttpProxy { method, .. } => {
            let timeout_ms = integration.timeout_ms;
            http_proxy::call(plane, exchange, &target, method.as_ref(), timeout_ms).await
        }
        Target::Function { payload, .. } => {
            let event = events(exchange, *payload);
            let timeout_ms = integration.timeout_ms;
            function::call(plane, exchange, target, *payload, &event, timeout_ms).await
        }
    }
}

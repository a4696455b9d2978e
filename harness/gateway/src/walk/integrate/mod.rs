//! What answers: an HTTP endpoint or a function.

mod function;
mod http_proxy;

use authlab_kernel::{Component, EventDraft, redaction};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::deployment::{Integration, Route, Target};
use crate::exchange::{Exchange, IntegrationFacts};
use crate::gateway::Gateway;
use crate::refusal::{Refusal, RefusalAnswer};
use crate::walk::finish::elapsed_ms;

/// The name of the stage in the journal.
const STAGE: &str = "integration";

/// Why an integration has no answer for the client.
struct Failure {
    /// Kebab case.
    reason: String,
    /// What the client gets.
    answer: RefusalAnswer,
    /// What happened, for the journal.
    message: String,
    /// `$context.integrationErrorMessage`, where it is another text: AWS's, or one without what a
    /// URL may hide.
    logged: Option<String>,
    /// Evidence, for the journal.
    detail: Value,
    /// The status that the integration answered, if it did.
    status: Option<u16>,
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
        let detail = json!({ "route_key": route.key.to_string() });
        let answer = RefusalAnswer::InternalServerError;
        return Err(Refusal::failed(
            STAGE,
            "integration-missing",
            answer,
            detail,
        ));
    };
    let began = gateway.clock.now();
    let answered = call(gateway, exchange, integration).await;
    let latency_ms = elapsed_ms(began, gateway.clock.now());
    match answered {
        Ok((response, status)) => {
            let draft = EventDraft::new(Component::Gateway, "integration-response")
                .detail(json!({ "status": status, "bytes": response.body().len() }));
            exchange.record(&gateway.journal, draft);
            let facts = IntegrationFacts {
                status: Some(status),
                latency_ms,
                error: None,
            };
            exchange.integration = Some(facts);
            Ok(response)
        }
        Err(failure) => {
            let Failure {
                reason,
                answer,
                message,
                logged,
                mut detail,
                status,
            } = failure;
            // It stands in the access log as in the journal.
            let message = redaction::text(&message).into_owned();
            detail["message"] = json!(message);
            exchange.integration = Some(IntegrationFacts {
                status,
                latency_ms,
                error: Some(logged.unwrap_or(message)),
            });
            Err(Refusal::failed(STAGE, reason, answer, detail))
        }
    }
}

/// Where a request goes, as evidence may show it: a URL may hold a password and keys, an ARN none.
fn shown(integration: &Integration, target: &str) -> String {
    match integration.target {
        Target::HttpProxy { .. } => redaction::url(target),
        Target::Function { .. } => target.to_owned(),
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
        .map_err(|variable| Failure {
            reason: "integration-variable-missing".to_owned(),
            answer: RefusalAnswer::InternalServerError,
            message: format!("`{variable}` has no value"),
            logged: None,
            detail: json!({ "target": shown(integration, template.as_str()), "variable": variable }),
            status: None,
        })?;
    let draft = EventDraft::new(Component::Gateway, STAGE).detail(json!({
        "type": integration.target.as_str(),
        "target": shown(integration, &target),
    }));
    exchange.record(&gateway.journal, draft);
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

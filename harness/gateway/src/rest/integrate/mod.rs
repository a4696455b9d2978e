//! What answers a method: parameters and body are mapped, the integration is called, and what it answers
//! becomes one of its responses.
//!
//! - `reading`: what mappings and templates read of a request. `template`: rendering.
//! - `request`: what an integration is sent. `respond`: what the client gets of its answer.
//! - `mock`, `endpoint`, `function`: what is called; `proxy_answer`: what a function answers as a response.
//! - `header`: headers that API Gateway keeps for itself. `binary`: bodies as bytes and as text.

pub(crate) mod binary;
mod endpoint;
mod function;
pub(crate) mod header;
mod mock;
mod proxy_answer;
pub(crate) mod reading;
mod request;
mod respond;
mod template;

use std::borrow::Cow;

use authlab_kernel::redaction;
use bytes::Bytes;
use http::{HeaderMap, Response};

use crate::deployment::rest::{MethodBackend, MethodIntegration};
use crate::deployment::{IntegrationType, RestApi};
use crate::evidence::{self, BodyUnreadable, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};
use reading::Reading;
use request::Mapped;
use respond::{Answer, respond};

/// Calls the integration.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    api: &RestApi,
    integration: &MethodIntegration,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let backend = &integration.backend;
    if let MethodBackend::NotSimulated(what) = backend {
        return Err(Refusal::not_simulated(what));
    }
    let mut reading = Reading::of(exchange);
    let mut mapped = request::parameters(exchange, integration, &reading)?;
    let takes_template = matches!(
        backend,
        MethodBackend::Mock | MethodBackend::Http(_) | MethodBackend::Function(_)
    );
    if takes_template {
        request::body(exchange, api, integration, &mut reading, &mut mapped)?;
    }
    let overrides = std::mem::take(&mut mapped.overrides);
    let timeout_ms = integration.timeout_ms;
    let answer = match backend {
        MethodBackend::NotSimulated(what) => return Err(Refusal::not_simulated(what)),
        MethodBackend::Mock => mock(plane, exchange, &mapped)?,
        MethodBackend::FunctionProxy(function) => {
            let arn = function
                .arn
                .fill_known(&exchange.stage.variables, &mapped.path);
            begun(
                plane,
                exchange,
                IntegrationType::AwsProxy,
                Cow::Borrowed(&arn),
            );
            let function = (function, arn.as_str());
            return function::proxied(plane, exchange, api, function, timeout_ms).await;
        }
        MethodBackend::Function(function) => {
            let arn = function
                .arn
                .fill_known(&exchange.stage.variables, &mapped.path);
            begun(plane, exchange, IntegrationType::Aws, Cow::Borrowed(&arn));
            function::ask(
                plane,
                exchange,
                (function, arn.as_str()),
                mapped,
                timeout_ms,
            )
            .await?
        }
        MethodBackend::Http(http) => {
            let url = endpoint::address(exchange, http, &mapped);
            begun(
                plane,
                exchange,
                IntegrationType::Http,
                redaction::url(&url).into(),
            );
            let request = endpoint::request(exchange, http, &url, mapped)?;
            endpoint::ask(plane, exchange, request, timeout_ms).await?
        }
        MethodBackend::HttpProxy(http) => {
            let url = endpoint::address(exchange, http, &mapped);
            begun(
                plane,
                exchange,
                IntegrationType::HttpProxy,
                redaction::url(&url).into(),
            );
            let of = (api, integration);
            let request = endpoint::proxied(exchange, of, http, &url, &mapped)?;
            let answer = endpoint::ask(plane, exchange, request, timeout_ms).await?;
            return endpoint::returned(exchange, of, answer);
        }
    };
    let responses = (api, integration.responses.as_slice());
    respond(
        plane,
        exchange,
        responses,
        &mut reading,
        &answer,
        &overrides,
    )
}

/// Tells that an integration is called.
fn begun(plane: &Plane, exchange: &mut Exchange<'_>, kind: IntegrationType, target: Cow<'_, str>) {
    let told = evidence::Integration::Begun {
        r#type: kind,
        target,
    };
    exchange.told(&plane.journal, &told);
}

/// What a `MOCK` answers: the status that its template says, and nothing else.
fn mock(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    mapped: &Mapped,
) -> Result<Answer, Box<Refusal>> {
    let text = String::from_utf8_lossy(&mapped.body);
    let Some(status) = mock::status(&text) else {
        let told = BodyUnreadable {
            body: "request template".into(),
            problem: format!(
                "it gives no `{{\"statusCode\": 200}}`, by a number, but `{}`",
                redaction::text(&text)
            )
            .into(),
        };
        let broken = ResponseType::ApiConfigurationError;
        return Err(Refusal::failed(Reason::MockStatusMissing, broken, &told));
    };
    begun(plane, exchange, IntegrationType::Mock, "mock".into());
    Ok(Answer {
        value: status.to_string(),
        status,
        headers: HeaderMap::new(),
        body: Bytes::new(),
    })
}

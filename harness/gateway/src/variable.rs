//! `$context`, read the same way by access logs, templates and events, in the middle of the walk as at
//! its end (API Gateway developer guide, `http-api-logging-variables.html` and
//! `api-gateway-mapping-template-reference.html`). What is of a feature that is not simulated
//! (firewalls, client certificates, pools of identities) is not set.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::access_log;
use crate::deployment::ApiKind;
use crate::exchange::{Answered, Exchange};
use crate::time::{clf_time, elapsed_ms};

/// The variables that templates may read beside those of authorizers (API Gateway developer guide,
/// `api-gateway-mapping-template-reference.html`).
const OF_TEMPLATES: [&str; 34] = [
    "accountId",
    "apiId",
    "awsEndpointRequestId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "error.message",
    "error.messageString",
    "error.responseType",
    "error.validationErrorString",
    "extendedRequestId",
    "httpMethod",
    "identity.accountId",
    "identity.apiKey",
    "identity.apiKeyId",
    "identity.caller",
    "identity.cognitoAuthenticationProvider",
    "identity.cognitoAuthenticationType",
    "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "isCanaryRequest",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "stage",
];

/// A request, and its answer once there is one.
pub(crate) struct Variables<'a, 'b> {
    /// The request.
    pub exchange: &'a Exchange<'b>,
    /// The answer.
    pub answered: Option<&'a Answered>,
}

impl<'a> Variables<'a, '_> {
    /// The value of `$context.NAME`; `None` for what is not set, or not yet.
    pub(crate) fn value(&self, name: &str) -> Option<Cow<'a, str>> {
        let exchange = self.exchange;
        if !access_log::is_of_kind(exchange.api.kind(), name) {
            return None;
        }
        if let Some((place, name)) = name.split_once('.') {
            let phases = &exchange.phases;
            return match place {
                "authenticate" => phases.authenticate.as_ref()?.value(name),
                "authorize" => phases.authorize.as_ref()?.value(name),
                "customDomain" => self.custom_domain(name),
                "identity" => self.identity(name),
                "authorizer" => self.authorizer(name),
                "error" => self.error(name),
                "integration" => self.integration(name),
                _ => None,
            };
        }
        let stage = exchange.stage;
        let number = |number: i64| Some(Cow::Owned(number.to_string()));
        match name {
            "accountId" => Some(stage.scope.account.as_str().into()),
            "apiId" => Some(stage.api_id.as_str().into()),
            "dataProcessed" => number(exchange.data_processed(self.answered?)),
            "deploymentId" => {
                let id = &exchange.api.rest()?.deployment_id;
                (!id.is_empty()).then(|| id.as_str().into())
            }
            "domainName" => Some(exchange.domain_name().into()),
            "domainPrefix" => exchange.domain_name().split('.').next().map(Cow::Borrowed),
            "extendedRequestId" => Some((&*exchange.extended_request_id).into()),
            "requestId" => Some((&*exchange.request_id).into()),
            "httpMethod" => Some(exchange.incoming.method.as_str().into()),
            "isCanaryRequest" => exchange.is_canary.then(|| "true".into()),
            "path" => Some(exchange.raw_path().into()),
            "protocol" => Some("HTTP/1.1".into()),
            "requestTime" => Some(clf_time(exchange.received).into()),
            "requestTimeEpoch" => number(match exchange.api.kind() {
                ApiKind::Http => exchange.received.as_second(),
                ApiKind::Rest => exchange.received.as_millisecond(),
            }),
            "responseLatency" => number(elapsed_ms(exchange.received, self.answered?.ended)),
            "responseLength" => Some(self.answered?.bytes.to_string().into()),
            "resourceId" if exchange.api.has_resources() => {
                exchange.resource_id().map(Cow::Borrowed)
            }
            "resourcePath" if exchange.api.has_resources() => {
                exchange.resource().map(Cow::Borrowed)
            }
            "routeKey" => exchange.route_key().map(Cow::Borrowed),
            "stage" => Some(stage.name.as_str().into()),
            "status" => Some(self.answered?.status.to_string().into()),
            "xrayTraceId" => {
                let is_sampled = exchange.trace.sampled() == Some("1");
                is_sampled.then(|| (&**exchange.trace.root()).into())
            }
            "integrationErrorMessage" => self.integration("error"),
            "integrationLatency" => self.integration("latency"),
            "integrationStatus" => self.integration("integrationStatus"),
            _ => None,
        }
    }

    /// `$context` as templates see it: every variable that is set, and what authorizers say.
    pub(crate) fn as_map(&self) -> Map<String, Value> {
        let mut context = Map::new();
        for name in OF_TEMPLATES {
            let Some(value) = self.value(name) else {
                continue;
            };
            let value = Value::String(value.into_owned());
            match name.split_once('.') {
                Some((place, name)) => {
                    let inner = context.entry(place).or_insert_with(|| Map::new().into());
                    if let Value::Object(inner) = inner {
                        inner.insert(name.to_owned(), value);
                    }
                }
                None => {
                    context.insert(name.to_owned(), value);
                }
            }
        }
        if let authorizer @ Value::Object(_) = self.exchange.caller.of_event_1() {
            context.insert("authorizer".to_owned(), authorizer);
        }
        context
    }

    fn identity(&self, name: &str) -> Option<Cow<'a, str>> {
        match name {
            "sourceIp" => Some(self.exchange.source_ip().to_string().into()),
            "userAgent" => self.exchange.user_agent().map(Cow::Borrowed),
            _ => self.exchange.caller.identity(name).map(Cow::Borrowed),
        }
    }

    /// The path of the mapping that took the request.
    fn custom_domain(&self, name: &str) -> Option<Cow<'a, str>> {
        let reached = self.exchange.reached.as_ref()?;
        let matched = reached.base_path.as_deref().filter(|it| !it.is_empty());
        matched
            .filter(|_| name == "basePathMatched")
            .map(Cow::Borrowed)
    }

    fn authorizer(&self, name: &str) -> Option<Cow<'a, str>> {
        if let Some(phase) = &self.exchange.phases.authorizer
            && matches!(name, "error" | "latency" | "status")
        {
            return phase.value(name);
        }
        if name == "error" {
            let problem = self.exchange.refused.as_ref()?.token.as_ref()?;
            return Some(self.exchange.api.authorizer_error(problem));
        }
        self.exchange.caller.authorizer(name)
    }

    fn error(&self, name: &str) -> Option<Cow<'a, str>> {
        let refused = self.exchange.refused.as_ref()?;
        let wording = self.exchange.api.wording(refused);
        match name {
            "message" => wording.message.map(Cow::Borrowed),
            "messageString" => Some(serde_json::Value::from(wording.message?).to_string().into()),
            "responseType" => Some(wording.response_type.into()),
            "validationErrorString" => refused.said.validation_error.as_deref().map(Cow::Borrowed),
            _ => None,
        }
    }

    fn integration(&self, name: &str) -> Option<Cow<'a, str>> {
        let facts = self.exchange.integration.as_ref()?;
        match name {
            "error" => facts.error.as_deref().map(Cow::Borrowed),
            "latency" => Some(facts.latency_ms.to_string().into()),
            "integrationStatus" | "status" => facts.status.map(|status| status.to_string().into()),
            _ => None,
        }
    }
}

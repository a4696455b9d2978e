//! `$context`, as access logs of HTTP APIs know it (API Gateway developer guide,
//! `http-api-logging-variables.html`).

use authlab_kernel::Timestamp;
use bytes::Bytes;
use http::Response;

use crate::claim::as_text;
use crate::exchange::{Caller, Exchange};
use crate::walk::finish::{data_processed, elapsed_ms};

/// A request that was answered.
pub(crate) struct Context<'a, 'b> {
    /// The request.
    pub exchange: &'a Exchange<'b>,
    /// The answer.
    pub response: &'a Response<Bytes>,
    /// When it was answered.
    pub ended: Timestamp,
}

impl Context<'_, '_> {
    /// The value of `$context.NAME`; `None` for what is not set.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let exchange = self.exchange;
        let deployment = exchange.deployment;
        if let Some(name) = name.strip_prefix("identity.") {
            return self.identity(name);
        }
        if let Some(name) = name.strip_prefix("authorizer.") {
            return self.authorizer(name);
        }
        if let Some(name) = name.strip_prefix("error.") {
            return self.error(name);
        }
        if let Some(name) = name.strip_prefix("integration.") {
            return self.integration(name);
        }
        match name {
            "accountId" => Some(deployment.scope.account.to_string()),
            "apiId" => Some(deployment.api_id.clone()),
            "dataProcessed" => Some(data_processed(exchange, self.response).to_string()),
            "domainName" => Some(exchange.domain_name.clone()),
            "domainPrefix" => exchange.domain_name.split('.').next().map(str::to_owned),
            // The extended id of an HTTP API is its request id.
            "extendedRequestId" | "requestId" => Some(exchange.request_id.clone()),
            "httpMethod" => Some(exchange.incoming.method.to_string()),
            "path" => Some(exchange.raw_path()),
            "protocol" => Some("HTTP/1.1".to_owned()),
            "requestTime" => Some(clf_time(exchange.received)),
            "requestTimeEpoch" => Some(exchange.received.as_second().to_string()),
            "responseLatency" => Some(elapsed_ms(exchange.received, self.ended).to_string()),
            "responseLength" => Some(self.response.body().len().to_string()),
            "routeKey" => exchange.route_key(),
            "stage" => Some(deployment.stage.clone()),
            "status" => Some(self.response.status().as_u16().to_string()),
            "integrationErrorMessage" => self.integration("error"),
            "integrationLatency" => self.integration("latency"),
            "integrationStatus" => self.integration("integrationStatus"),
            _ => None,
        }
    }

    fn identity(&self, name: &str) -> Option<String> {
        match name {
            "sourceIp" => return Some(self.exchange.source_ip()),
            "userAgent" => return self.exchange.user_agent().map(str::to_owned),
            _ => {}
        }
        let Caller::Iam(caller) = &self.exchange.caller else {
            return None;
        };
        match name {
            "accountId" => Some(caller.account.clone()),
            // For routes with AWS_IAM both are the unique id of the principal.
            "caller" | "user" => Some(caller.user_id.clone()),
            "userArn" => Some(caller.user_arn.clone()),
            "principalOrgId" => caller.principal_org_id.clone(),
            _ => None,
        }
    }

    fn authorizer(&self, name: &str) -> Option<String> {
        if name == "error" {
            return self.exchange.refusal.as_ref()?.authorizer_error.clone();
        }
        let Caller::Bearer { token, .. } = &self.exchange.caller else {
            return None;
        };
        match name.strip_prefix("claims.") {
            Some(claim) => token.claim(claim).map(as_text),
            None if name == "principalId" => token.subject().map(str::to_owned),
            None => None,
        }
    }

    fn error(&self, name: &str) -> Option<String> {
        let answer = self.exchange.refusal.as_ref()?.answer;
        match name {
            "message" => Some(answer.message().to_owned()),
            "messageString" => Some(format!("\"{}\"", answer.message())),
            "responseType" => Some(answer.response_type().to_owned()),
            _ => None,
        }
    }

    fn integration(&self, name: &str) -> Option<String> {
        let facts = self.exchange.integration.as_ref()?;
        match name {
            "error" => facts.error.clone(),
            "latency" => Some(facts.latency_ms.to_string()),
            "integrationStatus" | "status" => facts.status.map(|status| status.to_string()),
            _ => None,
        }
    }
}

/// `12/Mar/2020:19:03:58 +0000`, the time of the common log format.
pub(crate) fn clf_time(time: Timestamp) -> String {
    time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

//! What stands in the execution log of the call of an integration (recorded for functions; for HTTP endpoints
//! unverified).

use bytes::Bytes;
use http::{HeaderMap, Response};

use authlab_kernel::redaction;

use crate::exchange::Exchange;
use crate::execution_log::{body, headers};

/// A function is called, through its service.
pub(crate) fn function_called(exchange: &mut Exchange<'_>, arn: &str, event: &str) {
    let stage = exchange.stage;
    let (api_id, region) = (&stage.api_id, &stage.scope.region);
    let id = &exchange.request_id;
    let url =
        format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{arn}/invocations");
    let log = &mut exchange.log;
    log.data(|| format!("Endpoint request URI: {url}"));
    log.data(|| {
        format!(
            "Endpoint request headers: {{x-amzn-lambda-integration-tag={id}, Authorization=***, \
             X-Amz-Date=***, x-amzn-apigateway-api-id={api_id}, Accept=application/json, \
             User-Agent=AmazonAPIGateway_{api_id}, X-Amz-Security-Token=*** [TRUNCATED]"
        )
    });
    log.data(|| format!("Endpoint request body after transformations: {event}"));
    log.data(|| format!("Sending request to {url}"));
}

/// An HTTP endpoint is called.
pub(crate) fn endpoint_called(exchange: &mut Exchange<'_>, url: &str, sent: (&HeaderMap, &Bytes)) {
    let url = redaction::url(url);
    let log = &mut exchange.log;
    log.data(|| format!("Endpoint request URI: {url}"));
    log.data(|| format!("Endpoint request headers: {}", headers(sent.0)));
    let sent = body(sent.1);
    log.data(|| format!("Endpoint request body after transformations: {sent}"));
    log.data(|| format!("Sending request to {url}"));
}

/// The integration answered.
pub(super) fn answered(
    exchange: &mut Exchange<'_>,
    status: u16,
    latency_ms: i64,
    response: &Response<Bytes>,
) {
    let log = &mut exchange.log;
    log.data(|| {
        format!("Received response. Status: {status}, Integration latency: {latency_ms} ms")
    });
    log.data(|| format!("Endpoint response headers: {}", headers(response.headers())));
    let got = body(response.body());
    log.data(|| format!("Endpoint response body before transformations: {got}"));
}

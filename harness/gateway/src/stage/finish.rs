//! What follows every answer: its headers, the access log, metrics, the trace.

use std::collections::BTreeMap;

use authlab_kernel::{Timestamp, redaction};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};

use crate::context::Context;
use crate::cors;
use crate::evidence;
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::port::{LogLine, MetricPoints, TraceSegment};

/// The header with the request's id, on every answer of an HTTP API.
pub(crate) const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("apigw-requestid");

/// Completes the answer, and delivers everything that speaks of it before it is sent.
pub(crate) async fn finish(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    response: &mut Response<Bytes>,
) {
    cors::decorate(exchange, response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&exchange.request_id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, id);
    }
    let status = response.status().as_u16();
    let bytes = response.body().len();
    exchange.told(&gateway.journal, &evidence::Response { status, bytes });
    let ended = gateway.clock.now();
    access_log(gateway, exchange, response, ended).await;
    metrics(gateway, exchange, response, ended).await;
    gateway.ports.traces.segment(TraceSegment {
        scope: exchange.deployment.scope.clone(),
        trace_id: exchange.trace.id.clone(),
        request_id: exchange.request_id.clone(),
        name: format!(
            "{}/{}",
            exchange.deployment.api_id, exchange.deployment.stage
        ),
        start: exchange.received,
        end: ended,
        status,
        cause: exchange.cause,
    });
}

async fn access_log(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    response: &Response<Bytes>,
    ended: Timestamp,
) {
    let Some(log) = &exchange.deployment.access_log else {
        return;
    };
    let message = {
        let context = Context {
            exchange,
            response,
            ended,
        };
        // What looks like a credential (a token in a path, in an agent's name) stays out, where AWS
        // would log it: the lab writes none down.
        log.format.line(|name| {
            let value = context.value(name)?;
            Some(redaction::text(&value).into_owned())
        })
    };
    let told = evidence::AccessLog {
        log_group: log.group.as_str().into(),
        line: message.as_str().into(),
    };
    exchange.told(&gateway.journal, &told);
    let line = LogLine {
        scope: log.scope.clone(),
        group: log.group.clone(),
        stream: log.stream.clone(),
        time: ended,
        message,
        cause: exchange.cause,
    };
    gateway.ports.logs.deliver(line).await;
}

/// API Gateway developer guide, `http-api-metrics.html`.
async fn metrics(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    response: &Response<Bytes>,
    ended: Timestamp,
) {
    let status = response.status();
    let flag = |set: bool| if set { 1.0 } else { 0.0 };
    let mut values = vec![
        ("Count", 1.0, "Count"),
        ("4xx", flag(status.is_client_error()), "Count"),
        ("5xx", flag(status.is_server_error()), "Count"),
        (
            "Latency",
            as_float(elapsed_ms(exchange.received, ended)),
            "Milliseconds",
        ),
        (
            "DataProcessed",
            as_float(data_processed(exchange, response)),
            "Bytes",
        ),
    ];
    if let Some(integration) = &exchange.integration {
        values.push((
            "IntegrationLatency",
            as_float(integration.latency_ms),
            "Milliseconds",
        ));
    }
    let points = MetricPoints {
        scope: exchange.deployment.scope.clone(),
        namespace: "AWS/ApiGateway",
        time: ended,
        dimensions: dimensions(exchange),
        values,
        cause: exchange.cause,
    };
    gateway.ports.metrics.record(points).await;
}

/// ApiId; ApiId and Stage; with detailed metrics also Method and Resource.
fn dimensions(exchange: &Exchange<'_>) -> Vec<BTreeMap<String, String>> {
    let deployment = exchange.deployment;
    let named = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let api = ("ApiId", deployment.api_id.as_str());
    let stage = ("Stage", deployment.stage.as_str());
    let mut sets: Vec<BTreeMap<String, String>> = vec![named(&[api]), named(&[api, stage])];
    if let Some((route, _)) = exchange
        .route
        .as_ref()
        .filter(|(route, _)| route.detailed_metrics)
    {
        let (method, resource) = (route.key.method(), route.key.resource());
        sets.push(named(&[
            api,
            stage,
            ("Method", method),
            ("Resource", resource),
        ]));
    }
    sets
}

/// The bytes of both bodies. (AWS also counts headers, by a rule that it does not publish.)
pub(crate) fn data_processed(exchange: &Exchange<'_>, response: &Response<Bytes>) -> i64 {
    let bytes = exchange.incoming.body.len() + response.body().len();
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Milliseconds of the gateway's time; never negative, also when the clock was set back.
pub(crate) fn elapsed_ms(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis())
        .unwrap_or(i64::MAX)
        .max(0)
}

fn as_float(number: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds and bytes of one request"
    )]
    let float = number as f64;
    float
}

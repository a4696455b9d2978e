//! What stands in the execution log of a request to a REST API before and behind its integration, and where it
//! goes.
//!
//! Source: recorded logs of TestInvokeMethod and lines that were published; which of them belong to data
//! tracing, and the order against the lines of authorizers, is unverified.

use bytes::Bytes;
use http::Response;

use crate::deployment::rest::Method;
use crate::evidence;
use crate::exchange::Exchange;
use crate::execution_log::{ExecutionLines, body, headers, masked, pairs};
use crate::needs::ExecutionLog;
use crate::plane::Plane;
use crate::query;
use crate::refusal::ResponseType;

/// A method takes the request.
pub(crate) fn begin(exchange: &mut Exchange<'_>, method: &Method) {
    exchange.log = ExecutionLines::of(method.setting.execution_log);
    let id = &exchange.extended_request_id;
    exchange.log.info(|| format!("Extended Request Id: {id}"));
}

/// The caller is let in, and the integration is next.
pub(crate) fn admitted(exchange: &mut Exchange<'_>, method: &Method) {
    let Exchange {
        incoming,
        stage,
        request_id,
        caller,
        ..
    } = exchange;
    let stage = format!("{}/{}", stage.api_id, stage.name);
    let key = caller.api_key.as_deref().map(masked).unwrap_or_default();
    let verb = incoming.method.as_str();
    let log = &mut exchange.log;
    log.info(|| {
        format!("Verifying Usage Plan for request: {request_id}. API Key: {key} API Stage: {stage}")
    });
    if !method.api_key_required {
        let resource = method.key.resource();
        log.info(|| {
            format!(
                "API Key {key} authorized because method '{verb} {resource}' does not require API Key. \
                 Request will not contribute to throttle or quota limits"
            )
        });
    }
    log.info(|| format!("Usage Plan check succeeded for API Key {key} and API Stage {stage}"));
    log.info(|| format!("Starting execution for request: {request_id}"));
    request(exchange);
}

/// What came.
fn request(exchange: &mut Exchange<'_>) {
    let (incoming, path) = (exchange.incoming, exchange.path_of_event());
    let query = query::pairs(exchange.raw_query());
    let variables = exchange.parameters().map(|all| all.decoded.clone());
    let log = &mut exchange.log;
    log.info(|| format!("HTTP Method: {}, Resource Path: {path}", incoming.method));
    log.data(|| {
        format!(
            "Method request path: {}",
            pairs(variables.unwrap_or_default())
        )
    });
    log.data(|| format!("Method request query string: {}", pairs(query)));
    log.data(|| format!("Method request headers: {}", headers(&incoming.headers)));
    let sent = body(&incoming.body);
    log.data(|| format!("Method request body before transformations: {sent}"));
}

/// What is answered.
pub(crate) fn end(exchange: &mut Exchange<'_>, response: &Response<Bytes>) {
    let (status, log) = (response.status().as_u16(), &mut exchange.log);
    match exchange.refused.as_ref() {
        None => {
            let sent = body(response.body());
            log.data(|| format!("Method response body after transformations: {sent}"));
            log.data(|| format!("Method response headers: {}", headers(response.headers())));
            log.info(|| "Successfully completed execution".to_owned());
        }
        // Unverified. Why an integration failed is written where it is known.
        Some(refused) if refused.response_type == ResponseType::Unauthorized => {
            log.error(|| format!("Unauthorized request: {}", exchange.request_id));
        }
        Some(_) => {}
    }
    log.info(|| format!("Method completed with status: {status}"));
}

/// Delivers the lines, if there are any, by the role of the API's account, and tells what came of it.
pub(crate) async fn deliver(plane: &Plane, exchange: &mut Exchange<'_>) {
    let lines = exchange.log.take();
    if lines.is_empty() {
        return;
    }
    let stage = exchange.stage;
    let id = &exchange.request_id;
    let log = ExecutionLog {
        scope: stage.scope.clone(),
        group: format!("API-Gateway-Execution-Logs_{}/{}", stage.api_id, stage.name),
        api_id: stage.api_id.clone(),
        stage: stage.name.clone(),
        time: plane.clock.now(),
        lines: lines.iter().map(|line| format!("({id}) {line}")).collect(),
        cause: exchange.cause,
    };
    let (log_group, count) = (log.group.clone(), log.lines.len());
    let written = plane.needs.logs.execute(log).await;
    let told = evidence::ExecutionLog {
        log_group: log_group.into(),
        lines: count,
        role: written.role.map(Into::into),
        lacks: written.lacks.map(Into::into),
    };
    exchange.told(&plane.journal, &told);
}

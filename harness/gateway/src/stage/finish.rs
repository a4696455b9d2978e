//! What follows every answer: the access log, metrics, the trace, all before the answer is sent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::redaction;
use bytes::Bytes;
use http::{Response, header};

use crate::access_log::LogFormat;
use crate::deployment::{AccessLog, ApiKind, Dimensions};
use crate::evidence;
use crate::exchange::{Answered, Exchange};
use crate::execution_log::masked;
use crate::needs::{LogLine, MetricPoints, TraceSegment};
use crate::plane::Plane;
use crate::variable::Variables;

/// Which data points a kind of API has.
pub(crate) type Metrics<'m> = &'m (dyn Fn(&Exchange<'_>, &Answered) -> MetricPoints + Sync);

/// Tells the journal of the answer, and delivers everything that speaks of it.
pub(crate) async fn finish(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    response: &Response<Bytes>,
    metrics: Metrics<'_>,
) {
    let (status, bytes) = (response.status().as_u16(), response.body().len());
    exchange.told(&plane.journal, &evidence::Response { status, bytes });
    let names_origin = response
        .headers()
        .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    let origin = exchange.incoming.header(header::ORIGIN);
    if let Some(origin) = origin.filter(|_| status >= 400 && !names_origin) {
        let origin = origin.to_owned();
        exchange.told(&plane.journal, &evidence::Hidden { origin });
    }
    let answered = Answered {
        status,
        bytes,
        ended: plane.clock.now(),
    };
    if let Some(log) = &exchange.stage.access_log {
        access_log(plane, exchange, log, &answered).await;
    }
    let points = metrics(exchange, &answered);
    plane.needs.metrics.record(points).await;
    let stage = exchange.stage;
    plane.needs.traces.segment(TraceSegment {
        scope: stage.scope.clone(),
        trace_id: Arc::clone(exchange.trace.root()),
        request_id: exchange.request_id.clone(),
        name: format!("{}/{}", stage.api_id, stage.name),
        start: exchange.received,
        end: answered.ended,
        status,
        cause: exchange.cause,
    });
}

/// The sets of dimensions of every request, and where `is_detailed` one more, of its method and resource.
pub(crate) fn dimensions(
    of_stage: &Dimensions,
    is_detailed: bool,
    exchange: &Exchange<'_>,
) -> Dimensions {
    let detailed = exchange.route.as_ref().filter(|_| is_detailed);
    let Some((route, whole)) = detailed.zip(of_stage.last()) else {
        return Arc::clone(of_stage);
    };
    let mut named = BTreeMap::clone(whole);
    named.insert("Method".to_owned(), route.key.method().to_owned());
    named.insert("Resource".to_owned(), route.key.resource().to_owned());
    of_stage.iter().cloned().chain([Arc::new(named)]).collect()
}

/// What would have said in a line why the request was turned away, where the format has none of it.
fn lacking(exchange: &Exchange<'_>, format: &LogFormat) -> Vec<Cow<'static, str>> {
    let is_of_token = exchange
        .refused
        .as_ref()
        .is_some_and(|it| it.token.is_some());
    let is_of_integration = exchange
        .integration
        .as_ref()
        .is_some_and(|it| it.error.is_some());
    let telling: &[&str] = if is_of_token {
        &["authorizer.error"]
    } else if is_of_integration && exchange.api.kind() == ApiKind::Rest {
        &["integration.error"]
    } else if is_of_integration {
        &["integrationErrorMessage", "integration.error"]
    } else {
        &[]
    };
    if format.variables().any(|name| telling.contains(&name)) {
        return Vec::new();
    }
    telling
        .iter()
        .map(|name| format!("$context.{name}").into())
        .collect()
}

async fn access_log(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    log: &AccessLog,
    answered: &Answered,
) {
    let variables = Variables {
        exchange,
        answered: Some(answered),
    };
    // What looks like a credential (a token in a path, in an agent's name) stays out, where AWS would
    // log it: the lab writes none down.
    let message = log.format.line(|name| {
        let value = variables.value(name)?;
        if name == "identity.apiKey" {
            return Some(masked(&value).into());
        }
        let hidden = match redaction::text(&value) {
            std::borrow::Cow::Borrowed(_) => None,
            std::borrow::Cow::Owned(hidden) => Some(hidden),
        };
        Some(hidden.map_or(value, Into::into))
    });
    let told = evidence::AccessLog {
        log_group: log.group.as_str().into(),
        line: message.as_str().into(),
        lacks: lacking(exchange, &log.format),
    };
    exchange.told(&plane.journal, &told);
    let line = LogLine {
        scope: log.scope.clone(),
        group: log.group.clone(),
        stream: log.stream.clone(),
        time: answered.ended,
        message,
        cause: exchange.cause,
    };
    plane.needs.logs.deliver(line).await;
}

//! The data points of a REST API (API Gateway developer guide, `api-gateway-metrics-and-dimensions.html`).

use crate::deployment::RestApi;
use crate::exchange::{Answered, Exchange};
use crate::needs::MetricPoints;
use crate::stage::finish::dimensions;
use crate::time::{as_float, elapsed_ms};

/// Those of one request; `is_detailed` adds a set for its method.
pub(crate) fn points(
    api: &RestApi,
    is_detailed: bool,
    exchange: &Exchange<'_>,
    answered: &Answered,
) -> MetricPoints {
    let flag = |set: bool| if set { 1.0 } else { 0.0 };
    let latency_ms = elapsed_ms(exchange.received, answered.ended);
    let client_error = flag((400..500).contains(&answered.status));
    let server_error = flag((500..600).contains(&answered.status));
    let mut values = vec![
        ("Count", 1.0, "Count"),
        ("4XXError", client_error, "Count"),
        ("5XXError", server_error, "Count"),
        ("Latency", as_float(latency_ms), "Milliseconds"),
    ];
    if let Some(integration) = &exchange.integration {
        let latency = as_float(integration.latency_ms);
        values.push(("IntegrationLatency", latency, "Milliseconds"));
    }
    MetricPoints {
        scope: exchange.stage.scope.clone(),
        namespace: "AWS/ApiGateway",
        time: answered.ended,
        // ApiName; ApiName and Stage; with detailed metrics also Method and Resource.
        dimensions: dimensions(api.dimensions(), is_detailed, exchange),
        values,
        cause: exchange.cause,
    }
}

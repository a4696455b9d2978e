//! The data points of an HTTP API (API Gateway developer guide, `http-api-metrics.html`).

use crate::deployment::HttpApi;
use crate::exchange::{Answered, Exchange};
use crate::needs::MetricPoints;
use crate::stage::finish::dimensions;
use crate::time::{as_float, elapsed_ms};

/// Those of one request; `is_detailed` adds a set for its route.
pub(crate) fn points(
    api: &HttpApi,
    is_detailed: bool,
    exchange: &Exchange<'_>,
    answered: &Answered,
) -> MetricPoints {
    let flag = |set: bool| if set { 1.0 } else { 0.0 };
    let latency_ms = elapsed_ms(exchange.received, answered.ended);
    let mut values = vec![
        ("Count", 1.0, "Count"),
        ("4xx", flag((400..500).contains(&answered.status)), "Count"),
        ("5xx", flag((500..600).contains(&answered.status)), "Count"),
        ("Latency", as_float(latency_ms), "Milliseconds"),
        (
            "DataProcessed",
            as_float(exchange.data_processed(answered)),
            "Bytes",
        ),
    ];
    if let Some(integration) = &exchange.integration {
        let latency = as_float(integration.latency_ms);
        values.push(("IntegrationLatency", latency, "Milliseconds"));
    }
    MetricPoints {
        scope: exchange.stage.scope.clone(),
        namespace: "AWS/ApiGateway",
        time: answered.ended,
        // ApiId; ApiId and Stage; with detailed metrics also Method and Resource.
        dimensions: dimensions(api.dimensions(), is_detailed, exchange),
        values,
        cause: exchange.cause,
    }
}

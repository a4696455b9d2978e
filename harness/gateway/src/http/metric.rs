//! The data points of an HTTP API (API Gateway developer guide, `http-api-metrics.html`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::deployment::{Dimensions, HttpApi};
use crate::exchange::{Answered, Exchange};
use crate::needs::MetricPoints;
use crate::time::elapsed_ms;

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
        dimensions: dimensions(api, is_detailed, exchange),
        values,
        cause: exchange.cause,
    }
}

/// ApiId; ApiId and Stage; with detailed metrics also Method and Resource.
fn dimensions(api: &HttpApi, is_detailed: bool, exchange: &Exchange<'_>) -> Dimensions {
    let of_stage = api.dimensions();
    let detailed = exchange.route.as_ref().filter(|_| is_detailed);
    let Some((route, whole)) = detailed.zip(of_stage.last()) else {
        return of_stage.clone();
    };
    let mut named = BTreeMap::clone(whole);
    named.insert("Method".to_owned(), route.key.method().to_owned());
    named.insert("Resource".to_owned(), route.key.resource().to_owned());
    of_stage.iter().cloned().chain([Arc::new(named)]).collect()
}

fn as_float(number: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds and bytes of one request"
    )]
    let float = number as f64;
    float
}

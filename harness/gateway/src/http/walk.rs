//! The walk of a request: an explicit list of stages, each of which lets it go on or ends it and
//! says why.
//!
//! 1. [`route`]: which route takes it.
//! 2. [`authorize`]: who calls, and whether they may: [`jwt`] or [`iam`].
//! 3. [`throttle`]: whether the route's bucket has a token left.
//! 4. [`integrate`]: what answers.
//!
//! Whatever happened there, [`finish`] follows: the answer's own headers, the access log, metrics
//! and the trace, all before the answer ends.

pub(crate) mod authorize;
pub(crate) mod finish;
pub(crate) mod iam;
pub(crate) mod integrate;
pub(crate) mod jwt;
pub(crate) mod route;
pub(crate) mod throttle;

use bytes::Bytes;
use http::Response;

use crate::cors;
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::refusal::Refusal;

/// Answers a request that is addressed to a stage.
pub(crate) async fn walk(gateway: &Gateway, exchange: &mut Exchange<'_>) -> Response<Bytes> {
    let mut response = match stages(gateway, exchange).await {
        Ok(response) => response,
        Err(refusal) => {
            exchange.record(&gateway.journal, refusal.event.clone());
            let response = refusal.response();
            exchange.refusal = Some(refusal);
            response
        }
    };
    finish::finish(gateway, exchange, &mut response).await;
    response
}

async fn stages(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
) -> Result<Response<Bytes>, Box<Refusal>> {
    if let Some(preflight) = cors::preflight(exchange) {
        return Ok(preflight);
    }
    let route = route::take(gateway, exchange)?;
    authorize::take(gateway, exchange, route).await?;
    throttle::take(gateway, exchange, route)?;
    integrate::take(gateway, exchange, route).await
}

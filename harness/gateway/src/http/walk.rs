//! The walk of a request to an HTTP API: an explicit list of stages, each of which lets it go on or ends
//! it and says why.
//!
//! 1. [`cors`]: a preflight that no route takes is answered.
//! 2. [`route`]: which route takes it.
//! 3. [`authorize`]: who calls, and whether they may.
//! 4. [`throttle`]: whether the route's bucket has a token left.
//! 5. [`integrate`]: what answers.
//!
//! Whatever happened there, [`finish`] follows: the answer's own headers, then the access log, metrics
//! and the trace, all before the answer ends.

use bytes::Bytes;
use http::Response;

use super::{answer, cors, event, metric, route};
use crate::deployment::{HttpApi, Route};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::Refusal;
use crate::stage::{authorize, finish, integrate, throttle};

/// Answers a request that is addressed to a stage.
pub(crate) async fn walk<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a HttpApi,
) -> Response<Bytes> {
    let mut taken = None;
    let mut response = match stages(plane, exchange, api, &mut taken).await {
        Ok(response) => response,
        Err(refusal) => {
            let Refusal { event, refused } = *refusal;
            exchange.record(&plane.journal, event);
            let response = answer::refusal(&refused);
            exchange.refused = Some(refused);
            response
        }
    };
    if let Some(cors) = &api.cors {
        cors::decorate(cors, exchange.incoming, response.headers_mut());
    }
    answer::name(&mut response, &exchange.request_id);
    let is_detailed = taken.is_some_and(|route: &Route| route.detailed_metrics);
    let metrics = |exchange: &Exchange<'_>, answered: &_| {
        metric::points(api, is_detailed, exchange, answered)
    };
    finish::finish(plane, exchange, &response, &metrics).await;
    response
}

async fn stages<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a HttpApi,
    taken: &mut Option<&'a Route>,
) -> Result<Response<Bytes>, Box<Refusal>> {
    // A route that takes OPTIONS takes preflights as well: `$default` and `ANY` do (API Gateway developer
    // guide, `http-api-cors.html`, "Configuring CORS for an HTTP API with a $default route and an
    // authorizer").
    let method = &exchange.incoming.method;
    let is_routed = api.routes.find(method, &exchange.path).is_some();
    let preflight = api.cors.as_ref().filter(|_| !is_routed);
    if let Some(preflight) = preflight.and_then(|it| cors::preflight(it, exchange.incoming)) {
        return Ok(preflight);
    }
    let route = *taken.insert(route::take(plane, exchange, api)?);
    authorize::take(plane, exchange, &route.authorization, event::of).await?;
    throttle::take(plane, exchange, route.limit.as_ref())?;
    let integration = route.integration.as_deref();
    integrate::take(plane, exchange, integration, event::of).await
}

//! The walk of a request to a REST API: an explicit list of stages, each of which lets it go on or ends
//! it and says why.
//!
//! 1. [`route`]: which method takes it.
//! 2. [`authorize`]: who calls, and whether they may.
//! 3. [`key`]: whether it shows an API key of a usage plan of the stage.
//! 4. [`usage`] and [`throttle`]: whether the buckets of key, method and account have a token left, and the
//!    key's quota is not used up.
//! 5. [`validate`]: whether its parameters are there, and its body fits. [`size`]: whether the integration
//!    takes so large a one.
//! 6. [`integrate`]: what answers.
//!
//! Whatever happened there, [`compress`] and [`finish`] follow: the answer's own headers, then the access log, metrics
//! and the trace, all before the answer ends.
//!
//! The order is assembled from several pages of the API Gateway developer guide and unverified as a whole.

use bytes::Bytes;
use http::Response;

use super::{
    answer, authorize, compress, execution_log, integrate, key, metric, route, size, usage,
    validate,
};
use crate::deployment::RestApi;
use crate::deployment::rest::{Method, MethodBackend};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::Refusal;
use crate::stage::{finish, throttle};

/// Answers a request that is addressed to a stage.
pub(crate) async fn walk<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a RestApi,
) -> Response<Bytes> {
    let mut taken = None;
    let mut response = match stages(plane, exchange, api, &mut taken).await {
        Ok(response) => response,
        Err(refusal) => {
            let Refusal { event, refused } = *refusal;
            exchange.record(&plane.journal, event);
            let refused = exchange.refused.insert(refused).clone();
            answer::refusal(api, exchange, &refused)
        }
    };
    let backend = taken.map(|method: &Method| &method.integration.backend);
    if exchange.refused.is_none() && backend.is_some_and(MethodBackend::names_trace) {
        answer::name_trace(&mut response, &exchange.trace);
    }
    execution_log::end(exchange, &response);
    compress::take(exchange, api, &mut response);
    answer::name(
        &mut response,
        &exchange.request_id,
        &exchange.extended_request_id,
    );
    let is_detailed = taken.is_some_and(|method: &Method| method.setting.detailed_metrics);
    let metrics = |exchange: &Exchange<'_>, answered: &_| {
        metric::points(api, is_detailed, exchange, answered)
    };
    finish::finish(plane, exchange, &response, &metrics).await;
    execution_log::deliver(plane, exchange).await;
    response
}

async fn stages<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a RestApi,
    taken: &mut Option<&'a Method>,
) -> Result<Response<Bytes>, Box<Refusal>> {
    let method = *taken.insert(route::take(plane, exchange, api)?);
    execution_log::begin(exchange, method);
    authorize::take(plane, exchange, &method.authorization).await?;
    let admitted = key::take(plane, exchange, api, method)?;
    if let Some(admitted) = &admitted {
        usage::throttle(plane, exchange, admitted)?;
    }
    throttle::take(plane, exchange, method.setting.limit.as_ref())?;
    if let Some(admitted) = &admitted {
        usage::quota(plane, exchange, admitted)?;
    }
    validate::take(plane, exchange, &method.validation)?;
    size::take(exchange, &method.integration)?;
    execution_log::admitted(exchange, method);
    integrate::take(plane, exchange, api, &method.integration).await
}

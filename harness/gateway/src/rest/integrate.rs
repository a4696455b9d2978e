//! What answers a method.

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use super::event;
use crate::deployment::rest::{MethodBackend, MethodIntegration};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::Refusal;
use crate::stage::integrate;

/// Calls the integration.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    integration: &MethodIntegration,
) -> Result<Response<Bytes>, Box<Refusal>> {
    match &integration.backend {
        MethodBackend::Mock => {
            let mut response = Response::new(Bytes::new());
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            Ok(response)
        }
        MethodBackend::Proxy(integration) => {
            integrate::take(plane, exchange, Some(integration), event::of).await
        }
        MethodBackend::NotSimulated(what) => Err(Refusal::not_simulated(what)),
    }
}

//! Which method takes the request.

use std::borrow::Cow;

use authlab_kernel::redaction;

use super::entrance;
use crate::deployment::RestApi;
use crate::deployment::rest::Method;
use crate::evidence::{self, Reason};
use crate::exchange::{Exchange, Matched};
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};

/// Finds the method, or says that there is none.
pub(crate) fn take<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a RestApi,
) -> Result<&'a Method, Box<Refusal>> {
    if api.execute_api_endpoint_disabled {
        return Err(endpoint_disabled(exchange));
    }
    entrance::take(exchange, api)?;
    let verb = &exchange.incoming.method;
    let Some((method, parameters)) = api.methods.find(verb, &exchange.path) else {
        let known = api.methods.iter().map(|method| method.key.as_str().into());
        let told = evidence::Route::NoRoute {
            method: verb.as_str().into(),
            path: redaction::request_path(exchange.path.as_text()),
            routes: known.collect(),
            import_warnings: exchange.stage.import_warnings.as_slice().into(),
        };
        let (untaken, said) = entrance::untaken(exchange);
        return Err(Refusal::refused(Reason::NoRoute, untaken, &told).saying(said));
    };
    let told = evidence::Route::Taken {
        route_key: method.key.as_str().into(),
        authorization: method.authorization.kind(),
        path_parameters: Cow::Borrowed(&parameters.decoded),
    };
    exchange.allowed(&plane.journal, &told);
    exchange.route = Some(Matched {
        key: &method.key,
        resource_id: Some(&method.resource_id),
        parameters,
    });
    Ok(method)
}

/// The `execute-api` host is shut: 403 `Forbidden` (API Gateway developer guide,
/// `rest-api-disable-default-endpoint.html`).
fn endpoint_disabled(exchange: &Exchange<'_>) -> Box<Refusal> {
    let told = evidence::Route::EndpointDisabled {
        api: exchange.stage.api_id.as_str().into(),
        disable_execute_api_endpoint: true,
    };
    let denied = ResponseType::AccessDenied;
    Refusal::refused(Reason::EndpointDisabled, denied, &told).saying(Said::forbidden())
}

//! Which route takes the request.

use std::borrow::Cow;

use authlab_kernel::redaction;

use crate::deployment::{HttpApi, Route};
use crate::evidence::{self, Reason};
use crate::exchange::{Exchange, Matched};
use crate::path::RequestPath;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};
use crate::stage::draft;

/// Finds the route, or says that there is none.
pub(crate) fn take<'a>(
    plane: &Plane,
    exchange: &mut Exchange<'a>,
    api: &'a HttpApi,
) -> Result<&'a Route, Box<Refusal>> {
    if api.execute_api_endpoint_disabled {
        let told = evidence::Route::EndpointDisabled {
            api: exchange.stage.api_id.as_str().into(),
            disable_execute_api_endpoint: true,
        };
        // The status is that of an API that is not there: unverified.
        let not_found = ResponseType::ResourceNotFound;
        return Err(Refusal::refused(Reason::EndpointDisabled, not_found, &told));
    }
    let method = &exchange.incoming.method;
    let found = api.routes.find(method, &exchange.path);
    let key = found.as_ref().map(|(route, _)| &route.key);
    if let Some(draft) = draft::of(exchange, key, &exchange.path) {
        exchange.told(&plane.journal, &draft);
    }
    let Some((route, parameters)) = found else {
        let known = api.routes.iter().map(|route| route.key.as_str().into());
        let told = evidence::Route::NoRoute {
            method: method.as_str().into(),
            path: redaction::request_path(exchange.path.as_text()),
            routes: known.collect(),
            import_warnings: exchange.stage.import_warnings.as_slice().into(),
        };
        let not_found = ResponseType::ResourceNotFound;
        return Err(Refusal::refused(Reason::NoRoute, not_found, &told));
    };
    if let Some((reading, other)) = other_route(exchange, api, route) {
        let told = evidence::Route::OtherReading {
            path: redaction::request_path(exchange.path.as_text()),
            reading: redaction::request_path(&reading),
            routes: vec![route.key.as_str().into(), other.key.as_str().into()],
        };
        let bad = ResponseType::BadRequestParameters;
        return Err(Refusal::refused(Reason::PathAmbiguous, bad, &told));
    }
    let told = evidence::Route::Taken {
        route_key: route.key.as_str().into(),
        authorization: route.authorization.kind(),
        path_parameters: Cow::Borrowed(&parameters.decoded),
    };
    exchange.allowed(&plane.journal, &told);
    exchange.route = Some(Matched {
        key: &route.key,
        resource_id: None,
        parameters,
    });
    Ok(route)
}

/// Another route that some reading of the path leads to. A reading that leads nowhere lets nobody
/// in, so it does not count.
fn other_route<'a>(
    exchange: &Exchange<'_>,
    api: &'a HttpApi,
    route: &Route,
) -> Option<(String, &'a Route)> {
    let method = &exchange.incoming.method;
    exchange.path.other_readings().into_iter().find_map(|text| {
        // Each reading stands for itself: what it decodes to has been decoded already.
        let (other, _) = api.routes.find(method, &RequestPath::plain(&text))?;
        (other.key != route.key).then_some((text, other))
    })
}

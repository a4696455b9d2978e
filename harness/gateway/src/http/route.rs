//! Which route takes the request.

use std::borrow::Cow;

use authlab_kernel::redaction;

use crate::deployment::Route;
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::path::RequestPath;
use crate::refusal::{Refusal, RefusalAnswer};

/// Finds the route, or answers 404.
pub(crate) fn take<'a>(
    gateway: &Gateway,
    exchange: &mut Exchange<'a>,
) -> Result<&'a Route, Box<Refusal>> {
    let deployment = exchange.deployment;
    if deployment.execute_api_endpoint_disabled {
        let told = evidence::Route::EndpointDisabled {
            api: deployment.api_id.as_str().into(),
            disable_execute_api_endpoint: true,
        };
        // The status is that of an API that is not there: unverified.
        let answer = RefusalAnswer::NotFound;
        return Err(Refusal::refused(Reason::EndpointDisabled, answer, &told));
    }
    let found = deployment
        .routes
        .find(&exchange.incoming.method, &exchange.path);
    let Some((route, parameters)) = found else {
        let (known, path) = (deployment.routes.iter(), exchange.path.as_text());
        let told = evidence::Route::NoRoute {
            method: exchange.incoming.method.as_str().into(),
            path: redaction::request_path(&path),
            routes: known.map(|route| route.key.to_string().into()).collect(),
        };
        let answer = RefusalAnswer::NotFound;
        return Err(Refusal::refused(Reason::NoRoute, answer, &told));
    };
    if let Some((reading, other)) = other_route(exchange, route) {
        let path = exchange.path.as_text();
        let told = evidence::Route::OtherReading {
            path: redaction::request_path(&path),
            reading: redaction::request_path(&reading),
            routes: vec![route.key.to_string().into(), other.key.to_string().into()],
        };
        let answer = RefusalAnswer::BadRequest;
        return Err(Refusal::refused(Reason::PathAmbiguous, answer, &told));
    }
    let told = evidence::Route::Taken {
        route_key: route.key.to_string().into(),
        authorization: route.authorization.kind(),
        path_parameters: Cow::Borrowed(&parameters.decoded),
    };
    exchange.allowed(&gateway.journal, &told);
    exchange.route = Some((route, parameters));
    Ok(route)
}

/// Another route that some reading of the path leads to. A reading that leads nowhere lets nobody
/// in, so it does not count.
fn other_route<'a>(exchange: &Exchange<'a>, route: &Route) -> Option<(String, &'a Route)> {
    let method = &exchange.incoming.method;
    let table = &exchange.deployment.routes;
    exchange
        .path
        .readings()
        .into_iter()
        .skip(1)
        .find_map(|text| {
            // Each reading stands for itself: what it decodes to has been decoded already.
            let (other, _) = table.find(method, &RequestPath::plain(&text))?;
            (other.key != route.key).then_some((text, other))
        })
}

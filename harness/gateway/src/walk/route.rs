//! Which route takes the request.

use authlab_kernel::redaction;
use serde_json::json;

use crate::deployment::Route;
use crate::exchange::Exchange;
use crate::gateway::Gateway;
use crate::path::RequestPath;
use crate::refusal::{Refusal, RefusalAnswer};

/// The name of the stage in the journal.
const STAGE: &str = "route";

/// Finds the route, or answers 404.
pub(crate) fn take<'a>(
    gateway: &Gateway,
    exchange: &mut Exchange<'a>,
) -> Result<&'a Route, Box<Refusal>> {
    let deployment = exchange.deployment;
    if deployment.execute_api_endpoint_disabled {
        let detail = json!({ "api": deployment.api_id, "disable_execute_api_endpoint": true });
        // The status is that of an API that is not there: unverified.
        return Err(Refusal::refused(
            STAGE,
            "endpoint-disabled",
            RefusalAnswer::NotFound,
            detail,
        ));
    }
    let found = deployment
        .routes
        .find(&exchange.incoming.method, &exchange.path);
    let Some((route, parameters)) = found else {
        let known: Vec<String> = deployment
            .routes
            .iter()
            .map(|route| route.key.to_string())
            .collect();
        let detail = json!({
            "method": exchange.incoming.method.as_str(),
            "path": redaction::request_path(&exchange.path.as_text()),
            "routes": known,
        });
        return Err(Refusal::refused(
            STAGE,
            "no-route",
            RefusalAnswer::NotFound,
            detail,
        ));
    };
    if let Some((reading, other)) = other_route(exchange, route) {
        let detail = json!({
            "path": redaction::request_path(&exchange.path.as_text()),
            "reading": redaction::request_path(&reading),
            "routes": [route.key.to_string(), other.key.to_string()],
        });
        let answer = RefusalAnswer::BadRequest;
        return Err(Refusal::refused(STAGE, "path-ambiguous", answer, detail));
    }
    let evidence = json!({
        "route_key": route.key.to_string(),
        "authorization": route.authorization.as_str(),
        "path_parameters": parameters.decoded,
    });
    exchange.route = Some((route, parameters));
    exchange.allowed(&gateway.journal, STAGE, evidence);
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

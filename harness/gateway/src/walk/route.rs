//! Which route takes the request.

use serde_json::json;

use crate::deployment::Route;
use crate::exchange::Exchange;
use crate::gateway::Gateway;
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
            "path": exchange.path,
            "routes": known,
        });
        return Err(Refusal::refused(
            STAGE,
            "no-route",
            RefusalAnswer::NotFound,
            detail,
        ));
    };
    let evidence = json!({
        "route_key": route.key.to_string(),
        "authorization": route.authorization.as_str(),
        "path_parameters": parameters,
    });
    exchange.route = Some((route, parameters));
    exchange.allowed(&gateway.journal, STAGE, evidence);
    Ok(route)
}

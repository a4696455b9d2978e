//! What of the request's route the API has by now and the stage does not run.

use crate::evidence;
use crate::exchange::Exchange;
use crate::path::RequestPath;
use crate::route::RouteKey;

/// What was changed of the route; where none takes the request, the one that would. `path` is the path as the
/// routes of the API's kind see it.
pub(crate) fn of(
    exchange: &Exchange<'_>,
    route: Option<&RouteKey>,
    path: &RequestPath,
) -> Option<evidence::Draft> {
    let draft = exchange.stage.draft.as_ref()?;
    let verb = &exchange.incoming.method;
    let concerns = |changed: &&evidence::Difference| match route {
        Some(key) => changed.route_key == key.as_str(),
        None => {
            let is_new = changed.part == evidence::Part::Route && changed.deployed.is_none();
            let key = changed.route_key.parse::<RouteKey>();
            is_new && key.is_ok_and(|key| key.takes(verb, path).is_some())
        }
    };
    let changed: Vec<_> = draft.changed.iter().filter(concerns).cloned().collect();
    (!changed.is_empty()).then(|| evidence::Draft {
        changed,
        ..draft.clone()
    })
}

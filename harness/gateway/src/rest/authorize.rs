//! Who calls, and whether they may; and what of it the access log tells.

use crate::caller::Who;
use crate::deployment::Authorization;
use crate::deployment::AuthorizationType;
use crate::exchange::Exchange;
use crate::phase::Phase;
use crate::plane::Plane;
use crate::refusal::Refusal;
use crate::rest::{answer, event};
use crate::stage::authorize;
use crate::time::elapsed_ms;

/// Asks what the method asks for, and keeps what came of it.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorization: &Authorization,
) -> Result<(), Box<Refusal>> {
    let began = plane.clock.now();
    let taken = authorize::take(plane, exchange, authorization, event::of).await;
    let mut phase = Phase {
        status: 200,
        latency_ms: elapsed_ms(began, plane.clock.now()),
        error: None,
    };
    if let Err(refusal) = &taken {
        let wording = answer::wording(&refusal.refused);
        phase.status = wording.status.as_u16();
        phase.error = wording.message.map(str::to_owned);
    }
    let phases = &mut exchange.phases;
    match (authorization.kind(), &exchange.caller.who) {
        (AuthorizationType::None, _) => {}
        // Who is known was believed, whatever they may.
        (AuthorizationType::AwsIam, Who::Iam { .. }) => {
            phases.authenticate = Some(Phase {
                status: 200,
                latency_ms: phase.latency_ms,
                error: None,
            });
            phases.authorize = Some(phase);
        }
        (AuthorizationType::AwsIam, _) => phases.authenticate = Some(phase),
        _ => phases.authorizer = Some(phase),
    }
    taken
}

//! How fast and how often an API key is taken, by its usage plan.
//!
//! The order is that of the API Gateway developer guide, `api-gateway-request-throttling.html`: the plan's
//! limits per client and method, then those of the stage, then the account's. That the quota comes behind
//! them all is unverified, as is that the limit for a method stands in place of the plan's.

use super::key::Admitted;
use crate::deployment::{Bucket, Limit, Throttle};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};
use crate::stage::throttle;

/// Takes a token from the bucket of the key, where its plan limits it.
pub(crate) fn throttle(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    admitted: &Admitted,
) -> Result<(), Box<Refusal>> {
    match limit(exchange, admitted) {
        Some(limit) => throttle::draw(plane, exchange, &limit),
        None => Ok(()),
    }
}

fn limit(exchange: &Exchange<'_>, admitted: &Admitted) -> Option<Limit> {
    let Admitted { key_id, plan } = admitted;
    let (plan_id, key_id) = (plan.id.clone(), key_id.clone());
    if let Some((method, throttle)) = of_method(exchange, admitted) {
        let bucket = Bucket::PlanMethod {
            plan_id,
            key_id,
            api_id: exchange.stage.api_id.clone(),
            stage: exchange.stage.name.clone(),
            method,
        };
        return Some(Limit { bucket, throttle });
    }
    plan.throttle.map(|throttle| Limit {
        bucket: Bucket::Plan { plan_id, key_id },
        throttle,
    })
}

/// The plan's limit for the method that takes the request; for one of `ANY` also by the request's verb.
fn of_method(exchange: &Exchange<'_>, admitted: &Admitted) -> Option<(String, Throttle)> {
    let stage = &exchange.stage;
    let methods = &admitted.plan.stages;
    let methods = methods.get(&(stage.api_id.clone(), stage.name.clone()))?;
    if methods.is_empty() {
        return None;
    }
    let by_verb = format!("{} {}", exchange.incoming.method, exchange.resource()?);
    let mut keys = [by_verb, exchange.route_key()?.to_owned()].into_iter();
    keys.find_map(|key| methods.get(&key).map(|throttle| (key, *throttle)))
}

/// Counts the request, where the plan has a quota.
pub(crate) fn quota(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    admitted: &Admitted,
) -> Result<(), Box<Refusal>> {
    let Admitted { key_id, plan } = admitted;
    let Some(quota) = &plan.quota else {
        return Ok(());
    };
    let drawn = plane
        .needs
        .quotas
        .draw((&plan.id, key_id), quota, plane.clock.now());
    let told = evidence::Quota {
        usage_plan: plan.id.as_str().into(),
        api_key: key_id.as_str().into(),
        limit: quota.limit,
        period: quota.period.as_str().into(),
        used: drawn.used,
        remaining: drawn.remaining,
        renewed: drawn.renewed.to_string().into(),
    };
    if drawn.is_within {
        exchange.allowed(&plane.journal, &told);
        return Ok(());
    }
    let exceeded = ResponseType::QuotaExceeded;
    Err(Refusal::refused(Reason::QuotaExceeded, exceeded, &told))
}

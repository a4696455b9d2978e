//! Whether the request shows an API key of a usage plan of the stage, where the method asks for one.
//!
//! Key, plan and stage are linked in three places, and the client is told of none: `Forbidden` is all that
//! it gets. Source: API Gateway developer guide, `api-gateway-api-key-source.html`.

use std::sync::Arc;

use crate::deployment::rest::{ApiKeySource, Method};
use crate::deployment::{AccountUsage, ApiKey, RestApi, StageOf, UsagePlan};
use crate::evidence::{self, KeyLikeness, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType};

/// Where a key stands in a request.
const HEADER: &str = "x-api-key";

/// A key, and the plan by which it opens the stage.
pub(crate) struct Admitted {
    /// The key's id.
    pub key_id: String,
    /// The plan.
    pub plan: Arc<UsagePlan>,
}

/// Finds key and plan. A key that opens the stage without a plan has none, and no limits.
pub(crate) fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    api: &RestApi,
    method: &Method,
) -> Result<Option<Admitted>, Box<Refusal>> {
    if !method.api_key_required {
        return Ok(None);
    }
    let source = api.api_key_source;
    let usage = plane.usages.of(&exchange.stage.scope);
    let stage = (exchange.stage.api_id.clone(), exchange.stage.name.clone());
    let Some(value) = given(exchange, source) else {
        let mut told = told(source);
        told.elsewhere = elsewhere(exchange, source).map(Into::into);
        return Err(refused(Reason::ApiKeyMissing, &told));
    };
    exchange.caller.api_key = Some(value.clone());
    let (key, plan) = found(&usage, &value, &stage, source)?;
    let mut told = told(source);
    told.api_key = Some(key.id.as_str().into());
    told.usage_plan = plan.map(|plan| plan.id.as_str().into());
    exchange.allowed(&plane.journal, &told);
    exchange.caller.api_key_id = Some(key.id.clone());
    Ok(plan.map(|plan| Admitted {
        key_id: key.id.clone(),
        plan: Arc::clone(plan),
    }))
}

/// What the request, or its authorizer, says is the key: an empty text is none.
fn given(exchange: &Exchange<'_>, source: ApiKeySource) -> Option<String> {
    let value = match source {
        ApiKeySource::Header => {
            let values = exchange.incoming.headers.get_all(HEADER).iter();
            let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
            // Given twice, it is not clear which of them is meant: together they are no key.
            values.collect::<Vec<_>>().join(",")
        }
        ApiKeySource::Authorizer => exchange.caller.usage_identifier_key.clone()?,
    };
    (!value.is_empty()).then_some(value)
}

/// Where a key stands that is not looked at.
fn elsewhere(exchange: &Exchange<'_>, source: ApiKeySource) -> Option<&'static str> {
    let in_header = exchange.incoming.headers.contains_key(HEADER);
    let mut query = crate::query::pairs(exchange.raw_query());
    if source == ApiKeySource::Authorizer && in_header {
        Some("the header `x-api-key`")
    } else if query.any(|(name, _)| name.eq_ignore_ascii_case(HEADER)) {
        Some("the query string")
    } else {
        None
    }
}

/// The key of this value, and the plan by which it opens the stage.
fn found<'u>(
    usage: &'u AccountUsage,
    value: &str,
    stage: &StageOf,
    source: ApiKeySource,
) -> Result<(&'u ApiKey, Option<&'u Arc<UsagePlan>>), Box<Refusal>> {
    let mut told = told(source);
    let Some(key) = usage.keys.get(value) else {
        let near = usage
            .keys
            .iter()
            .find_map(|(own, key)| Some((key, likeness(own, key, value)?)));
        if let Some((key, likeness)) = near {
            told.api_key = Some(key.id.as_str().into());
            told.likeness = Some(likeness);
        }
        return Err(refused(Reason::ApiKeyUnknown, &told));
    };
    told.api_key = Some(key.id.as_str().into());
    if !key.enabled {
        return Err(refused(Reason::ApiKeyDisabled, &told));
    }
    let own = key.plans.iter().filter_map(|id| usage.plans.get(id));
    let plan = own.clone().find(|plan| plan.stages.contains_key(stage));
    if plan.is_none() && !key.stages.contains(stage) {
        let of_stage = usage.plans.values();
        let of_stage = of_stage.filter(|plan| plan.stages.contains_key(stage));
        told.plans_of_key = own.map(|plan| plan.id.as_str().into()).collect();
        told.plans_of_stage = of_stage.map(|plan| plan.id.as_str().into()).collect();
        return Err(refused(Reason::ApiKeyWithoutPlan, &told));
    }
    Ok((key, plan))
}

/// How what was given is like a key, where it is no key's value.
fn likeness(own: &str, key: &ApiKey, given: &str) -> Option<KeyLikeness> {
    let bare = given.trim().trim_matches('"');
    if key.id == bare {
        Some(KeyLikeness::Id)
    } else if key.name.as_deref() == Some(bare) {
        Some(KeyLikeness::Name)
    } else if own == bare {
        Some(KeyLikeness::Quoted)
    } else if own.eq_ignore_ascii_case(given) {
        Some(KeyLikeness::Case)
    } else {
        None
    }
}

fn told<'a>(source: ApiKeySource) -> evidence::ApiKey<'a> {
    evidence::ApiKey {
        source,
        api_key: None,
        usage_plan: None,
        likeness: None,
        elsewhere: None,
        plans_of_key: Vec::new(),
        plans_of_stage: Vec::new(),
    }
}

fn refused(reason: Reason, told: &evidence::ApiKey<'_>) -> Box<Refusal> {
    Refusal::refused(reason, ResponseType::InvalidApiKey, told)
}

//! API keys and usage plans, as the gateway has them.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::deployment::{self as plane, AccountUsage, Period};

use crate::apigateway::account::{Account, ApiKey, Quota, Throttle, UsagePlan};
use crate::operation::Effect;

impl Account {
    /// What the gateway is told once keys or plans were changed; nothing where they were not.
    pub(in crate::apigateway) fn publish_usage(&self, before: &Self) -> Option<Effect> {
        let is_same = self.api_keys == before.api_keys
            && self.usage_plans == before.usage_plans
            && self.plan_keys == before.plan_keys;
        (!is_same).then(|| Effect::PublishUsage {
            scope: self.scope.clone(),
            usage: Arc::new(self.usage()),
        })
    }

    fn usage(&self) -> AccountUsage {
        let keys = self.api_keys.iter().filter_map(|key| {
            let own = self.plan_keys.iter().filter(|(_, own)| *own == key.id);
            let plans = own.map(|(plan, _)| plan.clone()).collect();
            Some((key.value.clone()?, compiled(key, plans)))
        });
        let plans = self.usage_plans.iter();
        let plans = plans.map(|it| (it.id.clone(), Arc::new(it.compiled())));
        AccountUsage {
            keys: keys.collect(),
            plans: plans.collect(),
            throttle: None,
        }
    }
}

fn compiled(key: &ApiKey, plans: Vec<String>) -> plane::ApiKey {
    let stages = key.stage_keys.iter();
    let stages = stages.filter_map(|stage| {
        let (api, stage) = stage.split_once('/')?;
        Some((api.to_owned(), stage.to_owned()))
    });
    plane::ApiKey {
        id: key.id.clone(),
        name: key.name.clone(),
        enabled: key.enabled,
        plans,
        stages: stages.collect(),
    }
}

impl UsagePlan {
    fn compiled(&self) -> plane::UsagePlan {
        let stages = self.api_stages.iter().map(|own| {
            let methods = own.throttle.iter();
            let methods = methods.filter_map(|(path, it)| Some((method_key(path)?, it.compiled())));
            let stage = (own.api_id.clone(), own.stage.clone());
            (stage, methods.collect::<BTreeMap<_, _>>())
        });
        plane::UsagePlan {
            id: self.id.clone(),
            name: self.name.clone(),
            stages: stages.collect(),
            throttle: self.throttle.as_ref().map(Throttle::compiled),
            quota: self.quota.as_ref().and_then(Quota::compiled),
        }
    }
}

/// `/a/{id}/GET` -> `GET /a/{id}`.
fn method_key(path_and_verb: &str) -> Option<String> {
    let (path, verb) = path_and_verb.rsplit_once('/')?;
    let path = path.strip_prefix('/').unwrap_or(path);
    Some(format!("{verb} /{path}"))
}

impl Throttle {
    fn compiled(&self) -> plane::Throttle {
        plane::Throttle {
            rate_per_second: self.rate_limit,
            burst: u32::try_from(self.burst_limit).unwrap_or(u32::MAX),
        }
    }
}

impl Quota {
    /// `None` only for what the rules refuse.
    pub(in crate::apigateway) fn compiled(&self) -> Option<plane::Quota> {
        let all = [Period::Day, Period::Week, Period::Month];
        let mut all = all.into_iter();
        Some(plane::Quota {
            limit: u64::try_from(self.limit).ok()?,
            period: all.find(|it| Some(it.as_str()) == self.period.as_deref())?,
            offset_days: u8::try_from(self.offset).ok()?,
        })
    }
}

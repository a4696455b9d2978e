//! API keys, usage plans, and which key is in which plan.

use crate::apigateway::account::{Account, ApiKey, ApiStage, UsagePlan};
use crate::apigateway::error::{Error, Missing};
use crate::apigateway::rule::check_tags;
use crate::apigateway::state::{ID_LENGTH, PART_ID_LENGTH, State};
use crate::shared::Ctx;

/// The longest name of a key (recorded).
const NAME_CHARACTERS_MAX: usize = 1024;
/// The longest and the shortest value of a key (recorded).
pub(in crate::apigateway) const VALUE_CHARACTERS_MAX: usize = 128;
pub(in crate::apigateway) const VALUE_CHARACTERS_MIN: usize = 20;
/// How long a value is that the service makes.
const VALUE_LENGTH: usize = 40;
/// The most keys of an account in a Region (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const KEYS_MAX: usize = 10_000;
/// The most usage plans (the same page).
pub(in crate::apigateway) const PLANS_MAX: usize = 300;
/// The most plans of a key (the same page).
pub(in crate::apigateway) const PLANS_OF_KEY_MAX: usize = 10;
/// The most methods of a stage that a plan limits by themselves (API Gateway developer guide,
/// `limits.html`).
pub(in crate::apigateway) const METHODS_OF_STAGE_MAX: usize = 20;
/// How many days a period has that a quota's offset can leave out.
const OFFSETS: [(&str, i64); 3] = [("DAY", 0), ("WEEK", 6), ("MONTH", 27)];

impl Account {
    /// An API key.
    ///
    /// # Errors
    /// There is none.
    pub fn api_key(&self, id: &str) -> Result<&ApiKey, Error> {
        let found = self.api_keys.iter().find(|key| key.id == id);
        found.ok_or_else(|| Missing::ApiKey.named(id))
    }

    /// Makes an API key; the newest is listed first (recorded).
    ///
    /// # Errors
    /// Name or value are too long or too short (recorded), or the value is taken.
    pub fn add_api_key(&mut self, mut key: ApiKey, ctx: &Ctx<'_>) -> Result<ApiKey, Error> {
        let name = key.name.clone().unwrap_or_default();
        let scope = self.scope.to_string();
        key.id = ctx.ids.draw("api-key-id", &scope, &name).base36(ID_LENGTH);
        let value = key.value.filter(|value| !value.is_empty());
        let length = value.as_ref().map(|value| value.chars().count());
        if length.is_some_and(|length| length < VALUE_CHARACTERS_MIN) {
            return Err(Error::stated(
                "API Key value should be at least 20 characters",
            ));
        }
        if length.is_some_and(|length| length > VALUE_CHARACTERS_MAX) {
            return Err(Error::stated(
                "API Key value exceeds maximum size of 128 characters",
            ));
        }
        let drawn = || {
            ctx.ids
                .draw("api-key-value", &scope, &name)
                .base62(VALUE_LENGTH)
        };
        key.value = Some(value.unwrap_or_else(drawn));
        if self.api_keys.iter().any(|other| other.value == key.value) {
            return Err(Error::Taken {
                what: "API key of the value",
                name,
                text: "API Key already exists".to_owned(),
            });
        }
        if self.api_keys.len() >= KEYS_MAX {
            return Err(Error::Quota {
                of: "API keys",
                limit: KEYS_MAX,
            });
        }
        key.created_date = Some(ctx.now);
        let id = key.id.clone();
        self.api_keys.insert(
            0,
            ApiKey {
                id: id.clone(),
                ..ApiKey::default()
            },
        );
        self.put_api_key(key, ctx)
    }

    /// Keeps a key that is new or changed.
    ///
    /// # Errors
    /// The name is too long. (Recorded.)
    pub fn put_api_key(&mut self, mut key: ApiKey, ctx: &Ctx<'_>) -> Result<ApiKey, Error> {
        check_tags(&key.tags)?;
        key.name = key.name.filter(|name| !name.is_empty());
        let length = key.name.as_ref().map_or(0, |name| name.chars().count());
        if length > NAME_CHARACTERS_MAX {
            return Err(Error::stated(
                "Invalid API Key name, can be at most 1024 characters.",
            ));
        }
        key.last_updated_date = Some(ctx.now);
        let mut all = self.api_keys.iter_mut();
        let found = all.find(|other| other.id == key.id);
        let found = found.ok_or_else(|| Missing::ApiKey.named(&key.id))?;
        *found = key.clone();
        Ok(key)
    }

    /// Takes a key away, and out of its plans.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_api_key(&mut self, id: &str) -> Result<(), Error> {
        self.api_key(id)?;
        self.api_keys.retain(|key| key.id != id);
        self.plan_keys.retain(|(_, key)| key != id);
        Ok(())
    }

    /// A usage plan.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn usage_plan(&self, id: &str) -> Result<&UsagePlan, Error> {
        let found = self.usage_plans.iter().find(|plan| plan.id == id);
        found.ok_or_else(|| Missing::UsagePlan.named(id))
    }

    /// Makes a usage plan.
    ///
    /// # Errors
    /// A stage that it names is not there, or a limit cannot be.
    pub fn add_usage_plan(
        &mut self,
        mut plan: UsagePlan,
        apis: &State,
        ctx: &Ctx<'_>,
    ) -> Result<UsagePlan, Error> {
        if self.usage_plans.len() >= PLANS_MAX {
            return Err(Error::Quota {
                of: "usage plans",
                limit: PLANS_MAX,
            });
        }
        let scope = self.scope.to_string();
        let drawn = ctx.ids.draw("usage-plan-id", &scope, &plan.name);
        plan.id = drawn.base36(PART_ID_LENGTH);
        let id = plan.id.clone();
        self.usage_plans.push(UsagePlan {
            id,
            ..UsagePlan::default()
        });
        self.put_usage_plan(plan, apis)
    }

    /// Keeps a usage plan that is new or changed.
    ///
    /// # Errors
    /// A stage that it names is not there, or a limit cannot be.
    pub fn put_usage_plan(&mut self, plan: UsagePlan, apis: &State) -> Result<UsagePlan, Error> {
        if plan.name.is_empty() {
            return Err(Error::invalid("name", "a usage plan has a name"));
        }
        check_tags(&plan.tags)?;
        let before = &self.usage_plan(&plan.id)?.api_stages;
        for stage in &plan.api_stages {
            let is_same = |own: &ApiStage| own.api_id == stage.api_id && own.stage == stage.stage;
            let api = apis.api(&self.scope, &stage.api_id);
            let is_there = api.is_ok_and(|api| api.stages.contains_key(&stage.stage));
            // A stage that went since stays in the plan (unverified).
            if !is_there && !before.iter().any(is_same) {
                let name = format!("{}:{}", stage.api_id, stage.stage);
                return Err(Missing::ApiStage.named(&name));
            }
            if stage.throttle.len() > METHODS_OF_STAGE_MAX {
                return Err(Error::Quota {
                    of: "methods of a stage that a usage plan limits",
                    limit: METHODS_OF_STAGE_MAX,
                });
            }
        }
        let single = plan
            .api_stages
            .iter()
            .flat_map(|stage| stage.throttle.values());
        for throttle in single.chain(&plan.throttle) {
            if throttle.burst_limit < 0 || throttle.rate_limit < 0.0 {
                return Err(Error::invalid("throttle", "a limit is not negative"));
            }
        }
        if let Some(quota) = &plan.quota {
            let period = quota.period.as_deref().unwrap_or_default();
            let known = OFFSETS.iter().find(|(name, _)| *name == period);
            let Some((_, offset_max)) = known else {
                return Err(Error::invalid(
                    "quota.period",
                    format!("`{period}` is none of DAY, WEEK, MONTH"),
                ));
            };
            if quota.limit < 1 || !(0..=*offset_max).contains(&quota.offset) {
                let problem =
                    format!("give a limit of 1 at least, and an offset of 0 to {offset_max}");
                return Err(Error::invalid("quota", problem));
            }
        }
        let mut all = self.usage_plans.iter_mut();
        let found = all.find(|other| other.id == plan.id);
        let found = found.ok_or_else(|| Missing::UsagePlan.named(&plan.id))?;
        *found = plan.clone();
        Ok(plan)
    }

    /// Takes a usage plan away that has no stages (text unverified).
    ///
    /// # Errors
    /// There is none, or it has stages.
    pub fn remove_usage_plan(&mut self, id: &str) -> Result<(), Error> {
        let plan = self.usage_plan(id)?;
        if let Some(stage) = plan.api_stages.first() {
            return Err(Error::InUse {
                is_conflict: false,
                what: "usage plan",
                name: id.to_owned(),
                by: format!("the stage {} of the API {}", stage.stage, stage.api_id),
                text: format!(
                    "Cannot delete Usage Plan {id} because there are API stages associated with it"
                ),
            });
        }
        self.usage_plans.retain(|plan| plan.id != id);
        self.plan_keys.retain(|(plan, _)| plan != id);
        Ok(())
    }

    /// The keys of a plan, the newest first (recorded).
    pub fn keys_of<'a>(&'a self, plan: &'a str) -> impl Iterator<Item = &'a ApiKey> {
        let own = self.plan_keys.iter().filter(move |(of, _)| of == plan);
        own.filter_map(|(_, key)| self.api_key(key).ok())
    }

    /// Puts a key into a plan.
    ///
    /// # Errors
    /// Plan or key are not there, or the key is in it, in too many, or in another of the same stage.
    pub fn add_plan_key(&mut self, plan: &str, key: &str) -> Result<ApiKey, Error> {
        let stages = self.usage_plan(plan)?.api_stages.clone();
        let found = self.api_key(key)?.clone();
        let taken = |text: &str| Error::Taken {
            what: "key of the plan",
            name: key.to_owned(),
            text: text.to_owned(),
        };
        let plans = self.plan_keys.iter().filter(|(_, own)| own == key);
        let plans: Vec<&str> = plans.map(|(plan, _)| plan.as_str()).collect();
        if plans.contains(&plan) {
            return Err(taken("Usage Plan Key already exists"));
        }
        if plans.len() >= PLANS_OF_KEY_MAX {
            return Err(Error::Quota {
                of: "usage plans of the key",
                limit: PLANS_OF_KEY_MAX,
            });
        }
        let others = plans.iter().filter_map(|plan| self.usage_plan(plan).ok());
        let mut others = others.flat_map(|plan| &plan.api_stages);
        let is_same = |stage: &&ApiStage| {
            let same = |own: &ApiStage| own.api_id == stage.api_id && own.stage == stage.stage;
            stages.iter().any(same)
        };
        if others.any(|stage| is_same(&stage)) {
            return Err(taken(
                "The API Key is already in another usage plan of the same API stage",
            ));
        }
        self.plan_keys.insert(0, (plan.to_owned(), key.to_owned()));
        Ok(found)
    }

    /// A key of a plan.
    ///
    /// # Errors
    /// Plan or key are not there, or the key is not in the plan.
    pub fn plan_key<'a>(&'a self, plan: &'a str, key: &str) -> Result<&'a ApiKey, Error> {
        self.usage_plan(plan)?;
        let mut own = self.keys_of(plan);
        let found = own.find(|own| own.id == key);
        found.ok_or_else(|| Missing::UsagePlanKey.named(key))
    }

    /// Takes a key out of a plan.
    ///
    /// # Errors
    /// As [`Account::plan_key`].
    pub fn remove_plan_key(&mut self, plan: &str, key: &str) -> Result<(), Error> {
        self.plan_key(plan, key)?;
        self.plan_keys.retain(|(of, own)| of != plan || own != key);
        Ok(())
    }
}

//! Deployments, which freeze an API as it is, and the stages that run them.

use std::sync::Arc;

use super::access_log;
use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{
    Api, CanarySettings, Deployment, DeploymentFacts, MethodSetting, Stage, Texts,
};
use crate::apigateway::rule::{check_enum, check_tags};
use crate::apigateway::state::PART_ID_LENGTH;
use crate::shared::Ctx;

/// The most stages of an API (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const STAGES_MAX: usize = 10;
/// The most variables of a stage, and the longest names and values (reference section 3.12).
pub(in crate::apigateway) const VARIABLES_MAX: usize = 100;
pub(in crate::apigateway) const VARIABLE_NAME_MAX: usize = 64;
pub(in crate::apigateway) const VARIABLE_VALUE_MAX: usize = 512;
/// The longest name of a stage, and those that no stage has (reference section 3.12).
const STAGE_NAME_MAX: usize = 128;
const RESERVED: [&str; 2] = ["ping", "sping"];

/// Unverified.
const NO_LOG_ROLE: &str =
    "CloudWatch Logs role ARN must be set in account settings to enable logging";

/// How long an answer is kept at most (API Gateway developer guide, `api-gateway-caching.html`).
const CACHE_TTL_SECONDS_MAX: i64 = 3600;
/// All of a stage's traffic.
const PERCENT_MAX: f64 = 100.0;

/// Recorded for canaries.
const NO_DEPLOYMENT: &str = "Deployment id does not exist";
/// As observed.
const NO_PRIVATE_POLICY: &str = "Private REST API doesn't have a resource policy attached to it";

/// What precedes every refusal of a canary that is deployed (recorded, with its lack of a blank).
const NO_CANARY: &str = "Invalid deployment content specified.";

impl Api {
    /// A deployment.
    ///
    /// # Errors
    /// There is none.
    pub fn deployment(&self, id: &str) -> Result<&Deployment, Error> {
        let found = self.deployments.iter().find(|it| it.facts.id == id);
        found.ok_or_else(|| Missing::Deployment.named(id))
    }

    /// Freezes the API as it is.
    ///
    /// # Errors
    /// It is private and has no policy, it has no method, or a method without an integration. (Texts unverified.)
    pub fn deploy(
        &mut self,
        description: Option<String>,
        ctx: &Ctx<'_>,
    ) -> Result<DeploymentFacts, Error> {
        let endpoint = self.facts.endpoint_configuration.as_ref();
        let is_private = endpoint.is_some_and(|it| it.types.iter().any(|kind| kind == "PRIVATE"));
        if is_private && self.facts.policy.is_none() {
            return Err(Error::stated(NO_PRIVATE_POLICY));
        }
        let methods = self
            .content
            .resources
            .values()
            .flat_map(|it| it.methods.values());
        let mut has_methods = false;
        for method in methods {
            has_methods = true;
            if method.method_integration.is_none() {
                return Err(Error::stated("No integration defined for method"));
            }
        }
        if !has_methods {
            return Err(Error::stated("The REST API doesn't contain any methods"));
        }
        let name = description.as_deref().unwrap_or_default();
        let facts = DeploymentFacts {
            id: self.draw("deployment-id", name, PART_ID_LENGTH, ctx),
            description: description.filter(|text| !text.is_empty()),
            created_date: Some(ctx.now),
        };
        self.deployments.push(Deployment {
            facts: facts.clone(),
            snapshot: Arc::new((self.facts.clone(), self.content.clone())),
        });
        Ok(facts)
    }

    /// Keeps what is told of a deployment.
    ///
    /// # Errors
    /// There is none.
    pub fn put_deployment(&mut self, facts: DeploymentFacts) -> Result<DeploymentFacts, Error> {
        let mut all = self.deployments.iter_mut();
        let found = all.find(|it| it.facts.id == facts.id);
        let found = found.ok_or_else(|| Missing::Deployment.named(&facts.id))?;
        found.facts = facts.clone();
        Ok(facts)
    }

    /// Takes a deployment away that no stage runs.
    ///
    /// # Errors
    /// There is none, or a stage runs it (recorded).
    pub fn remove_deployment(&mut self, id: &str) -> Result<(), Error> {
        self.deployment(id)?;
        let runs = |it: &&Stage| {
            let canary = it.canary_settings.as_ref();
            it.deployment_id == id || canary.is_some_and(|canary| canary.deployment_id == id)
        };
        let mut running = self.stages.values().filter(runs);
        if let Some(stage) = running.next() {
            return Err(Error::InUse {
                is_conflict: false,
                what: "deployment",
                name: id.to_owned(),
                by: format!("the stage {}", stage.stage_name),
                text: "Active stages pointing to this deployment must be moved or deleted"
                    .to_owned(),
            });
        }
        self.deployments.retain(|it| it.facts.id != id);
        Ok(())
    }

    /// A stage.
    ///
    /// # Errors
    /// There is none.
    pub fn stage(&self, name: &str) -> Result<&Stage, Error> {
        self.stages
            .get(name)
            .ok_or_else(|| Missing::Stage.named(name))
    }

    /// Makes a stage.
    ///
    /// # Errors
    /// The name is taken or cannot be, there are too many, or a setting cannot be.
    pub fn add_stage(
        &mut self,
        mut stage: Stage,
        has_role: bool,
        ctx: &Ctx<'_>,
    ) -> Result<Stage, Error> {
        let name = stage.stage_name.clone();
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let is_name = (1..=STAGE_NAME_MAX).contains(&name.len()) && name.bytes().all(is_word);
        if !is_name || RESERVED.contains(&name.as_str()) {
            let problem = format!(
                "`{name}` is no name of a stage: give letters, digits, `_` and `-`, and neither of {}",
                RESERVED.join(", ")
            );
            return Err(Error::invalid("stageName", problem));
        }
        if self.stages.contains_key(&name) {
            return Err(Error::Taken {
                what: "stage",
                name,
                text: "Stage already exists".to_owned(),
            });
        }
        if self.stages.len() >= STAGES_MAX {
            return Err(Error::Quota {
                of: "stages of the API",
                limit: STAGES_MAX,
            });
        }
        stage.created_date = Some(ctx.now);
        self.put_stage(stage, has_role, ctx)
    }

    /// Keeps a stage that is new or changed. Logs need a role of the account's.
    ///
    /// # Errors
    /// There is no such deployment (recorded for canaries), or a setting cannot be.
    pub fn put_stage(
        &mut self,
        mut stage: Stage,
        has_role: bool,
        ctx: &Ctx<'_>,
    ) -> Result<Stage, Error> {
        if self.deployment(&stage.deployment_id).is_err() {
            return Err(Error::stated(NO_DEPLOYMENT));
        }
        if let Some(canary) = &mut stage.canary_settings {
            // A canary that names no deployment runs the stage's (unverified).
            if canary.deployment_id.is_empty() {
                canary.deployment_id.clone_from(&stage.deployment_id);
            }
            self.check_canary(canary)?;
        }
        if let Some(version) = &stage.documentation_version {
            self.documentation_version(version)?;
        }
        check_variables(&stage.variables)?;
        check_tags(&stage.tags)?;
        if let Some(settings) = &stage.access_log_settings {
            access_log::check(settings, &self.scope)?;
        }
        stage.description = stage.description.filter(|text| !text.is_empty());
        for setting in stage.method_settings.values() {
            check_setting(setting)?;
        }
        let levels = stage.method_settings.values();
        let mut levels = levels.filter_map(|it| it.logging_level.as_deref());
        let logs = stage.access_log_settings.is_some() || levels.any(|level| level != "OFF");
        if logs && !has_role {
            return Err(Error::stated(NO_LOG_ROLE));
        }
        let size = stage.cache_cluster_size.as_deref();
        check_enum("cacheClusterSize", "CacheClusterSize", size)?;
        if stage.cache_cluster_enabled {
            stage
                .cache_cluster_size
                .get_or_insert_with(|| "0.5".to_owned());
        }
        let status = if stage.cache_cluster_enabled {
            "AVAILABLE"
        } else {
            "NOT_AVAILABLE"
        };
        stage.cache_cluster_status = Some(status.to_owned());
        stage.last_updated_date = Some(ctx.now);
        self.stages.insert(stage.stage_name.clone(), stage.clone());
        Ok(stage)
    }

    fn check_canary(&self, canary: &CanarySettings) -> Result<(), Error> {
        if self.deployment(&canary.deployment_id).is_err() {
            return Err(Error::stated(NO_DEPLOYMENT));
        }
        if !(0.0..=PERCENT_MAX).contains(&canary.percent_traffic) {
            let problem = format!("`{}` is not between 0 and 100", canary.percent_traffic);
            return Err(Error::invalid("canarySettings.percentTraffic", problem));
        }
        check_variables(&canary.stage_variable_overrides)
    }

    /// The stage that a deployment is to be the canary of.
    ///
    /// # Errors
    /// No stage is named, or there is none of the name. (Recorded.)
    pub fn stage_for_canary(&self, name: Option<&str>) -> Result<&Stage, Error> {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            let provided = name.unwrap_or("null");
            return Err(Error::stated(format!(
                "{NO_CANARY}Non null and non empty stageName must be provided for canary \
                 deployment. Provided value is {provided}"
            )));
        };
        self.stages.get(name).ok_or_else(|| {
            Error::stated(format!(
                "{NO_CANARY}Stage {name} must already be created before making a canary release \
                 deployment"
            ))
        })
    }

    /// Takes a stage away.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_stage(&mut self, name: &str) -> Result<(), Error> {
        self.stage(name)?;
        self.stages.remove(name);
        Ok(())
    }
}

/// Whether settings of a method can be. (Texts unverified.)
fn check_setting(setting: &MethodSetting) -> Result<(), Error> {
    let level = setting.logging_level.as_deref().unwrap_or("OFF");
    if !["OFF", "ERROR", "INFO"].contains(&level) {
        let problem = format!("`{level}` is none of OFF, ERROR, INFO");
        return Err(Error::invalid("loggingLevel", problem));
    }
    if setting.throttling_burst_limit < 0 || setting.throttling_rate_limit < 0.0 {
        return Err(Error::invalid("throttling", "a limit is not negative"));
    }
    let ttl = setting.cache_ttl_in_seconds;
    if !(0..=CACHE_TTL_SECONDS_MAX).contains(&ttl) {
        let problem = format!("`{ttl}` is not between 0 and {CACHE_TTL_SECONDS_MAX}");
        return Err(Error::invalid("cacheTtlInSeconds", problem));
    }
    check_enum(
        "unauthorizedCacheControlHeaderStrategy",
        "UnauthorizedCacheControlHeaderStrategy",
        Some(&setting.unauthorized_cache_control_header_strategy),
    )
}

/// Names are letters, digits and `_`, values those of URLs (API Gateway developer guide,
/// `stage-variables.html`; texts unverified).
fn check_variables(variables: &Texts) -> Result<(), Error> {
    if variables.len() > VARIABLES_MAX {
        let problem = format!("a stage has at most {VARIABLES_MAX}");
        return Err(Error::invalid("variables", problem));
    }
    for (name, value) in variables {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_name = (1..=VARIABLE_NAME_MAX).contains(&name.len()) && name.bytes().all(is_word);
        if !is_name {
            let problem = format!(
                "`{name}` is no name: give at most {VARIABLE_NAME_MAX} letters, digits and `_`"
            );
            return Err(Error::invalid("variables", problem));
        }
        let is_of_url = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        if value.len() > VARIABLE_VALUE_MAX || !value.bytes().all(is_of_url) {
            let problem = format!(
                "the value of `{name}` has other characters than letters, digits and `-._~:/?#&=,`, or more than {VARIABLE_VALUE_MAX}"
            );
            return Err(Error::invalid("variables", problem));
        }
    }
    Ok(())
}

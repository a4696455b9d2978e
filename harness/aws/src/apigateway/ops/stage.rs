//! Deployments and stages, where they are more than parts that are made and looked at.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::part::BesideApi;
use super::resource::EmbedInput;
use super::wire;
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Api, CanarySettings, DeploymentFacts, Resource, Stage, Texts};
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, Within, changed};
use crate::operation::{Answer, Call, Effect, Reply, read, read_both};

/// What CreateDeployment gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeploymentInput {
    stage_name: Option<String>,
    stage_description: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<String>,
    tracing_enabled: Option<bool>,
    variables: Option<Texts>,
    canary_settings: Option<CanarySettings>,
}

/// Freezes the API; a stage that is named runs it from now on, and is made where it is not there.
pub(in crate::apigateway) fn deploy(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, input): (Within<Api>, DeploymentInput) = read_both(input)?;
    let edit = |api: &mut Api, beside: &BesideApi<'_>| input.deploy(api, beside);
    let (facts, effects) = Api::change(cloud, call, of.names(), edit)?;
    changed(&facts, effects)
}

impl DeploymentInput {
    fn deploy(self, api: &mut Api, beside: &BesideApi<'_>) -> Result<DeploymentFacts, Error> {
        if self.canary_settings.is_some() {
            api.stage_for_canary(self.stage_name.as_deref())?;
        }
        let facts = api.deploy(self.description.clone(), beside.ctx)?;
        let Some(name) = self.stage_name.clone().filter(|name| !name.is_empty()) else {
            if self.is_of_stage() {
                return Err(Error::invalid(
                    "stageName",
                    "settings of a stage need its name",
                ));
            }
            return Ok(facts);
        };
        let existing = api.stage(&name).ok().cloned();
        let is_new = existing.is_none();
        let stage = existing.unwrap_or_else(|| Stage {
            stage_name: name,
            ..Stage::default()
        });
        let stage = self.on(stage, &facts.id);
        if is_new {
            api.add_stage(stage, beside.has_log_role, beside.ctx)?;
        } else {
            api.put_stage(stage, beside.has_log_role, beside.ctx)?;
        }
        Ok(facts)
    }

    /// Whether something is said that only a stage has.
    fn is_of_stage(&self) -> bool {
        self.stage_description.is_some()
            || self.variables.is_some()
            || self.cache_cluster_enabled.is_some()
            || self.cache_cluster_size.is_some()
            || self.tracing_enabled.is_some()
    }

    /// The stage with what is said of it: it runs the deployment, or its canary does.
    fn on(self, mut stage: Stage, deployment: &str) -> Stage {
        if let Some(mut canary) = self.canary_settings {
            deployment.clone_into(&mut canary.deployment_id);
            stage.canary_settings = Some(canary);
        } else {
            deployment.clone_into(&mut stage.deployment_id);
        }
        stage.description = self.stage_description.or(stage.description);
        stage.variables = self.variables.unwrap_or(stage.variables);
        stage.cache_cluster_size = self.cache_cluster_size.or(stage.cache_cluster_size);
        stage.cache_cluster_enabled = self
            .cache_cluster_enabled
            .unwrap_or(stage.cache_cluster_enabled);
        stage.tracing_enabled = self.tracing_enabled.unwrap_or(stage.tracing_enabled);
        stage
    }
}

/// A method as a deployment sums it up.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MethodSnapshot {
    authorization_type: String,
    api_key_required: bool,
}

/// What GetDeployment answers with a summary of the API as it was.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeploymentOutput<'a> {
    id: &'a str,
    description: Option<&'a str>,
    created_date: Option<Timestamp>,
    api_summary: BTreeMap<String, BTreeMap<String, MethodSnapshot>>,
}

pub(in crate::apigateway) fn get_deployment(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (at, embed): (At<DeploymentFacts>, EmbedInput) = read_both(input)?;
    let with_summary = embed.asks("apisummary")?;
    let api = Api::find(cloud, call, at.whole())?;
    let facts = DeploymentFacts::find(api, at.part()).map_err(wire)?;
    if !with_summary {
        return Reply::to(facts);
    }
    let (_, content) = &*api.deployment(&facts.id).map_err(wire)?.snapshot;
    let summed = |resource: &'_ Resource| {
        let methods = resource.methods.iter().map(|(verb, method)| {
            let snapshot = MethodSnapshot {
                authorization_type: method.authorization_type.clone(),
                api_key_required: method.api_key_required,
            };
            (verb.clone(), snapshot)
        });
        (resource.path.clone(), methods.collect())
    };
    let resources = content.resources.values();
    let with_methods = resources.filter(|resource| !resource.methods.is_empty());
    Reply::to(&DeploymentOutput {
        id: &facts.id,
        description: facts.description.as_deref(),
        created_date: facts.created_date,
        api_summary: with_methods.map(summed).collect(),
    })
}

/// Which stages.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StagesInput {
    #[serde(default)]
    deployment_id: Option<String>,
}

/// What GetStages answers.
#[derive(Serialize)]
struct StagesOutput<'a> {
    item: Vec<&'a Stage>,
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (Within<Api>, StagesInput) = read_both(input)?;
    let api = Api::find(cloud, call, of.names())?;
    let is_asked = |stage: &&Stage| {
        let id = asked.deployment_id.as_ref();
        id.is_none_or(|id| *id == stage.deployment_id)
    };
    Reply::to(&StagesOutput {
        item: api.stages.values().filter(is_asked).collect(),
    })
}

/// Empties a cache of a stage, of which the lab has none: the stage has to be there.
pub(in crate::apigateway) fn flush(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let at: At<Stage> = read(input)?;
    let api = Api::find(cloud, call, at.whole())?;
    Stage::find(api, at.part()).map_err(wire)?;
    Ok(Reply::empty())
}

/// Lets the gateway forget what the stage's Lambda authorizers have said.
pub(in crate::apigateway) fn flush_authorizers(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let at: At<Stage> = read(input)?;
    let api = Api::find(cloud, call, at.whole())?;
    let stage = Stage::find(api, at.part()).map_err(wire)?;
    let forget = Effect::ForgetDecisions {
        api_id: api.facts.id.clone(),
        stage: stage.stage_name.clone(),
    };
    Ok(Reply {
        effects: vec![forget],
        ..Reply::empty()
    })
}

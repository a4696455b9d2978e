//! What the gateway is told of an API: that it is there, and what its stages run.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::deployment::{ApiKind, Outline};
use authlab_kernel::{Ids, Scope};

use super::compile::compile;
use super::resource::{Api, RestApi, Stage};
use crate::operation::Effect;

impl Api {
    /// What the gateway is told of an API that is there. A stage of a REST API always runs something.
    pub(super) fn outline(facts: &RestApi, scope: &Scope) -> Effect {
        Effect::OutlineApi {
            api_id: facts.id.clone(),
            outline: Some(Outline {
                kind: ApiKind::Rest,
                name: facts.name.clone(),
                region: scope.region.to_string(),
                undeployed: Vec::new(),
            }),
        }
    }

    /// What the gateway was told of the stages.
    pub(super) fn published(&self) -> BTreeMap<String, Stage> {
        self.stages.clone()
    }

    /// What the gateway is told once stages were added, changed or taken away: nothing else changes what
    /// a stage runs.
    pub(super) fn publish(&self, before: &BTreeMap<String, Stage>, ids: &Ids) -> Vec<Effect> {
        let changed = self
            .stages
            .values()
            .filter(|stage| before.get(&stage.stage_name) != Some(*stage));
        let changed = changed.map(|stage| {
            let run = self.deployment(&stage.deployment_id).ok();
            self.run_at(
                &stage.stage_name,
                run.map(|run| compile(self, stage, run, ids)),
            )
        });
        let gone = before.keys();
        let gone = gone.filter(|name| !self.stages.contains_key(*name));
        let gone = gone.map(|name| self.run_at(name, None));
        changed.chain(gone).collect()
    }

    /// What the gateway is told once the API is gone.
    pub(super) fn withdraw(&self) -> Vec<Effect> {
        let stages = self.stages.keys();
        let stages = stages.map(|name| self.run_at(name, None));
        let gone = Effect::OutlineApi {
            api_id: self.facts.id.clone(),
            outline: None,
        };
        stages.chain([gone]).collect()
    }

    fn run_at(&self, stage: &str, deployment: Option<authlab_gateway::Deployment>) -> Effect {
        Effect::PublishDeployment {
            api_id: self.facts.id.clone(),
            stage: stage.to_owned(),
            deployment: deployment.map(Arc::new),
        }
    }
}

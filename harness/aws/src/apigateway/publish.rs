//! What the gateway is told of an API: that it is there, and what its stages run.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::deployment::{ApiKind, Outline};
use authlab_gateway::domain::{CustomDomain, Mapping};
use authlab_kernel::{Ids, Scope};

use super::account::Account;
use super::compile::compile;
use super::resource::{Api, Content, RestApi, Stage};
use crate::operation::Effect;

/// What the gateway was told of an API.
pub(super) struct Published {
    stages: BTreeMap<String, Stage>,
    /// What is not deployed: the resource policy, and what a deployment freezes.
    draft: (Option<String>, Content),
}

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

    /// What the gateway was told of.
    pub(super) fn published(&self) -> Published {
        Published {
            stages: self.stages.clone(),
            draft: (self.facts.policy.clone(), self.content.clone()),
        }
    }

    /// What the gateway is told once stages were added, changed or taken away, or the API has something that
    /// they do not run: nothing else changes what is told of a stage.
    pub(super) fn publish(&self, before: &Published, ids: &Ids) -> Vec<Effect> {
        let is_as_before = before.draft.0 == self.facts.policy && before.draft.1 == self.content;
        let before = &before.stages;
        let changed = self
            .stages
            .values()
            .filter(|stage| !is_as_before || before.get(&stage.stage_name) != Some(*stage));
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

/// What the custom domain names of an account lead to, by name.
pub(super) type Led = BTreeMap<String, CustomDomain>;

impl Account {
    /// What the gateway was told of the custom domain names.
    pub(super) fn led(&self) -> Led {
        let domains = self.domain_names.iter();
        let led = domains.map(|domain| {
            let name = domain.domain_name.clone();
            let mappings = self.mappings_of(&name).map(|mapping| Mapping {
                // `(none)` is how the mapping of the rest is named.
                base_path: match mapping.base_path.as_str() {
                    "(none)" => String::new(),
                    path => path.trim_matches('/').to_owned(),
                },
                api_id: mapping.rest_api_id.clone(),
                stage: mapping.stage.clone(),
            });
            let mappings = mappings.collect();
            (name.clone(), CustomDomain { name, mappings })
        });
        led.collect()
    }

    /// What the gateway is told once names and mappings were added, changed or taken away.
    pub(super) fn lead(&self, before: &Led) -> Vec<Effect> {
        let now = self.led();
        let gone = before.keys().filter(|name| !now.contains_key(*name));
        let gone = gone.map(|name| (name.clone(), None));
        let changed = now
            .iter()
            .filter(|(name, domain)| before.get(*name) != Some(*domain));
        let changed = changed.map(|(name, domain)| (name.clone(), Some(Arc::new(domain.clone()))));
        let told: Vec<_> = gone.chain(changed).collect();
        let told = told.into_iter();
        told.map(|(name, domain)| Effect::PublishDomain { name, domain })
            .collect()
    }
}

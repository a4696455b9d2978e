//! The rules: APIs and their parts, and what becomes of a change.
//!
//! A change is made on a copy and kept as a whole or not at all. What it means for the stages
//! follows in one place, [`Api::publish`]: stages with auto-deploy get a deployment of the new
//! content, and every stage that runs something is published again.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::deployment::{ApiKind, Outline};
use authlab_kernel::{Scope, Timestamp};

use super::compile::compile;
use super::error::Error;
use super::resource::{
    Api, ApiFacts, Authorizer, Content, Deployment, DeploymentFacts, Integration, Route, Stage,
};
use super::rule;
use crate::operation::Effect;
use crate::shared::Ctx;

/// The APIs of all accounts, by id: ids are unique in the lab.
#[derive(Default)]
pub struct State {
    apis: BTreeMap<String, Api>,
}

impl State {
    /// Makes an API without routes and stages.
    pub fn create(&mut self, mut facts: ApiFacts, ctx: &Ctx<'_>) -> Result<String, Error> {
        if facts.protocol_type != "HTTP" {
            let kind = &facts.protocol_type;
            let text = format!("the protocol type `{kind}` is not implemented by this lab");
            return Err(Error::NotImplemented(text));
        }
        facts.api_id = ctx.ids.api_id(&facts.name);
        facts.created_date = Some(ctx.now);
        facts.route_selection_expression = facts
            .route_selection_expression
            .or_else(|| Some("$request.method $request.path".to_owned()));
        facts.api_key_selection_expression = facts
            .api_key_selection_expression
            .or_else(|| Some("$request.header.x-api-key".to_owned()));
        let api_id = facts.api_id.clone();
        let api = Api {
            scope: ctx.scope.clone(),
            facts,
            content: Content::default(),
            stages: BTreeMap::new(),
            deployments: BTreeMap::new(),
        };
        self.apis.insert(api_id.clone(), api);
        Ok(api_id)
    }

    /// An API of an account and Region.
    ///
    /// # Errors
    /// [`Error::NoSuchApi`].
    pub fn api(&self, scope: &Scope, api_id: &str) -> Result<&Api, Error> {
        self.apis
            .get(api_id)
            .filter(|api| api.scope == *scope)
            .ok_or_else(|| Error::NoSuchApi {
                account: scope.account.clone(),
                api_id: api_id.to_owned(),
            })
    }

    /// The APIs of an account and Region.
    pub fn apis(&self, scope: &Scope) -> impl Iterator<Item = &Api> {
        self.apis.values().filter(move |api| api.scope == *scope)
    }

    /// Changes an API as a whole or not at all.
    ///
    /// # Errors
    /// Those of `edit`, and [`Error::NoSuchApi`].
    pub fn change<T>(
        &mut self,
        api_id: &str,
        ctx: &Ctx<'_>,
        edit: impl FnOnce(&mut Api) -> Result<T, Error>,
    ) -> Result<(T, Vec<Effect>), Error> {
        let mut edited = self.api(ctx.scope, api_id)?.clone();
        let before: Vec<String> = edited.stages.keys().cloned().collect();
        let value = edit(&mut edited)?;
        let mut effects = edited.publish(ctx);
        effects.push(edited.outline());
        let gone = before
            .into_iter()
            .filter(|stage| !edited.stages.contains_key(stage));
        effects.extend(gone.map(|stage| withdrawal(api_id, stage)));
        self.apis.insert(api_id.to_owned(), edited);
        Ok((value, effects))
    }

    /// Deletes an API.
    ///
    /// # Errors
    /// [`Error::NoSuchApi`].
    pub fn delete(&mut self, api_id: &str, ctx: &Ctx<'_>) -> Result<Vec<Effect>, Error> {
        let api = self.api(ctx.scope, api_id)?;
        let stages = api.stages.keys().cloned().collect::<Vec<String>>();
        self.apis.remove(api_id);
        let gone = Effect::OutlineApi {
            api_id: api_id.to_owned(),
            outline: None,
        };
        let withdrawn = stages.into_iter().map(|stage| withdrawal(api_id, stage));
        Ok(withdrawn.chain([gone]).collect())
    }
}

fn withdrawal(api_id: &str, stage: String) -> Effect {
    Effect::PublishDeployment {
        api_id: api_id.to_owned(),
        stage,
        deployment: None,
    }
}

impl Api {
    /// A route.
    pub fn route(&self, id: &str) -> Result<&Route, Error> {
        self.content
            .routes
            .get(id)
            .ok_or_else(|| missing("Route", id))
    }

    /// An integration.
    pub fn integration(&self, id: &str) -> Result<&Integration, Error> {
        self.content
            .integrations
            .get(id)
            .ok_or_else(|| missing("Integration", id))
    }

    /// An authorizer.
    pub fn authorizer(&self, id: &str) -> Result<&Authorizer, Error> {
        self.content
            .authorizers
            .get(id)
            .ok_or_else(|| missing("Authorizer", id))
    }

    /// A stage.
    pub fn stage(&self, name: &str) -> Result<&Stage, Error> {
        self.stages.get(name).ok_or_else(|| missing("Stage", name))
    }

    /// A deployment.
    pub fn deployment(&self, id: &str) -> Result<&Deployment, Error> {
        self.deployments
            .get(id)
            .ok_or_else(|| missing("Deployment", id))
    }

    /// What is told of a deployment.
    pub fn deployment_facts(&self, id: &str) -> Result<&DeploymentFacts, Error> {
        self.deployment(id).map(|deployment| &deployment.facts)
    }

    /// Adds a route; the id is drawn.
    pub fn add_route(&mut self, mut route: Route, ctx: &Ctx<'_>) -> Result<Route, Error> {
        rule::check_counts(0, self.content.routes.len() + 1)?;
        route.route_id = self.draw("route-id", &route.route_key, 7, ctx);
        self.put_route(route)
    }

    /// Keeps a route that is new or changed.
    pub fn put_route(&mut self, mut route: Route) -> Result<Route, Error> {
        route
            .authorization_type
            .get_or_insert_with(|| "NONE".to_owned());
        rule::check_route(&route, &self.content)?;
        let same =
            |other: &&Route| other.route_key == route.route_key && other.route_id != route.route_id;
        if self.content.routes.values().find(same).is_some() {
            return Err(Error::RouteExists(route.route_key));
        }
        self.content
            .routes
            .insert(route.route_id.clone(), route.clone());
        Ok(route)
    }

    /// Takes a route away.
    pub fn remove_route(&mut self, id: &str) -> Result<(), Error> {
        self.content
            .routes
            .remove(id)
            .map(|_| ())
            .ok_or_else(|| missing("Route", id))
    }

    /// Adds an integration; the id is drawn for `name`.
    pub fn add_integration(
        &mut self,
        mut integration: Integration,
        name: &str,
        ctx: &Ctx<'_>,
    ) -> Result<Integration, Error> {
        integration.integration_id = self.draw("integration-id", name, 7, ctx);
        self.put_integration(integration)
    }

    /// Keeps an integration that is new or changed.
    pub fn put_integration(&mut self, mut integration: Integration) -> Result<Integration, Error> {
        integration
            .connection_type
            .get_or_insert_with(|| "INTERNET".to_owned());
        integration
            .timeout_in_millis
            .get_or_insert(rule::TIMEOUT_MS_MAX);
        match integration.integration_type.as_str() {
            "HTTP_PROXY" => {
                integration
                    .payload_format_version
                    .get_or_insert_with(|| "1.0".to_owned());
            }
            // Functions are always called with POST, whatever is given.
            "AWS_PROXY" => integration.integration_method = Some("POST".to_owned()),
            _ => {}
        }
        rule::check_integration(&integration)?;
        let id = integration.integration_id.clone();
        self.content.integrations.insert(id, integration.clone());
        Ok(integration)
    }

    /// Takes an integration away that no route refers to.
    pub fn remove_integration(&mut self, id: &str) -> Result<(), Error> {
        self.integration(id)?;
        let target = format!("integrations/{id}");
        let user = self
            .content
            .routes
            .values()
            .find(|it| it.target.as_ref() == Some(&target));
        if let Some(route) = user {
            let route = route.route_key.clone();
            return Err(Error::InUse {
                kind: "Integration",
                id: id.to_owned(),
                route,
            });
        }
        self.content.integrations.remove(id);
        Ok(())
    }

    /// Whether an authorizer can be added or kept, as far as that is known before its issuer was
    /// asked.
    pub fn check_authorizer(&self, authorizer: &Authorizer) -> Result<(), Error> {
        if authorizer.authorizer_id.is_empty() {
            rule::check_counts(self.content.authorizers.len() + 1, 0)?;
        }
        rule::check_authorizer(authorizer)?;
        let id = &authorizer.authorizer_id;
        let same =
            |other: &&Authorizer| other.name == authorizer.name && other.authorizer_id != *id;
        match self.content.authorizers.values().find(same) {
            Some(_) => Err(Error::AuthorizerExists(authorizer.name.clone())),
            None => Ok(()),
        }
    }

    /// Adds an authorizer; the id is drawn.
    pub fn add_authorizer(
        &mut self,
        mut authorizer: Authorizer,
        ctx: &Ctx<'_>,
    ) -> Result<Authorizer, Error> {
        self.check_authorizer(&authorizer)?;
        authorizer.authorizer_id = self.draw("authorizer-id", &authorizer.name, 6, ctx);
        self.put_authorizer(authorizer)
    }

    /// Keeps an authorizer that is new or changed.
    pub fn put_authorizer(&mut self, authorizer: Authorizer) -> Result<Authorizer, Error> {
        self.check_authorizer(&authorizer)?;
        let id = authorizer.authorizer_id.clone();
        self.content.authorizers.insert(id, authorizer.clone());
        Ok(authorizer)
    }

    /// Takes an authorizer away that no route refers to.
    pub fn remove_authorizer(&mut self, id: &str) -> Result<(), Error> {
        self.authorizer(id)?;
        let uses = |route: &&Route| route.authorizer_id.as_deref() == Some(id);
        if let Some(route) = self.content.routes.values().find(uses) {
            let route = route.route_key.clone();
            return Err(Error::InUse {
                kind: "Authorizer",
                id: id.to_owned(),
                route,
            });
        }
        self.content.authorizers.remove(id);
        Ok(())
    }

    /// Adds a stage.
    pub fn add_stage(&mut self, mut stage: Stage, ctx: &Ctx<'_>) -> Result<(), Error> {
        if self.stages.contains_key(&stage.stage_name) {
            return Err(Error::StageExists(stage.stage_name));
        }
        stage.created_date = Some(ctx.now);
        self.put_stage(stage, ctx)
    }

    /// Keeps a stage that is new or changed.
    pub fn put_stage(&mut self, mut stage: Stage, ctx: &Ctx<'_>) -> Result<(), Error> {
        rule::check_stage(&stage, &self.scope)?;
        let has = |key: &&String| {
            self.content
                .routes
                .values()
                .any(|route| route.route_key == **key)
        };
        if let Some(key) = stage.route_settings.keys().find(|key| !has(key)) {
            return Err(Error::NoSuchRouteKey(key.clone()));
        }
        if let Some(id) = &stage.deployment_id {
            self.deployment(id)?;
        }
        stage.last_updated_date = Some(ctx.now);
        // As answers show it, also where nothing was given.
        stage
            .default_route_settings
            .detailed_metrics_enabled
            .get_or_insert(false);
        self.stages.insert(stage.stage_name.clone(), stage);
        Ok(())
    }

    /// Takes a stage away.
    pub fn remove_stage(&mut self, name: &str) -> Result<(), Error> {
        self.stages
            .remove(name)
            .map(|_| ())
            .ok_or_else(|| missing("Stage", name))
    }

    /// Freezes the content, and lets `stage` run it.
    pub fn deploy(
        &mut self,
        stage: Option<&str>,
        description: Option<String>,
        ctx: &Ctx<'_>,
    ) -> Result<DeploymentFacts, Error> {
        if self.content.routes.is_empty() {
            return Err(Error::NoRoutes);
        }
        if let Some(name) = stage
            && self.stage(name)?.auto_deploy
        {
            return Err(Error::AutoDeployed(name.to_owned()));
        }
        let facts = self.freeze(description, false, ctx);
        if let Some(stage) = stage.and_then(|name| self.stages.get_mut(name)) {
            stage.deployment_id = Some(facts.deployment_id.clone());
            stage.last_updated_date = Some(ctx.now);
        }
        Ok(facts)
    }

    /// Takes a deployment away that no stage runs.
    pub fn remove_deployment(&mut self, id: &str) -> Result<(), Error> {
        self.deployment(id)?;
        let runs = |stage: &&Stage| stage.deployment_id.as_deref() == Some(id);
        if let Some(stage) = self.stages.values().find(runs) {
            return Err(Error::DeploymentInUse(stage.stage_name.clone()));
        }
        self.deployments.remove(id);
        Ok(())
    }

    fn freeze(
        &mut self,
        description: Option<String>,
        auto_deployed: bool,
        ctx: &Ctx<'_>,
    ) -> DeploymentFacts {
        let id = self.draw("deployment-id", "", 6, ctx);
        let facts = DeploymentFacts {
            deployment_id: id.clone(),
            auto_deployed,
            created_date: Some(ctx.now),
            deployment_status: "DEPLOYED".to_owned(),
            description,
        };
        let content = Arc::new(self.content.clone());
        self.deployments.insert(
            id,
            Deployment {
                facts: facts.clone(),
                content,
            },
        );
        facts
    }

    /// What the gateway knows of it whatever runs.
    fn outline(&self) -> Effect {
        let runs_nothing = |stage: &&Stage| stage.deployment_id.is_none();
        let undeployed = self.stages.values().filter(runs_nothing);
        Effect::OutlineApi {
            api_id: self.facts.api_id.clone(),
            outline: Some(Outline {
                kind: ApiKind::Http,
                name: self.facts.name.clone(),
                region: self.scope.region.to_string(),
                undeployed: undeployed.map(|stage| stage.stage_name.clone()).collect(),
            }),
        }
    }

    /// Deploys what is deployed by itself, and tells the gateway what every stage runs.
    fn publish(&mut self, ctx: &Ctx<'_>) -> Vec<Effect> {
        self.deploy_automatically(ctx);
        let compiled = self.stages.values().map(|stage| {
            let deployment = stage
                .deployment_id
                .as_ref()
                .and_then(|id| self.deployments.get(id));
            let deployment = deployment.map(|it| Arc::new(compile(self, stage, it, ctx.ids)));
            Effect::PublishDeployment {
                api_id: self.facts.api_id.clone(),
                stage: stage.stage_name.clone(),
                deployment,
            }
        });
        compiled.collect()
    }

    /// One deployment for all stages that want one and do not run the present content.
    fn deploy_automatically(&mut self, ctx: &Ctx<'_>) {
        let is_behind = |stage: &Stage| {
            let run = stage
                .deployment_id
                .as_ref()
                .and_then(|id| self.deployments.get(id));
            stage.auto_deploy && run.is_none_or(|run| *run.content != self.content)
        };
        let behind: Vec<String> = self
            .stages
            .values()
            .filter(|stage| is_behind(stage))
            .map(|stage| stage.stage_name.clone())
            .collect();
        if behind.is_empty() {
            return;
        }
        // An API without routes cannot be deployed; what ran goes on.
        let deployed = (!self.content.routes.is_empty()).then(|| self.freeze(None, true, ctx));
        for name in behind {
            let Some(stage) = self.stages.get_mut(&name) else {
                continue;
            };
            stage.last_deployment_status_message = Some(match &deployed {
                Some(facts) => {
                    stage.deployment_id = Some(facts.deployment_id.clone());
                    format!(
                        "Successfully deployed stage with deployment ID '{}'",
                        facts.deployment_id
                    )
                }
                None => format!("Deployment attempt failed: {}", Error::NoRoutes),
            });
            stage.last_updated_date = Some::<Timestamp>(ctx.now);
        }
    }

    fn draw(&self, kind: &str, name: &str, length: usize, ctx: &Ctx<'_>) -> String {
        ctx.ids.draw(kind, &self.facts.api_id, name).base36(length)
    }
}

fn missing(kind: &'static str, id: &str) -> Error {
    Error::NoSuchPart {
        kind,
        id: id.to_owned(),
    }
}

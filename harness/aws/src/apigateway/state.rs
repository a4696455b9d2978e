//! The APIs and accounts, and what is made and changed of them as a whole or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::quota::Quotas;
use authlab_kernel::Scope;

use super::account::Account;
use super::documentation::Documentation;
use super::error::Error;
use super::resource::{Api, Content, Model, Resource, RestApi};
use super::rule;
use crate::shared::Ctx;

/// How many characters an id has that the service makes.
pub(super) const ID_LENGTH: usize = 10;
/// The same for parts of an API that are named by it only.
pub(super) const PART_ID_LENGTH: usize = 6;

/// What every API has when it is made: name, description, schema (recorded).
const MODELS: [(&str, &str, &str); 2] = [
    (
        "Empty",
        "This is a default empty schema model",
        "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty Schema\",\n  \"type\" : \"object\"\n}",
    ),
    (
        "Error",
        "This is a default error schema model",
        "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error Schema\",\n  \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : { \"type\" : \"string\" }\n  }\n}",
    ),
];

/// The REST APIs of all accounts, in the order in which they were made, and the accounts.
#[derive(Default)]
pub struct State {
    apis: Vec<Api>,
    accounts: BTreeMap<Scope, Account>,
    /// What is used of quotas; the gateway counts.
    quotas: Arc<Quotas>,
    /// An API without parts: what is looked at where AWS says of an API that is not there that the part
    /// is not there.
    nothing: Option<Api>,
}

impl State {
    /// No APIs and no accounts, and the counts that a gateway holds.
    pub fn counting(quotas: Arc<Quotas>) -> Self {
        Self {
            quotas,
            ..Self::default()
        }
    }

    /// What is used of quotas.
    pub fn quotas(&self) -> Arc<Quotas> {
        Arc::clone(&self.quotas)
    }

    /// Makes an API, with the resource `/` and the models that every API has.
    pub fn create(&mut self, mut facts: RestApi, ctx: &Ctx<'_>) -> Result<RestApi, Error> {
        facts.id = ctx.ids.api_id(&facts.name);
        rule::api::check(&mut facts, ctx)?;
        facts.created_date = Some(ctx.now);
        let mut api = Api::without_parts(facts, ctx.scope);
        let root = api.draw("resource-id", "/", ID_LENGTH, ctx);
        api.facts.root_resource_id.clone_from(&root);
        let resource = Resource {
            id: root.clone(),
            path: "/".to_owned(),
            ..Resource::default()
        };
        api.content.resources.insert(root, resource);
        for (name, description, schema) in MODELS {
            let model = Model {
                id: api.draw("model-id", name, PART_ID_LENGTH, ctx),
                name: name.to_owned(),
                description: Some(description.to_owned()),
                schema: Some(schema.to_owned()),
                content_type: "application/json".to_owned(),
            };
            api.content.models.insert(name.to_owned(), model);
        }
        let facts = api.facts.clone();
        self.apis.push(api);
        Ok(facts)
    }

    /// An API of an account and Region.
    ///
    /// # Errors
    /// [`Error::NoSuchApi`].
    pub fn api(&self, scope: &Scope, api_id: &str) -> Result<&Api, Error> {
        self.apis
            .iter()
            .find(|api| api.facts.id == api_id && api.scope == *scope)
            .ok_or_else(|| Error::NoSuchApi {
                account: scope.account.clone(),
                api_id: api_id.to_owned(),
            })
    }

    /// The same; one without parts where there is none.
    pub fn api_or_nothing(&mut self, scope: &Scope, api_id: &str) -> &Api {
        let found = self
            .apis
            .iter()
            .position(|api| api.facts.id == api_id && api.scope == *scope);
        match found.and_then(|at| self.apis.get(at)) {
            Some(api) => api,
            None => self
                .nothing
                .insert(Api::without_parts(RestApi::default(), scope)),
        }
    }

    /// The APIs of an account and Region, in the order in which they were made.
    pub fn apis(&self, scope: &Scope) -> impl Iterator<Item = &Api> {
        self.apis.iter().filter(move |api| api.scope == *scope)
    }

    /// Changes an API as a whole or not at all.
    ///
    /// # Errors
    /// Those of `edit`, and [`Error::NoSuchApi`].
    pub fn change<T>(
        &mut self,
        scope: &Scope,
        api_id: &str,
        edit: impl FnOnce(&mut Api) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut edited = self.api(scope, api_id)?.clone();
        let value = edit(&mut edited)?;
        let mut own = self.apis.iter_mut();
        if let Some(api) = own.find(|api| api.facts.id == api_id) {
            *api = edited;
        }
        Ok(value)
    }

    /// Deletes an API, and says what it was. The usage plans lose its stages.
    ///
    /// # Errors
    /// [`Error::NoSuchApi`].
    pub fn delete(&mut self, scope: &Scope, api_id: &str) -> Result<Api, Error> {
        let gone = self.api(scope, api_id)?.clone();
        self.apis.retain(|api| api.facts.id != api_id);
        if let Some(account) = self.accounts.get_mut(scope) {
            for plan in &mut account.usage_plans {
                plan.api_stages.retain(|stage| stage.api_id != api_id);
            }
        }
        Ok(gone)
    }

    /// What an account has in a Region.
    pub fn account(&mut self, scope: &Scope) -> &Account {
        self.accounts
            .entry(scope.clone())
            .or_insert_with(|| Account::new(scope.clone()))
    }

    /// The role by which execution logs of an account's APIs are written.
    pub fn log_role(&self, scope: &Scope) -> Option<&str> {
        let account = self.accounts.get(scope)?;
        account.settings.cloudwatch_role_arn.as_deref()
    }

    /// Changes it as a whole or not at all; beside it stand the APIs.
    ///
    /// # Errors
    /// Those of `edit`.
    pub fn change_account<T>(
        &mut self,
        scope: &Scope,
        edit: impl FnOnce(&mut Account, &Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut edited = self.account(scope).clone();
        let value = edit(&mut edited, self)?;
        self.accounts.insert(scope.clone(), edited);
        Ok(value)
    }
}

impl Api {
    fn without_parts(facts: RestApi, scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
            facts,
            content: Content::default(),
            stages: BTreeMap::new(),
            deployments: Vec::new(),
            documentation: Documentation::default(),
        }
    }

    /// An id of a part.
    pub(super) fn draw(&self, kind: &str, name: &str, length: usize, ctx: &Ctx<'_>) -> String {
        ctx.ids.draw(kind, &self.facts.id, name).base36(length)
    }
}

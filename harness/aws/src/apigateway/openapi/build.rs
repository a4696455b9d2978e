//! An API of a document: everything goes through the rules of the single operations.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Imported, ImportedMethod, method, schema};
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Api, Content, Method, Model, RestApi};
use crate::apigateway::rule;
use crate::apigateway::state::PART_ID_LENGTH;
use crate::shared::Ctx;

/// What becomes of what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::apigateway) enum Mode {
    /// What the document does not name stays.
    #[default]
    Merge,
    /// The document is all that there is.
    Overwrite,
}

impl Imported {
    /// The facts of an API that is made of the document.
    pub(in crate::apigateway) fn facts(&self) -> RestApi {
        self.facts.of_new()
    }

    /// Makes the parts of a new API; the models that every API has are not there (recorded).
    ///
    /// # Errors
    /// A rule refuses a part: [`Error::Import`] says which.
    pub(in crate::apigateway) fn build(&self, api: &mut Api, ctx: &Ctx<'_>) -> Result<(), Error> {
        api.content.models.clear();
        self.parts(api, ctx)
    }

    /// Changes an API. Its stages go on with what they run.
    ///
    /// # Errors
    /// As [`Imported::build`].
    pub(in crate::apigateway) fn put(
        &self,
        api: &mut Api,
        mode: Mode,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        match mode {
            Mode::Merge => self.facts.merge_into(&mut api.facts),
            Mode::Overwrite => {
                self.facts.overwrite(&mut api.facts);
                let root = api.facts.root_resource_id.clone();
                let mut kept = Content::default();
                if let Some(mut resource) = api.content.resources.remove(&root) {
                    resource.methods.clear();
                    kept.resources.insert(root, resource);
                }
                api.content = kept;
            }
        }
        rule::api::check(&mut api.facts, ctx)?;
        self.parts(api, ctx)
    }

    fn parts(&self, api: &mut Api, ctx: &Ctx<'_>) -> Result<(), Error> {
        if self.facts.documentation.is_some() {
            api.content
                .documentation
                .clone_from(&self.facts.documentation);
        }
        for given in &self.models {
            let schema = schema::with_models(&given.schema, &api.facts.id);
            let model = Model {
                name: given.name.clone(),
                description: given.description.clone(),
                schema: Some(schema.to_string()),
                content_type: "application/json".to_owned(),
                ..Model::default()
            };
            let name = given.name.clone();
            let made = match api.content.models.get(&name) {
                Some(own) => {
                    let id = own.id.clone();
                    api.put_model(Model { id, ..model })
                }
                None => api.add_model(model, ctx),
            };
            made.map_err(|error| at(&format!("Unable to create model for '{name}'"), &error))?;
        }
        for response in &self.gateway_responses {
            api.put_gateway_response(response.clone())?;
        }
        let validators = self.validators(api, ctx)?;
        let authorizers = self.authorizers(api, ctx)?;
        for (path, methods) in &self.paths {
            let resource = resource(api, path, ctx)?;
            for given in methods {
                let ids = Ids {
                    authorizers: &authorizers,
                    validators: &validators,
                };
                put_method(api, (&resource, path), given, &ids, ctx)?;
            }
        }
        Ok(())
    }

    /// The ids of the request validators by name.
    fn validators(&self, api: &mut Api, ctx: &Ctx<'_>) -> Result<BTreeMap<String, String>, Error> {
        for given in &self.validators {
            let own = api.content.request_validators.values();
            let mut own = own
                .filter(|own| own.name == given.name)
                .map(|own| own.id.clone());
            let own = own.next_back();
            let mut given = given.clone();
            match own {
                Some(id) => {
                    given.id = id;
                    api.put_request_validator(given)?;
                }
                None => drop(api.add_request_validator(given, ctx)?),
            }
        }
        let validators = api.content.request_validators.values();
        let named = validators.filter_map(|it| Some((it.name.clone()?, it.id.clone())));
        Ok(named.collect())
    }

    /// The ids of the authorizers by name.
    fn authorizers(&self, api: &mut Api, ctx: &Ctx<'_>) -> Result<BTreeMap<String, String>, Error> {
        let mut ids = BTreeMap::new();
        for given in &self.authorizers {
            let own = api.content.authorizers.values();
            let mut own = own
                .filter(|own| own.name == given.name)
                .map(|own| own.id.clone());
            let own = own.next_back();
            let mut authorizer = given.clone();
            let made = match own {
                Some(id) => {
                    authorizer.id = id;
                    api.put_authorizer(authorizer)
                }
                None => api.add_authorizer(authorizer, ctx),
            };
            let name = &given.name;
            let what = format!("Unable to create authorizer '{name}'");
            ids.insert(name.clone(), made.map_err(|error| at(&what, &error))?.id);
        }
        Ok(ids)
    }
}

/// Ids by name.
struct Ids<'i> {
    authorizers: &'i BTreeMap<String, String>,
    validators: &'i BTreeMap<String, String>,
}

/// The resource of a path, made with all that are above it.
fn resource(api: &mut Api, path: &str, ctx: &Ctx<'_>) -> Result<String, Error> {
    let mut id = api.facts.root_resource_id.clone();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let own = api.content.resources.values();
        let mut own = own.filter(|it| it.parent_id.as_ref() == Some(&id));
        let own = own.find(|it| it.path_part.as_deref() == Some(part));
        id = match own {
            Some(own) => own.id.clone(),
            None => {
                let made = api.add_resource(&id, part.to_owned(), ctx);
                let what = format!("Unable to create resource at path '{path}'");
                made.map_err(|error| at(&what, &error))?.id
            }
        };
    }
    Ok(id)
}

/// Puts a method in the place of the one that is there, with its responses and its integration. (The
/// texts are as observed in public reports.)
fn put_method(
    api: &mut Api,
    (resource, path): (&str, &str),
    given: &ImportedMethod,
    ids: &Ids<'_>,
    ctx: &Ctx<'_>,
) -> Result<(), Error> {
    let mut whole = given.method.clone();
    for inline in &given.inline {
        let name = inline_model(api, inline, &given.place, ctx)?;
        let (status, kind) = (inline.status.as_deref(), inline.content_type.clone());
        method::set_model(&mut whole, status, kind, name);
    }
    let responses = std::mem::take(&mut whole.method_responses);
    let integration = whole.method_integration.take();
    let verb = whole.http_method.clone();
    if let Some(name) = &given.authorizer {
        whole.authorizer_id = ids.authorizers.get(name).cloned();
    }
    let on_method = format!("Unable to put method '{verb}' on resource at path '{path}'");
    if let Some(name) = &given.validator {
        let Some(id) = ids.validators.get(name) else {
            let problem = format!("{on_method}: there is no request validator `{name}`");
            return Err(Error::Import(vec![problem]));
        };
        whole.request_validator_id = Some(id.clone());
    }
    let own = api.resource(resource)?.methods.contains_key(&verb);
    let kept: Result<Method, Error> = if own {
        api.put_method(resource, whole)
    } else {
        api.add_method(resource, whole)
    };
    kept.map_err(|error| at(&on_method, &error))?;
    for response in responses.into_values() {
        let status = response.status_code.clone();
        let kept = api.put_method_response((resource, &verb), response, true);
        kept.map_err(|error| {
            let what = format!(
                "Unable to put method response '{status}' on '{verb}' for resource at path '{path}'"
            );
            at(&what, &error)
        })?;
    }
    let Some(mut integration) = integration else {
        return Ok(());
    };
    let answers = std::mem::take(&mut integration.integration_responses);
    let place = format!("on '{verb}' for resource at path '{path}'");
    let kept = api.put_integration(resource, &verb, integration);
    kept.map_err(|error| at(&format!("Unable to put integration {place}"), &error))?;
    for answer in answers.into_values() {
        let kept = api.put_integration_response((resource, &verb), answer);
        let what = format!("Unable to put integration response {place}");
        kept.map_err(|error| at(&what, &error))?;
    }
    Ok(())
}

/// A model of a schema that has no name. (How AWS names it is unverified.)
fn inline_model(
    api: &mut Api,
    inline: &schema::Inline,
    place: &str,
    ctx: &Ctx<'_>,
) -> Result<String, Error> {
    let status = inline.status.as_deref().unwrap_or("request");
    let place = format!("{place} {status} {}", inline.content_type);
    let name = format!(
        "MODEL{}",
        api.draw("inline-model", &place, PART_ID_LENGTH, ctx)
    );
    let schema = schema::with_models(&inline.schema, &api.facts.id);
    let model = Model {
        name: name.clone(),
        schema: Some(schema.to_string()),
        content_type: "application/json".to_owned(),
        ..Model::default()
    };
    let made = api.add_model(model, ctx);
    made.map_err(|error| at(&format!("Unable to create model for '{place}'"), &error))?;
    Ok(name)
}

/// An error with what could not be made. What is not simulated stays that.
fn at(what: &str, error: &Error) -> Error {
    match error {
        Error::NotImplemented(_) | Error::Quota { .. } => error.clone(),
        other => Error::Import(vec![format!("{what}: {other}")]),
    }
}

//! Schemas, which become models.

use serde_json::{Map, Value as Json};

use super::document::{At, Document};
use crate::apigateway::error::Error;

/// Where a document has its schemas.
const PLACES: [&str; 2] = ["#/definitions/", "#/components/schemas/"];

/// A schema with a name.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    /// The model's name.
    pub(super) name: String,
    /// What is said of it (recorded: the model has it too).
    pub(super) description: Option<String>,
    pub(super) schema: Json,
}

/// A schema that stands where it is used.
#[derive(Clone, Debug)]
pub(super) struct Inline {
    /// The status of the response, none for a request.
    pub(super) status: Option<String>,
    pub(super) content_type: String,
    pub(super) schema: Json,
}

/// What stands for a body: a model, or what becomes one.
pub(super) enum Use {
    Named(String),
    Inline(Json),
}

/// Every schema of a document.
pub(super) fn all(document: &Document) -> Result<Vec<Schema>, Error> {
    let root = document.root();
    let schemas = if document.is_swagger {
        root.entries_of("definitions")?
    } else {
        let components = root.member("components");
        components.map_or(Ok(Vec::new()), |it| it.entries_of("schemas"))?
    };
    let schemas = schemas.into_iter().map(|(name, at)| {
        if !at.value.is_object() {
            return Err(at.refuse("it has to be a schema"));
        }
        Ok(Schema {
            name: model_name(name),
            description: at.text_of("description")?,
            schema: at.value.clone(),
        })
    });
    schemas.collect()
}

/// What a schema in a place of use stands for.
pub(super) fn used(at: &At<'_>) -> Use {
    let reference = at.value.get("$ref").and_then(Json::as_str);
    match reference.and_then(referenced) {
        Some(name) => Use::Named(name),
        None => Use::Inline(at.value.clone()),
    }
}

/// The model of a reference to a schema.
fn referenced(reference: &str) -> Option<String> {
    let name = PLACES
        .iter()
        .find_map(|place| reference.strip_prefix(place))?;
    (!name.contains('/')).then(|| model_name(name))
}

/// Names of models are letters and digits; what else a document's name has is left out (unverified).
fn model_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A schema whose references are those of models (recorded).
pub(super) fn with_models(schema: &Json, api_id: &str) -> Json {
    match schema {
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let model = value
                    .as_str()
                    .filter(|_| name == "$ref")
                    .and_then(referenced);
                let value = match model {
                    Some(model) => Json::String(model_url(api_id, &model)),
                    None => with_models(value, api_id),
                };
                (name.clone(), value)
            });
            Json::Object(members.collect::<Map<_, _>>())
        }
        Json::Array(items) => items.iter().map(|item| with_models(item, api_id)).collect(),
        other => other.clone(),
    }
}

/// How a model is referred to (recorded).
pub(super) fn model_url(api_id: &str, model: &str) -> String {
    format!("https://apigateway.amazonaws.com/restapis/{api_id}/models/{model}")
}

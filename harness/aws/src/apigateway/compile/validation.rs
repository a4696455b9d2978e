//! What of a request is validated.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_gateway::deployment::rest::{BodyModels, Place, RequiredParameter, Validation};
use authlab_gateway::schema::Schemas;
use serde_json::Value;

use crate::apigateway::resource::{Content, Method, Model};

/// Where the parameters of a request stand, by their mapping expressions.
const PLACES: [(&str, Place); 3] = [
    ("method.request.header.", Place::Header),
    ("method.request.path.", Place::Path),
    ("method.request.querystring.", Place::Query),
];

/// The models of an API. Those of other types than JSON are no schemas, and bodies are not held against them.
pub(super) fn schemas(content: &Content) -> Arc<Schemas> {
    let models = content.models.values().filter(|model| is_json(model));
    let models = models.filter_map(|model| {
        let schema = model.schema.as_deref()?;
        Some((model.name.clone(), serde_json::from_str(schema).ok()?))
    });
    let models: BTreeMap<String, Value> = models.collect();
    Arc::new(Schemas::compile(&models))
}

fn is_json(model: &Model) -> bool {
    model.content_type.contains("json")
}

/// What a method's validator asks for; nothing where it has none.
pub(super) fn of(method: &Method, content: &Content, schemas: &Arc<Schemas>) -> Validation {
    let id = method.request_validator_id.as_ref();
    let Some(validator) = id.and_then(|id| content.request_validators.get(id)) else {
        return Validation::default();
    };
    let mut parameters = Vec::new();
    if validator.validate_request_parameters {
        let required = method.request_parameters.iter();
        let required = required.filter(|(_, is_required)| **is_required);
        parameters.extend(required.filter_map(|(expression, _)| parameter(expression)));
        parameters.sort();
    }
    let body = (validator.validate_request_body && !method.request_models.is_empty()).then(|| {
        let by_type = method.request_models.iter();
        let by_type = by_type.filter(|(_, name)| content.models.get(*name).is_some_and(is_json));
        BodyModels {
            schemas: Arc::clone(schemas),
            by_type: by_type
                .map(|(kind, name)| (kind.clone(), name.clone()))
                .collect(),
        }
    });
    Validation { parameters, body }
}

fn parameter(expression: &str) -> Option<RequiredParameter> {
    PLACES.iter().find_map(|(start, place)| {
        let name = expression.strip_prefix(start)?.to_owned();
        Some(RequiredParameter {
            place: *place,
            name,
        })
    })
}

//! Operations of a document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::Wanted;
use super::scheme::Schemes;
use crate::apigateway::resource::{Content, Integration, Method, MethodResponse, Resource};
use crate::apigateway::rule::integration::TIMEOUT_MS_MAX;

/// The models that methods name.
pub(super) fn named_models(content: &Content) -> BTreeSet<String> {
    let methods = content
        .resources
        .values()
        .flat_map(|it| it.methods.values());
    let models = methods.flat_map(|method| {
        let responses = method.method_responses.values();
        let of_responses = responses.filter_map(|it| it.response_models.as_ref());
        let of_responses = of_responses.flat_map(BTreeMap::values);
        method.request_models.values().chain(of_responses).cloned()
    });
    models.collect()
}

/// The paths that have methods, in the order of their names (recorded).
pub(super) fn paths(content: &Content, wanted: Wanted, schemes: &mut Schemes<'_>) -> Json {
    let mut resources: Vec<&Resource> = content.resources.values().collect();
    resources.retain(|resource| !resource.methods.is_empty());
    resources.sort_by(|one, other| one.path.cmp(&other.path));
    let mut paths = Map::new();
    for resource in resources {
        let mut item = Map::new();
        for (verb, method) in &resource.methods {
            let member = match verb.as_str() {
                "ANY" => "x-amazon-apigateway-any-method".to_owned(),
                verb => verb.to_ascii_lowercase(),
            };
            item.insert(
                member,
                operation(content, (resource, method), wanted, schemes),
            );
        }
        paths.insert(resource.path.clone(), Json::Object(item));
    }
    Json::Object(paths)
}

fn operation(
    content: &Content,
    (resource, method): (&Resource, &Method),
    wanted: Wanted,
    schemes: &mut Schemes<'_>,
) -> Json {
    let mut told = json!({});
    if let Some(name) = &method.operation_name {
        told["operationId"] = json!(name);
    }
    if wanted.is_swagger {
        // Bodies have a content type each: those of the method.
        let consumes: Vec<&String> = method.request_models.keys().collect();
        if !consumes.is_empty() {
            told["consumes"] = json!(consumes);
        }
        let produces: BTreeSet<&String> = method
            .method_responses
            .values()
            .filter_map(|it| it.response_models.as_ref())
            .flat_map(BTreeMap::keys)
            .collect();
        if !produces.is_empty() {
            told["produces"] = json!(produces);
        }
    }
    let parameters = parameters(method, wanted);
    if !parameters.is_empty() {
        told["parameters"] = Json::Array(parameters);
    }
    if !wanted.is_swagger && !method.request_models.is_empty() {
        let models = content_of(&method.request_models);
        told["requestBody"] = json!({"content": models, "required": true});
    }
    let responses = method.method_responses.values();
    let responses: Map<String, Json> = responses
        .map(|it| (it.status_code.clone(), response(it, wanted)))
        .collect();
    if !responses.is_empty() {
        told["responses"] = Json::Object(responses);
    }
    if let Some(security) = schemes.of(method) {
        told["security"] = security;
    }
    let validator = method.request_validator_id.as_ref();
    let validator = validator.and_then(|id| content.request_validators.get(id)?.name.clone());
    if let Some(name) = validator.filter(|_| wanted.has_integrations) {
        told["x-amazon-apigateway-request-validator"] = json!(name);
    }
    if let Some(integration) = method
        .method_integration
        .as_ref()
        .filter(|_| wanted.has_integrations)
    {
        told["x-amazon-apigateway-integration"] = integration_told(integration, resource);
    }
    told
}

fn reference(model: &str, wanted: Wanted) -> Json {
    let place = if wanted.is_swagger {
        "definitions"
    } else {
        "components/schemas"
    };
    json!({"$ref": format!("#/{place}/{model}")})
}

/// Models by content type, as OpenAPI 3 has them.
fn content_of(models: &BTreeMap<String, String>) -> Json {
    let models = models.iter().map(|(kind, model)| {
        let schema = json!({"$ref": format!("#/components/schemas/{model}")});
        (kind.clone(), json!({"schema": schema}))
    });
    Json::Object(models.collect())
}

fn parameters(method: &Method, wanted: Wanted) -> Vec<Json> {
    let places = [
        ("path.", "path"),
        ("querystring.", "query"),
        ("header.", "header"),
    ];
    let mut told = Vec::new();
    for (expression, required) in &method.request_parameters {
        let rest = expression
            .strip_prefix("method.request.")
            .unwrap_or_default();
        let found = places
            .iter()
            .find_map(|(start, place)| Some((place, rest.strip_prefix(start)?)));
        let Some((place, name)) = found else {
            continue;
        };
        let mut parameter = json!({"name": name, "in": place});
        if *required {
            parameter["required"] = json!(true);
        }
        if wanted.is_swagger {
            parameter["type"] = json!("string");
        } else {
            parameter["schema"] = json!({"type": "string"});
        }
        told.push(parameter);
    }
    if wanted.is_swagger
        && let Some(model) = method.request_models.values().next()
    {
        told.push(json!({"in": "body", "name": model, "required": true,
            "schema": reference(model, wanted)}));
    }
    told
}

fn response(response: &MethodResponse, wanted: Wanted) -> Json {
    let mut told = json!({"description": format!("{} response", response.status_code)});
    let headers = response.response_parameters.iter().flat_map(BTreeMap::keys);
    let headers = headers.filter_map(|it| it.strip_prefix("method.response.header."));
    for header in headers {
        told["headers"][header] = if wanted.is_swagger {
            json!({"type": "string"})
        } else {
            json!({"schema": {"type": "string"}})
        };
    }
    let models = response.response_models.clone().unwrap_or_default();
    if !wanted.is_swagger {
        told["content"] = content_of(&models);
    } else if let Some(model) = models.values().next() {
        told["schema"] = reference(model, wanted);
    }
    told
}

/// What is as AWS makes it by itself is not told (recorded).
fn integration_told(integration: &Integration, resource: &Resource) -> Json {
    let mut told = json!({"type": integration.kind.to_ascii_lowercase()});
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_ascii_lowercase());
    let members = [
        ("httpMethod", integration.http_method.clone()),
        ("uri", integration.uri.clone()),
        ("credentials", integration.credentials.clone()),
        (
            "passthroughBehavior",
            lower(&integration.passthrough_behavior),
        ),
        ("contentHandling", integration.content_handling.clone()),
        (
            "connectionType",
            integration
                .connection_type
                .clone()
                .filter(|it| it != "INTERNET"),
        ),
        ("connectionId", integration.connection_id.clone()),
        (
            "cacheNamespace",
            integration
                .cache_namespace
                .clone()
                .filter(|it| *it != resource.id),
        ),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            told[name] = json!(value);
        }
    }
    if let Some(timeout) = integration
        .timeout_in_millis
        .filter(|it| *it != TIMEOUT_MS_MAX)
    {
        told["timeoutInMillis"] = json!(timeout);
    }
    if let Some(parameters) = &integration.request_parameters {
        told["requestParameters"] = json!(parameters);
    }
    if let Some(templates) = &integration.request_templates {
        told["requestTemplates"] = templates_told(templates);
    }
    if !integration.cache_key_parameters.is_empty() {
        told["cacheKeyParameters"] = json!(integration.cache_key_parameters);
    }
    if let Some(tls) = &integration.tls_config {
        told["tlsConfig"] = json!(tls);
    }
    let responses = integration.integration_responses.values().map(|response| {
        let pattern = response.selection_pattern.clone();
        let mut of = json!({"statusCode": response.status_code});
        if let Some(handling) = &response.content_handling {
            of["contentHandling"] = json!(handling);
        }
        if let Some(parameters) = &response.response_parameters {
            of["responseParameters"] = json!(parameters);
        }
        if let Some(templates) = &response.response_templates {
            of["responseTemplates"] = templates_told(templates);
        }
        (pattern.unwrap_or_else(|| "default".to_owned()), of)
    });
    let responses: Map<String, Json> = responses.collect();
    if !responses.is_empty() {
        told["responses"] = Json::Object(responses);
    }
    told
}

/// An empty template is a null that was a text.
fn templates_told(templates: &BTreeMap<String, Option<String>>) -> Json {
    let templates = templates.iter();
    let templates =
        templates.map(|(kind, text)| (kind.clone(), json!(text.as_deref().unwrap_or_default())));
    Json::Object(templates.collect())
}

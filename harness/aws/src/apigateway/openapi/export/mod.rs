//! What a stage runs as a document: Swagger 2.0 or OpenAPI 3.0, in JSON or YAML.
//!
//! Source: API Gateway API reference, GetExport, and what was recorded. With its extensions a document
//! imports to the same API.
//!
//! - [`method`]: the operations of its paths.
//! - [`scheme`]: security schemes.
//! - [`yaml`]: the text of YAML.

mod method;
mod scheme;
mod yaml;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use self::scheme::Schemes;
use super::document::EXTENSION;
use super::schema;
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Content, RestApi};
use crate::apigateway::rule::api::policy_document;

/// What a document is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::apigateway) struct Wanted {
    is_swagger: bool,
    is_yaml: bool,
    has_integrations: bool,
    has_authorizers: bool,
    has_documentation: bool,
}

impl Wanted {
    /// Reads what a caller wants. (AWS's texts are not known.)
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::NotImplemented`] where it is `postman`.
    pub(in crate::apigateway) fn of(
        export_type: &str,
        accepts: Option<&str>,
        extensions: &str,
    ) -> Result<Self, Error> {
        let is_swagger = match export_type {
            "swagger" => true,
            "oas30" => false,
            other => {
                let problem = format!("`{other}` is none of oas30, swagger");
                return Err(Error::invalid("exportType", problem));
            }
        };
        let is_yaml = match accepts {
            None | Some("" | "*/*" | "application/json") => false,
            Some("application/yaml") => true,
            Some(other) => {
                let problem = format!("`{other}` is none of application/json, application/yaml");
                return Err(Error::invalid("accepts", problem));
            }
        };
        let mut wanted = Self {
            is_swagger,
            is_yaml,
            has_integrations: false,
            has_authorizers: false,
            has_documentation: false,
        };
        for extension in extensions
            .split(',')
            .map(str::trim)
            .filter(|it| !it.is_empty())
        {
            match extension {
                "integrations" => wanted.has_integrations = true,
                "authorizers" => wanted.has_authorizers = true,
                "documentation" => wanted.has_documentation = true,
                "apigateway" => {
                    wanted.has_integrations = true;
                    wanted.has_authorizers = true;
                }
                "postman" => {
                    return Err(Error::not_implemented("`extensions=postman` of GetExport"));
                }
                other => {
                    let problem = format!(
                        "extensions: `{other}` is none of apigateway, authorizers, documentation, \
                         integrations, postman"
                    );
                    return Err(Error::invalid("parameters", problem));
                }
            }
        }
        Ok(wanted)
    }

    /// How the file is called. (Recorded for JSON.)
    pub(in crate::apigateway) fn file_name(self, version: &str) -> String {
        let kind = if self.is_swagger { "swagger" } else { "oas30" };
        let suffix = if self.is_yaml { "yaml" } else { "json" };
        format!("{kind}_{version}.{suffix}")
    }
}

/// The version of a document: the API's, or when the API was made (API reference).
pub(in crate::apigateway) fn version(facts: &RestApi) -> String {
    let made = || facts.created_date.map(|made| made.to_string());
    facts.version.clone().or_else(made).unwrap_or_default()
}

/// The text of the document.
pub(in crate::apigateway) fn text(
    (facts, content): &(RestApi, Content),
    (host, stage): (&str, &str),
    wanted: Wanted,
) -> String {
    let whole = document(facts, content, (host, stage), wanted);
    if wanted.is_yaml {
        yaml::text(&whole)
    } else {
        serde_json::to_string_pretty(&whole).unwrap_or_default()
    }
}

fn document(
    facts: &RestApi,
    content: &Content,
    (host, stage): (&str, &str),
    wanted: Wanted,
) -> Json {
    let mut whole = if wanted.is_swagger {
        json!({"swagger": "2.0"})
    } else {
        json!({"openapi": "3.0.1"})
    };
    let mut info = json!({"title": facts.name, "version": version(facts)});
    if let Some(description) = &facts.description {
        info["description"] = json!(description);
    }
    whole["info"] = info;
    if wanted.is_swagger {
        whole["host"] = json!(host);
        whole["basePath"] = json!(format!("/{stage}"));
        whole["schemes"] = json!(["https"]);
    } else {
        whole["servers"] = json!([{
            "url": format!("https://{host}/{{basePath}}"),
            "variables": {"basePath": {"default": stage}},
        }]);
    }
    if !facts.tags.is_empty() {
        let tags = facts.tags.iter();
        let tags =
            tags.map(|(name, value)| json!({"name": name, "x-amazon-apigateway-tag-value": value}));
        whole["tags"] = tags.collect();
    }
    let mut schemes = Schemes::new(content, wanted.has_authorizers);
    whole["paths"] = method::paths(content, wanted, &mut schemes);
    parts(&mut whole, facts, content, (wanted, schemes.into_json()));
    if wanted.has_integrations {
        extensions(&mut whole, facts, content);
    }
    if let (true, Some(documentation)) = (wanted.has_documentation, &content.documentation) {
        set(&mut whole, "documentation", documentation.clone());
    }
    whole
}

/// Models and security schemes.
fn parts(
    whole: &mut Json,
    facts: &RestApi,
    content: &Content,
    (wanted, schemes): (Wanted, Map<String, Json>),
) {
    let place = if wanted.is_swagger {
        "#/definitions/"
    } else {
        "#/components/schemas/"
    };
    let base = schema::model_url(&facts.id, "");
    let models = content.models.values().filter_map(|model| {
        let schema = model.schema.as_deref()?.replace(&base, place);
        let schema: Json = serde_json::from_str(&schema).ok()?;
        Some((model.name.clone(), schema))
    });
    // What every API has is told only where a method names it (recorded).
    let named = method::named_models(content);
    let is_shown =
        |name: &String| !matches!(name.as_str(), "Empty" | "Error") || named.contains(name);
    let models: Map<String, Json> = models.filter(|(name, _)| is_shown(name)).collect();
    let mut components = json!({});
    let holder = if wanted.is_swagger {
        &mut *whole
    } else {
        &mut components
    };
    let names = if wanted.is_swagger {
        ("definitions", "securityDefinitions")
    } else {
        ("schemas", "securitySchemes")
    };
    if !models.is_empty() {
        holder[names.0] = Json::Object(models);
    }
    if !schemes.is_empty() {
        holder[names.1] = Json::Object(schemes);
    }
    if !wanted.is_swagger {
        whole["components"] = components;
    }
}

fn set(whole: &mut Json, name: &str, value: Json) {
    whole[format!("{EXTENSION}{name}").as_str()] = value;
}

/// What API Gateway has beside OpenAPI, of the whole API.
fn extensions(whole: &mut Json, facts: &RestApi, content: &Content) {
    if let Some(source) = facts
        .api_key_source
        .as_ref()
        .filter(|source| *source != "HEADER")
    {
        set(whole, "api-key-source", json!(source));
    }
    if !facts.binary_media_types.is_empty() {
        set(whole, "binary-media-types", json!(facts.binary_media_types));
    }
    if let Some(size) = facts.minimum_compression_size {
        set(whole, "minimum-compression-size", json!(size));
    }
    if let Some(policy) = facts.policy.as_deref().and_then(policy_document) {
        set(whole, "policy", policy);
    }
    if facts.disable_execute_api_endpoint {
        let disabled = json!({"disableExecuteApiEndpoint": true});
        set(whole, "endpoint-configuration", disabled);
    }
    if let Some(policy) = &facts.security_policy {
        set(whole, "security-policy", json!(policy));
    }
    if let Some(mode) = &facts.endpoint_access_mode {
        set(whole, "endpoint-access-mode", json!(mode));
    }
    let validators = content.request_validators.values().filter_map(|validator| {
        let told = json!({
            "validateRequestParameters": validator.validate_request_parameters,
            "validateRequestBody": validator.validate_request_body,
        });
        Some((validator.name.clone()?, told))
    });
    // By name: ids say nothing, and an import gives others.
    let validators: BTreeMap<String, Json> = validators.collect();
    if !validators.is_empty() {
        set(whole, "request-validators", json!(validators));
    }
    let responses = content.gateway_responses.values().map(|response| {
        let mut told = json!({});
        if let Some(status) = &response.status_code {
            told["statusCode"] = json!(status);
        }
        if !response.response_parameters.is_empty() {
            told["responseParameters"] = json!(response.response_parameters);
        }
        if !response.response_templates.is_empty() {
            told["responseTemplates"] = json!(response.response_templates);
        }
        (response.response_type.clone(), told)
    });
    let responses: Map<String, Json> = responses.collect();
    if !responses.is_empty() {
        set(whole, "gateway-responses", Json::Object(responses));
    }
}

//! OpenAPI 3 documents with API Gateway's extensions, as AWS exports them, in JSON or YAML.
//!
//! Source: API Gateway developer guide, `http-api-open-api.html` and
//! `api-gateway-swagger-extensions.html`. A document that cannot be read names the line or the
//! field; what can be read and means nothing here is a warning; what would change how requests are
//! answered and is not simulated is refused.

mod document;

use std::collections::BTreeMap;

use self::document::{Document, Integration as DocumentIntegration, Operation};
use super::error::Error;
use super::resource::{Api, ApiFacts, Authorizer, Integration, JwtConfiguration, Route, Texts};
use super::rule;
use crate::shared::{self, Ctx};

/// The scheme with which exported documents mark AWS_IAM routes.
const SIGV4: &str = "awsSigv4";

/// A document that was read: what an API becomes of it.
#[derive(Debug)]
pub(super) struct Imported {
    /// The API itself: name, version, description, tags, cross-origin answers, warnings.
    pub facts: ApiFacts,
    authorizers: Vec<Authorizer>,
    routes: Vec<ImportedRoute>,
}

#[derive(Debug)]
struct ImportedRoute {
    route: Route,
    /// The name of its authorizer.
    authorizer: Option<String>,
    integration: Option<Integration>,
}

/// Reads a document.
///
/// # Errors
/// [`Error::Document`] names the line or the field; [`Error::NotImplemented`] names an extension
/// that is not simulated; [`Error::Warnings`] when warnings are to fail it.
pub(super) fn read(body: &str, fail_on_warnings: bool) -> Result<Imported, Error> {
    let document: Document =
        shared::document::read(body).map_err(|error| Error::Document(error.to_string()))?;
    if !document.openapi.starts_with("3.0") {
        let version = &document.openapi;
        return Err(Error::Document(format!(
            "`openapi`: `{version}` is not read; give 3.0.x"
        )));
    }
    let mut warnings = Vec::new();
    let authorizers = authorizers(&document, &mut warnings)?;
    let routes = routes(&document, &authorizers, &mut warnings)?;
    rule::check_counts(authorizers.len(), routes.len())?;
    if routes.is_empty() {
        warnings.push("No routes were found in the document".to_owned());
    }
    document.missing_references(&mut warnings);
    let facts = ApiFacts {
        name: document.info.title.clone(),
        protocol_type: "HTTP".to_owned(),
        description: document.info.description.clone(),
        version: document.info.version.as_ref().map(document::Scalar::text),
        cors_configuration: document.cors.clone().map(document::Cors::configuration),
        tags: tags(&document),
        warnings: (!warnings.is_empty()).then_some(warnings),
        ..ApiFacts::default()
    };
    let imported = Imported {
        facts,
        authorizers,
        routes,
    };
    if fail_on_warnings {
        imported.refuse_warnings()?;
    }
    Ok(imported)
}

impl Imported {
    /// The authorizers that would be made.
    pub(super) fn authorizers(&self) -> &[Authorizer] {
        &self.authorizers
    }

    /// Takes an authorizer out, with the routes that ask it (they are not made, as observed: an open
    /// route would be worse), and says why.
    pub(super) fn leave_out(&mut self, name: &str, warning: String) {
        self.authorizers.retain(|it| it.name != name);
        self.routes
            .retain(|it| it.authorizer.as_deref() != Some(name));
        self.facts.warnings.get_or_insert_default().push(warning);
    }

    /// # Errors
    /// [`Error::Warnings`], if there are any.
    pub(super) fn refuse_warnings(&self) -> Result<(), Error> {
        match &self.facts.warnings {
            Some(warnings) => Err(Error::Warnings(warnings.clone())),
            None => Ok(()),
        }
    }

    /// Replaces the content of an API, and its facts but for its id; stages stay.
    pub(super) fn replace(self, api: &mut Api, ctx: &Ctx<'_>) -> Result<(), Error> {
        let kept = api.facts.clone();
        api.facts = ApiFacts {
            api_id: kept.api_id,
            created_date: kept.created_date,
            route_selection_expression: kept.route_selection_expression,
            api_key_selection_expression: kept.api_key_selection_expression,
            disable_execute_api_endpoint: kept.disable_execute_api_endpoint,
            ..self.facts
        };
        api.content = super::resource::Content::default();
        let mut ids = BTreeMap::new();
        for authorizer in self.authorizers {
            let name = authorizer.name.clone();
            ids.insert(
                name.clone(),
                api.add_authorizer(authorizer, ctx)?.authorizer_id,
            );
        }
        for imported in self.routes {
            let ImportedRoute {
                mut route,
                authorizer,
                integration,
            } = imported;
            if let Some(integration) = integration {
                let added = api.add_integration(integration, &route.route_key, ctx)?;
                route.target = Some(format!("integrations/{}", added.integration_id));
            }
            route.authorizer_id = authorizer.and_then(|name| ids.get(&name).cloned());
            api.add_route(route, ctx)?;
        }
        Ok(())
    }
}

fn tags(document: &Document) -> Texts {
    let tags = document.tags.iter();
    tags.filter_map(|tag| Some((tag.name.clone(), tag.value.clone()?)))
        .collect()
}

/// The JWT authorizers among the security schemes, in the order of their names.
fn authorizers(document: &Document, warnings: &mut Vec<String>) -> Result<Vec<Authorizer>, Error> {
    let mut found = Vec::new();
    for (name, scheme) in &document.components.security_schemes {
        let Some(extension) = &scheme.authorizer else {
            if scheme.authtype.as_deref() != Some(SIGV4) {
                // An authorizer that is not made leaves routes without one: see OIDC-05.
                warnings.push(format!(
                    "Security scheme '{name}' has no x-amazon-apigateway-authorizer"
                ));
            }
            continue;
        };
        let place = format!("components.securitySchemes.{name}.x-amazon-apigateway-authorizer");
        match extension.kind.as_deref() {
            Some("jwt") => {}
            Some(kind @ "request") => return Err(not_implemented(&place, "type", kind)),
            other => {
                let given = other.unwrap_or_default();
                return Err(Error::Document(format!(
                    "`{place}.type`: `{given}` is not `jwt`"
                )));
            }
        }
        let configuration = extension
            .jwt_configuration
            .as_ref()
            .ok_or_else(|| Error::Document(format!("`{place}.jwtConfiguration` is missing")))?;
        let authorizer = Authorizer {
            authorizer_id: String::new(),
            name: name.clone(),
            authorizer_type: "JWT".to_owned(),
            identity_source: extension
                .identity_source
                .clone()
                .map(document::Texts::list)
                .unwrap_or_default(),
            jwt_configuration: Some(JwtConfiguration {
                audience: configuration
                    .audience
                    .clone()
                    .map(document::Texts::list)
                    .unwrap_or_default(),
                issuer: Some(configuration.issuer.clone()),
            }),
        };
        super::rule::check_authorizer(&authorizer).map_err(|error| in_place(&place, error))?;
        found.push(authorizer);
    }
    Ok(found)
}

fn routes(
    document: &Document,
    authorizers: &[Authorizer],
    warnings: &mut Vec<String>,
) -> Result<Vec<ImportedRoute>, Error> {
    let mut routes = Vec::new();
    for (path, item) in &document.paths {
        for (method, operation) in item.operations() {
            // Exported documents write the key `$default` as a path, with or without a slash.
            let is_default = matches!(path.as_str(), "$default" | "/$default");
            let key = if is_default {
                "$default".to_owned()
            } else {
                format!("{method} {path}")
            };
            let place = format!("paths.{path}.{}", document::member_of(method));
            let parsed = key.parse::<authlab_gateway::route::RouteKey>();
            parsed.map_err(|error| Error::Document(format!("`{place}`: {error}")))?;
            let access = access(document, operation, &place, authorizers, warnings)?;
            let integration = integration(document, operation, &place)?;
            if integration.is_none() {
                warnings.push(format!("No integration defined for route {key}"));
            }
            let route = Route {
                route_key: key,
                authorization_type: Some(access.authorization_type.to_owned()),
                authorization_scopes: (!access.scopes.is_empty()).then_some(access.scopes),
                operation_name: operation.operation_id.clone(),
                ..Route::default()
            };
            routes.push(ImportedRoute {
                route,
                authorizer: access.authorizer,
                integration,
            });
        }
    }
    Ok(routes)
}

/// Who may pass a route.
struct Access {
    authorization_type: &'static str,
    authorizer: Option<String>,
    scopes: Vec<String>,
}

fn access(
    document: &Document,
    operation: &Operation,
    place: &str,
    authorizers: &[Authorizer],
    warnings: &mut Vec<String>,
) -> Result<Access, Error> {
    let iam = Access {
        authorization_type: "AWS_IAM",
        authorizer: None,
        scopes: Vec::new(),
    };
    match operation
        .auth
        .as_ref()
        .map(|auth| auth.kind.to_ascii_uppercase())
        .as_deref()
    {
        None => {}
        Some("AWS_IAM") => return Ok(iam),
        Some("NONE") => {
            return Ok(Access {
                authorization_type: "NONE",
                ..iam
            });
        }
        Some(other) => {
            let place = format!("{place}.x-amazon-apigateway-auth");
            return Err(Error::Document(format!(
                "`{place}.type`: `{other}` is not known"
            )));
        }
    }
    let requirements = operation.security.as_ref().or(document.security.as_ref());
    let Some((name, scopes)) = requirements
        .and_then(|all| all.first())
        .and_then(|one| one.iter().next())
    else {
        return Ok(Access {
            authorization_type: "NONE",
            ..iam
        });
    };
    if requirements.is_some_and(|all| all.len() > 1) {
        warnings.push(format!(
            "Only the first security requirement of {place} is used"
        ));
    }
    let scheme = document
        .components
        .security_schemes
        .get(name)
        .ok_or_else(|| {
            Error::Document(format!(
                "`{place}.security`: there is no security scheme `{name}`"
            ))
        })?;
    if scheme.authtype.as_deref() == Some(SIGV4) {
        return Ok(iam);
    }
    if authorizers
        .iter()
        .any(|authorizer| authorizer.name == *name)
    {
        let (authorizer, scopes) = (Some(name.clone()), scopes.clone());
        return Ok(Access {
            authorization_type: "JWT",
            authorizer,
            scopes,
        });
    }
    // What AWS does with a route whose scheme makes no authorizer is unverified: open routes would
    // be the worse guess, so the document is refused.
    let problem = format!("`{place}.security`: the scheme `{name}` makes no authorizer");
    Err(Error::Document(problem))
}

fn integration(
    document: &Document,
    operation: &Operation,
    place: &str,
) -> Result<Option<Integration>, Error> {
    let place = format!("{place}.x-amazon-apigateway-integration");
    let Some(given) = &operation.integration else {
        return Ok(None);
    };
    let given = resolved(document, given, &place)?;
    if let Some((member, value)) = given.unsupported() {
        return Err(not_implemented(&place, member, &value));
    }
    let missing = |member: &str| Error::Document(format!("`{place}.{member}` is missing"));
    let kind = given.kind.as_deref().ok_or_else(|| missing("type"))?;
    let integration = Integration {
        integration_type: kind.to_ascii_uppercase(),
        integration_uri: Some(given.uri.clone().ok_or_else(|| missing("uri"))?),
        integration_method: given.http_method.clone(),
        payload_format_version: given
            .payload_format_version
            .as_ref()
            .map(document::Scalar::text),
        connection_type: given.connection_type.clone(),
        connection_id: given.connection_id.clone(),
        description: given.description.clone(),
        timeout_in_millis: given.timeout_in_millis,
        ..Integration::default()
    };
    // The same rules as for CreateIntegration, with the place in the document.
    let mut checked = integration.clone();
    checked
        .payload_format_version
        .get_or_insert_with(|| "1.0".to_owned());
    super::rule::check_integration(&checked).map_err(|error| in_place(&place, error))?;
    let mut integration = integration;
    integration.payload_format_version = checked.payload_format_version;
    Ok(Some(integration))
}

/// An integration of its own, or one of the document's shared ones.
fn resolved<'a>(
    document: &'a Document,
    given: &'a DocumentIntegration,
    place: &str,
) -> Result<&'a DocumentIntegration, Error> {
    let Some(reference) = &given.reference else {
        return Ok(given);
    };
    let name = reference.strip_prefix("#/components/x-amazon-apigateway-integrations/");
    name.and_then(|name| document.components.integrations.get(name))
        .ok_or_else(|| {
            Error::Document(format!(
                "`{place}.$ref`: `{reference}` is not in the document"
            ))
        })
}

fn in_place(place: &str, error: Error) -> Error {
    match error {
        Error::Invalid { member, problem } => {
            Error::Document(format!("`{place}.{member}`: {problem}"))
        }
        other => other,
    }
}

fn not_implemented(place: &str, member: &str, value: &str) -> Error {
    let text =
        format!("`{place}.{member}` with the value `{value}` is not implemented by this lab");
    Error::NotImplemented(text)
}

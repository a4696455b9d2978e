//! Operations, which become methods.

use std::collections::BTreeMap;

use super::ImportedMethod;
use super::document::{At, Document};
use super::integration;
use super::schema::{self, Inline, Use};
use super::security::Schemes;
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Method, MethodResponse};

/// The verbs of a path.
const VERBS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("x-amazon-apigateway-any-method", "ANY"),
];
/// What bodies are where a Swagger document does not say.
const CONTENT_TYPE: &str = "application/json";

/// The methods of every path, in the order of the document, each path with `base` before it.
pub(super) fn paths(
    document: &Document,
    schemes: &Schemes,
    base: &str,
    warnings: &mut Vec<String>,
) -> Result<Vec<(String, Vec<ImportedMethod>)>, Error> {
    let root = document.root();
    let given = root.member("paths");
    let given = given.ok_or_else(|| root.refuse("`paths` is missing"))?;
    let mut paths = Vec::new();
    for (path, item) in given.entries()? {
        if !path.starts_with('/') {
            if path.starts_with("x-") {
                continue;
            }
            return Err(item.refuse("a path begins with /"));
        }
        let item = document.resolved(item)?;
        item.only_extensions(&["any-method"])?;
        let mut methods = Vec::new();
        for (member, operation) in item.entries()? {
            match VERBS.iter().find(|(known, _)| *known == member) {
                Some((_, verb)) => {
                    let found = Operation {
                        document,
                        item: &item,
                        at: &operation,
                    };
                    methods.push(found.method(verb, schemes, warnings)?);
                }
                None if member == "trace" => {
                    warnings.push(format!("{} has no method of API Gateway", operation.place));
                }
                None => {}
            }
        }
        let path = if path == "/" && !base.is_empty() {
            base.to_owned()
        } else {
            format!("{base}{path}")
        };
        paths.push((path, methods));
    }
    Ok(paths)
}

/// An operation in its place.
struct Operation<'o> {
    document: &'o Document,
    item: &'o At<'o>,
    at: &'o At<'o>,
}

impl Operation<'_> {
    fn method(
        &self,
        verb: &str,
        schemes: &Schemes,
        warnings: &mut Vec<String>,
    ) -> Result<ImportedMethod, Error> {
        let at = self.at;
        at.only_extensions(&["auth", "integration", "request-validator"])?;
        let mut method = Method {
            http_method: verb.to_owned(),
            operation_name: at.text_of("operationId")?,
            ..Method::default()
        };
        let authorizer = schemes.apply(self.document, at, &mut method, warnings)?;
        let mut inline = Vec::new();
        self.parameters(&mut method, &mut inline, warnings)?;
        self.request_body(&mut method, &mut inline)?;
        for (status, response) in at.entries_of("responses")? {
            self.response(status, response, (&mut method, &mut inline), warnings)?;
        }
        if let Some(given) = at.extension("integration") {
            let given = self.document.resolved(given)?;
            method.method_integration = Some(integration::integration(&given)?);
        }
        let validator = "x-amazon-apigateway-request-validator";
        let validator = match at.text_of(validator)? {
            Some(own) => Some(own),
            None => self.document.root().text_of(validator)?,
        };
        Ok(ImportedMethod {
            method,
            authorizer,
            validator,
            inline,
            place: at.place.clone(),
        })
    }

    /// Parameters of the path and its own, which come before those; a Swagger body is one too.
    fn parameters(
        &self,
        method: &mut Method,
        inline: &mut Vec<Inline>,
        warnings: &mut Vec<String>,
    ) -> Result<(), Error> {
        let mut found: BTreeMap<String, bool> = BTreeMap::new();
        let of_item = self.item.list_of("parameters")?;
        for parameter in of_item.into_iter().chain(self.at.list_of("parameters")?) {
            let parameter = self.document.resolved(parameter)?;
            let name = parameter.text_of("name")?;
            let name = name.ok_or_else(|| parameter.refuse("`name` is missing"))?;
            let required = parameter.flag_of("required")?.unwrap_or(false);
            let place = match parameter.text_of("in")?.as_deref() {
                Some("path") => "path",
                Some("query") => "querystring",
                Some("header") => "header",
                Some("body") if self.document.is_swagger => {
                    if let Some(schema) = parameter.member("schema") {
                        for content_type in self.content_types("consumes")? {
                            put(method, inline, (None, content_type), schema::used(&schema));
                        }
                    }
                    continue;
                }
                // What API Gateway has no parameters for. (Text unverified.)
                Some("cookie" | "formData") => {
                    warnings.push(format!("The parameter {} is not read", parameter.place));
                    continue;
                }
                _ => {
                    let problem = "`in` is none of path, query, header, cookie, body, formData";
                    return Err(parameter.refuse(problem));
                }
            };
            found.insert(format!("method.request.{place}.{name}"), required);
        }
        method.request_parameters = found;
        Ok(())
    }

    /// What a Swagger operation takes or gives.
    fn content_types(&self, member: &str) -> Result<Vec<String>, Error> {
        let mut types = self.at.names_of(member)?;
        if types.is_empty() {
            types = self.document.root().names_of(member)?;
        }
        if types.is_empty() {
            types.push(CONTENT_TYPE.to_owned());
        }
        Ok(types)
    }

    fn request_body(&self, method: &mut Method, inline: &mut Vec<Inline>) -> Result<(), Error> {
        let Some(body) = self.at.member("requestBody") else {
            return Ok(());
        };
        let body = self.document.resolved(body)?;
        for (content_type, media) in body.entries_of("content")? {
            if let Some(schema) = media.member("schema") {
                let place = (None, content_type.to_owned());
                put(method, inline, place, schema::used(&schema));
            }
        }
        Ok(())
    }

    fn response(
        &self,
        status: &str,
        response: At<'_>,
        (method, inline): (&mut Method, &mut Vec<Inline>),
        warnings: &mut Vec<String>,
    ) -> Result<(), Error> {
        if status.starts_with("x-") {
            return Ok(());
        }
        if status.parse::<u16>().is_err() {
            // Responses of methods have statuses. (What AWS makes of others is unverified.)
            warnings.push(format!("The response {} has no status", response.place));
            return Ok(());
        }
        let at = self.document.resolved(At {
            value: response.value,
            place: response.place.clone(),
        })?;
        let mut made = MethodResponse {
            status_code: status.to_owned(),
            ..MethodResponse::default()
        };
        for (header, _) in at.entries_of("headers")? {
            let parameters = made.response_parameters.get_or_insert_default();
            parameters.insert(format!("method.response.header.{header}"), false);
        }
        method.method_responses.insert(status.to_owned(), made);
        let of_status = || Some(status.to_owned());
        if self.document.is_swagger {
            if let Some(schema) = at.member("schema") {
                for content_type in self.content_types("produces")? {
                    let place = (of_status(), content_type);
                    put(method, inline, place, schema::used(&schema));
                }
            }
        } else {
            for (content_type, media) in at.entries_of("content")? {
                if let Some(schema) = media.member("schema") {
                    let place = (of_status(), content_type.to_owned());
                    put(method, inline, place, schema::used(&schema));
                }
            }
        }
        Ok(())
    }
}

/// Gives a request, or a response of a status, the model of a content type.
fn put(
    method: &mut Method,
    inline: &mut Vec<Inline>,
    (status, content_type): (Option<String>, String),
    found: Use,
) {
    let name = match found {
        Use::Named(name) => name,
        Use::Inline(schema) => {
            inline.push(Inline {
                status,
                content_type,
                schema,
            });
            return;
        }
    };
    set_model(method, status.as_deref(), content_type, name);
}

/// The same with a model that is there.
pub(super) fn set_model(
    method: &mut Method,
    status: Option<&str>,
    content_type: String,
    model: String,
) {
    match status {
        None => drop(method.request_models.insert(content_type, model)),
        Some(status) => {
            if let Some(response) = method.method_responses.get_mut(status) {
                let models = response.response_models.get_or_insert_default();
                models.insert(content_type, model);
            }
        }
    }
}

//! Integrations and their responses.

use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{Api, Integration, IntegrationResponse, Method};

use super::common::{NO_ARN, check_role};
use super::mapping::{self, Mapped};
use super::method::check_http_method;

/// How long the gateway waits at most, and where nobody says otherwise (recorded).
pub(in crate::apigateway) const TIMEOUT_MS_MAX: i64 = 29_000;
/// How long it waits at least (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const TIMEOUT_MS_MIN: i64 = 50;

/// Recorded.
const NO_ACTION: &str = "AWS ARN for integration must contain path or action";
/// Recorded.
const NO_PROXY: &str = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and \
                        Firehose stream invocations.";

impl Api {
    /// An integration.
    ///
    /// # Errors
    /// There is no such method, or it has none. (Recorded.)
    pub fn integration(&self, resource: &str, verb: &str) -> Result<&Integration, Error> {
        let found = self.method(resource, verb)?.method_integration.as_ref();
        found.ok_or_else(|| Missing::Integration.named(verb))
    }

    fn integration_mut(&mut self, resource: &str, verb: &str) -> Result<&mut Integration, Error> {
        let found = self.method_mut(resource, verb)?.method_integration.as_mut();
        found.ok_or_else(|| Missing::Integration.named(verb))
    }

    /// Keeps an integration that is new or changed. What a new one answers is gone with the old one.
    ///
    /// # Errors
    /// There is no such method, or the integration cannot be.
    pub fn put_integration(
        &mut self,
        resource: &str,
        verb: &str,
        mut integration: Integration,
    ) -> Result<Integration, Error> {
        let method = self.method(resource, verb)?;
        integration
            .passthrough_behavior
            .get_or_insert_with(|| "WHEN_NO_MATCH".to_owned());
        integration.timeout_in_millis.get_or_insert(TIMEOUT_MS_MAX);
        integration
            .cache_namespace
            .get_or_insert_with(|| resource.to_owned());
        if matches!(integration.kind.as_str(), "HTTP" | "HTTP_PROXY") {
            integration
                .connection_type
                .get_or_insert_with(|| "INTERNET".to_owned());
        }
        check(&integration, method)?;
        self.method_mut(resource, verb)?.method_integration = Some(integration.clone());
        Ok(integration)
    }

    /// Takes an integration away.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_integration(&mut self, resource: &str, verb: &str) -> Result<(), Error> {
        self.integration(resource, verb)?;
        self.method_mut(resource, verb)?.method_integration = None;
        Ok(())
    }

    /// A response of an integration.
    ///
    /// # Errors
    /// There is no such integration, or it has no response of the status. (Recorded.)
    pub fn integration_response(
        &self,
        resource: &str,
        verb: &str,
        status: &str,
    ) -> Result<&IntegrationResponse, Error> {
        let found = self.integration(resource, verb)?;
        let found = found.integration_responses.get(status);
        found.ok_or_else(|| Missing::Response.named(status))
    }

    /// Keeps a response of an integration.
    ///
    /// # Errors
    /// There is no such integration, or the response cannot be.
    pub fn put_integration_response(
        &mut self,
        (resource, verb): (&str, &str),
        mut response: IntegrationResponse,
    ) -> Result<IntegrationResponse, Error> {
        let method = self.method(resource, verb)?;
        self.integration(resource, verb)?;
        if let Some(templates) = &mut response.response_templates {
            check_content_types(templates.keys())?;
            for template in templates.values_mut() {
                // An empty template is null (recorded).
                *template = template.take().filter(|text| !text.is_empty());
            }
        }
        check_content_handling(response.content_handling.as_deref())?;
        if let Some(parameters) = &response.response_parameters {
            mapping::check(Mapped::MethodResponse, parameters)?;
        }
        let declared = method.method_responses.get(&response.status_code);
        let declared = declared.and_then(|it| it.response_parameters.as_ref());
        for target in response.response_parameters.iter().flat_map(|it| it.keys()) {
            if !declared.is_some_and(|declared| declared.contains_key(target)) {
                return Err(mapping::no_parameter(target));
            }
        }
        let integration = self.integration_mut(resource, verb)?;
        let status = response.status_code.clone();
        integration
            .integration_responses
            .insert(status, response.clone());
        Ok(response)
    }

    /// Takes a response of an integration away.
    ///
    /// # Errors
    /// There is none; of a method that is not there it is said that it has no integration (recorded).
    pub fn remove_integration_response(
        &mut self,
        resource: &str,
        verb: &str,
        status: &str,
    ) -> Result<(), Error> {
        let found = self.integration_response(resource, verb, status);
        found.map_err(|error| match error {
            Error::NoSuch {
                what: Missing::Method,
                name,
            } => Missing::Integration.named(&name),
            other => other,
        })?;
        let integration = self.integration_mut(resource, verb)?;
        integration.integration_responses.remove(status);
        Ok(())
    }
}

/// Whether an integration can be what answers a method.
fn check(integration: &Integration, method: &Method) -> Result<(), Error> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    match integration.kind.as_str() {
        "MOCK" => {}
        "HTTP" | "HTTP_PROXY" => {
            check_verb(integration)?;
            let has_scheme = ["http://", "https://", "${stageVariables."]
                .iter()
                .any(|start| uri.starts_with(start));
            if !has_scheme {
                // Unverified.
                return Err(Error::stated("Invalid HTTP endpoint specified for URI"));
            }
        }
        "AWS" | "AWS_PROXY" => {
            check_action(uri, integration.kind == "AWS_PROXY")?;
            check_verb(integration)?;
        }
        other => {
            let problem = format!("`{other}` is none of HTTP, HTTP_PROXY, AWS, AWS_PROXY, MOCK");
            return Err(Error::invalid("type", problem));
        }
    }
    check_role(integration.credentials.as_deref())?;
    // Also of a MOCK, which makes no call.
    let verb = integration.http_method.as_deref();
    if let Some(verb) = verb.filter(|verb| !verb.is_empty()) {
        check_http_method(verb)?;
    }
    let timeout = integration.timeout_in_millis.unwrap_or(TIMEOUT_MS_MAX);
    if !(TIMEOUT_MS_MIN..=TIMEOUT_MS_MAX).contains(&timeout) {
        // Stated by the table of integrations, and not recorded.
        return Err(Error::stated(format!(
            "Timeout should be between {TIMEOUT_MS_MIN} ms and {TIMEOUT_MS_MAX} ms"
        )));
    }
    let passthrough = integration
        .passthrough_behavior
        .as_deref()
        .unwrap_or_default();
    if !["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"].contains(&passthrough) {
        let problem = format!("`{passthrough}` is none of WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER");
        return Err(Error::invalid("passthroughBehavior", problem));
    }
    check_content_handling(integration.content_handling.as_deref())?;
    check_connection(integration)?;
    check_content_types(
        integration
            .request_templates
            .iter()
            .flat_map(|it| it.keys()),
    )?;
    let parameters = integration.request_parameters.iter();
    for parameters in parameters {
        mapping::check(Mapped::IntegrationRequest, parameters)?;
        for source in parameters.values() {
            let name = source.replace("multivaluequerystring", "querystring");
            let name = name.replace("multivalueheader", "header");
            let is_declared = method.request_parameters.contains_key(&name);
            if mapping::is_request_parameter(source) && !is_declared {
                return Err(mapping::no_parameter(source));
            }
        }
    }
    Ok(())
}

fn check_verb(integration: &Integration) -> Result<(), Error> {
    if integration
        .http_method
        .as_deref()
        .unwrap_or_default()
        .is_empty()
    {
        // Unverified.
        return Err(Error::stated(
            "Enumeration value for HttpMethod must be non-empty",
        ));
    }
    Ok(())
}

fn check_connection(integration: &Integration) -> Result<(), Error> {
    let kind = integration.connection_type.as_deref().unwrap_or("INTERNET");
    match (kind, &integration.connection_id) {
        ("INTERNET", _) => Ok(()),
        ("VPC_LINK", Some(id)) if !id.is_empty() => Ok(()),
        ("VPC_LINK", _) => Err(Error::invalid("connectionId", "a VPC_LINK needs one")),
        (other, _) => {
            let problem = format!("`{other}` is none of INTERNET, VPC_LINK");
            Err(Error::invalid("connectionType", problem))
        }
    }
}

fn check_content_handling(handling: Option<&str>) -> Result<(), Error> {
    match handling {
        None | Some("CONVERT_TO_BINARY" | "CONVERT_TO_TEXT") => Ok(()),
        Some(other) => {
            let problem = format!("`{other}` is none of CONVERT_TO_BINARY, CONVERT_TO_TEXT");
            Err(Error::invalid("contentHandling", problem))
        }
    }
}

/// Templates stand under content types (recorded).
fn check_content_types<'t>(types: impl Iterator<Item = &'t String>) -> Result<(), Error> {
    let is_one = |text: &&String| {
        let parts = text.split_once('/');
        !(text.as_str() == "$default"
            || parts.is_some_and(|(kind, of)| !kind.is_empty() && !of.is_empty()))
    };
    let mut wrong = types.filter(is_one);
    wrong.next().map_or(Ok(()), |text| {
        Err(Error::stated(format!(
            "Validation Result: warnings : [], errors : [Invalid content type specified: {text}]"
        )))
    })
}

/// What an integration of AWS calls: `arn:aws:apigateway:REGION:SERVICE:path/…` or `…:action/…`
/// (recorded).
fn check_action(uri: &str, is_proxy: bool) -> Result<(), Error> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let [arn, _, _, _, service, action] = parts.as_slice() else {
        return Err(Error::stated(NO_ARN));
    };
    if *arn != "arn" {
        return Err(Error::stated(NO_ARN));
    }
    if !action.starts_with("path/") && !action.starts_with("action/") {
        return Err(Error::stated(NO_ACTION));
    }
    let is_function = *service == "lambda"
        && action
            .split_once("/functions/")
            .is_some_and(|(version, function)| {
                let version = version.strip_prefix("path/").unwrap_or_default();
                is_version(version.trim()) && function.ends_with("invocations")
            });
    let is_stream = *service == "firehose" && action.starts_with("action/PutRecord");
    if is_proxy && !is_function && !is_stream {
        return Err(Error::stated(NO_PROXY));
    }
    Ok(())
}

/// A date, as Lambda's API has for a version.
fn is_version(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}

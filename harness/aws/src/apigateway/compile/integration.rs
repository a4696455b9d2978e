//! What answers a method: from the integration that is kept to the one that is run.

use authlab_gateway::deployment::rest::mapping::{
    BodyTemplates, ContentHandling, Message, Passthrough, Source, Target,
};
use authlab_gateway::deployment::rest::{
    Function, HttpEndpoint, IntegrationResponse as PlaneResponse, MethodBackend, MethodIntegration,
    SelectionPattern,
};
use authlab_gateway::uri_template::UriTemplate;

use crate::apigateway::resource::{Integration, IntegrationResponse};
use crate::apigateway::rule;
use crate::shared::gateway_name;

/// What of an integration the lab does not simulate, in words.
type NotSimulated = String;

/// What the gateway runs. Where some of it is not simulated nothing of it is: the answer names it.
pub(super) fn integration(integration: &Integration) -> MethodIntegration {
    let simulated = compiled(integration);
    simulated.unwrap_or_else(|what| MethodIntegration::new(MethodBackend::NotSimulated(what)))
}

fn compiled(integration: &Integration) -> Result<MethodIntegration, NotSimulated> {
    let timeout = integration
        .timeout_in_millis
        .unwrap_or(rule::integration::TIMEOUT_MS_MAX);
    let templates = integration.request_templates.iter().flatten();
    let responses = integration.integration_responses.values().map(response);
    Ok(MethodIntegration {
        backend: backend(integration)?,
        timeout_ms: u32::try_from(timeout).unwrap_or(u32::MAX),
        content_handling: content_handling(integration.content_handling.as_deref()),
        parameters: parameters(integration)?,
        templates: BodyTemplates::parse(
            templates.map(|(key, text)| (key.as_str(), text.as_deref())),
        ),
        passthrough: match integration.passthrough_behavior.as_deref() {
            Some("NEVER") => Passthrough::Never,
            Some("WHEN_NO_TEMPLATES") => Passthrough::WhenNoTemplates,
            _ => Passthrough::WhenNoMatch,
        },
        responses: responses.collect::<Result<_, _>>()?,
    })
}

fn backend(integration: &Integration) -> Result<MethodBackend, NotSimulated> {
    let kind = integration.kind.as_str();
    let uri = integration.uri.as_deref().unwrap_or_default();
    if integration.connection_type.as_deref() == Some("VPC_LINK") {
        let link = integration.connection_id.as_deref().unwrap_or_default();
        return Err(format!("the VPC link `{link}` of an integration"));
    }
    if let Some(tls) = &integration.tls_config
        && tls.insecure_skip_verification
    {
        return Err("`insecureSkipVerification` of an integration".to_owned());
    }
    if let Some(credentials) = &integration.credentials {
        return Err(format!(
            "an integration with the credentials `{credentials}`"
        ));
    }
    let verb = integration.http_method.as_deref().unwrap_or_default();
    let endpoint = || HttpEndpoint {
        uri: UriTemplate::parse(uri),
        method: Some(verb)
            .filter(|verb| *verb != "ANY")
            .and_then(|verb| http::Method::from_bytes(verb.as_bytes()).ok()),
    };
    let function = |arn: &str| Function {
        arn: UriTemplate::parse(arn),
        method: verb.to_owned(),
    };
    match (kind, gateway_name::function_arn(uri)) {
        ("MOCK", _) => Ok(MethodBackend::Mock),
        ("HTTP", _) => Ok(MethodBackend::Http(endpoint())),
        ("HTTP_PROXY", _) => Ok(MethodBackend::HttpProxy(endpoint())),
        ("AWS_PROXY", Some(arn)) => Ok(MethodBackend::FunctionProxy(function(arn))),
        ("AWS", Some(arn)) => Ok(MethodBackend::Function(function(arn))),
        (kind, _) => Err(format!("an integration of the type `{kind}` with `{uri}`")),
    }
}

fn parameters(integration: &Integration) -> Result<Vec<(Target, Source)>, NotSimulated> {
    let mapped = integration.request_parameters.iter().flatten();
    let parsed = mapped.map(|(key, expression)| {
        let target = Target::parse(key).ok_or_else(|| no_mapping(key))?;
        let source = Source::parse(expression, Message::Request);
        Ok((target, source.ok_or_else(|| no_mapping(expression))?))
    });
    parsed.collect()
}

fn response(response: &IntegrationResponse) -> Result<PlaneResponse, NotSimulated> {
    let pattern = response.selection_pattern.as_deref();
    let pattern = pattern.filter(|pattern| !pattern.is_empty()).map(|text| {
        SelectionPattern::parse(text).ok_or_else(|| format!("the selection pattern `{text}`"))
    });
    let parameters = response.response_parameters.iter().flatten();
    let parameters = parameters.map(|(key, expression)| {
        let name = key.strip_prefix("method.response.header.");
        let name = name.ok_or_else(|| no_mapping(key))?;
        let source = Source::parse(expression, Message::Response);
        Ok((
            name.to_owned(),
            source.ok_or_else(|| no_mapping(expression))?,
        ))
    });
    let templates = response.response_templates.iter().flatten();
    let status = response.status_code.parse();
    Ok(PlaneResponse {
        status: status.map_err(|_| format!("the status code `{}`", response.status_code))?,
        pattern: pattern.transpose()?,
        content_handling: content_handling(response.content_handling.as_deref()),
        parameters: parameters.collect::<Result<_, NotSimulated>>()?,
        templates: BodyTemplates::parse(
            templates.map(|(key, text)| (key.as_str(), text.as_deref())),
        ),
    })
}

fn no_mapping(expression: &str) -> NotSimulated {
    format!("the mapping expression `{expression}`")
}

fn content_handling(handling: Option<&str>) -> Option<ContentHandling> {
    match handling? {
        "CONVERT_TO_BINARY" => Some(ContentHandling::ToBinary),
        "CONVERT_TO_TEXT" => Some(ContentHandling::ToText),
        _ => None,
    }
}

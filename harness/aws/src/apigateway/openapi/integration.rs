//! `x-amazon-apigateway-integration`.

use std::collections::BTreeMap;

use super::document::At;
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Integration, IntegrationResponse, TlsConfig};

/// What is read of one.
const MEMBERS: [&str; 16] = [
    "cacheKeyParameters",
    "cacheNamespace",
    "connectionId",
    "connectionType",
    "contentHandling",
    "credentials",
    "httpMethod",
    "passthroughBehavior",
    "payloadFormatVersion",
    "requestParameters",
    "requestTemplates",
    "responses",
    "timeoutInMillis",
    "tlsConfig",
    "type",
    "uri",
];
/// What AWS has and this lab has not.
const NOT_SIMULATED: [&str; 2] = ["integrationTarget", "responseTransferMode"];

/// Reads an integration; what it may be is looked at when it is built.
pub(super) fn integration(given: &At<'_>) -> Result<Integration, Error> {
    for member in NOT_SIMULATED {
        if let Some(found) = given.member(member) {
            return Err(Error::not_implemented(&format!("`{}`", found.place)));
        }
    }
    given.only(&MEMBERS)?;
    // REST APIs have one format, and documents that were made for both say so.
    if let Some(version) = given.text_of("payloadFormatVersion")?
        && version != "1.0"
    {
        return Err(given.refuse("`payloadFormatVersion` of a REST API is 1.0"));
    }
    let templates = given.texts_of("requestTemplates")?;
    let tls = given.member("tlsConfig");
    let tls = tls.map(|tls| {
        tls.only(&["insecureSkipVerification"])?;
        let insecure_skip_verification = tls.flag_of("insecureSkipVerification")?.unwrap_or(false);
        Ok::<_, Error>(TlsConfig {
            insecure_skip_verification,
        })
    });
    Ok(Integration {
        kind: given.capitals_of("type")?.unwrap_or_default(),
        uri: given.text_of("uri")?,
        http_method: given.capitals_of("httpMethod")?,
        credentials: given.text_of("credentials")?,
        connection_type: given.capitals_of("connectionType")?,
        connection_id: given.text_of("connectionId")?,
        passthrough_behavior: given.capitals_of("passthroughBehavior")?,
        content_handling: given.capitals_of("contentHandling")?,
        request_parameters: given.texts_of("requestParameters")?,
        request_templates: templates.map(|templates| {
            let templates = templates.into_iter();
            templates.map(|(kind, text)| (kind, Some(text))).collect()
        }),
        timeout_in_millis: given.number_of("timeoutInMillis")?,
        cache_namespace: given.text_of("cacheNamespace")?,
        cache_key_parameters: given.names_of("cacheKeyParameters")?,
        tls_config: tls.transpose()?,
        integration_responses: responses(given)?,
    })
}

/// The responses by status: a document has them by what the backend's answer has to match.
fn responses(given: &At<'_>) -> Result<BTreeMap<String, IntegrationResponse>, Error> {
    let mut responses = BTreeMap::new();
    for (pattern, given) in given.entries_of("responses")? {
        given.only(&[
            "contentHandling",
            "responseParameters",
            "responseTemplates",
            "statusCode",
        ])?;
        let status = given.text_of("statusCode")?;
        let status = status.ok_or_else(|| given.refuse("`statusCode` is missing"))?;
        let templates = given.texts_of("responseTemplates")?;
        let response = IntegrationResponse {
            status_code: status.clone(),
            selection_pattern: (pattern != "default").then(|| pattern.to_owned()),
            content_handling: given.capitals_of("contentHandling")?,
            response_parameters: given.texts_of("responseParameters")?,
            response_templates: templates.map(|templates| {
                let templates = templates.into_iter();
                templates.map(|(kind, text)| (kind, Some(text))).collect()
            }),
        };
        if responses.insert(status.clone(), response).is_some() {
            // There is one response of a status. (What AWS does is unverified.)
            let problem = format!("another response has the status `{status}` already");
            return Err(given.refuse(&problem));
        }
    }
    Ok(responses)
}

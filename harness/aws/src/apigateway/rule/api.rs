//! The API itself, and its resource policy.

use authlab_policy::{Document, DocumentKind};
use serde_json::Value as Json;

use crate::apigateway::error::Error;
use crate::apigateway::resource::RestApi;
use crate::apigateway::rule::{check_enum, check_tags};
use crate::shared::Ctx;

/// The largest size from which on answers are compressed (recorded).
pub(in crate::apigateway) const COMPRESSION_SIZE_BYTES_MAX: i64 = 10_485_760;
/// The longest resource policy (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const POLICY_CHARACTERS_MAX: usize = 8192;

/// Unverified.
const NO_POLICY: &str = "Invalid policy document. Please check the policy syntax and ensure that \
                         Principals are valid.";

/// Unverified: told where a patch gives another.
const NO_TYPE: &str = "Invalid EndpointTypes specified. Valid options are PRIVATE,EDGE,REGIONAL";
/// Unverified: told where a patch gives another.
const NO_ADDRESSES: &str = "ipAddressType must be either ipv4 or dualstack.";

/// Completes an API, and looks whether it can be.
pub fn check(facts: &mut RestApi, ctx: &Ctx<'_>) -> Result<(), Error> {
    if facts.name.is_empty() {
        return Err(Error::invalid("name", "an API has a name"));
    }
    if facts.description.as_deref() == Some("") {
        return Err(Error::stated("Description cannot be an empty string"));
    }
    let sizes = 0..=COMPRESSION_SIZE_BYTES_MAX;
    if facts
        .minimum_compression_size
        .is_some_and(|size| !sizes.contains(&size))
    {
        return Err(Error::stated(
            "Invalid minimum compression size, must be between 0 and 10485760",
        ));
    }
    let source = facts
        .api_key_source
        .get_or_insert_with(|| "HEADER".to_owned());
    if !["HEADER", "AUTHORIZER"].contains(&source.as_str()) {
        let problem = format!("`{source}` is none of HEADER, AUTHORIZER");
        return Err(Error::invalid("apiKeySource", problem));
    }
    check_endpoint(facts)?;
    let policy = facts.security_policy.as_deref();
    check_enum("securityPolicy", "SecurityPolicy", policy)?;
    let mode = facts.endpoint_access_mode.as_deref();
    check_enum("endpointAccessMode", "EndpointAccessMode", mode)?;
    check_tags(&facts.tags)?;
    if let Some(policy) = facts.policy.take().filter(|policy| !policy.is_empty()) {
        facts.policy = Some(kept_policy(&policy, &facts.id, ctx)?);
    }
    Ok(())
}

fn check_endpoint(facts: &mut RestApi) -> Result<(), Error> {
    let given = facts.endpoint_configuration.is_some();
    let endpoint = facts.endpoint_configuration.get_or_insert_default();
    if !given {
        endpoint.types.push("EDGE".to_owned());
    }
    let kind = match endpoint.types.as_slice() {
        [kind] => kind.clone(),
        [] => {
            return Err(Error::stated(
                "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
            ));
        }
        _ => {
            return Err(Error::stated(
                "Cannot create an api with multiple Endpoint Types.",
            ));
        }
    };
    if !["EDGE", "REGIONAL", "PRIVATE"].contains(&kind.as_str()) {
        return Err(Error::stated(NO_TYPE));
    }
    let is_private = kind == "PRIVATE";
    let addresses = endpoint
        .ip_address_type
        .get_or_insert_with(|| if is_private { "dualstack" } else { "ipv4" }.to_owned());
    if !["ipv4", "dualstack"].contains(&addresses.as_str()) {
        return Err(Error::stated(NO_ADDRESSES));
    }
    if is_private && addresses == "ipv4" {
        return Err(Error::stated(
            "Only dualstack ipAddressType is supported for Private APIs.",
        ));
    }
    if !is_private && !endpoint.vpc_endpoint_ids.is_empty() {
        return Err(Error::invalid(
            "endpointConfiguration.vpcEndpointIds",
            "only a PRIVATE API has some",
        ));
    }
    Ok(())
}

/// A resource policy as it is kept and answered: `execute-api:/…` becomes the API's own ARN (recorded),
/// lists of one become that one (recorded), and quotes are escaped.
fn kept_policy(text: &str, api_id: &str, ctx: &Ctx<'_>) -> Result<String, Error> {
    let invalid = || Error::stated(NO_POLICY);
    let mut policy = policy_document(text).ok_or_else(invalid)?;
    let statements = policy.get_mut("Statement").ok_or_else(invalid)?;
    let arn = ctx.scope.arn("execute-api", api_id);
    match statements {
        Json::Array(statements) => {
            for statement in statements {
                rewrite(statement, &arn).ok_or_else(invalid)?;
            }
        }
        statement => rewrite(statement, &arn).ok_or_else(invalid)?,
    }
    let text = policy.to_string();
    Document::parse(DocumentKind::ExecuteApi, &text).map_err(|_| invalid())?;
    if text.chars().count() > POLICY_CHARACTERS_MAX {
        let problem = format!("a resource policy has at most {POLICY_CHARACTERS_MAX} characters");
        return Err(Error::invalid("policy", problem));
    }
    let quoted = Json::String(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    Ok(inner.unwrap_or_default().to_owned())
}

/// The document of a policy that comes as it is, or as it was answered.
pub fn policy_document(text: &str) -> Option<Json> {
    let read = |text: &str| serde_json::from_str::<Json>(text).ok();
    let plain = read(text).filter(Json::is_object);
    plain.or_else(|| match read(&format!("\"{text}\""))? {
        Json::String(inner) => read(&inner).filter(Json::is_object),
        _ => None,
    })
}

fn rewrite(statement: &mut Json, arn: &str) -> Option<()> {
    let members = statement.as_object_mut()?;
    for name in ["Resource", "NotResource"] {
        let Some(resources) = members.get_mut(name) else {
            continue;
        };
        let own = |resource: &mut Json| {
            if let Some(rest) = resource
                .as_str()
                .and_then(|it| it.strip_prefix("execute-api:/"))
            {
                *resource = Json::String(format!("{arn}/{rest}"));
            }
        };
        match resources {
            Json::Array(resources) => resources.iter_mut().for_each(own),
            resource => own(resource),
        }
    }
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        let one = members.get(name).and_then(Json::as_array);
        if let Some([one]) = one.map(Vec::as_slice) {
            let one = one.clone();
            members.insert(name.to_owned(), one);
        }
    }
    Some(())
}

//! What a document says of the API itself, its request validators and its gateway responses.

use serde_json::Value as Json;

use super::document::{At, Document};
use super::parameters::Parameters;
use crate::apigateway::error::Error;
use crate::apigateway::resource::{
    EndpointConfiguration, GatewayResponse, RequestValidator, RestApi, Texts,
};
use crate::apigateway::rule::model::is_gateway_response;

/// Extensions of the whole document.
const OF_DOCUMENT: [&str; 13] = [
    "api-key-source",
    "auth",
    "authorizer",
    "binary-media-types",
    "documentation",
    "endpoint-access-mode",
    "endpoint-configuration",
    "gateway-responses",
    "minimum-compression-size",
    "policy",
    "request-validator",
    "request-validators",
    "security-policy",
];

/// What a document says; what it does not say is not there.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    name: String,
    description: Option<String>,
    version: Option<String>,
    api_key_source: Option<String>,
    binary_media_types: Option<Vec<String>>,
    minimum_compression_size: Option<i64>,
    policy: Option<String>,
    endpoint: Option<EndpointConfiguration>,
    disable_execute_api_endpoint: Option<bool>,
    security_policy: Option<String>,
    endpoint_access_mode: Option<String>,
    tags: Texts,
    /// The extension `documentation` as it stands there.
    pub(super) documentation: Option<Json>,
}

/// Reads them.
pub(super) fn facts(document: &Document, parameters: &Parameters) -> Result<Facts, Error> {
    let root = document.root();
    root.only_extensions(&OF_DOCUMENT)?;
    let info = root.member("info");
    let info = info.ok_or_else(|| root.refuse("`info` is missing"))?;
    let title = info.text_of("title")?.filter(|title| !title.is_empty());
    let types = root.extension("binary-media-types").map(|types| {
        let types = types.list()?;
        types.iter().map(At::text).collect::<Result<_, Error>>()
    });
    let (endpoint, disabled) = endpoint(document, parameters)?;
    let documentation = root.extension("documentation");
    Ok(Facts {
        name: title.ok_or_else(|| info.refuse("`title` is missing"))?,
        description: info.text_of("description")?.filter(|text| !text.is_empty()),
        version: info.text_of("version")?,
        api_key_source: root.capitals_of("x-amazon-apigateway-api-key-source")?,
        binary_media_types: types.transpose()?,
        minimum_compression_size: root.number_of("x-amazon-apigateway-minimum-compression-size")?,
        policy: root.extension("policy").map(|policy| match policy.value {
            Json::String(text) => text.clone(),
            document => document.to_string(),
        }),
        endpoint,
        disable_execute_api_endpoint: disabled,
        security_policy: root.text_of("x-amazon-apigateway-security-policy")?,
        endpoint_access_mode: root.text_of("x-amazon-apigateway-endpoint-access-mode")?,
        tags: tags(document)?,
        documentation: documentation
            .filter(|_| !parameters.ignores_documentation())
            .map(|found| found.value.clone()),
    })
}

/// Tags that have a value; the others are for people.
fn tags(document: &Document) -> Result<Texts, Error> {
    let mut tags = Texts::new();
    for tag in document.root().list_of("tags")? {
        let value = tag.text_of("x-amazon-apigateway-tag-value")?;
        if let (Some(name), Some(value)) = (tag.text_of("name")?, value) {
            tags.insert(name, value);
        }
    }
    Ok(tags)
}

/// Where the API is reached: what the caller says comes before what the document says.
fn endpoint(
    document: &Document,
    parameters: &Parameters,
) -> Result<(Option<EndpointConfiguration>, Option<bool>), Error> {
    let root = document.root();
    let servers = root.list_of("servers")?;
    let of_server = servers
        .first()
        .and_then(|it| it.extension("endpoint-configuration"));
    let mut endpoint = EndpointConfiguration::default();
    let mut disabled = None;
    if let Some(given) = of_server.or_else(|| root.extension("endpoint-configuration")) {
        given.only(&[
            "disableExecuteApiEndpoint",
            "ipAddressType",
            "types",
            "vpcEndpointIds",
        ])?;
        disabled = given.flag_of("disableExecuteApiEndpoint")?;
        endpoint.types = given.names_of("types")?;
        endpoint.vpc_endpoint_ids = given.names_of("vpcEndpointIds")?;
        endpoint.ip_address_type = given.text_of("ipAddressType")?;
    }
    let listed = |text: &str| text.split(',').map(|it| it.trim().to_owned()).collect();
    if let Some(types) = parameters.get("endpointConfigurationTypes") {
        endpoint.types = listed(types);
    }
    if let Some(ids) = parameters.get("vpcEndpointIds") {
        endpoint.vpc_endpoint_ids = listed(ids);
    }
    if let Some(addresses) = parameters.get("ipAddressType") {
        endpoint.ip_address_type = Some(addresses.to_owned());
    }
    let is_stated = endpoint != EndpointConfiguration::default();
    if is_stated && endpoint.types.is_empty() {
        // Only a private API has endpoints of a VPC (unverified that it need not be said).
        let kind = if endpoint.vpc_endpoint_ids.is_empty() {
            "EDGE"
        } else {
            "PRIVATE"
        };
        endpoint.types.push(kind.to_owned());
    }
    Ok((is_stated.then_some(endpoint), disabled))
}

/// The request validators, by name.
pub(super) fn validators(document: &Document) -> Result<Vec<RequestValidator>, Error> {
    let root = document.root();
    let Some(given) = root.extension("request-validators") else {
        return Ok(Vec::new());
    };
    let validators = given.entries()?.into_iter().map(|(name, given)| {
        given.only(&["validateRequestBody", "validateRequestParameters"])?;
        Ok(RequestValidator {
            id: String::new(),
            name: Some(name.to_owned()),
            validate_request_body: given.flag_of("validateRequestBody")?.unwrap_or(false),
            validate_request_parameters: given
                .flag_of("validateRequestParameters")?
                .unwrap_or(false),
        })
    });
    validators.collect()
}

/// The API's own gateway responses.
pub(super) fn gateway_responses(document: &Document) -> Result<Vec<GatewayResponse>, Error> {
    let Some(given) = document.root().extension("gateway-responses") else {
        return Ok(Vec::new());
    };
    let responses = given.entries()?.into_iter().map(|(kind, given)| {
        if !is_gateway_response(kind) {
            return Err(given.refuse("it is no type of gateway response"));
        }
        given.only(&["responseParameters", "responseTemplates", "statusCode"])?;
        Ok(GatewayResponse {
            response_type: kind.to_owned(),
            status_code: given.text_of("statusCode")?,
            response_parameters: given.texts_of("responseParameters")?.unwrap_or_default(),
            response_templates: given.texts_of("responseTemplates")?.unwrap_or_default(),
            default_response: false,
        })
    });
    responses.collect()
}

impl Facts {
    /// An API that is made of it.
    pub(super) fn of_new(&self) -> RestApi {
        let mut facts = RestApi::default();
        self.merge_into(&mut facts);
        facts
    }

    /// Changes what the document says. Binary media types are added to those that are there
    /// (unverified).
    pub(super) fn merge_into(&self, facts: &mut RestApi) {
        facts.name.clone_from(&self.name);
        let given = [
            (&self.description, &mut facts.description),
            (&self.version, &mut facts.version),
            (&self.api_key_source, &mut facts.api_key_source),
            (&self.policy, &mut facts.policy),
            (&self.security_policy, &mut facts.security_policy),
            (&self.endpoint_access_mode, &mut facts.endpoint_access_mode),
        ];
        for (given, own) in given {
            if given.is_some() {
                own.clone_from(given);
            }
        }
        for kind in self.binary_media_types.iter().flatten() {
            if !facts.binary_media_types.contains(kind) {
                facts.binary_media_types.push(kind.clone());
            }
        }
        facts.minimum_compression_size = self
            .minimum_compression_size
            .or(facts.minimum_compression_size);
        if let Some(endpoint) = &self.endpoint {
            facts.endpoint_configuration = Some(endpoint.clone());
        }
        if let Some(disabled) = self.disable_execute_api_endpoint {
            facts.disable_execute_api_endpoint = disabled;
        }
        facts.tags.extend(self.tags.clone());
    }

    /// Replaces what a document can say; where the API is reached, and its tags, stay where the document
    /// does not say them (unverified but for the binary media types, which were recorded).
    pub(super) fn overwrite(&self, facts: &mut RestApi) {
        facts.description = None;
        facts.version = None;
        facts.api_key_source = None;
        facts.policy = None;
        facts.binary_media_types.clear();
        facts.minimum_compression_size = None;
        self.merge_into(facts);
    }
}

//! The paths of each resource that can be patched.
//!
//! Source: API Gateway API reference, `patch-operations.html`; texts as recorded. A pattern is listed
//! where AWS lists it when it refuses another.

use super::Change::{By, Drop, Element, Entry, Item, NotSimulated, Set};
use super::Kind::{Flag, Integer, Number, Text};
use super::own::{
    api_stage, canary_setting, compression_size, endpoint_type, key_stage, mapped_api,
    method_setting, no_settings, promoted, stage_throttle, whole_text,
};
use super::{Row, Style, Table};
use crate::apigateway::error::Missing;

const REPLACE: &[&str] = &["replace"];
const REMOVE: &[&str] = &["remove"];
const REPLACE_REMOVE: &[&str] = &["replace", "remove"];
const COPY: &[&str] = &["copy"];
const ADD_REMOVE: &[&str] = &["add", "remove"];
const ADD_REPLACE: &[&str] = &["add", "replace"];
const ALL: &[&str] = &["add", "remove", "replace"];

/// A path.
const fn row(path: &'static str, ops: &'static [&'static str], change: super::Change) -> Row {
    Row { path, ops, change }
}

/// A REST API.
pub const REST_API: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/description", REPLACE_REMOVE, Set(Text)),
        row("/version", REPLACE, Set(Text)),
        row("/apiKeySource", REPLACE, Set(Text)),
        row("/policy", REPLACE, Set(Text)),
        row("/binaryMediaTypes/{type}", ALL, Item),
        row("/minimumCompressionSize", REPLACE, By(compression_size)),
        row("/disableExecuteApiEndpoint", REPLACE, Set(Flag)),
        row(
            "/endpointConfiguration/types/{type}",
            REPLACE,
            By(endpoint_type),
        ),
        row("/endpointConfiguration/ipAddressType", REPLACE, Set(Text)),
        row("/endpointConfiguration/vpcEndpointIds", ADD_REMOVE, Element),
        row("/securityPolicy", REPLACE, Set(Text)),
        row("/endpointAccessMode", REPLACE, Set(Text)),
    ],
};

/// A resource.
pub const RESOURCE: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/parentId", REPLACE, By(whole_text)),
        row("/pathPart", REPLACE, By(whole_text)),
    ],
};

/// A method.
pub const METHOD: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/authorizationType", REPLACE, Set(Text)),
        row("/authorizerId", REPLACE, Set(Text)),
        row("/authorizationScopes", ADD_REMOVE, Element),
        row("/apiKeyRequired", REPLACE, Set(Flag)),
        row("/operationName", REPLACE, Set(Text)),
        row("/requestValidatorId", REPLACE, Set(Text)),
        row(
            "/requestParameters/{name}",
            ALL,
            Entry(Flag, Some(Missing::Parameter)),
        ),
        row(
            "/requestModels/{content-type}",
            ALL,
            Entry(Text, Some(Missing::ContentType)),
        ),
    ],
};

/// A response of a method.
pub const METHOD_RESPONSE: Table = Table {
    style: Style::Plain,
    rows: &[
        row(
            "/responseParameters/{name}",
            ALL,
            Entry(Flag, Some(Missing::Parameter)),
        ),
        row(
            "/responseModels/{content-type}",
            ALL,
            Entry(Text, Some(Missing::ContentType)),
        ),
    ],
};

/// An integration.
pub const INTEGRATION: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/type", REPLACE, Set(Text)),
        row("/uri", REPLACE, Set(Text)),
        row("/httpMethod", REPLACE, Set(Text)),
        row("/credentials", REPLACE, Set(Text)),
        row("/passthroughBehavior", REPLACE, Set(Text)),
        row("/contentHandling", REPLACE, Set(Text)),
        row("/timeoutInMillis", REPLACE, Set(Integer)),
        row("/cacheNamespace", REPLACE, Set(Text)),
        row("/cacheKeyParameters/{name}", ADD_REMOVE, Item),
        row("/connectionType", REPLACE, Set(Text)),
        row("/connectionId", REPLACE, Set(Text)),
        row("/requestParameters/{name}", ALL, Entry(Text, None)),
        row("/requestTemplates/{content-type}", ALL, Entry(Text, None)),
        row("/tlsConfig/insecureSkipVerification", REPLACE, Set(Flag)),
        row("/responseTransferMode", REPLACE, NotSimulated),
        row("/integrationTarget", REPLACE, NotSimulated),
    ],
};

/// A response of an integration.
pub const INTEGRATION_RESPONSE: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/selectionPattern", REPLACE, Set(Text)),
        row("/contentHandling", REPLACE, Set(Text)),
        row("/responseParameters/{name}", ALL, Entry(Text, None)),
        row("/responseTemplates/{content-type}", ALL, Entry(Text, None)),
    ],
};

/// A model.
pub const MODEL: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/description", REPLACE, Set(Text)),
        row("/schema", REPLACE, Set(Text)),
    ],
};

/// A request validator.
pub const REQUEST_VALIDATOR: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/validateRequestParameters", REPLACE, Set(Flag)),
        row("/validateRequestBody", REPLACE, Set(Flag)),
    ],
};

/// A part of the documentation.
pub const DOCUMENTATION_PART: Table = Table {
    style: Style::Listed,
    rows: &[row("/properties", REPLACE, By(whole_text))],
};

/// A version of the documentation.
pub const DOCUMENTATION_VERSION: Table = Table {
    style: Style::Listed,
    rows: &[row("/description", REPLACE, Set(Text))],
};

/// A gateway response.
pub const GATEWAY_RESPONSE: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/statusCode", REPLACE, Set(Text)),
        row("/responseParameters/{name}", ALL, Entry(Text, None)),
        row("/responseTemplates/{content-type}", ALL, Entry(Text, None)),
    ],
};

/// An authorizer.
pub const AUTHORIZER: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/type", REPLACE, Set(Text)),
        row("/authType", REPLACE, Set(Text)),
        row("/authorizerUri", REPLACE, Set(Text)),
        row("/authorizerCredentials", REPLACE, Set(Text)),
        row("/identitySource", REPLACE, Set(Text)),
        row("/identityValidationExpression", REPLACE, Set(Text)),
        row("/authorizerResultTtlInSeconds", REPLACE, Set(Integer)),
        row("/providerARNs", ADD_REMOVE, Element),
    ],
};

/// A deployment.
pub const DEPLOYMENT: Table = Table {
    style: Style::Plain,
    rows: &[row("/description", REPLACE, Set(Text))],
};

/// A stage.
pub const STAGE: Table = Table {
    style: Style::Settings,
    rows: &[
        row("/deploymentId", REPLACE, Set(Text)),
        row("/deploymentId", COPY, By(promoted)),
        row("/variables", COPY, By(promoted)),
        row("/description", REPLACE, Set(Text)),
        row("/cacheClusterEnabled", REPLACE, Set(Flag)),
        row("/cacheClusterSize", REPLACE, Set(Text)),
        row("/clientCertificateId", REPLACE, NotSimulated),
        row("/documentationVersion", REPLACE, Set(Text)),
        row("/tracingEnabled", REPLACE, Set(Flag)),
        row("/variables/{name}", ALL, Entry(Text, None)),
        row("/accessLogSettings", REMOVE, Drop),
        row("/accessLogSettings/destinationArn", ADD_REPLACE, Set(Text)),
        row("/accessLogSettings/format", ADD_REPLACE, Set(Text)),
        row(
            "/canarySettings/percentTraffic",
            REPLACE,
            By(canary_setting),
        ),
        row("/canarySettings/deploymentId", REPLACE, By(canary_setting)),
        row("/canarySettings/useStageCache", REPLACE, By(canary_setting)),
        row(
            "/canarySettings/stageVariableOverrides/{name}",
            ALL,
            By(canary_setting),
        ),
        row("/canarySettings", REMOVE, Drop),
        setting("/{resourcePath}/{httpMethod}/metrics/enabled"),
        setting("/{resourcePath}/{httpMethod}/logging/dataTrace"),
        setting("/{resourcePath}/{httpMethod}/logging/loglevel"),
        setting("/{resourcePath}/{httpMethod}/throttling/burstLimit"),
        setting("/{resourcePath}/{httpMethod}/throttling/rateLimit"),
        setting("/{resourcePath}/{httpMethod}/caching/enabled"),
        setting("/{resourcePath}/{httpMethod}/caching/ttlInSeconds"),
        setting("/{resourcePath}/{httpMethod}/caching/dataEncrypted"),
        setting("/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl"),
        setting("/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy"),
        row("/{resourcePath}/{httpMethod}", REMOVE, By(no_settings)),
    ],
};

/// What a stage says of its paths, with the commas that it lacks (recorded).
pub const SETTING_PATHS: &str = "[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]";

/// A setting of methods.
const fn setting(path: &'static str) -> Row {
    row(path, REPLACE, By(method_setting))
}

/// An API key.
pub const API_KEY: Table = Table {
    style: Style::Listed,
    rows: &[
        row("/description", REPLACE, Set(Text)),
        row("/enabled", REPLACE, Set(Flag)),
        row("/name", REPLACE, Set(Text)),
        row("/customerId", REPLACE, Set(Text)),
        row("/stages", ADD_REMOVE, By(key_stage)),
    ],
};

/// A usage plan.
pub const USAGE_PLAN: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/description", REPLACE, Set(Text)),
        row("/productCode", REPLACE, Set(Text)),
        row("/apiStages", ADD_REMOVE, By(api_stage)),
        row(
            "/apiStages/{api:stage}/throttle/{resourcePath}/{method}/burstLimit",
            REPLACE,
            By(stage_throttle),
        ),
        row(
            "/apiStages/{api:stage}/throttle/{resourcePath}/{method}/rateLimit",
            REPLACE,
            By(stage_throttle),
        ),
        row(
            "/apiStages/{api:stage}/throttle/{resourcePath}/{method}",
            REMOVE,
            By(stage_throttle),
        ),
        row("/quota", REMOVE, Drop),
        row("/quota/limit", REPLACE, Set(Integer)),
        row("/quota/offset", REPLACE, Set(Integer)),
        row("/quota/period", REPLACE, Set(Text)),
        row("/throttle", REMOVE, Drop),
        row("/throttle/burstLimit", REPLACE, Set(Integer)),
        row("/throttle/rateLimit", REPLACE, Set(Number)),
    ],
};

/// What a key used of a plan's quota.
pub const USAGE: Table = Table {
    style: Style::Plain,
    rows: &[row("/remaining", REPLACE, Set(Integer))],
};

/// The account.
pub const ACCOUNT: Table = Table {
    style: Style::Plain,
    rows: &[row("/cloudwatchRoleArn", REPLACE_REMOVE, Set(Text))],
};

/// A VPC link.
pub const VPC_LINK: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/name", REPLACE, Set(Text)),
        row("/description", REPLACE, Set(Text)),
    ],
};

/// A custom domain name.
pub const DOMAIN_NAME: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/certificateArn", REPLACE, Set(Text)),
        row("/regionalCertificateArn", REPLACE, Set(Text)),
        row(
            "/endpointConfiguration/types/{type}",
            REPLACE,
            By(endpoint_type),
        ),
        row("/endpointConfiguration/ipAddressType", REPLACE, Set(Text)),
        row("/securityPolicy", REPLACE, Set(Text)),
        row("/certificateName", REPLACE, NotSimulated),
        row("/regionalCertificateName", REPLACE, NotSimulated),
        row(
            "/ownershipVerificationCertificateArn",
            REPLACE,
            NotSimulated,
        ),
        row(
            "/mutualTlsAuthentication/truststoreUri",
            REPLACE,
            NotSimulated,
        ),
        row(
            "/mutualTlsAuthentication/truststoreVersion",
            REPLACE,
            NotSimulated,
        ),
        row("/endpointAccessMode", REPLACE, NotSimulated),
        row("/policy", REPLACE, NotSimulated),
        row("/routingMode", REPLACE, NotSimulated),
    ],
};

/// A base path mapping.
pub const BASE_PATH_MAPPING: Table = Table {
    style: Style::Plain,
    rows: &[
        row("/basePath", REPLACE, Set(Text)),
        row("/restapiId", REPLACE, By(mapped_api)),
        row("/stage", REPLACE, Set(Text)),
    ],
};

//! Which variables the access log of a kind of API has. Those of features that are not simulated print a dash,
//! as they do where the feature is not used.
//!
//! Source: API Gateway developer guide, `http-api-logging-variables.html` and
//! `api-gateway-variables-for-access-logging.html`.

use crate::kind::ApiKind;

/// Those of both kinds.
const OF_BOTH: [&str; 44] = [
    "accountId",
    "apiId",
    "awsEndpointRequestId",
    "customDomain.basePathMatched",
    "domainName",
    "domainPrefix",
    "error.message",
    "error.messageString",
    "error.responseType",
    "extendedRequestId",
    "httpMethod",
    "identity.accountId",
    "identity.caller",
    "identity.clientCert.clientCertPem",
    "identity.clientCert.issuerDN",
    "identity.clientCert.serialNumber",
    "identity.clientCert.subjectDN",
    "identity.clientCert.validity.notAfter",
    "identity.clientCert.validity.notBefore",
    "identity.cognitoAuthenticationProvider",
    "identity.cognitoAuthenticationType",
    "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "integration.error",
    "integration.integrationStatus",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "integrationLatency",
    "integrationStatus",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "responseLatency",
    "responseLength",
    "stage",
    "status",
];

/// Those of HTTP APIs alone.
const OF_HTTP: [&str; 7] = [
    "authorizer.error",
    "authorizer.principalId",
    "awsEndpointRequestId2",
    "dataProcessed",
    "integrationErrorMessage",
    "routeKey",
    "tlsVersion",
];

/// Those of REST APIs alone; beside them stands whatever an authorizer passes on. (`identity.accessKey` stands
/// on the page of mapping templates, not on that of logs.)
const OF_REST: [&str; 23] = [
    "authenticate.error",
    "authenticate.latency",
    "authenticate.status",
    "authorize.error",
    "authorize.latency",
    "authorize.status",
    "customDomain.routingRuleIdMatched",
    "deploymentId",
    "error.validationErrorString",
    "identity.accessKey",
    "identity.apiKey",
    "identity.apiKeyId",
    "identity.vpcId",
    "identity.vpceId",
    "isCanaryRequest",
    "resourceId",
    "resourcePath",
    "waf.error",
    "waf.latency",
    "waf.status",
    "wafResponseCode",
    "webaclArn",
    "xrayTraceId",
];

/// Whether a variable is one of the access log.
pub(super) fn is_of_log(kind: ApiKind, name: &str) -> bool {
    let has_rest = |prefix| {
        let rest = name.strip_prefix(prefix);
        rest.is_some_and(|rest: &str| !rest.is_empty() && rest != "claims")
    };
    OF_BOTH.contains(&name)
        || match kind {
            ApiKind::Http => OF_HTTP.contains(&name) || has_rest("authorizer.claims."),
            ApiKind::Rest => OF_REST.contains(&name) || has_rest("authorizer."),
        }
}

/// Whether an API has the variable at all: what only the other kind has, it has not.
pub(crate) fn is_of_kind(kind: ApiKind, name: &str) -> bool {
    match kind {
        ApiKind::Http => !OF_REST.contains(&name),
        ApiKind::Rest => !OF_HTTP.contains(&name) || name.starts_with("authorizer."),
    }
}

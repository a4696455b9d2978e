//! The event that functions get of a REST API.
//!
//! Sources: API Gateway developer guide, `set-up-lambda-proxy-integrations.html`, and recorded events, down
//! to the members that there are: what is not known is null.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde_json::{Value, json};

use crate::deployment::{Api, PayloadFormat};
use crate::exchange::Exchange;
use crate::query;
use crate::rest::integrate::binary::is_binary;
use crate::rest::integrate::header::is_forwarded;
use crate::rest::integrate::reading;
use crate::variable::Variables;

/// The event of a request.
pub(crate) fn of(exchange: &Exchange<'_>, _: PayloadFormat) -> Value {
    let (body, is_base64) = body(exchange);
    let path = exchange.parameters().map(|parameters| &parameters.decoded);
    let query = grouped(query::pairs(exchange.raw_query()));
    let headers = grouped(headers(exchange).into_iter());
    json!({
        "resource": exchange.resource(),
        "path": exchange.path.as_text(),
        "httpMethod": exchange.incoming.method.as_str(),
        "headers": last_of_each(&headers),
        "multiValueHeaders": headers,
        "queryStringParameters": null_if_empty(json!(last_of_each(&query))),
        "multiValueQueryStringParameters": null_if_empty(json!(query)),
        "pathParameters": null_if_empty(json!(path)),
        "stageVariables": null_if_empty(json!(exchange.stage.variables)),
        "requestContext": context(exchange),
        "body": body,
        "isBase64Encoded": is_base64,
    })
}

/// `requestContext`: what is known of the request, and of who calls.
pub(crate) fn context(exchange: &Exchange<'_>) -> Value {
    let variables = Variables {
        exchange,
        answered: None,
    };
    let value = |name: &str| variables.value(name);
    let mut context = json!({
        "resourceId": value("resourceId"),
        "resourcePath": value("resourcePath"),
        "httpMethod": value("httpMethod"),
        "extendedRequestId": value("extendedRequestId"),
        "requestTime": value("requestTime"),
        "path": value("path"),
        "accountId": value("accountId"),
        "protocol": value("protocol"),
        "stage": value("stage"),
        "domainPrefix": value("domainPrefix"),
        "requestTimeEpoch": exchange.received.as_millisecond(),
        "requestId": value("requestId"),
        "identity": identity(exchange),
        "domainName": value("domainName"),
        "deploymentId": value("deploymentId"),
        "apiId": value("apiId"),
    });
    // Only where there is an authorizer (recorded).
    let authorizer = exchange.caller.of_event_1();
    if !authorizer.is_null() {
        context["authorizer"] = authorizer;
    }
    context
}

/// The members of `identity` that are always there (recorded).
const IDENTITY: [&str; 11] = [
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
];

/// Those that are there only where they are known.
const IDENTITY_IF_KNOWN: [&str; 4] = ["apiKey", "apiKeyId", "vpcId", "vpceId"];

fn identity(exchange: &Exchange<'_>) -> Value {
    let variables = Variables {
        exchange,
        answered: None,
    };
    let value = |name: &str| variables.value(&format!("identity.{name}"));
    let mut identity = json!({ "accessKey": exchange.caller.identity("accessKey") });
    for name in IDENTITY {
        identity[name] = json!(value(name));
    }
    for name in IDENTITY_IF_KNOWN {
        if let Some(value) = value(name) {
            identity[name] = json!(value);
        }
    }
    identity
}

/// The headers that go on, their names as they were sent, and what the gateway adds.
fn headers(exchange: &Exchange<'_>) -> Vec<(String, String)> {
    let port = exchange
        .incoming
        .host()
        .and_then(|host| host.rsplit_once(':'));
    let port = port.map_or("80", |(_, port)| port);
    let added = [
        ("Host", exchange.stage.domain_name.clone()),
        ("X-Amzn-Trace-Id", exchange.trace.to_string()),
        ("X-Forwarded-For", exchange.source_ip().to_string()),
        ("X-Forwarded-Port", port.to_owned()),
        ("X-Forwarded-Proto", "http".to_owned()),
    ];
    let mut headers = reading::headers(exchange);
    headers.retain(|(name, _)| {
        let is_added = added
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name));
        is_forwarded(name) && !is_added
    });
    headers.extend(added.map(|(name, value)| (name.to_owned(), value)));
    headers
}

/// All values of each name.
fn grouped(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name).or_default().push(value);
    }
    all
}

/// Of several values the last stands (recorded).
fn last_of_each(all: &BTreeMap<String, Vec<String>>) -> BTreeMap<&String, Option<&String>> {
    let last = all.iter().map(|(name, values)| (name, values.last()));
    last.collect()
}

/// The body as text, or in base64 where the API says that its media type is bytes. Text that is no UTF-8 is
/// given replacement characters (recorded).
fn body(exchange: &Exchange<'_>) -> (Option<String>, bool) {
    let body = &exchange.incoming.body;
    if body.is_empty() {
        return (None, false);
    }
    let content_type = exchange.incoming.header(header::CONTENT_TYPE);
    let types = match exchange.api {
        Api::Rest(api) => api.binary_media_types.as_slice(),
        Api::Http(_) => &[],
    };
    if is_binary(content_type.unwrap_or("application/json"), types) {
        (Some(STANDARD.encode(body)), true)
    } else {
        (Some(String::from_utf8_lossy(body).into_owned()), false)
    }
}

fn null_if_empty(value: Value) -> Value {
    let is_empty = match &value {
        Value::Object(members) => members.is_empty(),
        other => other.is_null(),
    };
    if is_empty { Value::Null } else { value }
}

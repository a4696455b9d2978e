//! The events that functions get: payload formats 1.0 and 2.0.
//!
//! Source: API Gateway developer guide, `http-api-develop-integrations-lambda.html`.

use std::collections::BTreeMap;

use authlab_kernel::trace::TRACE_HEADER;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::deployment::PayloadFormat;
use crate::exchange::Exchange;
use crate::query;
use crate::variable::Variables;

/// The event of a payload format.
pub(crate) fn of(exchange: &Exchange<'_>, payload: PayloadFormat) -> Value {
    match payload {
        PayloadFormat::V1 => version_1(exchange),
        PayloadFormat::V2 => version_2(exchange),
    }
}

/// The event of payload format 2.0. Members without content are left out, as the service does.
fn version_2(exchange: &Exchange<'_>) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": exchange.route_key().unwrap_or_default(),
        "rawPath": exchange.raw_path(),
        "rawQueryString": exchange.raw_query(),
        "headers": joined_headers(exchange),
        "requestContext": context_2(exchange),
    });
    let cookies = cookies(&exchange.incoming.headers);
    insert_unless_empty(&mut event, "cookies", json!(cookies));
    let query: BTreeMap<String, String> = joined(query::pairs(exchange.raw_query()));
    insert_unless_empty(&mut event, "queryStringParameters", json!(query));
    let path = exchange.parameters().map(|parameters| &parameters.decoded);
    insert_unless_empty(&mut event, "pathParameters", json!(path));
    let stage = &exchange.stage.variables;
    insert_unless_empty(&mut event, "stageVariables", json!(stage));
    let (body, is_base64) = body(exchange);
    insert_unless_empty(&mut event, "body", json!(body));
    event["isBase64Encoded"] = json!(is_base64);
    event
}

fn context_2(exchange: &Exchange<'_>) -> Value {
    let variables = Variables {
        exchange,
        answered: None,
    };
    let value = |name: &str| variables.value(name);
    let mut context = json!({
        "accountId": value("accountId"),
        "apiId": value("apiId"),
        "domainName": value("domainName"),
        "domainPrefix": value("domainPrefix"),
        "http": {
            "method": value("httpMethod"),
            "path": value("path"),
            "protocol": value("protocol"),
            "sourceIp": value("identity.sourceIp"),
            "userAgent": value("identity.userAgent").unwrap_or_default(),
        },
        "requestId": value("requestId"),
        "routeKey": value("routeKey").unwrap_or_default(),
        "stage": value("stage"),
        "time": value("requestTime"),
        "timeEpoch": exchange.received.as_millisecond(),
    });
    if let Some(authorizer) = exchange.caller.of_event_2() {
        context["authorizer"] = authorizer;
    }
    context
}

/// The event of payload format 1.0.
fn version_1(exchange: &Exchange<'_>) -> Value {
    let (body, is_base64) = body(exchange);
    let path = exchange.parameters().map(|parameters| &parameters.decoded);
    let multiple = multiple_query(exchange.raw_query());
    // Of several values the last stands.
    let single: BTreeMap<&String, Option<&String>> = multiple
        .iter()
        .map(|(name, values)| (name, values.last()))
        .collect();
    let headers = &exchange.incoming.headers;
    json!({
        "version": "1.0",
        "resource": exchange.resource(),
        "path": exchange.raw_path(),
        "httpMethod": exchange.incoming.method.as_str(),
        "headers": last_headers(headers, exchange),
        "multiValueHeaders": all_headers(headers, exchange),
        "queryStringParameters": null_if_empty(json!(single)),
        "multiValueQueryStringParameters": null_if_empty(json!(multiple)),
        "requestContext": context_1(exchange),
        "pathParameters": null_if_empty(json!(path)),
        "stageVariables": null_if_empty(json!(exchange.stage.variables)),
        "body": body,
        "isBase64Encoded": is_base64,
    })
}

fn context_1(exchange: &Exchange<'_>) -> Value {
    let variables = Variables {
        exchange,
        answered: None,
    };
    let value = |name: &str| variables.value(name);
    json!({
        "accountId": value("accountId"),
        "apiId": value("apiId"),
        "authorizer": exchange.caller.of_event_1(),
        "domainName": value("domainName"),
        "domainPrefix": value("domainPrefix"),
        "extendedRequestId": value("extendedRequestId"),
        "httpMethod": value("httpMethod"),
        "identity": {
            "accessKey": exchange.caller.identity("accessKey"),
            "accountId": value("identity.accountId"),
            "caller": value("identity.caller"),
            "principalOrgId": value("identity.principalOrgId"),
            "sourceIp": value("identity.sourceIp"),
            "user": value("identity.user"),
            "userAgent": value("identity.userAgent"),
            "userArn": value("identity.userArn"),
        },
        "path": value("path"),
        "protocol": value("protocol"),
        "requestId": value("requestId"),
        "requestTime": value("requestTime"),
        "requestTimeEpoch": exchange.received.as_millisecond(),
        "resourceId": exchange.resource_id(),
        "resourcePath": exchange.resource(),
        "stage": value("stage"),
    })
}

/// Names in lower case, several values joined by commas; cookies stand by themselves.
fn joined_headers(exchange: &Exchange<'_>) -> BTreeMap<String, String> {
    let headers = &exchange.incoming.headers;
    let pairs = headers
        .iter()
        .filter(|(name, _)| *name != http::header::COOKIE);
    let mut all = joined(pairs.map(|(name, value)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    }));
    all.extend(added_headers(exchange));
    all
}

/// What the gateway adds to a request on its way to a function.
fn added_headers(exchange: &Exchange<'_>) -> [(String, String); 4] {
    let port = exchange
        .incoming
        .host()
        .and_then(|host| host.rsplit_once(':'))
        .map_or("80", |(_, port)| port);
    [
        (TRACE_HEADER.to_owned(), exchange.trace.to_string()),
        (
            "x-forwarded-for".to_owned(),
            exchange.source_ip().to_string(),
        ),
        ("x-forwarded-port".to_owned(), port.to_owned()),
        ("x-forwarded-proto".to_owned(), "http".to_owned()),
    ]
}

fn last_headers(headers: &HeaderMap, exchange: &Exchange<'_>) -> BTreeMap<String, String> {
    let lossy = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), lossy(value)))
        .chain(added_headers(exchange))
        .collect()
}

fn all_headers(headers: &HeaderMap, exchange: &Exchange<'_>) -> BTreeMap<String, Vec<String>> {
    let lossy = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        all.entry(name.as_str().to_owned())
            .or_default()
            .push(lossy(value));
    }
    all.extend(added_headers(exchange).map(|(name, value)| (name, vec![value])));
    all
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn joined(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name)
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert(value);
    }
    all
}

fn multiple_query(query: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in query::pairs(query) {
        all.entry(name).or_default().push(value);
    }
    all
}

/// The body as text, or in base64 where its media type is no text. (Which types count as text is
/// as observed: `text/*`, JSON, XML and JavaScript; forms are not.)
fn body(exchange: &Exchange<'_>) -> (Option<String>, bool) {
    let body = &exchange.incoming.body;
    if body.is_empty() {
        return (None, false);
    }
    let media_type = exchange
        .incoming
        .header(http::header::CONTENT_TYPE)
        .unwrap_or("text/plain");
    let media_type = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_text = media_type.starts_with("text/")
        || matches!(
            media_type.as_str(),
            "application/json" | "application/xml" | "application/javascript"
        )
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml");
    let encoded = exchange
        .incoming
        .headers
        .contains_key(http::header::CONTENT_ENCODING);
    match std::str::from_utf8(body) {
        Ok(text) if is_text && !encoded => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}

fn insert_unless_empty(event: &mut Value, name: &str, value: Value) {
    if !is_empty(&value) {
        event[name] = value;
    }
}

fn null_if_empty(value: Value) -> Value {
    if is_empty(&value) { Value::Null } else { value }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        other => other.is_null(),
    }
}

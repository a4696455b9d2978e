//! The events that functions get: payload formats 1.0 and 2.0.
//!
//! Source: API Gateway developer guide, `http-api-develop-integrations-lambda.html`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::claim::as_text;
use crate::context::clf_time;
use crate::exchange::{Caller, Exchange, TRACE_HEADER};
use crate::query;

/// The event of payload format 2.0. Members without content are left out, as the service does.
pub(crate) fn version_2(exchange: &Exchange<'_>) -> Value {
    let route_key = exchange.route_key().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": exchange.raw_path(),
        "rawQueryString": exchange.raw_query(),
        "headers": joined_headers(exchange),
        "requestContext": context_2(exchange, &route_key),
    });
    let cookies = cookies(&exchange.incoming.headers);
    insert_unless_empty(&mut event, "cookies", json!(cookies));
    let query: BTreeMap<String, String> = joined(query::pairs(exchange.raw_query()));
    insert_unless_empty(&mut event, "queryStringParameters", json!(query));
    let path = exchange
        .route
        .as_ref()
        .map(|(_, parameters)| &parameters.decoded);
    insert_unless_empty(&mut event, "pathParameters", json!(path));
    let stage = &exchange.deployment.stage_variables;
    insert_unless_empty(&mut event, "stageVariables", json!(stage));
    let (body, is_base64) = body(exchange);
    insert_unless_empty(&mut event, "body", json!(body));
    event["isBase64Encoded"] = json!(is_base64);
    event
}

fn context_2(exchange: &Exchange<'_>, route_key: &str) -> Value {
    let deployment = exchange.deployment;
    let mut context = json!({
        "accountId": deployment.scope.account,
        "apiId": deployment.api_id,
        "domainName": exchange.domain_name,
        "domainPrefix": exchange.domain_name.split('.').next(),
        "http": {
            "method": exchange.incoming.method.as_str(),
            "path": exchange.raw_path(),
            "protocol": "HTTP/1.1",
            "sourceIp": exchange.source_ip(),
            "userAgent": exchange.user_agent().unwrap_or_default(),
        },
        "requestId": exchange.request_id,
        "routeKey": route_key,
        "stage": deployment.stage,
        "time": clf_time(exchange.received),
        "timeEpoch": exchange.received.as_millisecond(),
    });
    match &exchange.caller {
        Caller::Anonymous => {}
        Caller::Bearer { token, scopes } => {
            let claims = claims(token.claims());
            context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": scopes } });
        }
        Caller::Iam(caller) => {
            context["authorizer"] = json!({ "iam": {
                "accessKey": caller.access_key_id,
                "accountId": caller.account,
                "callerId": caller.user_id,
                "cognitoIdentity": null,
                "principalOrgId": caller.principal_org_id,
                "userArn": caller.user_arn,
                "userId": caller.user_id,
            } });
        }
    }
    context
}

/// The event of payload format 1.0.
pub(crate) fn version_1(exchange: &Exchange<'_>) -> Value {
    let (body, is_base64) = body(exchange);
    let path = exchange
        .route
        .as_ref()
        .map(|(_, parameters)| &parameters.decoded);
    let multiple = multiple_query(exchange.raw_query());
    // Of several values the last stands.
    let single: BTreeMap<&String, Option<&String>> = multiple
        .iter()
        .map(|(name, values)| (name, values.last()))
        .collect();
    let headers = &exchange.incoming.headers;
    json!({
        "version": "1.0",
        "resource": exchange.route.as_ref().map(|(route, _)| route.key.resource()),
        "path": exchange.raw_path(),
        "httpMethod": exchange.incoming.method.as_str(),
        "headers": last_headers(headers, exchange),
        "multiValueHeaders": all_headers(headers, exchange),
        "queryStringParameters": null_if_empty(json!(single)),
        "multiValueQueryStringParameters": null_if_empty(json!(multiple)),
        "requestContext": context_1(exchange),
        "pathParameters": null_if_empty(json!(path)),
        "stageVariables": null_if_empty(json!(exchange.deployment.stage_variables)),
        "body": body,
        "isBase64Encoded": is_base64,
    })
}

fn context_1(exchange: &Exchange<'_>) -> Value {
    let deployment = exchange.deployment;
    let (authorizer, caller) = match &exchange.caller {
        Caller::Anonymous => (Value::Null, None),
        Caller::Bearer { token, scopes } => (
            json!({ "claims": claims(token.claims()), "scopes": scopes }),
            None,
        ),
        Caller::Iam(caller) => (Value::Null, Some(caller)),
    };
    let resource = exchange
        .route
        .as_ref()
        .map(|(route, _)| route.key.resource());
    json!({
        "accountId": deployment.scope.account,
        "apiId": deployment.api_id,
        "authorizer": authorizer,
        "domainName": exchange.domain_name,
        "domainPrefix": exchange.domain_name.split('.').next(),
        "extendedRequestId": exchange.request_id,
        "httpMethod": exchange.incoming.method.as_str(),
        "identity": {
            "accessKey": caller.map(|caller| &caller.access_key_id),
            "accountId": caller.map(|caller| &caller.account),
            "caller": caller.map(|caller| &caller.user_id),
            "principalOrgId": caller.and_then(|caller| caller.principal_org_id.as_ref()),
            "sourceIp": exchange.source_ip(),
            "user": caller.map(|caller| &caller.user_id),
            "userAgent": exchange.user_agent(),
            "userArn": caller.map(|caller| &caller.user_arn),
        },
        "path": exchange.raw_path(),
        "protocol": "HTTP/1.1",
        "requestId": exchange.request_id,
        "requestTime": clf_time(exchange.received),
        "requestTimeEpoch": exchange.received.as_millisecond(),
        "resourceId": exchange.route_key(),
        "resourcePath": resource,
        "stage": deployment.stage,
    })
}

/// Every claim as text.
fn claims(claims: &Map<String, Value>) -> BTreeMap<&String, String> {
    claims
        .iter()
        .map(|(name, value)| (name, as_text(value)))
        .collect()
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
        (TRACE_HEADER.to_owned(), exchange.trace.header.clone()),
        ("x-forwarded-for".to_owned(), exchange.source_ip()),
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
    if null_if_empty(value.clone()) != Value::Null {
        event[name] = value;
    }
}

fn null_if_empty(value: Value) -> Value {
    let is_empty = match &value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        other => other.is_null(),
    };
    if is_empty { Value::Null } else { value }
}

//! What the function of an authorizer is sent.
//!
//! Source: API Gateway developer guide, `api-gateway-lambda-authorizer-input.html` and
//! `http-api-lambda-authorizer.html`.

use serde_json::{Map, Value, json};

use crate::deployment::{AuthorizerFormat, FunctionAuthorizer, PayloadFormat};
use crate::exchange::Exchange;
use crate::stage::integrate::Events;

/// Members of the event of an integration that an authorizer's function is not sent.
const NOT_SENT: [&str; 2] = ["body", "isBase64Encoded"];
/// Maps that are empty, and not null, where there is nothing in them (unverified).
const MAPS: [&str; 6] = [
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
];

/// The event. `events` is how the kind of API tells a function of a request.
pub(super) fn of(
    exchange: &Exchange<'_>,
    authorizer: &FunctionAuthorizer,
    identity: &[Vec<String>],
    method_arn: &str,
    events: Events,
) -> Value {
    let joined = || identity.iter().map(|values| values.join(","));
    match &authorizer.format {
        AuthorizerFormat::Token { .. } => json!({
            "type": "TOKEN",
            "methodArn": method_arn,
            "authorizationToken": joined().next().unwrap_or_default(),
        }),
        AuthorizerFormat::Request => {
            let mut event = json!({ "type": "REQUEST", "methodArn": method_arn });
            extend(
                &mut event,
                without_body(events(exchange, PayloadFormat::V1)),
            );
            event
        }
        AuthorizerFormat::V1 => {
            let source = joined().collect::<Vec<_>>().join(",");
            let mut event = json!({
                "version": "1.0",
                "type": "REQUEST",
                "methodArn": method_arn,
                "identitySource": source,
                "authorizationToken": source,
            });
            extend(
                &mut event,
                without_body(events(exchange, PayloadFormat::V1)),
            );
            event
        }
        AuthorizerFormat::V2 { .. } => {
            let mut event = json!({
                "version": "2.0",
                "type": "REQUEST",
                "routeArn": method_arn,
                "identitySource": joined().collect::<Vec<_>>(),
            });
            let mut sent = members(events(exchange, PayloadFormat::V2));
            sent.retain(|name, _| !NOT_SENT.contains(&name.as_str()));
            extend(&mut event, sent);
            event
        }
    }
}

/// The event of payload format 1.0 without the body.
fn without_body(event: Value) -> Map<String, Value> {
    let mut members = members(event);
    members.retain(|name, _| !NOT_SENT.contains(&name.as_str()));
    for (name, value) in &mut members {
        if value.is_null() && MAPS.contains(&name.as_str()) {
            *value = json!({});
        }
    }
    // Nobody has said anything of the caller yet.
    if let Some(Value::Object(context)) = members.get_mut("requestContext") {
        context.remove("authorizer");
    }
    members
}

fn members(event: Value) -> Map<String, Value> {
    match event {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn extend(event: &mut Value, more: Map<String, Value>) {
    if let Value::Object(members) = event {
        members.extend(more);
    }
}

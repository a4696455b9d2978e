//! What a caller must be permitted: `apigateway:VERB` on the resource's path.
//!
//! Source: service authorization reference, `list_amazonapigatewaymanagementv2.html`: actions are
//! HTTP verbs, resources are `arn:aws:apigateway:REGION::/apis/…` without an account.

use authlab_wire::{Models, Value, WireError};

use crate::cloud::Cloud;
use crate::operation::{Call, Check, Refusal};

/// As observed.
const NO_LOG_DELIVERY: &str = "Insufficient permissions to enable logging";

/// What a caller needs beside the stage's own permission to give it an access log: API Gateway asks
/// CloudWatch Logs for a delivery as the caller. (Developer guide, `http-api-logging.html`, names
/// more; that these are the ones that are asked for is unverified.)
const LOG_DELIVERY: [&str; 3] = [
    "logs:CreateLogDelivery",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
];

/// The one check of every operation.
pub(super) fn by_method_and_path(
    _: &Cloud,
    call: &Call,
    input: &Value,
) -> Result<Vec<Check>, WireError> {
    let operation = Models::service(call.service)
        .and_then(|service| service.operation(call.operation))
        .ok_or_else(|| WireError::not_implemented(call.operation))?;
    let path = fill(
        operation.uri.strip_prefix("/v2").unwrap_or(operation.uri),
        input,
    );
    let resource = format!("arn:aws:apigateway:{}::{path}", call.scope.region);
    let action = format!("apigateway:{}", operation.method);
    let check = Check::new(action, resource, call.account().clone());
    let mut checks = vec![check.request_tags(input)];
    if input
        .get("AccessLogSettings")
        .is_some_and(|it| *it != Value::Null)
    {
        checks.extend(log_delivery(call));
    }
    Ok(checks)
}

fn log_delivery(call: &Call) -> impl Iterator<Item = Check> {
    let groups = call.scope.arn("logs", "log-group::log-stream:");
    let describe = Check::new("logs:DescribeLogGroups", groups, call.account().clone());
    LOG_DELIVERY
        .into_iter()
        .map(|action| Check::unscoped(action, call))
        .chain([describe])
        .map(|mut check| {
            let error = WireError::new(400, "BadRequestException", NO_LOG_DELIVERY);
            check.refusal = Some(Refusal::Always(error));
            check
        })
}

/// The path with its labels filled; a label `{apiId}` is the member `ApiId`.
fn fill(template: &str, input: &Value) -> String {
    let segments = template.split('/').map(|segment| {
        let label = segment
            .strip_prefix('{')
            .and_then(|label| label.strip_suffix('}'));
        let Some(label) = label else {
            return segment.to_owned();
        };
        let member: String = label.split('-').map(capitalised).collect();
        input
            .get(&member)
            .and_then(Value::as_text)
            .unwrap_or("*")
            .to_owned()
    });
    segments.collect::<Vec<String>>().join("/")
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(characters)
        .collect()
}

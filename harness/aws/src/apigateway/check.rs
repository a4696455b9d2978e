//! What a caller must be permitted: `apigateway:VERB` on the resource's path.
//!
//! Source: service authorization reference, `list_amazonapigatewaymanagement.html`: actions are HTTP
//! verbs, resources are `arn:aws:apigateway:REGION::/restapis/…` without an account.

use authlab_wire::{Location, Models, Operation, Value, WireError};

use crate::cloud::Cloud;
use crate::operation::{Call, Check};

/// The one check of every operation.
pub(super) fn by_method_and_path(
    _: &Cloud,
    call: &Call,
    input: &Value,
) -> Result<Vec<Check>, WireError> {
    let operation = Models::service(call.service)
        .and_then(|service| service.operation(call.operation))
        .ok_or_else(|| WireError::not_implemented(call.operation))?;
    let path = filled(operation, input);
    let resource = format!("arn:aws:apigateway:{}::{path}", call.scope.region);
    let action = format!("apigateway:{}", operation.method);
    let check = Check::new(action, resource, call.account().clone());
    Ok(vec![check.request_tags(input)])
}

/// The operation's path, without its query, with the labels filled.
fn filled(operation: &Operation, input: &Value) -> String {
    let template = operation.uri.split('?').next().unwrap_or_default();
    let members = operation.input_shape().map(|shape| shape.members());
    let segments = template.split('/').map(|segment| {
        let label = segment
            .strip_prefix('{')
            .and_then(|it| it.strip_suffix('}'));
        let Some(label) = label else {
            return segment;
        };
        let mut members = members.unwrap_or_default().iter();
        let member = members.find(|it| it.location == Location::Uri && it.wire_name == label);
        let value = member.and_then(|member| input.get(member.name)?.as_text());
        value.unwrap_or("*")
    });
    segments.collect::<Vec<&str>>().join("/")
}

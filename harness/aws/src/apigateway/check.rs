//! What a caller must be permitted: `apigateway:VERB` on the resource's path.
//!
//! Source: service authorization reference, `list_amazonapigatewaymanagement.html`: actions are HTTP
//! verbs, resources are `arn:aws:apigateway:REGION::/restapis/…` without an account.

use authlab_wire::{Location, Models, Operation, Value, WireError};

use crate::cloud::Cloud;
use crate::operation::{Call, Check};

/// What a caller needs beside, on the same API, to give it a resource policy (developer guide,
/// `apigateway-resource-policies-create-attach.html`).
const UPDATE_POLICY: &str = "apigateway:UpdateRestApiPolicy";

/// What lets a VPC endpoint reach a private domain name, and what takes this away: permissions on the
/// domain name (service authorization reference, the same page). That who makes an association needs
/// the first beside that of the path is unverified.
const CREATE_ACCESS: &str = "apigateway:CreateAccessAssociation";
const REJECT_ACCESS: &str = "apigateway:RejectAccessAssociation";

/// What a document with a resource policy has.
const POLICY: &[u8] = b"x-amazon-apigateway-policy";

/// The check of every operation, and what a resource policy or a private domain name asks for beside.
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
    let domain = input.get("domainNameArn").and_then(Value::as_text);
    let on_domain =
        |action: &str| Check::new(action, domain.unwrap_or("*"), call.account().clone());
    if call.operation == "RejectDomainNameAccessAssociation" {
        return Ok(vec![on_domain(REJECT_ACCESS)]);
    }
    let check = Check::new(action, resource.as_str(), call.account().clone());
    let mut checks = vec![check.request_tags(input)];
    if call.operation == "CreateDomainNameAccessAssociation" {
        checks.push(on_domain(CREATE_ACCESS));
    }
    if gives_policy(call.operation, input) {
        checks.push(Check::new(UPDATE_POLICY, resource, call.account().clone()));
    }
    Ok(checks)
}

/// Whether an API is given a resource policy.
fn gives_policy(operation: &str, input: &Value) -> bool {
    let is_text = |value: Option<&Value>| value.and_then(Value::as_text).is_some();
    match operation {
        "CreateRestApi" => is_text(input.get("policy")),
        // A document is not read before its caller may give it: one that names the extension counts.
        "ImportRestApi" | "PutRestApi" => {
            let document = match input.get("body") {
                Some(Value::Blob(bytes)) => &bytes[..],
                Some(Value::Text(text)) => text.as_bytes(),
                _ => &[],
            };
            document.windows(POLICY.len()).any(|part| part == POLICY)
        }
        "UpdateRestApi" => {
            let patches = input.get("patchOperations").and_then(Value::as_list);
            let mut patches = patches.unwrap_or_default().iter();
            patches.any(|patch| patch.get("path").and_then(Value::as_text) == Some("/policy"))
        }
        _ => false,
    }
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

//! What a caller of Lambda must be permitted.
//!
//! Source: service authorization reference, `list_awslambda.html`; Lambda developer guide,
//! `access-control-resource-based.html` (the function's policy is the resource policy of every
//! operation on it).

use authlab_kernel::AccountId;
use authlab_wire::{Value, WireError};

use super::error::Error;
use super::key;
use super::name::{FunctionName, PRINCIPAL, function_arn};
use super::ops::wire;
use crate::cloud::Cloud;
use crate::operation::{Call, Check};

type Checks = Result<Vec<Check>, WireError>;

pub(super) fn create_function(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let name = FunctionName::new(text(input, "FunctionName"), &call.scope).map_err(wire)?;
    let arn = function_arn(&call.scope, &name.name);
    let check = Check::new(
        "lambda:CreateFunction",
        arn.as_str(),
        call.account().clone(),
    );
    let mut checks = vec![
        check.request_tags(input),
        pass_role(call, text(input, "Role"), &arn)?,
    ];
    if input.get("Tags").is_some() {
        let tagging = Check::new("lambda:TagResource", arn.as_str(), call.account().clone());
        checks.push(tagging.request_tags(input));
    }
    if let Some(key) = stated(input, "KMSKeyArn") {
        checks.extend(key::checks(cloud, call, (&arn, text(input, "Role")), key));
    }
    Ok(checks)
}

/// What a request states of a member that may be empty.
fn stated<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    let text = input.get(member).and_then(Value::as_text);
    text.filter(|text| !text.is_empty())
}

pub(super) fn update_function_configuration(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = on_function("lambda:UpdateFunctionConfiguration", cloud, call, input)?;
    if let Some(role) = input.get("Role").and_then(Value::as_text) {
        let function = checks
            .first()
            .map_or_else(String::new, |check| check.resource.clone());
        checks.push(pass_role(call, role, &function)?);
    }
    checks.extend(re_encryption(cloud, call, input)?);
    Ok(checks)
}

/// A function with a key gets it, other variables, or another role.
fn re_encryption(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let name = FunctionName::read(text(input, "FunctionName"), None, &call.scope).map_err(wire)?;
    let Ok(function) = cloud.lambda.find(&name) else {
        return Ok(Vec::new());
    };
    let is_touched = ["KMSKeyArn", "Environment", "Role"]
        .iter()
        .any(|member| input.get(member).is_some());
    let key = match input.get("KMSKeyArn") {
        Some(_) => stated(input, "KMSKeyArn"),
        None => function.kms_key.as_deref(),
    };
    let Some(key) = key.filter(|_| is_touched) else {
        return Ok(Vec::new());
    };
    let role = stated(input, "Role").unwrap_or(&function.role);
    Ok(key::checks(cloud, call, (&function.arn, role), key))
}

pub(super) fn update_function_code(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:UpdateFunctionCode", cloud, call, input)
}

pub(super) fn get_function(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:GetFunction", cloud, call, input)
}

pub(super) fn get_function_configuration(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:GetFunctionConfiguration", cloud, call, input)
}

pub(super) fn list_functions(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("lambda:ListFunctions", call)])
}

pub(super) fn delete_function(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:DeleteFunction", cloud, call, input)
}

pub(super) fn publish_version(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:PublishVersion", cloud, call, input)
}

pub(super) fn list_versions(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:ListVersionsByFunction", cloud, call, input)
}

pub(super) fn create_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:CreateAlias", cloud, call, input)
}

pub(super) fn update_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:UpdateAlias", cloud, call, input)
}

pub(super) fn get_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:GetAlias", cloud, call, input)
}

pub(super) fn list_aliases(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:ListAliases", cloud, call, input)
}

pub(super) fn delete_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:DeleteAlias", cloud, call, input)
}

pub(super) fn add_permission(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = on_function("lambda:AddPermission", cloud, call, input)?;
    for check in &mut checks {
        let principal = text(input, "Principal").to_owned();
        check
            .context
            .push(("lambda:Principal".to_owned(), vec![principal]));
    }
    Ok(checks)
}

pub(super) fn remove_permission(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:RemovePermission", cloud, call, input)
}

pub(super) fn get_policy(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:GetPolicy", cloud, call, input)
}

pub(super) fn invoke(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_function("lambda:InvokeFunction", cloud, call, input)
}

/// `iam:PassRole` on a role of the caller's own account (IAM user guide,
/// `id_roles_use_passrole.html`).
fn pass_role(call: &Call, role: &str, function_arn: &str) -> Result<Check, WireError> {
    let account: Option<AccountId> = role.split(':').nth(4).and_then(|it| it.parse().ok());
    if account.as_ref() != Some(call.account()) {
        return Err(wire(Error::CrossAccountRole));
    }
    Ok(Check::new("iam:PassRole", role, call.account().clone())
        .with("iam:PassedToService", PRINCIPAL)
        .with("iam:AssociatedResourceArn", function_arn))
}

fn on_function(action: &str, cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let qualifier = input.get("Qualifier").and_then(Value::as_text);
    let name =
        FunctionName::read(text(input, "FunctionName"), qualifier, &call.scope).map_err(wire)?;
    let function = cloud.lambda.function(&name.scope, &name.name);
    let permissions = cloud.lambda.permissions(&name);
    let policy = permissions.and_then(|permissions| permissions.policy().cloned());
    let resource = name.resource();
    let check = Check::new(action, resource, name.scope.account).resource_policy(policy);
    let tags = function.iter().flat_map(|function| &function.tags);
    Ok(vec![check.resource_tags(&["aws"], tags)])
}

fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input
        .get(member)
        .and_then(Value::as_text)
        .unwrap_or_default()
}

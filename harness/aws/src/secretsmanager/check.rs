//! What a caller of Secrets Manager must be permitted.
//!
//! Sources: service authorization reference, `list_awssecretsmanager.html` (resources and condition
//! keys of each action); the API reference, "Required permissions" of each operation. A condition
//! key of a request member is absent when the member is: a policy that wants a certain
//! `secretsmanager:VersionStage` refuses requests that name none (user guide,
//! `reference_iam-permissions.html`).

use authlab_kernel::AccountId;
use authlab_policy::Policy;
use authlab_wire::{Value, WireError};

use super::error::Error;
use super::identifier::{Identifier, is_name};
use super::key;
use super::ops::wire;
use super::state::{arn_or_unknown, arn_to_be};
use crate::cloud::Cloud;
use crate::operation::{Call, Check};
use crate::shared::FunctionName;

type Checks = Result<Vec<Check>, WireError>;

pub(super) fn create_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let name = text(input, "Name").unwrap_or_default();
    if !is_name(name) {
        return Err(wire(Error::Name));
    }
    let token = token(input)?;
    let arn = arn_to_be(name, &call.scope);
    let check = |action| {
        let check = Check::new(action, arn.as_str(), call.account().clone());
        check.with("secretsmanager:Name", name).request_tags(input)
    };
    let mut checks = vec![properties(check("secretsmanager:CreateSecret"), input)];
    // "If you include tags in the secret, you also need secretsmanager:TagResource."
    if input
        .get("Tags")
        .and_then(Value::as_list)
        .is_some_and(|tags| !tags.is_empty())
    {
        checks.push(check("secretsmanager:TagResource"));
    }
    checks.extend(key::create(cloud, call, input, (&arn, token)));
    Ok(checks)
}

pub(super) fn update_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = properties(on_secret("UpdateSecret", cloud, call, input)?, input);
    let mut checks = vec![check];
    checks.extend(key::update(cloud, call, input)?);
    Ok(checks)
}

pub(super) fn delete_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut check = on_secret("DeleteSecret", cloud, call, input)?;
    if let Some(Value::Integer(days)) = input.get("RecoveryWindowInDays") {
        check = check.with("secretsmanager:RecoveryWindowInDays", days.to_string());
    }
    Ok(vec![flag(check, input, "ForceDeleteWithoutRecovery")])
}

pub(super) fn restore_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_secret("RestoreSecret", cloud, call, input)?])
}

/// "You also need lambda:InvokeFunction permissions on the rotation function" (API reference,
/// `RotateSecret`).
pub(super) fn rotate_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut check = on_secret("RotateSecret", cloud, call, input)?;
    if text(input, "ClientRequestToken").is_none() {
        return Err(wire(Error::NoRotationToken));
    }
    let given = text(input, "RotationLambdaARN").filter(|function| !function.is_empty());
    if let Some(function) = given {
        check = check.with("secretsmanager:RotationLambdaARN", function);
    }
    if input.get("RotationRules").is_some() {
        check = check.with("secretsmanager:ModifyRotationRules", "true");
    }
    let mut checks = vec![flag(check, input, "RotateImmediately")];
    let entry = cloud.secretsmanager.find(
        text(input, "SecretId").unwrap_or_default(),
        &call.scope,
        call.now,
    );
    let kept = entry.and_then(|entry| Some(entry.rotation.as_ref()?.function.as_str()));
    let invoked = given
        .or(kept)
        .and_then(|function| invocation(cloud, call, function));
    checks.extend(invoked);
    Ok(checks)
}

/// The permission to invoke a rotation function. What names no function is for the operation to
/// refuse.
fn invocation(cloud: &Cloud, call: &Call, function: &str) -> Option<Check> {
    let name = FunctionName::read(function, None, &call.scope).ok()?;
    let permissions = cloud.lambda.permissions(&name);
    let policy = permissions.and_then(|permissions| permissions.policy().cloned());
    let check = Check::new("lambda:InvokeFunction", name.resource(), name.scope.account);
    Some(check.resource_policy(policy))
}

pub(super) fn cancel_rotate_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_secret("CancelRotateSecret", cloud, call, input)?])
}

pub(super) fn describe_secret(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_secret("DescribeSecret", cloud, call, input)?])
}

pub(super) fn list_secrets(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped("secretsmanager:ListSecrets", call)])
}

pub(super) fn list_versions(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_secret("ListSecretVersionIds", cloud, call, input)?])
}

pub(super) fn get_random_password(_: &Cloud, call: &Call, _: &Value) -> Checks {
    Ok(vec![Check::unscoped(
        "secretsmanager:GetRandomPassword",
        call,
    )])
}

pub(super) fn get_secret_value(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut check = on_secret("GetSecretValue", cloud, call, input)?;
    for member in ["VersionId", "VersionStage"] {
        check = member_key(check, input, member);
    }
    let mut checks = vec![check];
    let id = text(input, "SecretId").unwrap_or_default();
    let (version, stage) = (text(input, "VersionId"), text(input, "VersionStage"));
    checks.extend(key::read(cloud, call, (id, version, stage)));
    Ok(checks)
}

/// The permission to ask; whether each secret may be read is decided one by one, in the answer.
/// With filters also the permission to list (API reference, `BatchGetSecretValue`).
pub(super) fn batch_get_secret_value(_: &Cloud, call: &Call, input: &Value) -> Checks {
    if input.get("MaxResults").is_some() && input.get("Filters").is_none() {
        return Err(wire(Error::BatchSize));
    }
    let mut checks = vec![Check::unscoped("secretsmanager:BatchGetSecretValue", call)];
    if input.get("Filters").is_some() {
        checks.push(Check::unscoped("secretsmanager:ListSecrets", call));
    }
    Ok(checks)
}

/// The permissions to read one secret of a batch.
pub(super) fn one_of_batch(cloud: &Cloud, call: &Call, id: &str) -> Checks {
    let mut checks = vec![on_identified("GetSecretValue", cloud, call, id)?];
    checks.extend(key::read(cloud, call, (id, None, None)));
    Ok(checks)
}

pub(super) fn put_secret_value(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = vec![on_secret("PutSecretValue", cloud, call, input)?];
    let token = token(input)?;
    let id = text(input, "SecretId").unwrap_or_default();
    checks.extend(key::write(cloud, call, id, token));
    Ok(checks)
}

pub(super) fn update_stage(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_secret("UpdateSecretVersionStage", cloud, call, input)?;
    Ok(vec![member_key(check, input, "VersionStage")])
}

pub(super) fn tag_resource(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_secret("TagResource", cloud, call, input)?;
    Ok(vec![check.request_tags(input)])
}

pub(super) fn untag_resource(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_secret("UntagResource", cloud, call, input)?;
    Ok(vec![check.request_tags(input)])
}

pub(super) fn get_resource_policy(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_secret("GetResourcePolicy", cloud, call, input)?])
}

pub(super) fn put_resource_policy(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = on_secret("PutResourcePolicy", cloud, call, input)?;
    Ok(vec![flag(check, input, "BlockPublicPolicy")])
}

pub(super) fn delete_resource_policy(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![on_secret("DeleteResourcePolicy", cloud, call, input)?])
}

/// "Required permissions: secretsmanager:ValidateResourcePolicy and
/// secretsmanager:PutResourcePolicy."
pub(super) fn validate_policy(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let actions = ["ValidateResourcePolicy", "PutResourcePolicy"];
    actions
        .into_iter()
        .map(|action| match input.get("SecretId") {
            Some(_) => on_secret(action, cloud, call, input),
            None => Ok(Check::unscoped(format!("secretsmanager:{action}"), call)),
        })
        .collect()
}

fn on_secret(action: &str, cloud: &Cloud, call: &Call, input: &Value) -> Result<Check, WireError> {
    on_identified(
        action,
        cloud,
        call,
        text(input, "SecretId").unwrap_or_default(),
    )
}

/// A check on the secret that the caller means by `id`, with its policy and its tags; on the ARN
/// that it would have where there is none, so that nobody learns what is not theirs to know. What can
/// be no secret's name is refused before anything is decided.
fn on_identified(action: &str, cloud: &Cloud, call: &Call, id: &str) -> Result<Check, WireError> {
    if !Identifier::parse(id).is_valid() {
        return Err(wire(Error::Name));
    }
    let entry = cloud.secretsmanager.find(id, &call.scope, call.now);
    let arn = arn_or_unknown(entry, id, &call.scope);
    let owner: AccountId = Identifier::parse(id).scope(&call.scope).account;
    let policy: Option<Policy> = entry.and_then(|entry| entry.policy.clone());
    let mut check = Check::new(format!("secretsmanager:{action}"), arn.as_str(), owner)
        .resource_policy(policy)
        .with("secretsmanager:SecretId", arn);
    let tags = entry.into_iter().flat_map(|entry| &entry.tags);
    check = check.resource_tags(&["aws", "secretsmanager"], tags);
    if let Some(rotation) = entry.and_then(|entry| entry.rotation.as_ref()) {
        check = check.with(
            "secretsmanager:resource/AllowRotationLambdaArn",
            rotation.function.as_str(),
        );
    }
    if let Some(kind) = entry.and_then(|entry| entry.kind.as_deref()) {
        check = check.with("secretsmanager:resource/Type", kind);
    }
    Ok(check)
}

/// The client request token, which every request that makes a version has.
pub(super) fn token(input: &Value) -> Result<&str, WireError> {
    text(input, "ClientRequestToken").ok_or_else(|| wire(Error::NoToken))
}

/// What CreateSecret and UpdateSecret say of the secret.
fn properties(mut check: Check, input: &Value) -> Check {
    for member in ["Description", "KmsKeyId", "Type"] {
        check = member_key(check, input, member);
    }
    match text(input, "KmsKeyId") {
        Some(key) if key.starts_with("arn:") => check.with("secretsmanager:KmsKeyArn", key),
        _ => check,
    }
}

fn member_key(check: Check, input: &Value, member: &str) -> Check {
    match text(input, member) {
        Some(value) => check.with(format!("secretsmanager:{member}"), value),
        None => check,
    }
}

fn flag(check: Check, input: &Value, member: &str) -> Check {
    match input.get(member) {
        Some(Value::Bool(value)) => {
            check.with(format!("secretsmanager:{member}"), value.to_string())
        }
        _ => check,
    }
}

pub(super) fn text<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    input.get(member).and_then(Value::as_text)
}

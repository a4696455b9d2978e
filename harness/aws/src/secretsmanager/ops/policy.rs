//! Resource policies of secrets.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::{NamedOutput, SecretIdInput, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read};
use crate::secretsmanager::policy;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutInput {
    secret_id: String,
    resource_policy: String,
    #[serde(default)]
    block_public_policy: Option<bool>,
}

pub(in crate::secretsmanager) fn put_policy(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: PutInput = read(input)?;
    let is_public_blocked = input.block_public_policy.unwrap_or(false);
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets
        .put_policy(
            &input.secret_id,
            input.resource_policy,
            is_public_blocked,
            &ctx,
        )
        .map_err(wire)?;
    Reply::to(&NamedOutput::of(entry))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyOutput<'a> {
    #[serde(flatten)]
    named: NamedOutput<'a>,
    resource_policy: Option<String>,
}

pub(in crate::secretsmanager) fn get_policy(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: SecretIdInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets.usable(&input.secret_id, &ctx).map_err(wire)?;
    Reply::to(&PolicyOutput {
        named: NamedOutput::of(entry),
        resource_policy: entry
            .policy
            .as_ref()
            .zip(entry.policy_text.as_deref())
            .map(|(policy, text)| policy::shown(policy, text, &ctx)),
    })
}

pub(in crate::secretsmanager) fn delete_policy(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: SecretIdInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets
        .delete_policy(&input.secret_id, &ctx)
        .map_err(wire)?;
    Reply::to(&NamedOutput::of(entry))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ValidateInput {
    #[serde(default)]
    secret_id: Option<String>,
    resource_policy: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ValidationError {
    check_name: &'static str,
    error_message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ValidateOutput {
    policy_validation_passed: bool,
    validation_errors: Vec<ValidationError>,
}

/// The names of AWS's checks are `unverified`.
pub(in crate::secretsmanager) fn validate_policy(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: ValidateInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let arn = match &input.secret_id {
        Some(id) => secrets.usable(id, &ctx).map_err(wire)?.arn.clone(),
        None => String::new(),
    };
    let mut validation_errors = Vec::new();
    match policy::read(&arn, &input.resource_policy, &ctx) {
        Err(error) => validation_errors.push(ValidationError {
            check_name: "SyntaxCheck",
            error_message: error.to_string(),
        }),
        Ok(read) if policy::is_public(read.document.source()) => {
            validation_errors.push(ValidationError {
                check_name: "PublicPolicyCheck",
                error_message: crate::secretsmanager::Error::PublicPolicy.to_string(),
            });
        }
        Ok(_) => {}
    }
    let policy_validation_passed = validation_errors.is_empty();
    Reply::to(&ValidateOutput {
        policy_validation_passed,
        validation_errors,
    })
}

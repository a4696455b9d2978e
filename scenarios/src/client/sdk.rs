//! STS and Secrets Manager by aws-sdk-rust, as a team's own code calls them.
//!
//! What goes in and comes out has the names of the models, so that a step does not know which client
//! it has. An input that has a member which is not listed here goes by the models.

use std::collections::BTreeMap;

use authlab::Credentials;
use authlab_wire::Value;
use aws_config::SdkConfig;
use aws_credential_types::{Credentials as SdkCredentials, provider::SharedCredentialsProvider};
use aws_sdk_secretsmanager::{Client as SecretsManager, types::Tag};
use aws_sdk_sts::{Client as Sts, operation::RequestId, types::Credentials as Issued};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{DateTime, error::metadata::ProvideErrorMetadata};
use serde_json::Value as Json;

use super::{AwsOutput, AwsRefusal, aws::AwsResult};
use crate::error::StepResult;

/// The same configuration with other credentials.
pub(super) fn signed_by(config: &SdkConfig, signer: &Credentials) -> SdkConfig {
    let token = signer.session_token.as_ref();
    let credentials = SdkCredentials::new(
        signer.access_key_id.clone(),
        signer.secret_access_key.expose_secret(),
        token.map(|token| token.expose_secret().to_owned()),
        None,
        "authlab",
    );
    let provider = SharedCredentialsProvider::new(credentials);
    let builder = config.clone().into_builder();
    builder.credentials_provider(provider).build()
}

/// The members of an input, each taken once.
struct Input<'a> {
    left: BTreeMap<&'a str, &'a Json>,
}

impl<'a> Input<'a> {
    fn of(input: &'a Json) -> Self {
        let members = input.as_object().into_iter().flatten();
        Self {
            left: members
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
        }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.left.remove(name)?;
        value.as_str().map(str::to_owned)
    }

    fn number(&mut self, name: &str) -> Option<i32> {
        i32::try_from(self.left.remove(name)?.as_i64()?).ok()
    }

    fn tags(&mut self, name: &str) -> Option<Vec<Tag>> {
        let tags = self.left.remove(name)?.as_array()?.iter().map(|tag| {
            let mut tag = Self::of(tag);
            let builder = Tag::builder().set_key(tag.text("Key"));
            builder.set_value(tag.text("Value")).build()
        });
        Some(tags.collect())
    }
}

/// Calls an operation; none when it is not one of these.
pub(super) async fn ask(
    config: &SdkConfig,
    operation: &str,
    input: &Json,
) -> StepResult<Option<AwsResult>> {
    match operation.split_once(':') {
        Some(("sts", name)) => ask_sts(&Sts::new(config), name, Input::of(input)).await,
        Some(("secretsmanager", name)) => {
            ask_secrets(&SecretsManager::new(config), name, Input::of(input)).await
        }
        _ => Ok(None),
    }
}

/// Sends a request once its members are set; what is left of the input goes by the models.
macro_rules! send {
    ($input:ident, $operation:expr, $request:expr, $output:expr) => {{
        let request = $request;
        if !$input.left.is_empty() {
            return Ok(None);
        }
        taken($operation, request.send().await, $output).map(Some)
    }};
}

async fn ask_sts(sts: &Sts, name: &str, mut input: Input<'_>) -> StepResult<Option<AwsResult>> {
    match name {
        "AssumeRole" => send!(
            input,
            "sts:AssumeRole",
            sts.assume_role()
                .set_role_arn(input.text("RoleArn"))
                .set_role_session_name(input.text("RoleSessionName"))
                .set_policy(input.text("Policy"))
                .set_duration_seconds(input.number("DurationSeconds")),
            |output| issued(output.credentials)
        ),
        "AssumeRoleWithWebIdentity" => send!(
            input,
            "sts:AssumeRoleWithWebIdentity",
            sts.assume_role_with_web_identity()
                .set_role_arn(input.text("RoleArn"))
                .set_role_session_name(input.text("RoleSessionName"))
                .set_web_identity_token(input.text("WebIdentityToken"))
                .set_duration_seconds(input.number("DurationSeconds")),
            |output| issued(output.credentials)
        ),
        _ => Ok(None),
    }
}

async fn ask_secrets(
    client: &SecretsManager,
    name: &str,
    mut input: Input<'_>,
) -> StepResult<Option<AwsResult>> {
    match name {
        "CreateSecret" => send!(
            input,
            "secretsmanager:CreateSecret",
            client
                .create_secret()
                .set_name(input.text("Name"))
                .set_kms_key_id(input.text("KmsKeyId"))
                .set_secret_string(input.text("SecretString"))
                .set_client_request_token(input.text("ClientRequestToken")),
            |output| structure([("ARN", text(output.arn))])
        ),
        "PutSecretValue" => send!(
            input,
            "secretsmanager:PutSecretValue",
            client
                .put_secret_value()
                .set_secret_id(input.text("SecretId"))
                .set_secret_string(input.text("SecretString"))
                .set_client_request_token(input.text("ClientRequestToken")),
            |output| structure([("ARN", text(output.arn))])
        ),
        "GetSecretValue" => send!(
            input,
            "secretsmanager:GetSecretValue",
            client
                .get_secret_value()
                .set_secret_id(input.text("SecretId"))
                .set_version_stage(input.text("VersionStage")),
            |output| structure([("SecretString", text(output.secret_string))])
        ),
        "DescribeSecret" => send!(
            input,
            "secretsmanager:DescribeSecret",
            client
                .describe_secret()
                .set_secret_id(input.text("SecretId")),
            described
        ),
        "TagResource" => send!(
            input,
            "secretsmanager:TagResource",
            client
                .tag_resource()
                .set_secret_id(input.text("SecretId"))
                .set_tags(input.tags("Tags")),
            |_| Value::empty()
        ),
        "PutResourcePolicy" => send!(
            input,
            "secretsmanager:PutResourcePolicy",
            client
                .put_resource_policy()
                .set_secret_id(input.text("SecretId"))
                .set_resource_policy(input.text("ResourcePolicy")),
            |_| Value::empty()
        ),
        "GetResourcePolicy" => send!(
            input,
            "secretsmanager:GetResourcePolicy",
            client
                .get_resource_policy()
                .set_secret_id(input.text("SecretId")),
            |output| structure([("ResourcePolicy", text(output.resource_policy))])
        ),
        "DeleteSecret" => send!(
            input,
            "secretsmanager:DeleteSecret",
            client.delete_secret().set_secret_id(input.text("SecretId")),
            |_| Value::empty()
        ),
        "RestoreSecret" => send!(
            input,
            "secretsmanager:RestoreSecret",
            client
                .restore_secret()
                .set_secret_id(input.text("SecretId")),
            |_| Value::empty()
        ),
        _ => Ok(None),
    }
}

/// Takes an answer; a refusal is one, and everything else an error.
fn taken<O, E>(
    operation: &str,
    result: Result<O, SdkError<E, HttpResponse>>,
    output: impl FnOnce(O) -> Value,
) -> StepResult<AwsResult>
where
    O: RequestId,
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match result {
        Ok(answer) => Ok(Ok(AwsOutput {
            operation: operation.to_owned(),
            request_id: answer.request_id().map(str::to_owned),
            value: output(answer),
        })),
        Err(SdkError::ServiceError(refused)) => {
            let request_id = refused.raw().headers().request_id();
            let metadata = refused.err().meta();
            Ok(Err(AwsRefusal {
                status: refused.raw().status().as_u16(),
                code: metadata.code().unwrap_or_default().to_owned(),
                message: metadata.message().unwrap_or_default().to_owned(),
                request_id: request_id.map(str::to_owned),
            }))
        }
        Err(error) => Err(error.into()),
    }
}

fn structure<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members
        .into_iter()
        .filter(|(_, value)| *value != Value::Null);
    Value::Map(
        there
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

fn instant(time: Option<DateTime>) -> Value {
    let time = time.and_then(|time| std::time::SystemTime::try_from(time).ok());
    let time = time.and_then(|time| time.try_into().ok());
    time.map_or(Value::Null, Value::Timestamp)
}

fn issued(issued: Option<Issued>) -> Value {
    let credentials = issued.map(|issued| {
        structure([
            ("AccessKeyId", Value::Text(issued.access_key_id)),
            ("SecretAccessKey", Value::Text(issued.secret_access_key)),
            ("SessionToken", Value::Text(issued.session_token)),
            ("Expiration", instant(Some(issued.expiration))),
        ])
    });
    structure([("Credentials", credentials.unwrap_or_default())])
}

fn described(
    output: aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput,
) -> Value {
    let tags = output.tags.unwrap_or_default().into_iter();
    let tags = tags.map(|tag| structure([("Key", text(tag.key)), ("Value", text(tag.value))]));
    let versions = output.version_ids_to_stages.unwrap_or_default().into_iter();
    let versions = versions.map(|(id, stages)| {
        let stages = stages.into_iter().map(Value::Text).collect();
        (id, Value::List(stages))
    });
    structure([
        ("ARN", text(output.arn)),
        ("KmsKeyId", text(output.kms_key_id)),
        ("CreatedDate", instant(output.created_date)),
        ("DeletedDate", instant(output.deleted_date)),
        ("Tags", Value::List(tags.collect())),
        ("VersionIdsToStages", Value::Map(versions.collect())),
    ])
}

//! Experiments with Secrets Manager.

use authlab::Credentials;
use authlab_wire::Value;
use serde_json::json;

use super::ACCOUNT;
use crate::{
    World,
    error::{StepError, StepResult},
};

const NAME: &str = "probe/secret";
/// How far the date of a secret may lie from the lab's, in seconds.
const LAG_SECONDS_MAX: u64 = 30;

/// The administrator reads the secret, a user without a policy does not.
pub(super) async fn enforces_iam(world: &mut World) -> StepResult<Option<String>> {
    let root = world.aws_account(ACCOUNT)?;
    let input = json!({
        "Name": NAME,
        "SecretString": "probe",
        "ClientRequestToken": world.request_token(ACCOUNT, NAME),
    });
    root.call_by_sdk("secretsmanager:CreateSecret", input)
        .await?;
    let (read, input) = ("secretsmanager:GetSecretValue", json!({ "SecretId": NAME }));
    root.call_by_sdk(read, input.clone()).await?;
    let user = json!({ "UserName": "probe" });
    root.call("iam:CreateUser", user.clone()).await?;
    let key = root.call("iam:CreateAccessKey", user).await?;
    let secret_access_key = key.text("AccessKey.SecretAccessKey")?;
    let nobody = world.clients().aws(Some(Credentials {
        access_key_id: key.text("AccessKey.AccessKeyId")?.to_owned(),
        secret_access_key: authlab::Secret::new(secret_access_key),
        session_token: None,
    }));
    let read = nobody.ask_by_sdk(read, input).await?;
    Ok(read
        .is_ok()
        .then(|| "a user without a policy read the secret".to_owned()))
}

/// The date at which the secret was made is the lab's.
pub(super) async fn dates_are_the_labs(world: &mut World) -> StepResult<Option<String>> {
    let client = world.aws_account(ACCOUNT)?;
    let found = client
        .call_by_sdk("secretsmanager:DescribeSecret", json!({ "SecretId": NAME }))
        .await?;
    let Some(Value::Timestamp(made)) = found.find("CreatedDate") else {
        return Err(StepError::new("the secret has no date"));
    };
    let lag = world.now().as_second().abs_diff(made.as_second());
    Ok((lag > LAG_SECONDS_MAX)
        .then(|| format!("the date of a new secret is {lag} s off the lab's clock")))
}

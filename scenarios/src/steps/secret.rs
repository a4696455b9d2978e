//! AWS Secrets Manager: secrets, their versions, tags and policies, and who reads them.

use cucumber::gherkin::Step;
use serde_json::{Value, json};

use super::argument;
use crate::{
    World,
    client::AwsOutput,
    error::{StepError, StepResult, expect_equal},
    given,
    params::{AccountName, Actor},
    then,
    things::secret::SecretEntry,
    when,
    world::Outcome,
};

/// Makes a secret that is encrypted with the account's default key: names and texts, kept as a
/// JSON object.
///
/// Example: Given the account workload-a has the secret "production/db":
#[given("the account {account} has the secret {string}:")]
async fn account_has_secret(
    world: &mut World,
    account: AccountName,
    name: String,
    step: &Step,
) -> StepResult {
    create(world, &account, name, None, step).await
}

/// Makes a secret that is encrypted with a customer managed key, as another account needs it to be.
///
/// Example: Given the account workload-a has the secret "shared/db" under the key "alias/shared":
#[given("the account {account} has the secret {string} under the key {string}:")]
async fn account_has_secret_under_key(
    world: &mut World,
    account: AccountName,
    name: String,
    key: String,
    step: &Step,
) -> StepResult {
    create(world, &account, name, Some(key), step).await
}

async fn create(
    world: &mut World,
    account: &str,
    name: String,
    key: Option<String>,
    step: &Step,
) -> StepResult {
    let input = json!({
        "Name": name,
        "KmsKeyId": key,
        "SecretString": content(step)?,
        "ClientRequestToken": world.request_token(account, &name),
    });
    let client = world.aws_account(account)?;
    let made = client
        .call_by_sdk("secretsmanager:CreateSecret", input)
        .await?;
    let arn = made.text("ARN")?.to_owned();
    let account = account.to_owned();
    world.things.set(SecretEntry { name, account, arn });
    Ok(())
}

/// Puts a new version: it becomes `AWSCURRENT`, and the one before it `AWSPREVIOUS`.
///
/// Example: Given the secret "production/db" has the new version:
#[given("the secret {string} has the new version:")]
async fn secret_has_new_version(world: &mut World, name: String, step: &Step) -> StepResult {
    let secret = world.things.get::<SecretEntry>(&name)?;
    let input = json!({
        "SecretId": secret.arn,
        "SecretString": content(step)?,
        "ClientRequestToken": world.request_token(&secret.account, &name),
    });
    change(world, secret, "PutSecretValue", input).await
}

/// Gives a secret tags.
///
/// Example: Given the secret "production/db" has the tags:
#[given("the secret {string} has the tags:")]
async fn secret_has_tags(world: &mut World, name: String, step: &Step) -> StepResult {
    let tags = argument::pairs(step)?.into_iter();
    let tags: Vec<_> = tags
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    let secret = world.things.get::<SecretEntry>(&name)?;
    let input = json!({ "SecretId": secret.arn, "Tags": tags });
    change(world, secret, "TagResource", input).await
}

/// Gives a secret a resource policy.
///
/// Example: Given the secret "shared/db" has the policy:
#[given("the secret {string} has the policy:")]
async fn secret_has_policy(world: &mut World, name: String, step: &Step) -> StepResult {
    let policy = argument::document(step)?;
    let secret = world.things.get::<SecretEntry>(&name)?;
    let input = json!({ "SecretId": secret.arn, "ResourcePolicy": policy });
    change(world, secret, "PutResourcePolicy", input).await
}

/// Changes a secret as its account; a refusal fails the step.
async fn change(world: &World, secret: &SecretEntry, operation: &str, input: Value) -> StepResult {
    let client = world.aws_account(&secret.account)?;
    let operation = format!("secretsmanager:{operation}");
    client.call_by_sdk(&operation, input).await?;
    Ok(())
}

/// Calls an operation on a secret, by its complete ARN as another account has to (user guide,
/// `auth-and-access_examples_cross.html`), and takes the answer.
async fn ask(
    world: &mut World,
    actor: &Actor,
    operation: &str,
    name: &str,
    stage: Option<String>,
) -> StepResult<Option<AwsOutput>> {
    world.acts();
    let arn = &world.things.get::<SecretEntry>(name)?.arn;
    let input = match stage {
        Some(stage) => json!({ "SecretId": arn, "VersionStage": stage }),
        None => json!({ "SecretId": arn }),
    };
    let operation = format!("secretsmanager:{operation}");
    let answer = world.aws(actor)?.ask_by_sdk(&operation, input).await?;
    Ok(world.take_aws(answer))
}

/// Reads the current version, without naming its staging label.
///
/// Example: When the session of "operator" reads the secret "production/db"
#[when("{actor} reads the secret {string}")]
async fn secret_is_read(world: &mut World, actor: Actor, name: String) -> StepResult {
    read(world, &actor, &name, None).await
}

/// Reads the version that has a staging label.
///
/// Example: When the session of "operator" reads the version "AWSPREVIOUS" of the secret "production/db"
#[when("{actor} reads the version {string} of the secret {string}")]
async fn version_is_read(
    world: &mut World,
    actor: Actor,
    stage: String,
    name: String,
) -> StepResult {
    read(world, &actor, &name, Some(stage)).await
}

async fn read(world: &mut World, actor: &Actor, name: &str, stage: Option<String>) -> StepResult {
    if let Some(answer) = ask(world, actor, "GetSecretValue", name, stage).await? {
        world.keep_output(serde_json::from_str(answer.text("SecretString")?)?);
    }
    Ok(())
}

/// Deletes a secret; it can be restored for 30 days.
///
/// Example: When the account workload-a deletes the secret "production/db"
#[when("{actor} deletes the secret {string}")]
async fn secret_is_deleted(world: &mut World, actor: Actor, name: String) -> StepResult {
    ask(world, &actor, "DeleteSecret", &name, None).await?;
    Ok(())
}

/// Takes the deletion of a secret back.
///
/// Example: When the account workload-a restores the secret "production/db"
#[when("{actor} restores the secret {string}")]
async fn secret_is_restored(world: &mut World, actor: Actor, name: String) -> StepResult {
    ask(world, &actor, "RestoreSecret", &name, None).await?;
    Ok(())
}

/// Compares the members of the secret that AWS answered.
///
/// Example: Then AWS answers with the secret:
#[then("AWS answers with the secret:")]
fn aws_answers_with_secret(world: &mut World, step: &Step) -> StepResult {
    let expected = Value::Object(argument::texts(step)?);
    match world.outcome()? {
        Outcome::Aws(Ok(answer)) if answer.output.is_object() => {
            expect_equal("the secret", &expected, &answer.output)
        }
        other => Err(StepError::new(format!(
            "no secret was read: {}",
            other.summary()
        ))),
    }
}

/// The table under a step as the text of a secret.
fn content(step: &Step) -> StepResult<String> {
    Ok(Value::Object(argument::texts(step)?).to_string())
}

//! AWS Secrets Manager: secrets, their versions, tags and policies, and who reads them.

use aws_sdk_secretsmanager::{Client, types::Tag};
use cucumber::gherkin::Step;
use serde_json::Value;

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult, expect_equal},
    given,
    params::{AccountName, Actor},
    then, when,
    world::{Outcome, SecretEntry},
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
    let client = Client::new(&world.aws_account(account)?);
    let request = client.create_secret().name(&name).set_kms_key_id(key);
    let made = request
        .secret_string(content(step)?)
        .client_request_token(world.request_token(account, &name))
        .send()
        .await?;
    let arn = made.arn.unwrap_or_default();
    world.document.note_secret(&name, &arn);
    let account = account.to_owned();
    world.named.secrets.set(name, SecretEntry { account, arn });
    Ok(())
}

/// Puts a new version: it becomes `AWSCURRENT`, and the one before it `AWSPREVIOUS`.
///
/// Example: Given the secret "production/db" has the new version:
#[given("the secret {string} has the new version:")]
async fn secret_has_new_version(world: &mut World, name: String, step: &Step) -> StepResult {
    let secret = world.named.secrets.get(&name)?;
    let client = Client::new(&world.aws_account(&secret.account)?);
    let request = client.put_secret_value().secret_id(&secret.arn);
    request
        .secret_string(content(step)?)
        .client_request_token(world.request_token(&secret.account, &name))
        .send()
        .await?;
    Ok(())
}

/// Gives a secret tags.
///
/// Example: Given the secret "production/db" has the tags:
#[given("the secret {string} has the tags:")]
async fn secret_has_tags(world: &mut World, name: String, step: &Step) -> StepResult {
    let tag = |(key, value): (&str, &str)| Tag::builder().key(key).value(value).build();
    let tags = argument::pairs(step)?.into_iter().map(tag).collect();
    let secret = world.named.secrets.get(&name)?;
    let client = Client::new(&world.aws_account(&secret.account)?);
    let request = client.tag_resource().secret_id(&secret.arn);
    request.set_tags(Some(tags)).send().await?;
    Ok(())
}

/// Gives a secret a resource policy.
///
/// Example: Given the secret "shared/db" has the policy:
#[given("the secret {string} has the policy:")]
async fn secret_has_policy(world: &mut World, name: String, step: &Step) -> StepResult {
    let policy = argument::document(step)?;
    let secret = world.named.secrets.get(&name)?;
    let client = Client::new(&world.aws_account(&secret.account)?);
    let request = client.put_resource_policy().secret_id(&secret.arn);
    request.resource_policy(policy).send().await?;
    Ok(())
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

/// Asks by the complete ARN, as another account has to (user guide,
/// `auth-and-access_examples_cross.html`).
async fn read(world: &mut World, actor: &Actor, name: &str, stage: Option<String>) -> StepResult {
    world.acts();
    let arn = world.named.secrets.get(name)?.arn.clone();
    let client = Client::new(&world.aws(actor)?);
    let request = client.get_secret_value().secret_id(arn);
    let answer = request.set_version_stage(stage).send().await;
    if let Some(answer) = world.take_aws(answer)? {
        let text = answer.secret_string.unwrap_or_default();
        world.keep_output(serde_json::from_str(&text)?);
    }
    Ok(())
}

/// Deletes a secret; it can be restored for 30 days.
///
/// Example: When the account workload-a deletes the secret "production/db"
#[when("{actor} deletes the secret {string}")]
async fn secret_is_deleted(world: &mut World, actor: Actor, name: String) -> StepResult {
    world.acts();
    let arn = world.named.secrets.get(&name)?.arn.clone();
    let client = Client::new(&world.aws(&actor)?);
    let answer = client.delete_secret().secret_id(arn).send().await;
    world.take_aws(answer)?;
    Ok(())
}

/// Takes the deletion of a secret back.
///
/// Example: When the account workload-a restores the secret "production/db"
#[when("{actor} restores the secret {string}")]
async fn secret_is_restored(world: &mut World, actor: Actor, name: String) -> StepResult {
    world.acts();
    let arn = world.named.secrets.get(&name)?.arn.clone();
    let client = Client::new(&world.aws(&actor)?);
    let answer = client.restore_secret().secret_id(arn).send().await;
    world.take_aws(answer)?;
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

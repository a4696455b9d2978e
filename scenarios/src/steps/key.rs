//! Keys of the Key Management Service, which secrets are encrypted with.

use cucumber::gherkin::Step;
use serde_json::json;

use super::argument;
use crate::{World, error::StepResult, given, params::AccountName};

/// Makes a key with a policy, and an alias for it: the key `shared` is called `alias/shared`.
///
/// Example: Given the account workload-a has the key "shared" with the policy:
#[given("the account {account} has the key {string} with the policy:")]
async fn account_has_key(
    world: &mut World,
    account: AccountName,
    name: String,
    step: &Step,
) -> StepResult {
    let policy = argument::document(world, step)?;
    let kms = world.aws_account(&account)?;
    let made = kms
        .call("kms:CreateKey", json!({ "Policy": policy }))
        .await?;
    let alias = json!({
        "AliasName": format!("alias/{name}"),
        "TargetKeyId": made.text("KeyMetadata.KeyId")?,
    });
    kms.call("kms:CreateAlias", alias).await?;
    Ok(())
}

//! Users of IAM.

use authlab::{Credentials, Secret};
use cucumber::gherkin::Step;
use serde_json::json;

use super::argument;
use crate::{World, error::StepResult, given, params::AccountName, things::user::User};

/// Makes a user with an access key and no permissions: it is called `the user "ci"` from then on.
///
/// Example: Given the account workload-a has the user "ci"
#[given("the account {account} has the user {string}")]
async fn account_has_user(world: &mut World, account: AccountName, name: String) -> StepResult {
    let iam = world.aws_account(&account)?;
    let input = json!({ "UserName": name });
    iam.call("iam:CreateUser", input.clone()).await?;
    let key = iam.call("iam:CreateAccessKey", input).await?;
    let credentials = Credentials {
        access_key_id: key.text("AccessKey.AccessKeyId")?.to_owned(),
        secret_access_key: Secret::new(key.text("AccessKey.SecretAccessKey")?),
        session_token: None,
    };
    world.things.set(User {
        account: account.to_string(),
        name,
        credentials: Some(credentials),
    });
    Ok(())
}

/// Gives a user an inline policy.
///
/// Example: Given the user "ci" has the policy "deploy":
#[given("the user {string} has the policy {string}:")]
async fn user_has_policy(
    world: &mut World,
    user: String,
    policy: String,
    step: &Step,
) -> StepResult {
    let document = argument::document(world, step)?;
    let user = world.things.get::<User>(&user)?;
    let input = json!({
        "UserName": user.name,
        "PolicyName": policy,
        "PolicyDocument": document,
    });
    let iam = world.aws_account(&user.account)?;
    iam.call("iam:PutUserPolicy", input).await?;
    Ok(())
}

//! Keys of the Key Management Service, which secrets are encrypted with.

use cucumber::gherkin::Step;
use http::{HeaderValue, Method, header};
use serde_json::{Value, json};

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult},
    given,
    params::{AccountName, Actor},
    world::HttpRequest,
};

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
    let policy = argument::document(step)?;
    let made = ask(world, &account, "CreateKey", &json!({ "Policy": policy })).await?;
    let alias = json!({
        "AliasName": format!("alias/{name}"),
        "TargetKeyId": made["KeyMetadata"]["KeyId"],
    });
    ask(world, &account, "CreateAlias", &alias).await?;
    Ok(())
}

/// Calls an operation of the service as the account; a refusal fails the step.
async fn ask(world: &World, account: &str, operation: &str, input: &Value) -> StepResult<Value> {
    let endpoint = world.lab().endpoints().aws.clone();
    let host = endpoint.trim_start_matches("http://").to_owned();
    let target = format!("TrentService.{operation}");
    let mut request = HttpRequest::new(Method::POST, endpoint, "/")
        .header("x-amz-target", &target)?
        .json(input);
    let json_1_1 = HeaderValue::from_static("application/x-amz-json-1.1");
    request.headers.insert(header::CONTENT_TYPE, json_1_1);
    request
        .headers
        .insert(header::HOST, HeaderValue::from_str(&host)?);
    let signer = world.credentials(&Actor::Account(account.to_owned()))?;
    world.sign(&mut request, &host, &signer, "kms")?;
    let response = world.http().send(request).await?;
    let body = String::from_utf8_lossy(response.body()).into_owned();
    if !response.status().is_success() {
        return Err(StepError::new(format!("{operation} was refused: {body}")));
    }
    Ok(serde_json::from_str(&body).unwrap_or_default())
}

//! Roles: who is trusted, what they may, and who takes them.

mod again;

use authlab::{Credentials, Secret};
use cucumber::gherkin::Step;
use serde_json::{Value, json};

use super::argument;
use crate::{
    World,
    client::AwsOutput,
    error::{StepError, StepResult},
    given,
    params::{AccountName, Actor, Method, Path},
    things::{api::Api, role::Role, session::Session, token::Token},
    when,
};

/// Makes a role with a trust policy.
///
/// Example: Given the role "looker" of the account workload-a is trusted by:
#[given("the role {string} of the account {account} is trusted by:")]
async fn role_is_trusted_by(
    world: &mut World,
    name: String,
    account: AccountName,
    step: &Step,
) -> StepResult {
    let trust = argument::document(world, step)?;
    make(world, &name, &account, trust).await
}

/// Makes a role that the principals of an account may assume.
///
/// Example: Given the role "analyst" of the account workload-a is trusted by the account workload-b
#[given("the role {string} of the account {account} is trusted by the account {account}")]
async fn role_is_trusted_by_account(
    world: &mut World,
    name: String,
    account: AccountName,
    trusted: AccountName,
) -> StepResult {
    let root = format!("arn:aws:iam::{}:root", world.account_id(&trusted)?);
    make(world, &name, &account, trust(&json!({ "AWS": root }))).await
}

/// Makes a role for an AWS service.
///
/// Example: Given the role "reader" of the account workload-a is trusted by the service "lambda.amazonaws.com"
#[given("the role {string} of the account {account} is trusted by the service {string}")]
async fn role_is_trusted_by_service(
    world: &mut World,
    name: String,
    account: AccountName,
    service: String,
) -> StepResult {
    make(
        world,
        &name,
        &account,
        trust(&json!({ "Service": service })),
    )
    .await
}

/// A trust policy that lets a principal assume the role.
fn trust(principal: &Value) -> String {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }],
    });
    policy.to_string()
}

pub(super) async fn make(
    world: &mut World,
    name: &str,
    account: &str,
    trust: String,
) -> StepResult {
    let input = json!({ "RoleName": name, "AssumeRolePolicyDocument": trust });
    let made = world.aws_account(account)?;
    let made = made.call("iam:CreateRole", input).await?;
    let role = Role {
        account: account.to_owned(),
        name: name.to_owned(),
        arn: made.text("Role.Arn")?.to_owned(),
    };
    world.things.set(role);
    Ok(())
}

/// Gives a role an inline policy.
///
/// Example: Given the role "analyst" has the policy "metrics":
#[given("the role {string} has the policy {string}:")]
async fn role_has_policy(
    world: &mut World,
    role: String,
    policy: String,
    step: &Step,
) -> StepResult {
    put_policy(world, &role, &policy, argument::document(world, step)?).await
}

/// Gives a role a policy that allows one method and path of an API, in every stage.
///
/// Example: Given the role "looker" may invoke GET /report of the API "bi"
#[given("the role {string} may invoke {method} {path} of the API {string}")]
async fn role_may_invoke(
    world: &mut World,
    role: String,
    method: Method,
    path: Path,
    api: String,
) -> StepResult {
    let called = world.things.get::<Api>(&api)?;
    let (region, account) = (world.lab().region(), world.account_id(&called.account)?);
    let resource = format!(
        "arn:aws:execute-api:{region}:{account}:{}/*/{method}{path}",
        called.id
    );
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": "execute-api:Invoke",
            "Resource": resource,
        }],
    });
    put_policy(world, &role, &format!("invoke-{api}"), policy.to_string()).await
}

async fn put_policy(world: &World, role: &str, name: &str, document: String) -> StepResult {
    let role = world.things.get::<Role>(role)?;
    let input = json!({
        "RoleName": role.name,
        "PolicyName": name,
        "PolicyDocument": document,
    });
    let iam = world.aws_account(&role.account)?;
    iam.call("iam:PutRolePolicy", input).await?;
    Ok(())
}

/// Makes a managed policy and sets it as a role's permissions boundary.
///
/// Example: Given the role "analyst" has the permissions boundary "reading":
#[given("the role {string} has the permissions boundary {string}:")]
async fn role_has_boundary(
    world: &mut World,
    role: String,
    policy: String,
    step: &Step,
) -> StepResult {
    let document = argument::document(world, step)?;
    let role = world.things.get::<Role>(&role)?;
    let iam = world.aws_account(&role.account)?;
    let input = json!({ "PolicyName": policy, "PolicyDocument": document });
    let made = iam.call("iam:CreatePolicy", input).await?;
    let input = json!({
        "RoleName": role.name,
        "PermissionsBoundary": made.text("Policy.Arn")?,
    });
    iam.call("iam:PutRolePermissionsBoundary", input).await?;
    Ok(())
}

/// Makes an IAM OpenID Connect provider for an issuer of the lab, with one audience.
///
/// Example: Given the account workload-a trusts the issuer "corp" for the audience "looker"
#[given("the account {account} trusts the issuer {string} for the audience {string}")]
async fn account_trusts_issuer(
    world: &mut World,
    account: AccountName,
    issuer: String,
    audience: String,
) -> StepResult {
    let url = world.lab().issuer(&issuer);
    let url = url.ok_or_else(|| StepError::new(format!("the lab has no issuer `{issuer}`")))?;
    let input = json!({ "Url": url, "ClientIDList": [audience] });
    let iam = world.aws_account(&account)?;
    iam.call("iam:CreateOpenIDConnectProvider", input).await?;
    Ok(())
}

/// Assumes a role; the session is called by the role's name from then on, also at STS.
///
/// Example: When the role "analyst" is assumed by the account workload-a
#[when("the role {string} is assumed by {actor}")]
async fn role_is_assumed(world: &mut World, role: String, actor: Actor) -> StepResult {
    assume(world, role, &actor, None).await
}

/// Assumes a role with a session policy, which narrows what the session may.
///
/// Example: When the role "analyst" is assumed by the account workload-a with the session policy:
#[when("the role {string} is assumed by {actor} with the session policy:")]
async fn role_is_assumed_with_policy(
    world: &mut World,
    role: String,
    actor: Actor,
    step: &Step,
) -> StepResult {
    assume(world, role, &actor, Some(argument::document(world, step)?)).await
}

async fn assume(
    world: &mut World,
    role: String,
    actor: &Actor,
    policy: Option<String>,
) -> StepResult {
    world.acts();
    let arn = world.things.get::<Role>(&role)?.arn.clone();
    let session = session_name(&role);
    let input = json!({ "RoleArn": arn, "RoleSessionName": session, "Policy": policy });
    let answer = world
        .aws(actor)?
        .ask_by_sdk("sts:AssumeRole", input)
        .await?;
    let answer = world.take_aws(answer);
    keep_session(world, role, answer)
}

/// Assumes a role by web identity; the session is called by the role's name from then on.
///
/// Example: When the role "looker" is assumed with the token "service"
#[when("the role {string} is assumed with the token {string}")]
async fn role_is_assumed_with_token(world: &mut World, role: String, token: String) -> StepResult {
    assume_with_token(world, role, &token, None).await
}

/// Assumes a role by web identity for some seconds.
///
/// Example: When the role "looker" is assumed with the token "service" for 900 seconds
#[when("the role {string} is assumed with the token {string} for {int} second(s)")]
async fn role_is_assumed_with_token_for(
    world: &mut World,
    role: String,
    token: String,
    seconds: i32,
) -> StepResult {
    assume_with_token(world, role, &token, Some(seconds)).await
}

async fn assume_with_token(
    world: &mut World,
    role: String,
    token: &str,
    seconds: Option<i32>,
) -> StepResult {
    world.acts();
    let made = world.things.get::<Role>(&role)?;
    let token = world.things.get::<Token>(token)?.token.expose_secret();
    // The call is not signed: the token is the credential.
    let sts = world.aws_account(&made.account)?;
    let input = json!({
        "RoleArn": made.arn,
        "RoleSessionName": session_name(&role),
        "WebIdentityToken": token,
        "DurationSeconds": seconds,
    });
    let answer = sts
        .ask_by_sdk("sts:AssumeRoleWithWebIdentity", input)
        .await?;
    let answer = world.take_aws(answer);
    keep_session(world, role, answer)
}

/// The name of a role's session: the role's own, where STS takes it, which wants two letters.
fn session_name(role: &str) -> String {
    match role.chars().count() {
        0 | 1 => format!("{role}-session"),
        _ => role.to_owned(),
    }
}

/// Remembers a session under its role's name.
fn keep_session(world: &mut World, role: String, issued: Option<AwsOutput>) -> StepResult {
    if let Some(issued) = issued {
        let session = Credentials {
            access_key_id: issued.text("Credentials.AccessKeyId")?.to_owned(),
            secret_access_key: Secret::new(issued.text("Credentials.SecretAccessKey")?),
            session_token: Some(Secret::new(issued.text("Credentials.SessionToken")?)),
        };
        world.things.set(Session {
            role,
            credentials: session,
        });
    }
    Ok(())
}

//! Vault: what it holds, whom it lets in, what it answers and what it logs.

mod jwt;
pub(crate) mod login;

use authlab::Secret;
use cucumber::gherkin::Step;
use http::Method;
use serde_json::{Value, json};

use self::login::Login;
use super::argument;
use crate::{
    World,
    client::VaultAnswer,
    error::{StepError, StepResult, expect_equal},
    given,
    params::{AccountName, Actor},
    then,
    things::{
        audit::{AuditLog, error_messages},
        role::Role,
        token::Token,
        vault_policy::VaultPolicy,
        vault_role::VaultAwsRole,
        vault_session::VaultSession,
    },
    when,
    world::Outcome,
};

/// Where the key/value engine (version 2) is mounted.
pub(super) const SECRET_MOUNT: &str = "secret";

/// The IAM user as whom Vault asks IAM.
const LOOKUP_USER: &str = "vault";

/// The name of the audit file in the lab's folder.
const AUDIT_FILE: &str = "vault-audit.log";

/// Writes an ACL policy.
///
/// Example: Given Vault's policy "production" is:
#[given("Vault's policy {string} is:")]
async fn policy_is(world: &mut World, name: String, step: &Step) -> StepResult {
    let body = json!({ "policy": argument::document(world, step)? });
    let path = format!("sys/policies/acl/{name}");
    world
        .vault_as_root(Method::POST, &path, Some(&body))
        .await?;
    world.things.set(VaultPolicy { name });
    Ok(())
}

/// Writes a version of a secret of the key/value engine at `secret/`: names and texts.
///
/// Example: Given Vault holds the secret "production/db":
#[given("Vault holds the secret {string}:")]
async fn holds_secret(world: &mut World, path: String, step: &Step) -> StepResult {
    let body = json!({ "data": argument::texts(world, step)? });
    world
        .vault_as_root(Method::POST, &secret_path(&path), Some(&body))
        .await?;
    Ok(())
}

/// Enables the auth method `aws` at its usual mount. A login must be signed for this Vault, which
/// looks principals up as an IAM user of the account that may do just that.
///
/// Example: Given Vault logs in AWS identities of the account workload-a
#[given("Vault logs in AWS identities of the account {account}")]
async fn logs_in_aws_identities(world: &mut World, account: AccountName) -> StepResult {
    let iam = world.aws_account(&account)?;
    let user = json!({ "UserName": LOOKUP_USER });
    iam.call("iam:CreateUser", user.clone()).await?;
    // What a login of the type `iam` needs of the method's recommended policy.
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": ["iam:GetUser", "iam:GetRole"],
            "Resource": "*",
        }],
    });
    let input = json!({
        "UserName": LOOKUP_USER,
        "PolicyName": "lookup",
        "PolicyDocument": policy.to_string(),
    });
    iam.call("iam:PutUserPolicy", input).await?;
    let key = iam.call("iam:CreateAccessKey", user).await?;
    let client = json!({
        "access_key": key.text("AccessKey.AccessKeyId")?,
        "secret_key": key.text("AccessKey.SecretAccessKey")?,
        "iam_server_id_header_value": login::SERVER_ID,
        // None where AWS's own names lead to the lab.
        "sts_endpoint": world.lab().aws_url_for_vault().unwrap_or_default(),
        "iam_endpoint": world.lab().aws_url_for_vault().unwrap_or_default(),
    });
    let method = json!({ "type": "aws" });
    world
        .vault_as_root(Method::POST, "sys/auth/aws", Some(&method))
        .await?;
    world
        .vault_as_root(Method::POST, "auth/aws/config/client", Some(&client))
        .await?;
    Ok(())
}

/// Lets those who assumed a role of AWS log in under a role of Vault, with tokens that have a
/// policy and live some seconds.
///
/// Example: Given Vault's AWS role "reader" gives the role "reader" the policy "production" for 300 seconds
#[given(
    "Vault's AWS role {string} gives the role {string} the policy {string} for {int} second(s)"
)]
async fn aws_role_gives(
    world: &mut World,
    name: String,
    role: String,
    policy: String,
    seconds: u64,
) -> StepResult {
    let body = json!({
        "auth_type": "iam",
        "bound_iam_principal_arn": world.things.get::<Role>(&role)?.arn,
        "token_policies": policy,
        "token_ttl": seconds,
    });
    world
        .vault_as_root(Method::POST, &format!("auth/aws/role/{name}"), Some(&body))
        .await?;
    world.things.set(VaultAwsRole { name });
    Ok(())
}

/// Enables an audit device that writes to a file of the scenario's own. A Vault in a container audits
/// already, to its output, and the lab follows that.
///
/// Example: Given Vault audits to a file
#[given("Vault audits to a file")]
async fn audits_to_file(world: &mut World) -> StepResult {
    if world.lab().follows_audit() {
        world.things.set(AuditLog::Journal);
        return Ok(());
    }
    let file = world.lab().files().join(AUDIT_FILE);
    let body = json!({ "type": "file", "options": { "file_path": AUDIT_FILE } });
    world
        .vault_as_root(Method::POST, "sys/audit/file", Some(&body))
        .await?;
    world.things.set(AuditLog::File(file));
    Ok(())
}

/// Logs in to Vault under a role of Vault, with the credentials of an AWS identity, or as the bearer of an
/// issuer's token with that.
///
/// Example: When the session of "operator" logs in to Vault as "operator"
#[when("{actor} logs in to Vault as {string}")]
async fn logs_in(world: &mut World, actor: Actor, role: String) -> StepResult {
    world.acts();
    if let Actor::Bearer(token) = &actor {
        return jwt::log_in(world, token, &role).await;
    }
    let login = Login::signed_by(
        &world.credentials(&actor)?,
        world.now(),
        world.habit(&actor),
    )?;
    log_in(world, &actor, &role, login).await
}

/// Logs in to Vault with the credentials of an AWS identity, signed for another server.
///
/// Example: When the session of "operator" logs in to Vault as "operator" for the server "vault.test.corp.example"
#[when("{actor} logs in to Vault as {string} for the server {string}")]
async fn logs_in_for_server(
    world: &mut World,
    actor: Actor,
    role: String,
    server: String,
) -> StepResult {
    world.acts();
    let signer = world.credentials(&actor)?;
    let login = Login::for_server(Some(&server), &signer, world.now(), world.habit(&actor))?;
    log_in(world, &actor, &role, login).await
}

/// Logs in to Vault with the credentials of an AWS identity, without a header that names the server.
///
/// Example: When the session of "operator" logs in to Vault as "operator" without a server id
#[when("{actor} logs in to Vault as {string} without a server id")]
async fn logs_in_for_no_server(world: &mut World, actor: Actor, role: String) -> StepResult {
    world.acts();
    let login = Login::for_server(
        None,
        &world.credentials(&actor)?,
        world.now(),
        world.habit(&actor),
    )?;
    log_in(world, &actor, &role, login).await
}

async fn log_in(world: &mut World, actor: &Actor, role: &str, login: Login) -> StepResult {
    let body = login.body(role);
    let answer = world
        .vault(None, Method::POST, "auth/aws/login", Some(&body))
        .await?;
    keep_session(world, actor.name(), answer);
    Ok(())
}

/// Gives somebody a Vault token that no login of theirs gave: one that was kept elsewhere.
///
/// Example: Given the bearer of "good" has the Vault token "hvs.of-another-cluster"
#[given("{actor} has the Vault token {string}")]
fn has_token(world: &mut World, actor: Actor, token: String) -> StepResult {
    let token = world.filled(&token)?;
    world.things.set(VaultSession {
        name: actor.name().to_owned(),
        token: Secret::new(token),
    });
    Ok(())
}

/// Lets the bearer of an issuer's token send it to Vault as if it were a token of Vault's.
///
/// Example: Given the bearer of "good" takes the issuer's token for one of Vault's
#[given("{actor} takes the issuer's token for one of Vault's")]
fn takes_for_token(world: &mut World, actor: Actor) -> StepResult {
    let token = world.things.get::<Token>(actor.name())?.token.clone();
    world.things.set(VaultSession {
        name: actor.name().to_owned(),
        token,
    });
    Ok(())
}

/// Takes a login's answer as the outcome, and remembers the client token, if it has one, under a
/// name.
fn keep_session(world: &mut World, name: &str, mut answer: VaultAnswer) {
    // The token goes where nothing prints it.
    let token = answer
        .body
        .pointer_mut("/auth/client_token")
        .map(Value::take);
    if let Some(token) = token.as_ref().and_then(Value::as_str) {
        world.things.set(VaultSession {
            name: name.to_owned(),
            token: Secret::new(token),
        });
    }
    world.set_outcome(Outcome::Vault(answer));
}

/// Reads a secret of the key/value engine at `secret/` with the Vault token of somebody's last login.
///
/// Example: When the session of "operator" reads Vault's secret "production/db"
#[when("{actor} reads Vault's secret {string}")]
async fn reads_secret(world: &mut World, actor: Actor, path: String) -> StepResult {
    call_in_session(world, &actor, Method::GET, &secret_path(&path)).await
}

/// Revokes the Vault token of somebody's last login, with that token itself.
///
/// Example: When the bearer of "good" revokes its Vault token
#[when("{actor} revokes its Vault token")]
async fn token_is_revoked(world: &mut World, actor: Actor) -> StepResult {
    call_in_session(world, &actor, Method::POST, "auth/token/revoke-self").await
}

/// Calls Vault with the token of a login that the scenario made; the answer becomes the outcome.
async fn call_in_session(
    world: &mut World,
    actor: &Actor,
    method: Method,
    path: &str,
) -> StepResult {
    world.acts();
    let token = world.vault_token(actor)?;
    let answer = world.vault(token.as_deref(), method, path, None).await?;
    world.set_outcome(Outcome::Vault(answer));
    Ok(())
}

/// Compares the members of the secret that Vault answered.
///
/// Example: Then Vault answers with the secret:
#[then("Vault answers with the secret:")]
fn answers_with_secret(world: &mut World, step: &Step) -> StepResult {
    let found = answer(world)?.body.pointer("/data/data");
    let found = found.ok_or_else(|| unexpected(world))?;
    expect_equal(
        "the secret",
        &Value::Object(argument::texts(world, step)?),
        found,
    )
}

/// Compares the status of Vault's answer.
///
/// Example: Then Vault answers with the status 403
#[then("Vault answers with the status {int}")]
fn answers_with_status(world: &mut World, status: u16) -> StepResult {
    if answer(world)?.status.as_u16() == status {
        return Ok(());
    }
    Err(unexpected(world))
}

/// Compares status and error of Vault's answer; of an error that counts its messages and lists them
/// below, the messages alone.
///
/// Example: Then Vault answers with the status 403 and the error:
#[then("Vault answers with the status {int} and the error:")]
fn answers_with_error(world: &mut World, status: u16, step: &Step) -> StepResult {
    let expected = argument::document(world, step)?;
    answers_with_status(world, status)?;
    let errors = answer(world)?.body.get("errors").and_then(Value::as_array);
    let errors = errors.ok_or_else(|| unexpected(world))?.iter();
    let errors: Vec<_> = errors
        .filter_map(Value::as_str)
        .map(error_messages)
        .collect();
    expect_equal("the error", &expected, &errors.join("\n"))
}

/// Compares what Vault's audit log says of every request but those of the root token: operation,
/// path, and `allowed` or `refused`.
///
/// Example: Then Vault's audit log shows:
#[then("Vault's audit log shows:")]
async fn audit_log_shows(world: &mut World, step: &Step) -> StepResult {
    let mut expected = String::new();
    for row in argument::rows(world, step)? {
        expected.push_str(&format!("\n    {}", row.join(" ")));
    }
    let mut found = String::new();
    for line in world.audited().await? {
        if line.kind == "response" && !line.by_root {
            let outcome = if line.error.is_none() {
                "allowed"
            } else {
                "refused"
            };
            found.push_str(&format!("\n    {} {} {outcome}", line.operation, line.path));
        }
    }
    expect_equal("Vault's audit log", &expected, &found)
}

/// Where the key/value engine, version 2, has the data of a secret.
fn secret_path(path: &str) -> String {
    format!("{SECRET_MOUNT}/data/{path}")
}

fn answer(world: &World) -> StepResult<&VaultAnswer> {
    match world.outcome()? {
        Outcome::Vault(answer) => Ok(answer),
        other => {
            let found = other.summary();
            Err(StepError::new(format!(
                "the last call was not of Vault: {found}"
            )))
        }
    }
}

/// Says what Vault answered instead.
fn unexpected(world: &World) -> StepError {
    match world.outcome() {
        Ok(outcome) => StepError::new(outcome.summary()),
        Err(error) => error,
    }
}

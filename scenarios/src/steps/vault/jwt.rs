//! Logins to Vault with an issuer's token: the auth method `jwt`, its roles, and the token's bearer.
//!
//! Source: Vault, `docs/auth/jwt`, section "JWT verification"; `api-docs/auth/jwt`.

use cucumber::gherkin::Step;
use http::Method;
use serde_json::json;

use super::{argument, call_in_session, keep_session, secret_path};
use crate::{
    World,
    error::{StepError, StepResult},
    given,
    things::{token::Token, vault_role::VaultJwtRole},
    when,
};

/// Enables the auth method `jwt` at its usual mount, for tokens of one issuer of the lab: its name
/// stands in `iss`, and its keys are where this lab's Vault can fetch them.
///
/// Example: Given Vault logs in tokens of the issuer "partner"
#[given("Vault logs in tokens of the issuer {string}")]
async fn logs_in_tokens(world: &mut World, issuer: String) -> StepResult {
    let lab = world.lab();
    let keys = lab.key_set_url(&issuer).await.map_err(StepError::new)?;
    let iss = lab.issuer(&issuer);
    let method = json!({ "type": "jwt" });
    world
        .vault_as_root(Method::POST, "sys/auth/jwt", Some(&method))
        .await?;
    let config = json!({ "bound_issuer": iss, "jwks_url": keys });
    world
        .vault_as_root(Method::POST, "auth/jwt/config", Some(&config))
        .await?;
    Ok(())
}

/// Lets tokens for an audience, with the claims of a table, log in under a role of Vault, with
/// tokens of Vault that have a policy and live some seconds.
///
/// Example: Given Vault's JWT role "deployer" gives the audience "vault" the policy "production" for 300 seconds, with the claims:
#[given(
    "Vault's JWT role {string} gives the audience {string} the policy {string} for {int} second(s), with the claims:"
)]
async fn jwt_role_gives(
    world: &mut World,
    name: String,
    audience: String,
    policy: String,
    seconds: u64,
    step: &Step,
) -> StepResult {
    let body = json!({
        "role_type": "jwt",
        "bound_audiences": [audience],
        "bound_claims": argument::object(step)?,
        // Every issuer's token has it; whom it names is nothing that the role asks for.
        "user_claim": "sub",
        "token_policies": [policy],
        "token_ttl": seconds,
    });
    world
        .vault_as_root(Method::POST, &format!("auth/jwt/role/{name}"), Some(&body))
        .await?;
    world.things.set(VaultJwtRole { name });
    Ok(())
}

/// Logs in to Vault with an issuer's token, under a role of Vault.
///
/// Example: When the bearer of "good" logs in to Vault as "deployer"
#[when("the bearer of {string} logs in to Vault as {string}")]
async fn bearer_logs_in(world: &mut World, token: String, role: String) -> StepResult {
    world.acts();
    let jwt = world.things.get::<Token>(&token)?.token.expose_secret();
    let body = json!({ "role": role, "jwt": jwt });
    let answer = world
        .vault(None, Method::POST, "auth/jwt/login", Some(&body))
        .await?;
    keep_session(world, &token, answer);
    Ok(())
}

/// Reads a secret of the key/value engine at `secret/` with the Vault token that an issuer's token
/// was exchanged for.
///
/// Example: When the bearer of "good" reads Vault's secret "production/db"
#[when("the bearer of {string} reads Vault's secret {string}")]
async fn bearer_reads_secret(world: &mut World, token: String, path: String) -> StepResult {
    call_in_session(world, &token, Method::GET, &secret_path(&path)).await
}

/// Revokes the Vault token that an issuer's token was exchanged for, with that token itself.
///
/// Example: When the bearer of "good" revokes its Vault token
#[when("the bearer of {string} revokes its Vault token")]
async fn bearer_revokes(world: &mut World, token: String) -> StepResult {
    call_in_session(world, &token, Method::POST, "auth/token/revoke-self").await
}

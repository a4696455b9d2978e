//! Experiments with Vault.

use authlab::{Effect, Enforcement, Fault};
use http::Method;
use serde_json::{Value, json};

use super::{CLIENT, ISSUER, issuer};
use crate::{
    World,
    error::{StepError, StepResult},
    steps::enforcement,
};

/// A token of the issuer logs in; the same token with another signature does not.
pub(super) async fn jwt_auth(world: &mut World) -> StepResult<Option<String>> {
    configure(world, "jwt").await?;
    let good = issuer::token(world).await?;
    let status = login(world, "jwt", &good).await?;
    if status != 200 {
        return Ok(Some(format!("a token of the issuer was answered {status}")));
    }
    let status = login(world, "jwt", &issuer::forged(&good)).await?;
    Ok((status < 400).then(|| format!("a forged token was answered {status}")))
}

/// The auth method `aws` can be enabled.
pub(super) async fn aws_auth(world: &mut World) -> StepResult<Option<String>> {
    let body = json!({ "type": "aws" });
    let token = world.lab().vault_root_token();
    let enabled = world
        .vault(Some(&token), Method::POST, "sys/auth/aws", Some(&body))
        .await?;
    Ok((!enabled.status.is_success()).then(|| format!("Vault says {}", enabled.body["errors"])))
}

/// A token without a policy reads what no policy permits while the lab audits permissions.
pub(super) async fn audits_permissions(world: &mut World) -> StepResult<Option<String>> {
    let body = json!({ "ttl": "60s", "policies": ["default"] });
    let made = world
        .vault_as_root(Method::POST, "auth/token/create", Some(&body))
        .await?;
    let token = made.pointer("/auth/client_token").and_then(Value::as_str);
    let token = token.ok_or_else(|| StepError::new("Vault made no token"))?;
    enforcement::set(world, Enforcement::Audit).await?;
    let listed = world
        .vault(Some(token), Method::GET, "sys/mounts", None)
        .await;
    enforcement::set(world, Enforcement::Enforce).await?;
    let status = listed?.status;
    Ok((!status.is_success()).then(|| format!("Vault answered {} all the same", status.as_u16())))
}

/// With the link cut, a mount that has no keys yet lets nobody in.
pub(super) async fn faults(world: &mut World) -> StepResult<Option<String>> {
    let good = issuer::token(world).await?;
    world
        .lab()
        .faults()
        .add(Fault::to("sso.corp.example", Effect::Refused));
    let configured = configure(world, "jwt-cut-off").await;
    let status = match configured {
        // Refused already where the keys were to come from.
        Err(_) => 400,
        Ok(()) => login(world, "jwt-cut-off", &good).await?,
    };
    world.lab().faults().clear();
    Ok((status < 400).then(|| "Vault's own requests do not pass through the lab".to_owned()))
}

/// A token of Vault that ends in a minute, and still serves.
pub(super) async fn token_of_a_minute(world: &mut World) -> StepResult<String> {
    let body = json!({ "ttl": "60s", "policies": ["default"] });
    let answer = world
        .vault_as_root(Method::POST, "auth/token/create", Some(&body))
        .await?;
    let token = answer.pointer("/auth/client_token").and_then(Value::as_str);
    let token = token.ok_or_else(|| StepError::new("Vault made no token"))?;
    if serves(world, token).await? {
        return Ok(token.to_owned());
    }
    Err(StepError::new("a new token of Vault does not serve"))
}

/// Whether that token has ended since.
pub(super) async fn has_ended(world: &mut World, token: &str) -> StepResult<Option<String>> {
    Ok(serves(world, token).await?.then(|| {
        "Vault is on the machine's time: 61 s of the lab's later a token of 60 s still serves"
            .to_owned()
    }))
}

async fn serves(world: &World, token: &str) -> StepResult<bool> {
    let looked_up = world
        .vault(Some(token), Method::GET, "auth/token/lookup-self", None)
        .await?;
    Ok(looked_up.status.is_success())
}

/// A mount of the method `jwt` that lets the issuer's tokens in.
async fn configure(world: &World, mount: &str) -> StepResult {
    let lab = world.lab();
    let keys = lab.key_set_url(ISSUER).await.map_err(StepError::new)?;
    let config = json!({ "jwks_url": keys, "bound_issuer": lab.issuer(ISSUER) });
    let role = json!({
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": [CLIENT],
    });
    for (path, body) in [
        (format!("sys/auth/{mount}"), json!({ "type": "jwt" })),
        (format!("auth/{mount}/config"), config),
        (format!("auth/{mount}/role/probe"), role),
    ] {
        world
            .vault_as_root(Method::POST, &path, Some(&body))
            .await?;
    }
    Ok(())
}

async fn login(world: &World, mount: &str, token: &str) -> StepResult<u16> {
    let body = json!({ "role": "probe", "jwt": token });
    let path = format!("auth/{mount}/login");
    let answer = world.vault(None, Method::POST, &path, Some(&body)).await?;
    Ok(answer.status.as_u16())
}

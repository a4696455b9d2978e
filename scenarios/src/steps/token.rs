//! Tokens of the lab's issuers.

use authlab::Secret;
use cucumber::gherkin::Step;
use http::Method;
use serde_json::{Value, json};

use super::argument;
use crate::{
    World,
    client::HttpRequest,
    error::{StepError, StepResult},
    given,
    things::token::Token,
};

/// Makes a token with the claims of a table, beside `iss`, `iat`, `nbf`, `exp` and `jti`, which the
/// table may override; null removes one. A cell that reads as JSON is that (`300`, `["a"]`), but for a number
/// with a point (`1.0`), which is a text.
///
/// Example: Given the token "good" of the issuer "corp" with the claims:
#[given("the token {string} of the issuer {string} with the claims:")]
async fn token_with_claims(
    world: &mut World,
    name: String,
    issuer: String,
    step: &Step,
) -> StepResult {
    let claims = argument::claims(world, step)?;
    mint(world, name, json!({ "issuer": issuer, "claims": claims })).await
}

/// Makes a token that ends after some seconds.
///
/// Example: Given the token "old" of the issuer "corp" for 300 seconds with the claims:
#[given("the token {string} of the issuer {string} for {int} second(s) with the claims:")]
async fn token_for_seconds(
    world: &mut World,
    name: String,
    issuer: String,
    seconds: u64,
    step: &Step,
) -> StepResult {
    let claims = argument::claims(world, step)?;
    let body = json!({ "issuer": issuer, "claims": claims, "ttl_seconds": seconds });
    mint(world, name, body).await
}

/// Makes a token that is not what it looks like: forged by `foreign-key`, `unknown-kid`,
/// `alg-none`, `hs256-public-key` or `altered-payload`.
///
/// Example: Given the token "forged" of the issuer "corp" forged by "foreign-key" with the claims:
#[given("the token {string} of the issuer {string} forged by {string} with the claims:")]
async fn forged_token(
    world: &mut World,
    name: String,
    issuer: String,
    forgery: String,
    step: &Step,
) -> StepResult {
    let claims = argument::claims(world, step)?;
    mint(
        world,
        name,
        json!({ "issuer": issuer, "claims": claims, "forge": forgery }),
    )
    .await
}

async fn mint(world: &mut World, name: String, body: Value) -> StepResult {
    let answer = world
        .control(Method::POST, "/_lab/oidc/token", Some(&body))
        .await?;
    let token = Secret::new(text(&answer, "token")?);
    world.things.set(Token { name, token });
    Ok(())
}

/// Gets a token at the issuer's token endpoint, by the client credentials grant (RFC 6749, 4.4).
///
/// Example: Given the client "looker" gets the token "service" of the issuer "corp" for the audience "looker"
#[given(
    "the client {string} gets the token {string} of the issuer {string} for the audience {string}"
)]
async fn client_gets_token(
    world: &mut World,
    client: String,
    name: String,
    issuer: String,
    audience: String,
) -> StepResult {
    grant(world, &client, name, &issuer, &[("audience", &audience)]).await
}

/// Gets a token with a scope at the issuer's token endpoint.
///
/// Example: Given the client "looker" gets the token "granted" of the issuer "corp" for the audience "reports" and the scope "reports/read"
#[given(
    "the client {string} gets the token {string} of the issuer {string} for the audience {string} and the scope {string}"
)]
async fn client_gets_token_with_scope(
    world: &mut World,
    client: String,
    name: String,
    issuer: String,
    audience: String,
    scope: String,
) -> StepResult {
    let fields = [("audience", audience.as_str()), ("scope", &scope)];
    grant(world, &client, name, &issuer, &fields).await
}

async fn grant(
    world: &mut World,
    client: &str,
    name: String,
    issuer: &str,
    more: &[(&str, &str)],
) -> StepResult {
    // Discovery by the loopback address names the loopback endpoints.
    let base = world.lab().endpoints().oidc_base.clone();
    let target = format!("/{issuer}/.well-known/openid-configuration");
    let discovery = HttpRequest::new(Method::GET, &base, target);
    let discovery = world.http().send_for_json(discovery).await?;
    let endpoint = text(&discovery, "token_endpoint")?;
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client),
        // What the lab file gives every client.
        ("client_secret", CLIENT_SECRET),
    ];
    form.extend(more);
    let request = HttpRequest::new(Method::POST, endpoint, "").form(&form);
    let answer = world.http().send_for_json(request).await?;
    let token = Secret::new(text(&answer, "access_token")?);
    world.things.set(Token { name, token });
    Ok(())
}

/// The secret of the lab's clients: a test value.
const CLIENT_SECRET: &str = "test";

fn text<'a>(answer: &'a Value, member: &str) -> StepResult<&'a str> {
    answer
        .get(member)
        .and_then(Value::as_str)
        .ok_or_else(|| StepError::new(format!("the issuer's answer has no `{member}`")))
}

//! Experiments with the OpenID Connect provider.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Value, json};

use super::{CLIENT, ISSUER};
use crate::{
    World,
    client::HttpRequest,
    error::{StepError, StepResult},
};

/// How far the time of a token may lie from the lab's, in seconds.
const LAG_SECONDS_MAX: i64 = 30;

/// The right secret gets a token, a wrong one does not.
pub(super) async fn checks_client_secret(world: &mut World) -> StepResult<Option<String>> {
    token(world).await?;
    let wrong = grant(world, "wrong").await;
    Ok(wrong
        .is_ok()
        .then(|| "a wrong client secret got a token".to_owned()))
}

/// The issuer whose URL has no path.
pub(super) async fn issuer_at_root(world: &mut World) -> StepResult<Option<String>> {
    let found = discovery(world, "corp").await;
    Ok(match found {
        Ok(document) if document["issuer"] == "https://login.corp.example/" => None,
        Ok(document) => Some(format!("it calls itself {}", document["issuer"])),
        Err(_) => {
            Some("the server behind the lab has issuers at a path of one segment only".to_owned())
        }
    })
}

/// A claim of one's choice.
pub(super) async fn mints_claims(world: &mut World) -> StepResult<Option<String>> {
    let body = json!({ "issuer": ISSUER, "claims": { "colour": "green" } });
    let minted = world.control(Method::POST, "/_lab/oidc/token", Some(&body));
    Ok(match minted.await {
        Err(_) => Some("the issuers are a foreign server's, which gives its own claims".to_owned()),
        Ok(answer) => {
            let claims = claims(answer["token"].as_str().unwrap_or_default())?;
            (claims["colour"] != "green").then(|| format!("the token has {claims}"))
        }
    })
}

/// A token of now has the lab's time.
pub(super) async fn dates_are_the_labs(world: &mut World) -> StepResult<Option<String>> {
    let issued = claims(&token(world).await?)?["iat"].as_i64();
    let issued = issued.ok_or_else(|| StepError::new("the token has no `iat`"))?;
    let lag = world.now().as_second() - issued;
    Ok((lag.abs() > LAG_SECONDS_MAX).then(|| {
        "the issuer is on the machine's time: its tokens do not follow the lab's clock".to_owned()
    }))
}

/// A token of the issuer for the client.
pub(super) async fn token(world: &World) -> StepResult<String> {
    grant(world, "test").await
}

/// The same token with another signature.
pub(super) fn forged(token: &str) -> String {
    let (content, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    // The middle: the last letter has bits that say nothing.
    let middle = signature.len() / 2;
    let other = if signature[middle..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    let (before, after) = signature.split_at(middle);
    format!("{content}.{before}{other}{}", &after[1..])
}

async fn grant(world: &World, secret: &str) -> StepResult<String> {
    let document = discovery(world, ISSUER).await?;
    let endpoint = document["token_endpoint"].as_str().unwrap_or_default();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_secret", secret),
        ("audience", CLIENT),
        ("scope", "probe"),
    ];
    let request = HttpRequest::new(Method::POST, endpoint, "").form(&form);
    let answer = world.http().send_for_json(request).await?;
    let token = answer["access_token"].as_str();
    Ok(token
        .ok_or_else(|| StepError::new("the token endpoint gave no token"))?
        .to_owned())
}

async fn discovery(world: &World, issuer: &str) -> StepResult<Value> {
    let base = world.lab().endpoints().oidc_base.clone();
    let target = format!("/{issuer}/.well-known/openid-configuration");
    world
        .http()
        .send_for_json(HttpRequest::new(Method::GET, base, target))
        .await
}

/// The claims of a token, unverified.
fn claims(token: &str) -> StepResult<Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}

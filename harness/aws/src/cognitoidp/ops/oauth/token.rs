//! The token endpoint, and the endpoint that takes refresh tokens back.

use std::collections::BTreeMap;

use authlab_http::Incoming;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::{Map, json};

use super::form::{self, Form};
use super::{At, Domain, Outcome, Refused, at};
use crate::cognitoidp::client::{Client, STANDARD_SCOPES};
use crate::cognitoidp::error::Error;
use crate::cognitoidp::grant::key_of;
use crate::cognitoidp::login;
use crate::cognitoidp::ops::issue::{self, Asker};
use crate::cognitoidp::pool::Pool;
use crate::cognitoidp::token::{self as claims, Draft, Login};
use crate::front::FrontDoor;

/// Gives tokens for a grant.
pub(super) async fn token(
    door: &FrontDoor,
    incoming: &Incoming,
    (prefix, region): Domain<'_>,
    asker: &Asker,
) -> Result<Outcome, Refused> {
    let form = Form::of_body(incoming)?;
    let grant = form.required("grant_type")?;
    let mut draft = {
        let mut cloud = door.cloud();
        let pool = cloud.cognitoidp.pool_of_domain_mut(region, prefix);
        let pool = pool.ok_or_else(|| Error::NoDomain(prefix.to_owned()))?;
        let client = form::client(pool, incoming, &form)?.clone();
        match grant {
            "client_credentials" => by_itself(pool, &client, &form, at(door))?,
            "authorization_code" => with_code(pool, &client, &form, at(door))?,
            "refresh_token" => {
                form.only(&["grant_type", "client_id", "client_secret", "refresh_token"])?;
                let given = form.required("refresh_token")?;
                login::refresh(pool, &client, given, &BTreeMap::new(), at(door))?
            }
            // What stands there may be anything, a secret in the wrong field included.
            _ => {
                let text = "`grant_type` is none of client_credentials, authorization_code, \
                            refresh_token";
                return Err(Refused::new("unsupported_grant_type", text));
            }
        }
    };
    issue::run_trigger(door, &mut draft, asker).await?;
    let signed = issue::sign(&draft)?;
    let refresh = {
        let mut cloud = door.cloud();
        let pool = cloud.cognitoidp.pool_anywhere_mut(&draft.pool);
        let pool = pool.ok_or_else(|| Error::NoPool(draft.pool.clone()))?;
        login::finish(pool, &draft, at(door))?
    };
    let seq = issue::record(door, &draft, &signed, refresh.as_ref(), asker);
    let mut body = Map::new();
    if let Some(id) = &signed.id {
        body.insert("id_token".to_owned(), id.as_str().into());
    }
    body.insert("access_token".to_owned(), signed.access.as_str().into());
    if let Some(refresh) = &refresh {
        let text = refresh.expose_secret();
        body.insert("refresh_token".to_owned(), text.into());
    }
    body.insert("expires_in".to_owned(), signed.expires_seconds.into());
    body.insert("token_type".to_owned(), "Bearer".into());
    let mut outcome = Outcome::well(&json!(body)).not_stored();
    outcome.cause = Some(seq);
    Ok(outcome)
}

/// `client_credentials`: scopes of resource servers, all that the client may ask for when none is named.
fn by_itself(pool: &Pool, client: &Client, form: &Form, at: At<'_>) -> Result<Draft, Refused> {
    form.only(&["grant_type", "client_id", "client_secret", "scope"])?;
    if !client.grants("client_credentials") {
        let text = "`AllowedOAuthFlows` of the client does not list client_credentials";
        return Err(Refused::new("unauthorized_client", text));
    }
    let is_custom = |scope: &str| !STANDARD_SCOPES.contains(&scope);
    let allowed = client.scopes().iter().filter(|scope| is_custom(scope));
    let allowed: Vec<&String> = allowed.collect();
    let scopes: Vec<String> = match form.get("scope") {
        None => allowed.into_iter().cloned().collect(),
        Some(asked) => {
            let asked: Vec<String> = asked.split(' ').map(str::to_owned).collect();
            if let Some(other) = asked.iter().find(|scope| !allowed.contains(scope)) {
                return Err(Error::Scope(other.clone()).into());
            }
            asked
        }
    };
    if scopes.is_empty() {
        let text = "`AllowedOAuthScopes` of the client lists no scope of a resource server";
        return Err(Refused::new("invalid_scope", text));
    }
    let login = Login {
        flow: "client_credentials".to_owned(),
        source: "TokenGeneration_ClientCredentials",
        scopes,
        auth_time: at.0,
        ..Login::default()
    };
    Ok(claims::draft(pool, client, None, login, at))
}

/// `authorization_code`: a code is good once, for the client and the place that it was given to.
fn with_code(pool: &mut Pool, client: &Client, form: &Form, at: At<'_>) -> Result<Draft, Refused> {
    form.only(&[
        "grant_type",
        "client_id",
        "client_secret",
        "code",
        "redirect_uri",
        "code_verifier",
    ])?;
    let code = form.required("code")?;
    let redirect = form.required("redirect_uri")?;
    let wrong = |text: &str| Refused::new("invalid_grant", text);
    let given = pool.login_codes.remove(&key_of(code));
    let given = given.ok_or_else(|| wrong("the code is unknown, or was used"))?;
    if given.client != client.id {
        return Err(wrong("the code was given to another client"));
    }
    if given.expires <= at.0 {
        return Err(wrong("the code has expired"));
    }
    if given.redirect_uri != redirect {
        return Err(wrong("`redirect_uri` is not that of the authorization"));
    }
    match (&given.code_challenge, form.get("code_verifier")) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) => {
            let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
            if URL_SAFE_NO_PAD.encode(digest) != *challenge {
                return Err(wrong("`code_verifier` does not fit the challenge"));
            }
        }
        (Some(_), None) => return Err(wrong("`code_verifier` is required")),
        (None, Some(_)) => return Err(wrong("the authorization had no challenge")),
    }
    let user = pool.user(&given.user)?;
    if !user.is_enabled {
        return Err(Error::Disabled.into());
    }
    let origin = at.1.draw("token-origin", &pool.id, &client.id).uuid();
    let login = Login {
        flow: "authorization_code".to_owned(),
        source: "TokenGeneration_HostedAuth",
        has_id: given.scopes.iter().any(|scope| scope == "openid"),
        scopes: given.scopes,
        auth_time: given.auth_time,
        origin_jti: Some(origin),
        nonce: given.nonce,
        metadata: BTreeMap::new(),
        is_first: true,
    };
    let user = (given.user.as_str(), user);
    Ok(claims::draft(pool, client, Some(user), login, at))
}

/// Takes a refresh token back, and with it every token of its login.
pub(super) fn revoke(
    door: &FrontDoor,
    incoming: &Incoming,
    (prefix, region): Domain<'_>,
) -> Result<Outcome, Refused> {
    let form = Form::of_body(incoming)?;
    form.only(&["token", "client_id", "client_secret"])?;
    let mut cloud = door.cloud();
    let pool = cloud.cognitoidp.pool_of_domain_mut(region, prefix);
    let pool = pool.ok_or_else(|| Error::NoDomain(prefix.to_owned()))?;
    let client = form::client(pool, incoming, &form)?.id.clone();
    login::revoke(pool, &client, form.required("token")?)?;
    let mut outcome = Outcome::well(&json!({}));
    *outcome.response.body_mut() = bytes::Bytes::new();
    Ok(outcome)
}

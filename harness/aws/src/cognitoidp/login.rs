//! Logging in: with a password, with a refresh token, and the new password in place of a temporary one.

use std::collections::BTreeMap;

use authlab_kernel::{Ids, Secret, Timestamp};
use serde_json::json;

use super::client::{ADMIN_SCOPE, Client};
use super::error::Error;
use super::grant::{Challenge, Grant, key_of};
use super::pool::Pool;
use super::token::{self, Draft, Login};
use super::user::{Status, User};

/// A request to log in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The app client.
    pub client: String,
    /// `USER_PASSWORD_AUTH`, or the name of a challenge.
    pub flow: String,
    /// Names and values.
    pub parameters: BTreeMap<String, String>,
    /// What the trigger is told.
    pub metadata: BTreeMap<String, String>,
    /// Whether an administrator asks.
    pub is_admin: bool,
}

/// What comes of it before anything is signed.
#[derive(Clone, Debug)]
pub enum Begun {
    /// Something has to be answered first.
    Challenge {
        /// `NEW_PASSWORD_REQUIRED`.
        name: &'static str,
        /// What names it in the answer.
        session: Secret,
        /// What is told of it.
        parameters: BTreeMap<String, String>,
    },
    /// Tokens may be issued.
    Tokens(Box<Draft>),
}

/// The name of the one challenge.
pub const NEW_PASSWORD: &str = "NEW_PASSWORD_REQUIRED";

impl Asked {
    fn required(&self, name: &str) -> Result<&str, Error> {
        // The sentence stands in answers of AWS.
        self.parameters
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| {
                let text = format!("Missing required parameter {name}");
                Error::parameter("AuthParameters", text)
            })
    }

    fn hash(&self) -> Option<&str> {
        self.parameters.get("SECRET_HASH").map(String::as_str)
    }

    /// Nothing is accepted and ignored.
    fn check_names(&self, known: &[&str]) -> Result<(), Error> {
        let is_known =
            |name: &&String| known.contains(&name.as_str()) || name.starts_with("userAttributes.");
        match self.parameters.keys().find(|name| !is_known(name)) {
            Some(name) => Err(Error::NotImplemented(format!("the parameter {name}"))),
            None => Ok(()),
        }
    }
}

/// Begins a login.
///
/// # Errors
/// The flow is closed, the user is not there or not to log in, the password is another.
pub fn begin(pool: &mut Pool, asked: &Asked, at: (Timestamp, &Ids)) -> Result<Begun, Error> {
    let client = pool.client(&asked.client)?.clone();
    match (asked.flow.as_str(), asked.is_admin) {
        ("USER_PASSWORD_AUTH", false) => {
            let flows = ["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"];
            open(&client, &flows, "USER_PASSWORD_AUTH")?;
            with_password(pool, &client, asked, at)
        }
        ("ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH", true) => {
            let flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"];
            open(&client, &flows, "Auth")?;
            with_password(pool, &client, asked, at)
        }
        ("REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN", _) => {
            let is_old = client.flows().iter().all(|it| !it.starts_with("ALLOW_"));
            if !is_old {
                open(&client, &["ALLOW_REFRESH_TOKEN_AUTH"], "Auth")?;
            }
            let draft = refreshed(pool, &client, asked, at)?;
            Ok(Begun::Tokens(Box::new(draft)))
        }
        ("USER_SRP_AUTH" | "CUSTOM_AUTH" | "USER_AUTH", _) => {
            Err(Error::NotImplemented(format!("AuthFlow {}", asked.flow)))
        }
        (_, is_admin) => {
            let text = match is_admin {
                true => "Admin Initiate Auth method not supported.", // unverified
                false => "Initiate Auth method not supported.",
            };
            Err(Error::parameter("AuthFlow", text))
        }
    }
}

fn open(client: &Client, flows: &[&str], told: &'static str) -> Result<(), Error> {
    match client.allows(flows) {
        true => Ok(()),
        false => Err(Error::FlowClosed(told)),
    }
}

fn with_password(
    pool: &mut Pool,
    client: &Client,
    asked: &Asked,
    at: (Timestamp, &Ids),
) -> Result<Begun, Error> {
    asked.check_names(&["USERNAME", "PASSWORD", "SECRET_HASH"])?;
    let name = asked.required("USERNAME")?;
    let password = asked.required("PASSWORD")?;
    client.check_hash(name, asked.hash())?;
    let key = proven(pool, client, name, password, at.0)?;
    let user = pool.user(&key)?.clone();
    if user.status == Status::ForceChangePassword {
        return Ok(challenge(pool, client, (&key, &user), at));
    }
    let login = first_login(
        &asked.flow,
        "TokenGeneration_Authentication",
        asked,
        pool,
        at,
    );
    let draft = token::draft(pool, client, Some((&key, &user)), login, at);
    Ok(Begun::Tokens(Box::new(draft)))
}

/// The key of the user whose name and password these are, and who may log in.
///
/// # Errors
/// Nobody's, or somebody's who may not.
pub fn proven(
    pool: &Pool,
    client: &Client,
    name: &str,
    password: &str,
    now: Timestamp,
) -> Result<String, Error> {
    let Some(key) = pool.find_user(name) else {
        return Err(match client.hides_users() {
            true => Error::Credentials,
            false => Error::NoUser(name.to_owned()),
        });
    };
    let user = pool.user(&key)?;
    let is_right = |kept: &Secret| kept.matches(password);
    if !user.password.as_ref().is_some_and(is_right) {
        return Err(Error::Credentials);
    }
    if !user.is_enabled {
        return Err(Error::Disabled);
    }
    if user.status == Status::Unconfirmed {
        return Err(Error::NotConfirmed);
    }
    if user.password_expires.is_some_and(|expires| expires <= now) {
        return Err(Error::TemporaryPasswordExpired);
    }
    Ok(key)
}

fn challenge(
    pool: &mut Pool,
    client: &Client,
    (key, user): (&str, &User),
    (now, ids): (Timestamp, &Ids),
) -> Begun {
    let drawn = ids.draw("user-pool-session", &pool.id, &user.name);
    let session = Secret::new(drawn.base62(200).into_boxed_str());
    let expires = now.checked_add(client.challenge_validity());
    let waiting = Challenge {
        client: client.id.clone(),
        user: key.to_owned(),
        expires: expires.unwrap_or(now),
    };
    pool.keep_challenge(&session, waiting, now);
    let attributes = json!(user.attributes).to_string();
    let parameters = [
        ("USER_ID_FOR_SRP", user.name.clone()),
        ("requiredAttributes", "[]".to_owned()),
        ("userAttributes", attributes),
    ];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value));
    Begun::Challenge {
        name: NEW_PASSWORD,
        session,
        parameters: parameters.into(),
    }
}

fn first_login(
    flow: &str,
    source: &'static str,
    asked: &Asked,
    pool: &Pool,
    (now, ids): (Timestamp, &Ids),
) -> Login {
    let origin = ids.draw("token-origin", &pool.id, &asked.client).uuid();
    Login {
        flow: flow.to_owned(),
        source,
        scopes: vec![ADMIN_SCOPE.to_owned()],
        has_id: true,
        auth_time: now,
        origin_jti: Some(origin),
        nonce: None,
        metadata: asked.metadata.clone(),
        is_first: true,
    }
}

fn refreshed(
    pool: &Pool,
    client: &Client,
    asked: &Asked,
    at: (Timestamp, &Ids),
) -> Result<Draft, Error> {
    asked.check_names(&["REFRESH_TOKEN", "SECRET_HASH"])?;
    let given = asked.required("REFRESH_TOKEN")?;
    let draft = refresh(pool, client, given, &asked.metadata, at)?;
    if let Some(secret) = &client.secret {
        // Clients hash the user's name; some of AWS's own have sent the plain secret there.
        let name = draft.user_name.clone().unwrap_or_default();
        let sub = draft.access.get("sub").and_then(|sub| sub.as_str());
        let is_right = client.check_hash(&name, asked.hash()).is_ok()
            || sub.is_some_and(|sub| client.check_hash(sub, asked.hash()).is_ok())
            || asked.hash().is_some_and(|hash| secret.matches(hash));
        if !is_right {
            return client.check_hash(&name, asked.hash()).map(|()| draft);
        }
    }
    Ok(draft)
}

/// The tokens that a refresh token is good for.
///
/// # Errors
/// It is none of the client's, its time is over, it was revoked, or the user may not log in.
pub fn refresh(
    pool: &Pool,
    client: &Client,
    given: &str,
    metadata: &BTreeMap<String, String>,
    at: (Timestamp, &Ids),
) -> Result<Draft, Error> {
    let grant = pool.grants.get(&key_of(given));
    let grant = grant
        .filter(|grant| grant.client == client.id)
        .ok_or(Error::RefreshToken)?;
    if grant.is_revoked {
        return Err(Error::RefreshTokenRevoked);
    }
    if grant.expires <= at.0 {
        return Err(Error::RefreshTokenExpired);
    }
    let user = pool.users.get(&grant.user);
    let user = user.ok_or_else(|| Error::NoUser(grant.user.clone()))?;
    if !user.is_enabled {
        return Err(Error::Disabled);
    }
    let login = Login {
        flow: "REFRESH_TOKEN_AUTH".to_owned(),
        source: "TokenGeneration_RefreshTokens",
        scopes: grant.scopes.clone(),
        has_id: grant.has_id,
        auth_time: grant.auth_time,
        origin_jti: Some(grant.origin_jti.clone()),
        nonce: None,
        metadata: metadata.clone(),
        is_first: false,
    };
    Ok(token::draft(
        pool,
        client,
        Some((&grant.user, user)),
        login,
        at,
    ))
}

/// Answers a challenge.
///
/// # Errors
/// The session is not that of client and user, the password is none for the pool.
pub fn respond(
    pool: &mut Pool,
    asked: &Asked,
    session: Option<&str>,
    at: (Timestamp, &Ids),
) -> Result<Begun, Error> {
    let client = pool.client(&asked.client)?.clone();
    if asked.flow != NEW_PASSWORD {
        let what = format!("ChallengeName {}", asked.flow);
        return Err(Error::NotImplemented(what));
    }
    asked.check_names(&["USERNAME", "NEW_PASSWORD", "SECRET_HASH"])?;
    let name = asked.required("USERNAME")?;
    let password = asked.required("NEW_PASSWORD")?;
    client.check_hash(name, asked.hash())?;
    let session = key_of(session.ok_or(Error::Session)?);
    let waiting = pool.challenges.get(&session).ok_or(Error::Session)?;
    let is_same =
        waiting.client == client.id && pool.find_user(name).as_ref() == Some(&waiting.user);
    if !is_same {
        return Err(Error::Session);
    }
    if waiting.expires <= at.0 {
        return Err(Error::SessionExpired);
    }
    let key = waiting.user.clone();
    let given = asked.parameters.iter().filter_map(|(name, value)| {
        let attribute = name.strip_prefix("userAttributes.")?;
        Some((attribute.to_owned(), value.clone()))
    });
    let given: BTreeMap<String, String> = given.collect();
    pool.settings.policies.password_policy.check(password)?;
    let standing = pool.user(&key)?;
    if !standing.is_enabled {
        return Err(Error::Disabled);
    }
    client.check_written(&given)?;
    pool.schema.check(&given, Some(&standing.attributes))?;
    pool.check_alias(&given, Some(&key))?;
    pool.challenges.remove(&session);
    let user = pool.user_mut(&key)?;
    user.attributes.extend(given);
    user.password = Some(Secret::new(password));
    user.password_expires = None;
    user.status = Status::Confirmed;
    user.changed = at.0;
    let user = user.clone();
    let source = "TokenGeneration_NewPasswordChallenge";
    let login = first_login(NEW_PASSWORD, source, asked, pool, at);
    let draft = token::draft(pool, &client, Some((&key, &user)), login, at);
    Ok(Begun::Tokens(Box::new(draft)))
}

/// Looks once more whether tokens may be issued, after the trigger has run, and keeps the login: its
/// refresh token.
///
/// # Errors
/// Client or user are gone meanwhile, or the login was revoked.
pub fn finish(
    pool: &mut Pool,
    draft: &Draft,
    (now, ids): (Timestamp, &Ids),
) -> Result<Option<Secret>, Error> {
    let client = pool.client(&draft.client)?;
    let expires = now.checked_add(client.refresh_validity());
    let Some((user, origin)) = draft.user.as_ref().zip(draft.login.origin_jti.as_ref()) else {
        return Ok(None);
    };
    if !pool.user(user)?.is_enabled {
        return Err(Error::Disabled);
    }
    if !draft.login.is_first {
        return match pool.is_revoked(origin) {
            true => Err(Error::RefreshTokenRevoked),
            false => Ok(None),
        };
    }
    let drawn = ids.draw("refresh-token", &pool.id, user);
    let token = Secret::new(format!("{JWE}.{}", drawn.base62(600)));
    let grant = Grant {
        client: draft.client.clone(),
        user: user.clone(),
        scopes: draft.login.scopes.clone(),
        has_id: draft.login.has_id,
        auth_time: draft.login.auth_time,
        origin_jti: origin.clone(),
        expires: expires.unwrap_or(now),
        is_revoked: false,
    };
    pool.keep_grant(&token, grant, now);
    Ok(Some(token))
}

/// The header of AWS's refresh tokens: `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`. What follows is
/// opaque in both.
const JWE: &str = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ";

/// Revokes a refresh token; one that is nobody's is no error (RFC 7009, section 2.2; `unverified`).
///
/// # Errors
/// It is another client's, another kind of token, or the client's tokens cannot be revoked.
pub fn revoke(pool: &mut Pool, client: &str, token: &str) -> Result<(), Error> {
    let client = pool.client(client)?;
    if !client.revokes() {
        return Err(Error::NoRevocation(client.id.clone()));
    }
    let id = client.id.clone();
    if authlab_token::Token::parse(token).is_ok() {
        return Err(Error::TokenType);
    }
    match pool.grants.get_mut(&key_of(token)) {
        Some(grant) if grant.client != id => Err(Error::Unauthorized),
        Some(grant) => {
            grant.is_revoked = true;
            Ok(())
        }
        None => Ok(()),
    }
}

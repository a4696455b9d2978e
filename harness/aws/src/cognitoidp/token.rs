//! The claims of a pool's tokens.
//!
//! Source: Cognito developer guide, `amazon-cognito-user-pools-using-the-id-token.html` and
//! `…-access-token.html`.

use std::collections::BTreeMap;

use authlab_kernel::{Ids, Scope, SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::client::{ADMIN_SCOPE, Client};
use super::pool::Pool;
use super::signing::Keys;
use super::trigger::{self, TriggerCall};
use super::user::User;

/// Who logged in, how, and what for.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// How it came about: `USER_PASSWORD_AUTH`, `client_credentials`.
    pub flow: String,
    /// What the trigger is told.
    pub source: &'static str,
    /// The scopes of the access token.
    pub scopes: Vec<String>,
    /// Whether there is an ID token.
    pub has_id: bool,
    /// When the user logged in.
    pub auth_time: Timestamp,
    /// The name that all tokens of the login have in common; none for a client by itself.
    pub origin_jti: Option<String>,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// What the trigger is told by the client.
    pub metadata: BTreeMap<String, String>,
    /// Whether a refresh token comes with it.
    pub is_first: bool,
}

/// Tokens that are not signed yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The pool.
    pub pool: String,
    /// Its place.
    pub scope: Scope,
    /// The app client.
    pub client: String,
    /// The user's key; none for a client by itself.
    pub user: Option<String>,
    /// The user's name.
    pub user_name: Option<String>,
    /// The claims of the ID token.
    pub id: Option<Map<String, Value>>,
    /// The claims of the access token.
    pub access: Map<String, Value>,
    /// How long the access token is good, in seconds.
    pub expires_seconds: i64,
    /// The keys.
    pub keys: Keys,
    /// The function that may change the claims, with its event.
    pub trigger: Option<TriggerCall>,
    /// The login.
    pub login: Login,
}

/// What only openid's companions open.
const OF_SCOPES: [(&str, &[&str]); 2] = [
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// The tokens of a login.
pub fn draft(
    pool: &Pool,
    client: &Client,
    user: Option<(&str, &User)>,
    login: Login,
    (now, ids): (Timestamp, &Ids),
) -> Draft {
    let event_id = ids.draw("token-event", &pool.id, &client.id).uuid();
    let subject = user.map_or(client.id.as_str(), |(_, user)| user.sub.as_str());
    let mut common = object(json!({
        "sub": subject,
        "iss": pool.issuer(),
        "event_id": event_id,
        "auth_time": login.auth_time.as_second(),
        "iat": now.as_second(),
    }));
    if let Some(origin) = &login.origin_jti {
        common.insert("origin_jti".to_owned(), origin.as_str().into());
    }
    if let Some((_, user)) = user {
        let groups: Vec<&str> = pool
            .groups_of(user)
            .iter()
            .map(|group| group.group_name.as_str())
            .collect();
        if !groups.is_empty() {
            common.insert("cognito:groups".to_owned(), groups.into());
        }
    }
    let id = user
        .filter(|_| login.has_id)
        .map(|(_, user)| id_claims(&common, pool, client, user, &login, (now, ids)));
    let access = access_claims(common, client, user, &login, (now, ids));
    let trigger = trigger::call(pool, client, user.map(|(_, user)| user), &login);
    Draft {
        pool: pool.id.clone(),
        scope: pool.scope.clone(),
        client: client.id.clone(),
        user: user.map(|(key, _)| key.to_owned()),
        user_name: user.map(|(_, user)| user.name.clone()),
        id,
        access,
        expires_seconds: client.access_validity().as_secs(),
        keys: pool.keys.clone(),
        trigger,
        login,
    }
}

fn access_claims(
    common: Map<String, Value>,
    client: &Client,
    user: Option<(&str, &User)>,
    login: &Login,
    (now, ids): (Timestamp, &Ids),
) -> Map<String, Value> {
    let mut claims = common;
    claims.extend(object(json!({
        "token_use": "access",
        "client_id": client.id,
        "scope": login.scopes.join(" "),
        "version": 2,
        "exp": after(now, client.access_validity()),
        "jti": ids.draw("token", &client.id, "access").uuid(),
    })));
    match user {
        Some((_, user)) => {
            claims.insert("username".to_owned(), user.name.as_str().into());
        }
        None => {
            claims.remove("event_id");
        }
    }
    claims
}

fn id_claims(
    common: &Map<String, Value>,
    pool: &Pool,
    client: &Client,
    user: &User,
    login: &Login,
    (now, ids): (Timestamp, &Ids),
) -> Map<String, Value> {
    let mut claims = common.clone();
    for (name, value) in &user.attributes {
        if is_told(name, client, login) {
            claims.insert(name.clone(), claim(name, value));
        }
    }
    let roles: Vec<&str> = pool
        .groups_of(user)
        .iter()
        .filter_map(|group| group.role_arn.as_deref())
        .collect();
    if let Some(preferred) = roles.first() {
        claims.insert("cognito:preferred_role".to_owned(), (*preferred).into());
        claims.insert("cognito:roles".to_owned(), roles.into());
    }
    if let Some(nonce) = &login.nonce {
        claims.insert("nonce".to_owned(), nonce.as_str().into());
    }
    claims.extend(object(json!({
        "token_use": "id",
        "aud": client.id,
        "cognito:username": user.name,
        "exp": after(now, client.id_validity()),
        "jti": ids.draw("token", &client.id, "id").uuid(),
    })));
    claims
}

/// Whether an attribute is told: the client may read it, and the scopes open it. A login without OAuth,
/// and `openid` alone, open all.
pub fn is_told(name: &str, client: &Client, login: &Login) -> bool {
    let is_read = match &client.settings.read_attributes {
        Some(names) if !names.is_empty() => names.iter().any(|it| it == name),
        _ => true,
    };
    let has = |scope: &str| login.scopes.iter().any(|it| it == scope);
    let narrows = ["profile", "email", "phone"].into_iter().any(has);
    if !is_read || !narrows || has(ADMIN_SCOPE) && !has("openid") {
        return is_read;
    }
    match OF_SCOPES.iter().find(|(_, names)| names.contains(&name)) {
        Some((scope, _)) => has(scope),
        None => has("profile"),
    }
}

/// An attribute as a claim: every text but the two flags, and the address.
pub fn claim(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => value.eq_ignore_ascii_case("true").into(),
        "address" => json!({ "formatted": value }),
        _ => value.into(),
    }
}

fn after(now: Timestamp, validity: SignedDuration) -> i64 {
    now.as_second().saturating_add(validity.as_secs())
}

/// The members of an object.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

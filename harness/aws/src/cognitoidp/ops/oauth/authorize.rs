//! The authorization endpoint, and the login that takes the place of a page.
//!
//! A request that names no client of the pool, or a place that is not the client's, leads nobody there
//! (RFC 6749, section 4.1.2.1): AWS shows its page `/error`. Every other refusal is told to that place.

use authlab_http::Incoming;
use authlab_kernel::{Secret, SignedDuration};
use url::Url;

use super::form::Form;
use super::{Domain, Outcome, Refused, at};
use crate::cognitoidp::client::Client;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::grant::LoginCode;
use crate::cognitoidp::login;
use crate::cognitoidp::pool::Pool;
use crate::front::FrontDoor;

/// How long an authorization code is good (developer guide, `token-endpoint.html`).
const CODE_MINUTES: i64 = 5;

/// What an authorization is asked with.
struct Asked {
    client: Client,
    redirect_uri: String,
    scopes: Vec<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
}

/// Where a refusal is told.
enum Wrong {
    /// On AWS's own page.
    Page(&'static str),
    /// To the client: its place, the state, code and text.
    Client(String, Option<String>, &'static str, String),
    /// To the caller.
    Caller(Refused),
}

impl From<Refused> for Wrong {
    fn from(refused: Refused) -> Self {
        Self::Caller(refused)
    }
}

fn asked(pool: &Pool, form: &Form) -> Result<Asked, Wrong> {
    form.only(&[
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    ])?;
    let client = form.get("client_id").and_then(|id| pool.clients.get(id));
    let client = client.ok_or(Wrong::Page("Client does not exist."))?;
    let callbacks = client.settings.callback_urls.as_deref();
    let redirect = form.get("redirect_uri").map(str::to_owned);
    let redirect = redirect.or_else(|| client.settings.default_redirect_uri.clone());
    let redirect = redirect
        .filter(|it| callbacks.unwrap_or_default().contains(it))
        .ok_or(Wrong::Page("redirect_mismatch"))?;
    let state = form.get("state").map(str::to_owned);
    let wrong = |code: &'static str, text: &str| {
        Wrong::Client(redirect.clone(), state.clone(), code, text.to_owned())
    };
    match form.get("response_type") {
        Some("code") => {}
        Some("token") => return Err(Refused::not_implemented("the implicit grant").into()),
        _ => return Err(wrong("invalid_request", "response_type must be code")),
    }
    if !client.grants("code") {
        let text = "AllowedOAuthFlows of the client does not list code";
        return Err(wrong("unauthorized_client", text));
    }
    let scopes: Vec<String> = match form.get("scope") {
        Some(scopes) => scopes.split(' ').map(str::to_owned).collect(),
        None => client.scopes().to_vec(),
    };
    if let Some(other) = scopes.iter().find(|it| !client.scopes().contains(it)) {
        let text = format!("the client may not ask for {other}");
        return Err(wrong("invalid_scope", &text));
    }
    let challenge = form.get("code_challenge");
    match (challenge, form.get("code_challenge_method")) {
        (None, None) | (Some(_), Some("S256")) => {}
        _ => {
            let text = "code_challenge comes with the code_challenge_method S256";
            return Err(wrong("invalid_request", text));
        }
    }
    Ok(Asked {
        client: client.clone(),
        redirect_uri: redirect,
        scopes,
        state,
        nonce: form.get("nonce").map(str::to_owned),
        code_challenge: challenge.map(str::to_owned),
    })
}

/// Tells a refusal where it belongs.
fn told(wrong: Wrong) -> Result<Outcome, Refused> {
    match wrong {
        Wrong::Caller(refused) => Err(refused),
        Wrong::Page(error) => {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("error", error)
                .finish();
            let refused = ("invalid_request".to_owned(), error.to_owned());
            let place = format!("/error?{query}");
            Ok(Outcome::redirect(&place, Some(refused)))
        }
        Wrong::Client(place, state, code, text) => {
            let pairs = [
                ("error", Some(code.to_owned())),
                ("error_description", Some(text.clone())),
                ("state", state),
            ];
            let place = with_query(&place, pairs)?;
            let refused = (code.to_owned(), text);
            Ok(Outcome::redirect(&place, Some(refused)))
        }
    }
}

fn with_query<const N: usize>(
    place: &str,
    pairs: [(&str, Option<String>); N],
) -> Result<String, Refused> {
    let unreadable = |_| Refused::new("invalid_request", "the redirect URI is no URL");
    let mut url = Url::parse(place).map_err(unreadable)?;
    for (name, value) in pairs {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, &value);
        }
    }
    Ok(url.into())
}

/// Leads to the login, with the same query.
pub(super) fn authorize(
    door: &FrontDoor,
    incoming: &Incoming,
    (prefix, region): Domain<'_>,
) -> Result<Outcome, Refused> {
    let form = Form::of_query(incoming)?;
    let cloud = door.view();
    let pool = cloud.cognitoidp.pool_of_domain(region, prefix);
    let pool = pool.ok_or_else(|| Error::NoDomain(prefix.to_owned()))?;
    match asked(pool, &form) {
        Ok(_) => {
            let query = incoming.uri.query().unwrap_or_default();
            Ok(Outcome::redirect(&format!("/login?{query}"), None))
        }
        Err(wrong) => told(wrong),
    }
}

/// Logs a user in whose name and password are in the body, and leads back with a code.
pub(super) fn login(
    door: &FrontDoor,
    incoming: &Incoming,
    (prefix, region): Domain<'_>,
) -> Result<Outcome, Refused> {
    let form = Form::of_query(incoming)?;
    let body = Form::of_body(incoming)?;
    body.only(&["username", "password"])?;
    let mut cloud = door.cloud();
    let pool = cloud.cognitoidp.pool_of_domain_mut(region, prefix);
    let pool = pool.ok_or_else(|| Error::NoDomain(prefix.to_owned()))?;
    let asked = match asked(pool, &form) {
        Ok(asked) => asked,
        Err(wrong) => return told(wrong),
    };
    let (now, ids) = at(door);
    let (name, password) = (body.required("username")?, body.required("password")?);
    let user = login::proven(pool, &asked.client, name, password, now)?;
    if pool.user(&user)?.status != crate::cognitoidp::Status::Confirmed {
        let text = "the user has a temporary password: there is no page to change it with, set a \
                    lasting one (AdminSetUserPassword)";
        return Err(Refused::not_implemented(text));
    }
    let drawn = ids.draw("authorization-code", &pool.id, &user);
    let code = Secret::new(drawn.uuid());
    let expires = now.checked_add(SignedDuration::from_mins(CODE_MINUTES));
    let given = LoginCode {
        client: asked.client.id,
        user,
        redirect_uri: asked.redirect_uri.clone(),
        scopes: asked.scopes,
        nonce: asked.nonce,
        code_challenge: asked.code_challenge,
        auth_time: now,
        expires: expires.unwrap_or(now),
    };
    pool.keep_login_code(&code, given, now);
    let pairs = [
        ("code", Some(code.expose_secret().to_owned())),
        ("state", asked.state),
    ];
    let place = with_query(&asked.redirect_uri, pairs)?;
    Ok(Outcome::redirect(&place, None).not_stored())
}

/// What AWS shows as a page.
pub(super) fn error_page(incoming: &Incoming) -> Refused {
    let form = Form::of_query(incoming).unwrap_or_default();
    let error = form.get("error").unwrap_or("unknown");
    let shown: String = error.chars().take(100).collect();
    Refused::new("invalid_request", shown)
}

//! The endpoints of OAuth of a pool's domain.
//!
//! Source: Cognito developer guide, `cognito-userpools-server-contract-reference.html` (paths, parameters,
//! the codes of errors). What is told beside the codes is this lab's own; where AWS shows a page, it is
//! the lab's answer.

mod authorize;
mod form;
mod token;

use authlab_http::Incoming;
use authlab_kernel::journal::Sequence;
use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use super::issue::Asker;
use super::site::json_answer;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::token::{self as claims, Login};
use crate::front::FrontDoor;

/// An answer, and what is told of it in the journal.
pub(super) struct Outcome {
    pub(super) response: Response<Bytes>,
    /// Code and text of a refusal.
    pub(super) refused: Option<(String, String)>,
    /// The event that it follows from, where that is not the request.
    pub(super) cause: Option<Sequence>,
}

/// A refusal of OAuth (RFC 6749, section 5.2).
pub(super) struct Refused {
    status: u16,
    code: &'static str,
    text: String,
}

impl Refused {
    fn new(code: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        let status = 400;
        Self { status, code, text }
    }

    /// What this lab does not have.
    fn not_implemented(text: impl Into<String>) -> Self {
        Self {
            status: 501,
            ..Self::new("not_implemented", text)
        }
    }
}

/// What the rules refuse, in the codes of the token endpoint.
impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::NoClient(_) | Error::Unauthorized => "invalid_client",
            Error::Scope(_) => "invalid_scope",
            Error::NotImplemented(_) => return Self::not_implemented(error.to_string()),
            Error::TokenType => "unsupported_token_type",
            Error::Trigger { .. }
            | Error::TriggerNotRun { .. }
            | Error::TriggerOutput(_)
            | Error::Parameter { .. }
            | Error::NoRevocation(_) => "invalid_request",
            _ => "invalid_grant",
        };
        Self::new(code, error.to_string())
    }
}

impl Outcome {
    pub(super) fn well(body: &Value) -> Self {
        Self {
            response: json_answer(StatusCode::OK, body),
            refused: None,
            cause: None,
        }
    }

    pub(super) fn refused(status: u16, code: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({ "error": code, "error_description": text });
        Self {
            response: json_answer(status, &body),
            refused: Some((code.to_owned(), text)),
            cause: None,
        }
    }

    /// A redirection; the refusal where it tells of one.
    fn redirect(place: &str, refused: Option<(String, String)>) -> Self {
        let Ok(location) = HeaderValue::from_str(place) else {
            return Self::refused(400, "invalid_request", "the redirect URI is no header");
        };
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::FOUND;
        response.headers_mut().insert(header::LOCATION, location);
        Self {
            response,
            refused,
            cause: None,
        }
    }

    /// As no cache keeps it.
    fn not_stored(mut self) -> Self {
        let value = HeaderValue::from_static("no-store");
        let headers = self.response.headers_mut();
        headers.insert(header::CACHE_CONTROL, value);
        self
    }
}

/// Prefix and Region of a domain.
type Domain<'a> = (&'a str, &'a str);

/// Answers a request to a domain.
pub(super) async fn answer(
    door: &FrontDoor,
    incoming: &Incoming,
    domain: Domain<'_>,
    asker: &Asker,
) -> Outcome {
    let is_there = {
        let cloud = door.view();
        let (prefix, region) = domain;
        cloud.cognitoidp.pool_of_domain(region, prefix).is_some()
    };
    if !is_there {
        let text = format!("no user pool has the domain `{}` in {}", domain.0, domain.1);
        return Outcome::refused(404, "ResourceNotFoundException", text);
    }
    let method = &incoming.method;
    let answered = match (incoming.uri.path(), method == Method::POST) {
        ("/oauth2/token", true) => token::token(door, incoming, domain, asker).await,
        ("/oauth2/revoke", true) => token::revoke(door, incoming, domain),
        ("/oauth2/userInfo", _) if method == Method::GET || method == Method::POST => {
            return user_info(door, incoming, domain);
        }
        ("/oauth2/authorize", false) if method == Method::GET => {
            authorize::authorize(door, incoming, domain)
        }
        ("/login", true) => authorize::login(door, incoming, domain),
        ("/login", false) if method == Method::GET => Err(Refused::not_implemented(
            "there is no page to log in with: send `username` and `password` as a form, with POST and \
             with the same query",
        )),
        ("/error", false) => Err(authorize::error_page(incoming)),
        ("/oauth2/token" | "/oauth2/revoke" | "/oauth2/userInfo" | "/oauth2/authorize", _) => {
            Err(Refused {
                status: 405,
                ..Refused::new(
                    "invalid_request",
                    format!("`{method}` is not answered here"),
                )
            })
        }
        (path, _) => Err(Refused::not_implemented(format!(
            "`{path}` of a domain: there are /oauth2/authorize, /oauth2/token, /oauth2/userInfo, \
             /oauth2/revoke and /login"
        ))),
    };
    answered.unwrap_or_else(|refused| {
        Outcome::refused(refused.status, refused.code, refused.text).not_stored()
    })
}

/// The claims of the user who shows an access token with the scope `openid`.
fn user_info(door: &FrontDoor, incoming: &Incoming, (prefix, region): Domain<'_>) -> Outcome {
    let header = incoming.field(header::AUTHORIZATION).text();
    let token = header.ok().flatten().and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let Some(token) = token else {
        let text = "the Authorization header holds no bearer token";
        return challenged("invalid_request", text);
    };
    let cloud = door.view();
    let state = &cloud.cognitoidp;
    let bearer = match state.bearer(token, "openid", door.clock().now()) {
        Ok(bearer) => bearer,
        Err(error) => return challenged("invalid_token", &error.to_string()),
    };
    let pool = state.pool_of_domain(region, prefix);
    let pool = pool.filter(|pool| pool.id == bearer.pool);
    let found = pool.and_then(|pool| {
        let client = pool.client(&bearer.client).ok()?;
        Some((client, pool.user(&bearer.user).ok()?))
    });
    let Some((client, user)) = found else {
        return challenged("invalid_token", "the token is of another user pool");
    };
    let login = Login {
        scopes: bearer.scopes,
        ..Login::default()
    };
    let mut told = Map::new();
    for (name, value) in &user.attributes {
        if claims::is_told(name, client, &login) {
            // Here, other than in an ID token, also the flags are texts.
            told.insert(name.clone(), value.as_str().into());
        }
    }
    told.insert("sub".to_owned(), user.sub.as_str().into());
    told.insert("username".to_owned(), user.name.as_str().into());
    Outcome::well(&Value::Object(told)).not_stored()
}

/// 401, as the userInfo endpoint says it.
fn challenged(code: &str, text: &str) -> Outcome {
    let mut outcome = Outcome::refused(401, code, text);
    let challenge = format!("Bearer error=\"{code}\"");
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        let headers = outcome.response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, value);
    }
    outcome
}

/// Time and ids.
type At<'a> = (authlab_kernel::Timestamp, &'a authlab_kernel::Ids);

fn at(door: &FrontDoor) -> At<'_> {
    (door.clock().now(), door.ids())
}

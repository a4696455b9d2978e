//! The token endpoint: `client_credentials` (RFC 6749, sections 2.3.1, 4.4 and 5).

use std::collections::BTreeSet;

use authlab_http::Incoming;
use authlab_kernel::Secret;
use authlab_kernel::journal::cut_at;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::config::ClientConfig;
use crate::evidence::Reason;
use crate::issuer::Issuer;

/// The secret of every client of an issuer that declares none.
const ANYBODYS_SECRET: &str = "test";

/// How much of a parameter's name is repeated, in bytes.
const SHOWN_BYTES_MAX: usize = 200;

/// Parameters that may be given several times (RFC 8707, section 2; RFC 8693, section 2.1).
const REPEATABLE: [&str; 2] = ["audience", "resource"];

/// The errors of RFC 6749, section 5.2.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum GrantError {
    #[error("{0}")]
    InvalidRequest(String),
    #[error("{reason}")]
    InvalidClient {
        reason: &'static str,
        /// The client tried the `Authorization` header, so the answer names the scheme.
        challenge: bool,
    },
    #[error("client `{client}` may not have the audience `{audience}`")]
    InvalidTarget { client: String, audience: String },
    #[error("client `{client}` may not have the scope `{scope}`")]
    InvalidScope { client: String, scope: String },
    #[error("grant type `{0}` is not implemented: authlab's issuers know client_credentials")]
    UnsupportedGrantType(String),
}

impl GrantError {
    /// The `error` member.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient { .. } => "invalid_client",
            // RFC 8707, section 2.
            Self::InvalidTarget { .. } => "invalid_target",
            Self::InvalidScope { .. } => "invalid_scope",
            Self::UnsupportedGrantType(_) => "unsupported_grant_type",
        }
    }

    /// The reason in the journal.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::InvalidRequest(_) => Reason::InvalidRequest,
            Self::InvalidClient { .. } => Reason::InvalidClient,
            Self::InvalidTarget { .. } => Reason::InvalidTarget,
            Self::InvalidScope { .. } => Reason::InvalidScope,
            Self::UnsupportedGrantType(_) => Reason::UnsupportedGrantType,
        }
    }
}

/// What a client gets: the claims beyond the usual ones, and the scope that it is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant {
    pub(crate) client: String,
    pub(crate) claims: Map<String, Value>,
    pub(crate) scope: Option<String>,
}

/// Decides about a request of the token endpoint.
pub(crate) fn decide(issuer: &Issuer, incoming: &Incoming) -> Result<Grant, GrantError> {
    let form = Form::read(incoming)?;
    let (client, declared) = authenticate(issuer, incoming, &form)?;
    match form.one("grant_type") {
        Some("client_credentials") => {}
        Some(other) => return Err(GrantError::UnsupportedGrantType(other.to_owned())),
        None => {
            return Err(GrantError::InvalidRequest(
                "`grant_type` is missing".to_owned(),
            ));
        }
    }
    let audiences = audiences(&client, declared, &form)?;
    let scope = scope(&client, declared, &form)?;
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), client.clone().into());
    match audiences.as_slice() {
        [] => {}
        [one] => drop(claims.insert("aud".to_owned(), one.clone().into())),
        several => drop(claims.insert("aud".to_owned(), several.to_vec().into())),
    }
    if let Some(scope) = &scope {
        claims.insert("scope".to_owned(), scope.clone().into());
    }
    if let Some(declared) = declared {
        claims.extend(declared.claims.clone());
    }
    Ok(Grant {
        client,
        claims,
        scope,
    })
}

fn audiences(
    client: &str,
    declared: Option<&ClientConfig>,
    form: &Form,
) -> Result<Vec<String>, GrantError> {
    let asked: Vec<String> = form.all("audience").chain(form.all("resource")).collect();
    let Some(allowed) = declared.and_then(|declared| declared.audiences.as_ref()) else {
        return Ok(asked);
    };
    if asked.is_empty() {
        return Ok(allowed.first().cloned().into_iter().collect());
    }
    match asked.iter().find(|audience| !allowed.contains(audience)) {
        Some(audience) => Err(GrantError::InvalidTarget {
            client: client.to_owned(),
            audience: audience.clone(),
        }),
        None => Ok(asked),
    }
}

fn scope(
    client: &str,
    declared: Option<&ClientConfig>,
    form: &Form,
) -> Result<Option<String>, GrantError> {
    let Some(asked) = form.one("scope").filter(|scope| !scope.is_empty()) else {
        return Ok(None);
    };
    if let Some(allowed) = declared.and_then(|declared| declared.scopes.as_ref()) {
        let refused = asked
            .split(' ')
            .find(|word| !allowed.iter().any(|scope| scope == word));
        if let Some(scope) = refused {
            let (client, scope) = (client.to_owned(), scope.to_owned());
            return Err(GrantError::InvalidScope { client, scope });
        }
    }
    Ok(Some(asked.to_owned()))
}

/// Finds out who asks: by the `Authorization` header or by the body, not by both.
fn authenticate<'a>(
    issuer: &'a Issuer,
    incoming: &Incoming,
    form: &Form,
) -> Result<(String, Option<&'a ClientConfig>), GrantError> {
    let given = incoming.field(header::AUTHORIZATION).text();
    let given = given.map_err(|why| {
        // RFC 6749, section 5.2: a request that "includes multiple credentials".
        GrantError::InvalidRequest(format!("the Authorization header {why}"))
    })?;
    let challenge = given.is_some();
    let refused = |reason| GrantError::InvalidClient { reason, challenge };
    let (id, secret) = if challenge {
        if form.one("client_secret").is_some() {
            return Err(GrantError::InvalidRequest(
                "the client authenticates twice: use the header or the body".to_owned(),
            ));
        }
        let header = given.unwrap_or_default();
        basic(header).ok_or_else(|| refused("the Authorization header is no Basic credential"))?
    } else {
        let id = form
            .one("client_id")
            .ok_or_else(|| refused("no client authenticates"))?;
        let secret = form
            .one("client_secret")
            .ok_or_else(|| refused("no client_secret is given"))?;
        (id.to_owned(), secret.to_owned())
    };
    if id.is_empty() {
        return Err(refused("the client id is empty"));
    }
    if form.one("client_id").is_some_and(|other| other != id) {
        return Err(GrantError::InvalidRequest(
            "two different client ids are given".to_owned(),
        ));
    }
    let anybodys = Secret::new(ANYBODYS_SECRET);
    let declared = match &issuer.config.clients {
        None => None,
        Some(clients) => Some(
            clients
                .iter()
                .find(|client| client.id == id)
                .ok_or_else(|| refused("the client is unknown"))?,
        ),
    };
    let expected = declared.map_or(&anybodys, |client| &client.secret);
    if !expected.matches(&secret) {
        return Err(refused("the client secret is wrong"));
    }
    Ok((id, declared))
}

/// Client id and secret of a Basic credential; each is form-encoded first (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let blanks = text.replace('+', " ");
    percent_decode_str(&blanks)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The parameters of a request body.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(incoming: &Incoming) -> Result<Self, GrantError> {
        let wrong = |text: &str| GrantError::InvalidRequest(text.to_owned());
        let content_type = incoming.header(header::CONTENT_TYPE).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(wrong("the body must be application/x-www-form-urlencoded"));
        }
        if std::str::from_utf8(&incoming.body).is_err() {
            return Err(wrong("the body is not UTF-8"));
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&incoming.body)
            .into_owned()
            .collect();
        let mut seen = BTreeSet::new();
        for (name, value) in &pairs {
            // What was no UTF-8 is not what was sent.
            if name.contains(char::REPLACEMENT_CHARACTER)
                || value.contains(char::REPLACEMENT_CHARACTER)
            {
                return Err(wrong("a parameter cannot be read: its bytes are no UTF-8"));
            }
            if !seen.insert(name.as_str()) && !REPEATABLE.contains(&name.as_str()) {
                let name = cut_at(name, SHOWN_BYTES_MAX);
                return Err(GrantError::InvalidRequest(format!(
                    "`{name}` is given twice"
                )));
            }
        }
        Ok(Self(pairs))
    }

    fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = String> + '_ {
        let named = move |(given, _): &&(String, String)| given == name;
        self.0.iter().filter(named).map(|(_, value)| value.clone())
    }
}

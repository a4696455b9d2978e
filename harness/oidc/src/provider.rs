//! The server.

use std::sync::Arc;

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::trace::TRACE_HEADER;
use authlab_kernel::{
    Component, ComponentClock, EventDraft, Evidence, Ids, Journal, Sequence, Timestamp,
    TraceHeader, redaction,
};
use authlab_token::{KeySet, Token as Jwt};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, Response, StatusCode, header};
use parking_lot::RwLock;
use serde_json::{Map, Value, json};

use crate::config::{ConfigError, IssuerConfig, OidcConfig};
use crate::document;
use crate::evidence::{KeyRotation, Reason, Request, Token};
use crate::grant::{self, GrantError};
use crate::issuer::{Directory, Issuer, RotationError, RotationStep};
use crate::mint::{self, Forge, MintError, MintRequest, Minted};
use crate::refusal::Refusal;

/// Endpoints that providers have and this one does not.
const NOT_IMPLEMENTED: [&str; 7] = [
    "/authorize",
    "/userinfo",
    "/introspect",
    "/revoke",
    "/register",
    "/device_authorization",
    "/logout",
];

/// The OpenID Connect provider of a lab.
pub struct Oidc {
    config: OidcConfig,
    directory: RwLock<Directory>,
    clock: ComponentClock,
    ids: Ids,
    journal: Journal,
}

/// What a path below an issuer is.
enum Endpoint {
    Discovery,
    KeySet,
    Token,
    NotImplemented,
    Nothing,
}

impl Endpoint {
    fn of(path: &str) -> Self {
        match path {
            // The second is RFC 8414's, for clients that know only OAuth.
            "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" => {
                Self::Discovery
            }
            // The second is where user pools keep theirs, which a client may know without discovery.
            "/jwks" | "/.well-known/jwks.json" => Self::KeySet,
            "/token" => Self::Token,
            path if NOT_IMPLEMENTED.contains(&path) => Self::NotImplemented,
            _ => Self::Nothing,
        }
    }

    fn allows(&self, method: &Method) -> bool {
        match self {
            Self::Discovery | Self::KeySet => method == Method::GET || method == Method::HEAD,
            Self::Token => method == Method::POST,
            Self::NotImplemented | Self::Nothing => true,
        }
    }
}

impl Oidc {
    /// A provider with these issuers; `clock` is that of [`Component::Oidc`].
    ///
    /// # Errors
    /// [`ConfigError`] names the issuer and what is wrong with it.
    pub fn new(
        config: OidcConfig,
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
    ) -> Result<Self, ConfigError> {
        let directory = RwLock::new(Directory::new(&config)?);
        Ok(Self {
            config,
            directory,
            clock,
            ids,
            journal,
        })
    }

    /// Adds an issuer, until the next [`Oidc::reset`].
    ///
    /// # Errors
    /// [`ConfigError`] names what is wrong with it.
    pub fn add_issuer(&self, issuer: IssuerConfig) -> Result<(), ConfigError> {
        self.directory.write().add(issuer)
    }

    /// The `iss` of an issuer, by its name or URL; of the default issuer when none is given.
    pub fn issuer_url(&self, issuer: Option<&str>) -> Option<String> {
        self.directory
            .read()
            .find(issuer)
            .map(|issuer| issuer.url.clone())
    }

    /// The URL on loopback below which an issuer's endpoints are, by its name or URL: what its
    /// logical URL is mapped to, `{}/token`, `{}/jwks`.
    pub fn endpoint_base(&self, issuer: Option<&str>) -> Option<String> {
        let directory = self.directory.read();
        directory
            .find(issuer)
            .map(|issuer| issuer.endpoint_base(None, &directory.base_url))
    }

    /// The names of the issuers.
    pub fn issuers(&self) -> Vec<String> {
        self.directory.read().names()
    }

    /// Makes a token with any claims, or a forged one (`POST /_lab/oidc/token`).
    ///
    /// # Errors
    /// [`MintError`] names the field of the request.
    pub fn mint(&self, request: &MintRequest) -> Result<Minted, MintError> {
        let directory = self.directory.read();
        let issuer =
            directory
                .find(request.issuer.as_deref())
                .ok_or_else(|| MintError::Issuer {
                    issuer: request.issuer.clone().unwrap_or_default(),
                    known: directory.names(),
                })?;
        let ttl_seconds = request
            .ttl_seconds
            .unwrap_or(issuer.config.token_ttl_seconds);
        let now = self.clock.now();
        let claims = mint::complete_claims(issuer, &request.claims, ttl_seconds, now, &self.ids)?;
        let token = mint::sign(issuer, &claims, request.forge)?;
        let draft = EventDraft::new(Component::Oidc, Token::KIND);
        let seq = self.record_token(draft, issuer, &token, &claims, request.forge);
        Ok(Minted { token, claims, seq })
    }

    /// Takes a step of an issuer's key rotation.
    ///
    /// # Errors
    /// [`RotationError`]: no such issuer, or no more test keys.
    pub fn rotate(&self, issuer: &str, step: RotationStep) -> Result<(), RotationError> {
        let mut directory = self.directory.write();
        directory.rotate(issuer, step)?;
        self.record_rotation(&directory, issuer, step);
        Ok(())
    }

    /// Takes the key of this name out of an issuer's key set.
    ///
    /// # Errors
    /// [`RotationError`]: no such issuer, no such key, or the one that signs.
    pub fn retire(&self, issuer: &str, kid: &str) -> Result<(), RotationError> {
        let mut directory = self.directory.write();
        directory.retire(issuer, kid)?;
        self.record_rotation(&directory, issuer, RotationStep::Retire);
        Ok(())
    }

    /// The key set that an issuer publishes at this moment; none when there is no such issuer.
    pub fn key_set(&self, issuer: &str) -> Option<KeySet> {
        let directory = self.directory.read();
        directory.find(Some(issuer)).map(Issuer::key_set)
    }

    /// The names of the keys that an issuer publishes, and which of them signs; none when there is no
    /// such issuer.
    pub fn kids(&self, issuer: &str) -> Option<(Vec<String>, Option<String>)> {
        self.directory.read().find(Some(issuer)).map(Issuer::kids)
    }

    fn record_rotation(&self, directory: &Directory, issuer: &str, step: RotationStep) {
        let found = directory.find(Some(issuer));
        let evidence = KeyRotation {
            issuer: found.map(|issuer| issuer.config.name.clone()),
            step,
            kids: found.map(|issuer| issuer.kids().0),
        };
        self.journal
            .record(EventDraft::of(Component::Oidc, &evidence));
    }

    /// Back to the issuers and keys of the start. The lab resets clock, ids and journal itself.
    pub fn reset(&self) {
        // The same configuration was accepted before.
        if let Ok(directory) = Directory::new(&self.config) {
            *self.directory.write() = directory;
        }
    }

    fn answer(&self, incoming: &Incoming) -> Response<Bytes> {
        let directory = self.directory.read();
        let path = incoming.uri.path();
        let request_id = self.ids.request_id("oidc", path);
        let found = directory.locate(incoming.host(), path);
        let mut response = match found {
            Some((issuer, rest)) => {
                let base = issuer.endpoint_base(incoming.host(), &directory.base_url);
                self.answer_of(issuer, &base, rest, incoming, &request_id)
            }
            None => self.refuse(incoming, &request_id, &Refusal::not_found(&directory, path)),
        };
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert("x-request-id", id);
        }
        response
    }

    fn answer_of(
        &self,
        issuer: &Issuer,
        endpoint_base: &str,
        path: &str,
        incoming: &Incoming,
        request_id: &str,
    ) -> Response<Bytes> {
        let endpoint = Endpoint::of(path);
        if !endpoint.allows(&incoming.method) {
            return self.refuse(
                incoming,
                request_id,
                &Refusal::method(matches!(endpoint, Endpoint::Token)),
            );
        }
        let name = &issuer.config.name;
        match endpoint {
            Endpoint::Discovery => {
                let evidence = request(incoming, Some(name));
                self.journal
                    .record(self.request_event(incoming, request_id, &evidence));
                json_answer(StatusCode::OK, &document::discovery(issuer, endpoint_base))
            }
            Endpoint::KeySet => {
                let keys = issuer.key_set();
                let kids = keys.kids().into_iter().map(str::to_owned);
                let evidence = Request {
                    kids: Some(kids.collect()),
                    ..request(incoming, Some(name))
                };
                self.journal
                    .record(self.request_event(incoming, request_id, &evidence));
                json_answer(StatusCode::OK, &document::key_set(issuer))
            }
            Endpoint::Token => self.token(issuer, incoming, request_id),
            Endpoint::NotImplemented => {
                self.refuse(incoming, request_id, &Refusal::not_implemented(path))
            }
            Endpoint::Nothing => self.refuse(incoming, request_id, &Refusal::no_path(path, name)),
        }
    }

    fn token(&self, issuer: &Issuer, incoming: &Incoming, request_id: &str) -> Response<Bytes> {
        let name = &issuer.config.name;
        let evidence = request(incoming, Some(name));
        let cause = self
            .journal
            .record(self.request_event(incoming, request_id, &evidence));
        let event = EventDraft::new(Component::Oidc, Token::KIND)
            .cause(Some(cause))
            .request_id(request_id)
            .trace_id(trace_id(incoming));
        let grant = match grant::decide(issuer, incoming) {
            Ok(grant) => grant,
            Err(error) => {
                // What stands for the grant may be anything, a secret in the wrong field included.
                let told = match &error {
                    GrantError::UnsupportedGrantType(given) => {
                        let given = redaction::value(given);
                        GrantError::UnsupportedGrantType(given).to_string()
                    }
                    other => other.to_string(),
                };
                let event = event.refused(error.reason());
                self.journal.record(event.telling(&no_token(name, told)));
                return grant_refused(&error);
            }
        };
        let expires_in = issuer.config.token_ttl_seconds;
        let now = self.clock.now();
        let made = mint::complete_claims(issuer, &grant.claims, expires_in, now, &self.ids)
            .and_then(|claims| Ok((mint::sign(issuer, &claims, None)?, claims)));
        let (token, claims) = match made {
            Ok(made) => made,
            Err(error) => {
                let event = event.failed(Reason::TokenNotSigned);
                self.journal
                    .record(event.telling(&no_token(name, error.to_string())));
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return oauth_error(status, "server_error", &error.to_string());
            }
        };
        self.record_token(event.allowed(), issuer, &token, &claims, None);
        let mut body = json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": expires_in,
        });
        if let (Some(scope), Some(members)) = (grant.scope, body.as_object_mut()) {
            members.insert("scope".to_owned(), scope.into());
        }
        not_stored(json_answer(StatusCode::OK, &body))
    }

    fn record_token(
        &self,
        draft: EventDraft,
        issuer: &Issuer,
        token: &str,
        claims: &Map<String, Value>,
        forge: Option<Forge>,
    ) -> Sequence {
        let described = Jwt::parse(token)
            .map(|token| token.describe())
            .unwrap_or_default();
        let evidence = Token {
            issuer: issuer.config.name.clone(),
            token: Some(described),
            forge,
            error: None,
        };
        let seq = self.journal.record(draft.telling(&evidence));
        let expires = claims.get("exp").and_then(expiry);
        self.journal.credential_issued(token, seq, expires);
        if let Some(jti) = claims.get("jti").and_then(Value::as_str) {
            self.journal.credential_issued(jti, seq, expires);
        }
        seq
    }

    fn request_event(
        &self,
        incoming: &Incoming,
        request_id: &str,
        evidence: &Request,
    ) -> EventDraft {
        let trace_id = trace_id(incoming);
        let cause = incoming.cause.or_else(|| {
            trace_id
                .as_deref()
                .and_then(|id| self.journal.last_of_trace(id))
        });
        EventDraft::of(Component::Oidc, evidence)
            .request_id(request_id)
            .trace_id(trace_id)
            .cause(cause)
    }

    fn refuse(&self, incoming: &Incoming, request_id: &str, refusal: &Refusal) -> Response<Bytes> {
        let evidence = Request {
            error: Some(refusal.description.clone()),
            missing: refusal.missing.clone(),
            ..request(incoming, None)
        };
        let draft = self.request_event(incoming, request_id, &evidence);
        self.journal.record(draft.refused(refusal.reason));
        let code = refusal.reason.as_str().replace('-', "_");
        let mut response = oauth_error(refusal.status, &code, &refusal.description);
        if let Some(allow) = refusal.allow {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

impl Service for Oidc {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move { self.answer(&incoming) }.boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        oauth_error(
            rejection.status(),
            "invalid_request",
            &rejection.to_string(),
        )
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}

/// Method and path, which hold no secret here, and the issuer that answers.
pub(crate) fn request(incoming: &Incoming, issuer: Option<&str>) -> Request {
    Request {
        method: incoming.method.as_str().to_owned(),
        path: incoming.uri.path().to_owned(),
        issuer: issuer.map(str::to_owned),
        kids: None,
        error: None,
        missing: None,
    }
}

/// Why an issuer gave no token.
fn no_token(issuer: &str, error: String) -> Token {
    Token {
        issuer: issuer.to_owned(),
        token: None,
        forge: None,
        error: Some(error),
    }
}

/// The trace that X-Ray's header names: `Root=1-...;Parent=...`.
pub(crate) fn trace_id(incoming: &Incoming) -> Option<Arc<str>> {
    let header = TraceHeader::parse(incoming.header(TRACE_HEADER)?)?;
    Some(Arc::clone(header.root()))
}

/// When a token ends, by its claim `exp`: seconds, with a fraction or without (RFC 7519, section 2).
pub(crate) fn expiry(exp: &Value) -> Option<Timestamp> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction of a second is cut off, and what is too large is no time"
    )]
    let seconds = exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64));
    Timestamp::from_second(seconds?).ok()
}

/// RFC 6749, section 5.2.
fn grant_refused(error: &GrantError) -> Response<Bytes> {
    let (status, challenge) = match error {
        GrantError::InvalidClient { challenge, .. } => (StatusCode::UNAUTHORIZED, *challenge),
        _ => (StatusCode::BAD_REQUEST, false),
    };
    let mut response = not_stored(oauth_error(status, error.code(), &error.to_string()));
    if challenge {
        let basic = HeaderValue::from_static("Basic realm=\"authlab\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}

pub(crate) fn oauth_error(status: StatusCode, code: &str, description: &str) -> Response<Bytes> {
    // A description has no quotes, backslashes or control characters (RFC 6749, section 5.2).
    let plain = |character: char| match character {
        '"' | '\\' => '\'',
        ' '..='~' => character,
        _ => '?',
    };
    let description: String = description.chars().map(plain).collect();
    json_answer(
        status,
        &json!({"error": code, "error_description": description}),
    )
}

fn not_stored(mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

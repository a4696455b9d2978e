//! A foreign OpenID Connect server behind the lab's port: a container, or a server elsewhere.
//!
//! Issuers keep their names and URLs; what they issue and publish is the foreign server's. Such
//! servers (mock-oauth2-server and those that are addressed like it) take the issuer's URL from the
//! request's `Host`, its `X-Forwarded-Proto` and the first segment of its path. An issuer therefore
//! lives there if its URL has a path of exactly one segment and no slash at its end; a request to any
//! other is answered 501 and says so.
//!
//! The relay's own paths are those of the embedded provider (`/token`, `/jwks`), whatever the foreign
//! server calls them: it reads its discovery document.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{
    Component, ComponentClock, Destination, EventDraft, Evidence, Ids, Journal, Outbound,
    OutboundError, OutboundRequest, OutboundResponse, Timestamp,
};
use authlab_token::Token as Jwt;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use parking_lot::RwLock;
use serde_json::{Value, json};
use url::Url;

use crate::config::{ConfigError, DEFAULT_ISSUER, IssuerConfig, OidcConfig};
use crate::evidence::{Backend, Reason, Token};
use crate::issuer::{Directory, Issuer};
use crate::provider::{expiry, oauth_error, request, trace_id};

/// How long the server may take, in milliseconds: it makes a key at an issuer's first request.
const BUDGET_MS: u32 = 30_000;
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// The endpoints that the relay names, and what the discovery document calls them.
const ENDPOINTS: [(&str, &str); 3] = [
    ("/token", "token_endpoint"),
    ("/jwks", "jwks_uri"),
    ("/authorize", "authorization_endpoint"),
];

/// The relay. It answers as an [`authlab_http::Service`].
pub struct OidcRelay {
    directory: Directory,
    /// `http://127.0.0.1:8080`, without a slash at its end.
    server_url: String,
    /// Per issuer, what the server calls the endpoints, from the root of the server on.
    paths: RwLock<BTreeMap<String, BTreeMap<&'static str, String>>>,
    clock: ComponentClock,
    ids: Ids,
    journal: Journal,
    outbound: Arc<dyn Outbound>,
}

/// Where an issuer lives on the foreign server.
struct Place {
    scheme: String,
    /// Host and port of the issuer's URL.
    authority: String,
    segment: String,
}

impl Place {
    fn of(issuer: &Issuer) -> Option<Self> {
        let url = Url::parse(&issuer.url).ok()?;
        let mut segments = url.path_segments()?;
        let segment = segments.next().filter(|segment| !segment.is_empty())?;
        if segments.next().is_some() {
            return None;
        }
        Some(Self {
            scheme: url.scheme().to_owned(),
            authority: url[url::Position::BeforeHost..url::Position::AfterPort].to_owned(),
            segment: segment.to_owned(),
        })
    }
}

/// Why there is no answer of the foreign server.
enum Unanswered {
    /// It did not answer.
    Outbound(OutboundError),
    /// It says something else than a discovery document.
    Discovery(String),
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outbound(error) => error.fmt(formatter),
            Self::Discovery(reason) => formatter.write_str(reason),
        }
    }
}

impl OidcRelay {
    /// A relay of these issuers to the server at `server_url`; `clock` is that of
    /// [`Component::Oidc`]. The default issuer, which elsewhere is the base URL itself, lives at
    /// `/default`.
    ///
    /// # Errors
    /// [`ConfigError`] names the issuer and what is wrong with it.
    pub fn new(
        mut config: OidcConfig,
        server_url: &str,
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
    ) -> Result<Self, ConfigError> {
        let is_default = |issuer: &IssuerConfig| issuer.name == DEFAULT_ISSUER;
        if !config.issuers.iter().any(is_default) {
            let url = format!("{}/{DEFAULT_ISSUER}", config.base_url.trim_end_matches('/'));
            config
                .issuers
                .push(IssuerConfig::named(DEFAULT_ISSUER).url(&url));
        }
        Ok(Self {
            directory: Directory::new(&config)?,
            server_url: server_url.trim_end_matches('/').to_owned(),
            paths: RwLock::default(),
            clock,
            ids,
            journal,
            outbound,
        })
    }

    /// The `iss` of an issuer, by its name or URL; of the default issuer when none is given.
    pub fn issuer_url(&self, issuer: Option<&str>) -> Option<String> {
        self.directory.find(issuer).map(|issuer| issuer.url.clone())
    }

    /// The URL on loopback below which an issuer's endpoints are.
    pub fn endpoint_base(&self, issuer: Option<&str>) -> Option<String> {
        let issuer = self.directory.find(issuer)?;
        Some(if issuer.config.name == DEFAULT_ISSUER {
            issuer.url.clone()
        } else {
            issuer.endpoint_base(None, &self.directory.base_url)
        })
    }

    /// What the server calls an endpoint of an issuer: `/jwks` is `/partner/jwks` there, or something
    /// else. From the root of the server on.
    ///
    /// # Errors
    /// The words for why it is not known.
    pub async fn server_endpoint(&self, issuer: &str, endpoint: &str) -> Result<String, String> {
        let found = self.directory.find(Some(issuer));
        let found = found.ok_or_else(|| format!("there is no issuer `{issuer}`"))?;
        let place = Place::of(found).ok_or_else(|| not_there(found))?;
        let paths = self.paths(found, &place, None).await;
        let paths = paths.map_err(|unanswered| unanswered.to_string())?;
        let path = paths.get(endpoint).cloned();
        path.ok_or_else(|| format!("the server names no `{endpoint}`"))
    }

    async fn answer(&self, incoming: Incoming) -> Response<Bytes> {
        let path = incoming.uri.path().to_owned();
        let request_id = self.ids.request_id("oidc", &path);
        let Some((issuer, rest)) = self.directory.locate(incoming.host(), &path) else {
            return oauth_error(
                StatusCode::NOT_FOUND,
                "not_found",
                "there is no such issuer",
            );
        };
        let evidence = request(&incoming, Some(&issuer.config.name));
        let draft = self.event(&evidence, &incoming, &request_id);
        let Some(place) = Place::of(issuer) else {
            self.journal.record(draft.refused(Reason::NotImplemented));
            let status = StatusCode::NOT_IMPLEMENTED;
            return oauth_error(status, "not_implemented", &not_there(issuer));
        };
        let cause = self.journal.record(draft);
        let answered = if rest == DISCOVERY {
            self.discovery(issuer, &place, &incoming, cause).await
        } else {
            self.pass(issuer, &place, rest, &incoming, cause).await
        };
        match answered {
            Ok(answer) => {
                if rest == "/token" {
                    self.record_token(issuer, &incoming, &request_id, cause, &answer);
                }
                answer
            }
            Err(unanswered) => {
                let error = unanswered.to_string();
                let draft = self.event(&Backend { error }, &incoming, &request_id);
                let draft = draft.cause(Some(cause));
                self.journal
                    .record(draft.failed(Reason::BackendUnavailable));
                let text = format!("the server behind the lab did not answer: {unanswered}");
                oauth_error(StatusCode::BAD_GATEWAY, "server_error", &text)
            }
        }
    }

    /// The server's document with the endpoints of the relay, as seen by whom asks.
    async fn discovery(
        &self,
        issuer: &Issuer,
        place: &Place,
        incoming: &Incoming,
        cause: u64,
    ) -> Result<Response<Bytes>, Unanswered> {
        let (mut document, _) = self.document(issuer, place, Some(cause)).await?;
        let base = issuer.endpoint_base(incoming.host(), &self.directory.base_url);
        let base = if issuer.config.name == DEFAULT_ISSUER {
            issuer.url.clone()
        } else {
            base
        };
        if let Some(members) = document.as_object_mut() {
            // What else it names leads past the lab.
            members.retain(|name, _| !name.ends_with("_endpoint") && name != "jwks_uri");
            for (endpoint, name) in ENDPOINTS {
                members.insert(name.to_owned(), json!(format!("{base}{endpoint}")));
            }
        }
        let mut answer = Response::new(Bytes::from(document.to_string()));
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
        Ok(answer)
    }

    async fn pass(
        &self,
        issuer: &Issuer,
        place: &Place,
        rest: &str,
        incoming: &Incoming,
        cause: u64,
    ) -> Result<Response<Bytes>, Unanswered> {
        let paths = self.paths(issuer, place, Some(cause)).await?;
        let path = match paths.get(rest) {
            Some(path) => path.clone(),
            None => format!("/{}{rest}", place.segment),
        };
        let path = match incoming.uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        let mut headers = HeaderMap::new();
        for name in [header::CONTENT_TYPE, header::AUTHORIZATION, header::ACCEPT] {
            if let Some(value) = incoming.headers.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        let body = incoming.body.clone();
        let sent = self.send(
            incoming.method.clone(),
            &path,
            place,
            (headers, body),
            cause,
        );
        let mut answer = sent.await?;
        for name in [header::CONNECTION, header::CONTENT_LENGTH, header::DATE] {
            answer.headers_mut().remove(name);
        }
        Ok(answer)
    }

    async fn paths(
        &self,
        issuer: &Issuer,
        place: &Place,
        cause: Option<u64>,
    ) -> Result<BTreeMap<&'static str, String>, Unanswered> {
        let known = self.paths.read().get(&issuer.config.name).cloned();
        match known {
            Some(paths) => Ok(paths),
            None => Ok(self.document(issuer, place, cause).await?.1),
        }
    }

    /// The server's discovery document, and what it calls the endpoints.
    async fn document(
        &self,
        issuer: &Issuer,
        place: &Place,
        cause: Option<u64>,
    ) -> Result<(Value, BTreeMap<&'static str, String>), Unanswered> {
        let path = format!("/{}{DISCOVERY}", place.segment);
        let nothing = (HeaderMap::new(), Bytes::new());
        let answer = self
            .send(Method::GET, &path, place, nothing, cause.unwrap_or(0))
            .await?;
        let document: Value = serde_json::from_slice(answer.body())
            .map_err(|error| Unanswered::Discovery(format!("no discovery document: {error}")))?;
        if document.get("issuer").and_then(Value::as_str) != Some(issuer.url.as_str()) {
            return Err(Unanswered::Discovery(format!(
                "its discovery document is of {}, not of `{}`",
                document["issuer"], issuer.url
            )));
        }
        let path_of = |name: &str| {
            let url = Url::parse(document.get(name)?.as_str()?).ok()?;
            Some(url.path().to_owned())
        };
        let paths: BTreeMap<_, _> = ENDPOINTS
            .iter()
            .filter_map(|(endpoint, name)| Some((*endpoint, path_of(name)?)))
            .collect();
        self.paths
            .write()
            .insert(issuer.config.name.clone(), paths.clone());
        Ok((document, paths))
    }

    /// Asks the server under the issuer's name.
    async fn send(
        &self,
        method: Method,
        path: &str,
        place: &Place,
        (mut headers, body): (HeaderMap, Bytes),
        cause: u64,
    ) -> Result<OutboundResponse, Unanswered> {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        if let (Some(host), Some(scheme)) = (value(&place.authority), value(&place.scheme)) {
            headers.insert(header::HOST, host);
            headers.insert("x-forwarded-proto", scheme);
        }
        let request = OutboundRequest {
            destination: Destination::Backend,
            method,
            headers,
            body,
            budget_ms: BUDGET_MS,
            cause: Some(cause).filter(|cause| *cause > 0),
            ..OutboundRequest::get(
                Component::Oidc,
                "relay",
                format!("{}{path}", self.server_url),
            )
        };
        self.outbound
            .send(request)
            .await
            .map_err(Unanswered::Outbound)
    }

    fn event(&self, evidence: &impl Evidence, incoming: &Incoming, request_id: &str) -> EventDraft {
        EventDraft::of(Component::Oidc, evidence)
            .request_id(request_id)
            .trace_id(trace_id(incoming))
            .cause(incoming.cause)
    }

    /// What the server issued, or that it refused to.
    fn record_token(
        &self,
        issuer: &Issuer,
        incoming: &Incoming,
        request_id: &str,
        cause: u64,
        answer: &Response<Bytes>,
    ) {
        let mut evidence = Token {
            issuer: issuer.config.name.clone(),
            token: None,
            forge: None,
            error: None,
        };
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let text = body.get("access_token").and_then(Value::as_str);
        let Some(text) = text.filter(|_| answer.status().is_success()) else {
            // The server's own code, whatever it is.
            let code = body.get("error").and_then(Value::as_str);
            let reason = code.unwrap_or(Reason::TokenRefused.as_str());
            let draft = self.event(&evidence, incoming, request_id);
            let draft = draft.cause(Some(cause));
            self.journal.record(draft.refused(reason.replace('_', "-")));
            return;
        };
        let token = Jwt::parse(text).ok();
        evidence.token = Some(token.as_ref().map(Jwt::describe).unwrap_or_default());
        let draft = self.event(&evidence, incoming, request_id);
        let sequence = self.journal.record(draft.cause(Some(cause)).allowed());
        let expires = token.as_ref().and_then(|token| token.claim("exp"));
        let expires = expires.and_then(expiry);
        self.journal.credential_issued(text, sequence, expires);
        let jti = token.as_ref().and_then(|token| token.claim("jti"));
        if let Some(jti) = jti.and_then(Value::as_str) {
            self.journal.credential_issued(jti, sequence, expires);
        }
    }
}

impl Service for OidcRelay {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move { self.answer(incoming).await }.boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        let text = rejection.to_string();
        oauth_error(rejection.status(), "invalid_request", &text)
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}

/// Why an issuer cannot live on the foreign server.
fn not_there(issuer: &Issuer) -> String {
    format!(
        "the issuer `{}` ({}) cannot live on the server behind the lab: the path of its URL has to be one segment without a slash at its end, as in https://sso.corp.example/partner",
        issuer.config.name, issuer.url
    )
}

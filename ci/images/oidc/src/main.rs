//! The OpenID Connect server of the crate `oauth2-test-server`, addressed like
//! `ghcr.io/navikt/mock-oauth2-server`, so that one client of ours fits both images:
//!
//! - any number of issuers by path, `/{issuer}/...`, each with a key of its own, made at its first
//!   request;
//! - the issuer's URL is what the caller asked for: its `Host`, its `X-Forwarded-Proto`, and the
//!   path. A logical name therefore holds wherever the container happens to listen;
//! - every client is known, with the scopes that it asks for. Neither server checks a client's
//!   secret, which a probe of the harness finds out;
//! - `GET /isalive` answers 200 as soon as requests are taken.
//!
//! Tokens, key sets and discovery documents are the crate's. Its own `main` does not fit a
//! container: it listens on 127.0.0.1 and has one issuer with a fixed URL.

use std::collections::{BTreeMap, HashMap};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use base64::Engine;
use bytes::Bytes;
use oauth2_test_server::crypto::{Keys, build_jwks_json};
use oauth2_test_server::store::{InMemoryStore, OauthStore};
use oauth2_test_server::{AppState, Client, IssuerConfig};
use tower::ServiceExt;

/// Requests are forms and small JSON documents.
const BODY_LIMIT_BYTES: usize = 1 << 20;
const DEFAULT_PORT: u16 = 8080;

/// What stays of an issuer between requests; its URL comes with each request.
struct Issuer {
    store: Arc<InMemoryStore>,
    keys: Arc<Keys>,
}

#[derive(Clone)]
struct Server {
    issuers: Arc<Mutex<BTreeMap<String, Arc<Issuer>>>>,
    config: IssuerConfig,
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), String> {
    let port = number("SERVER_PORT", DEFAULT_PORT)?;
    let mut config = IssuerConfig {
        require_state: false,
        ..IssuerConfig::default()
    };
    config.access_token_expires_in =
        number("ACCESS_TOKEN_EXPIRES_IN", config.access_token_expires_in)?;
    let server = Server {
        issuers: Arc::default(),
        config,
    };
    let router = Router::new()
        .route("/isalive", get(|| async { "alive and well" }))
        .route("/{issuer}/{*rest}", any(answer))
        .with_state(server);
    let listener = tokio::net::TcpListener::bind(("0.0.0.0", port))
        .await
        .map_err(|error| format!("cannot listen on port {port}: {error}"))?;
    println!("listening on port {port}");
    axum::serve(listener, router)
        .with_graceful_shutdown(terminated())
        .await
        .map_err(|error| error.to_string())
}

/// Ends at SIGTERM: the first process of a container has no default action for it.
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    if let Ok(mut terminate) = signal(SignalKind::terminate()) {
        terminate.recv().await;
    }
}

fn number<N: std::str::FromStr>(variable: &str, default: N) -> Result<N, String> {
    match std::env::var(variable) {
        Err(_) => Ok(default),
        Ok(text) => text
            .parse()
            .map_err(|_| format!("{variable} is no number: `{text}`")),
    }
}

async fn answer(
    State(server): State<Server>,
    Path((name, rest)): Path<(String, String)>,
    request: Request,
) -> Response {
    let base_url = format!("{}/{name}", origin(request.headers()));
    let issuer = match server.issuer(&name).await {
        Ok(issuer) => issuer,
        Err(error) => return refuse(StatusCode::INTERNAL_SERVER_ERROR, &error),
    };
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT_BYTES).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    };
    let is_form = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    let (body, asked) = if is_form {
        with_client(&parts.headers, body)
    } else {
        let query = parts.uri.query().unwrap_or_default();
        (
            body,
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    };
    let mut config = server.config.clone();
    if let Some(scope) = asked.get("scope") {
        config
            .scopes_supported
            .extend(scope.split_whitespace().map(str::to_owned));
    }
    issuer.admit(&asked).await;

    let path_and_query = match parts.uri.query() {
        Some(query) => format!("/{rest}?{query}"),
        None => format!("/{rest}"),
    };
    let Ok(uri) = path_and_query.parse::<Uri>() else {
        return refuse(StatusCode::BAD_REQUEST, "the path cannot be read");
    };
    parts.uri = uri;
    parts.headers.remove(header::CONTENT_LENGTH);
    let state = AppState {
        config: Arc::new(config),
        base_url,
        store: issuer.store.clone(),
        keys: issuer.keys.clone(),
        jwks_json: Arc::new(build_jwks_json(&issuer.keys)),
    };
    let router = oauth2_test_server::router::build_router(state);
    match router
        .oneshot(Request::from_parts(parts, Body::from(body)))
        .await
    {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The scheme and authority under which the caller reached this server.
fn origin(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    let host = text("host").unwrap_or("localhost");
    format!("{scheme}://{host}")
}

/// The form with the `client_id` that HTTP Basic authentication names (RFC 6749, 2.3.1), which the
/// crate does not read, and its fields.
fn with_client(headers: &HeaderMap, body: Bytes) -> (Bytes, HashMap<String, String>) {
    let mut fields: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    if fields.contains_key("client_id") {
        return (body, fields);
    }
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((client, _)) = basic.as_deref().and_then(|pair| pair.split_once(':')) else {
        return (body, fields);
    };
    // Both halves are form-encoded before they are joined.
    let decoded = form_urlencoded::parse(client.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned());
    fields.insert("client_id".to_owned(), decoded.unwrap_or_default());
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    (Bytes::from(body), fields)
}

fn refuse(status: StatusCode, text: &str) -> Response {
    (status, text.to_owned()).into_response()
}

impl Server {
    async fn issuer(&self, name: &str) -> Result<Arc<Issuer>, String> {
        if let Some(issuer) = self.known(name) {
            return Ok(issuer);
        }
        let keys = tokio::task::spawn_blocking(Keys::generate)
            .await
            .map_err(|error| format!("the key pair was not made: {error}"))?;
        let made = Arc::new(Issuer {
            store: Arc::default(),
            keys: Arc::new(keys),
        });
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(issuers.entry(name.to_owned()).or_insert(made).clone())
    }

    fn known(&self, name: &str) -> Option<Arc<Issuer>> {
        self.issuers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }
}

impl Issuer {
    /// Registers the client that a request names, with the scopes and the address that it asks for.
    async fn admit(&self, asked: &HashMap<String, String>) {
        let Some(client_id) = asked.get("client_id").filter(|id| !id.is_empty()) else {
            return;
        };
        let known = self.store.get_client(client_id).await;
        let mut client = known.unwrap_or_else(|| new_client(client_id));
        // Added and never taken away: requests of other scenarios may be under way.
        for scope in asked.get("scope").into_iter().flat_map(|scope| scope.split_whitespace()) {
            if !client.scope.split_whitespace().any(|known| known == scope) {
                client.scope = format!("{} {scope}", client.scope);
            }
        }
        if let Some(address) = asked.get("redirect_uri")
            && !client.redirect_uris.contains(address)
        {
            client.redirect_uris.push(address.clone());
        }
        self.store.insert_client(client).await;
    }
}

fn new_client(client_id: &str) -> Client {
    let grants = ["authorization_code", "refresh_token", "client_credentials"];
    Client {
        client_id: client_id.to_owned(),
        client_secret: None,
        redirect_uris: Vec::new(),
        grant_types: grants.map(str::to_owned).to_vec(),
        response_types: vec!["code".to_owned()],
        scope: "openid".to_owned(),
        token_endpoint_auth_method: "client_secret_basic".to_owned(),
        client_name: None,
        client_uri: None,
        logo_uri: None,
        contacts: Vec::new(),
        policy_uri: None,
        tos_uri: None,
        jwks: None,
        jwks_uri: None,
        software_id: None,
        software_version: None,
        registration_access_token: None,
        registration_client_uri: None,
    }
}

//! A foreign Vault or OpenBao behind the lab's port: a container, or a server elsewhere.
//!
//! The relay sends every request on as it came and gives back the answer as it came. Around that it
//! does what makes a foreign server part of a lab:
//!
//! - it journals each request with its outcome and its reason, which the server itself does not tell:
//!   token and policies are looked up with the root token, and judged by the rules of the embedded
//!   server ([`judgement`]);
//! - it remembers which tokens were issued and ended ([`token`]), so that an unknown token can be
//!   told from an expired or a revoked one;
//! - it gives each scenario a namespace of its own where the server has namespaces (OpenBao's page
//!   "Namespaces"), so that scenarios share a server and nothing else.

mod judgement;
mod setup;
mod token;

use std::sync::Arc;

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::{
    Component, ComponentClock, Destination, EventDraft, Ids, Journal, Outbound, OutboundError,
    OutboundRequest, OutboundResponse, Secret, Sequence, Timestamp,
};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, Response, header};
use parking_lot::{Mutex, RwLock};
use serde_json::{Value, json};

use crate::event;
use crate::evidence;
use crate::flavour::Flavour;
use crate::request::{Operation, Request};
use crate::server;
use crate::shown;
use judgement::Caller;
pub use setup::RelayError;
use token::Tokens;

/// How long the server may take, in milliseconds.
const BUDGET_MS: u32 = 30_000;
/// The header that selects a namespace.
const NAMESPACE_HEADER: &str = "x-vault-namespace";
/// The header of a token.
const TOKEN_HEADER: &str = "x-vault-token";

/// Headers of the client that the server shall not see, beside those that the lab's client never
/// sends on: the answer is to be readable here.
const NOT_SENT_ON: [&str; 4] = ["accept-encoding", "expect", "host", "te"];

/// Which server, and as whom the lab asks it.
#[derive(Clone, Debug)]
pub struct RelayConfig {
    /// `http://127.0.0.1:8200`, without a slash at its end.
    pub base_url: String,
    /// A token that may do everything: of a container the root token. Without one, refusals are
    /// journalled without the policies behind them.
    pub root_token: Option<Secret>,
    /// The namespace that every request is for, without slashes at its ends.
    pub namespace: Option<String>,
    /// Whether requests may change something. A server elsewhere is only read unless it was said
    /// otherwise; logins are let through, since nothing can be read without them. So is a read that
    /// leases: from the outside it is a read like any other.
    pub allow_writes: bool,
}

/// The relay. It answers as an [`authlab_http::Service`].
pub struct VaultRelay {
    config: RwLock<RelayConfig>,
    clock: ComponentClock,
    ids: Ids,
    journal: Journal,
    outbound: Arc<dyn Outbound>,
    tokens: Mutex<Tokens>,
}

impl std::fmt::Debug for VaultRelay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("VaultRelay")
            .field("base_url", &self.config.read().base_url)
            .finish_non_exhaustive()
    }
}

impl VaultRelay {
    /// A relay to a server that is there.
    pub fn new(
        config: RelayConfig,
        clock: ComponentClock,
        ids: Ids,
        journal: Journal,
        outbound: Arc<dyn Outbound>,
    ) -> Self {
        Self {
            config: RwLock::new(config),
            clock,
            ids,
            journal,
            outbound,
            tokens: Mutex::default(),
        }
    }

    /// The token of the lab's own requests; empty when there is none.
    pub fn root_token(&self) -> Secret {
        let config = self.config.read();
        config.root_token.clone().unwrap_or_else(|| Secret::new(""))
    }

    /// The namespace that every request is for.
    pub fn namespace(&self) -> Option<String> {
        self.config.read().namespace.clone()
    }

    /// Another server, or another namespace of the same; what was remembered of tokens is forgotten.
    pub fn reset(&self, config: RelayConfig) {
        *self.config.write() = config;
        *self.tokens.lock() = Tokens::default();
    }

    async fn answer(&self, incoming: Incoming) -> Response<Bytes> {
        let target = match server::target_of(&incoming, Flavour::Vault) {
            Ok(target) => target,
            Err(answer) => return *answer,
        };
        let request = match server::read_request(&incoming, target, Flavour::OpenBao) {
            Ok(request) => request,
            // The server words what it cannot read.
            Err(_) => return self.send_unread(incoming).await,
        };
        let cause = event::cause_of(&self.journal, &request, incoming.cause);
        let request_id = self
            .ids
            .request_id("vault", &format!("{} {}", incoming.method, request.path));
        if let Some(refusal) = self.refuse_write(&request, &request_id, cause) {
            return refusal;
        }
        let caller = self.caller(&request, cause, &request_id).await;
        let sent = self.send_on(&incoming, cause, Some(&request_id)).await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => return self.no_answer(&request, &request_id, cause, &error),
        };
        self.conclude(&request, &request_id, cause, &caller, &answer)
            .await;
        relayed(answer)
    }

    /// Journals the request and remembers what became of tokens.
    async fn conclude(
        &self,
        request: &Request,
        request_id: &str,
        cause: Option<Sequence>,
        caller: &Caller,
        answer: &OutboundResponse,
    ) {
        let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let status = answer.status().as_u16();
        // The id that the client sees, where the server gave one.
        let own = body.get("request_id").and_then(Value::as_str);
        let shown = own.filter(|id| !id.is_empty()).unwrap_or(request_id);
        let seen = self
            .judge(request, status, &body, caller, (cause, request_id))
            .await;
        let draft = seen.draft().request_id(shown).cause(cause);
        let sequence = self.journal.record(draft);
        let mut tokens = self.tokens.lock();
        tokens.learn(request, status, &body, self.clock.now());
        let issued = body.pointer("/auth/client_token").and_then(Value::as_str);
        if let Some(token) = issued {
            self.journal.credential_issued(token, sequence, None);
        }
    }

    /// Refuses what would change a server that is only to be read.
    fn refuse_write(
        &self,
        request: &Request,
        request_id: &str,
        cause: Option<Sequence>,
    ) -> Option<Response<Bytes>> {
        let reads = matches!(
            request.operation,
            Operation::Read | Operation::List | Operation::Scan | Operation::Help
        );
        let looks_only = judgement::is_login(request)
            || ["/lookup", "/lookup-self", "/capabilities-self"]
                .iter()
                .any(|end| request.path.ends_with(end));
        if self.config.read().allow_writes || reads || looks_only {
            return None;
        }
        let text = format!(
            "authlab only reads this Vault, and `{}` would change it: start the lab with `--allow-writes vault` if it may be changed",
            request.path
        );
        let path = shown::path(&request.path).into_owned();
        let seen = evidence::Request {
            method: request.operation.as_str().to_owned(),
            message: Some(format!(
                "authlab only reads this Vault, and `{path}` would change it"
            )),
            path,
            status: Some(403),
            ..evidence::Request::default()
        };
        let draft = EventDraft::of(Component::Vault, &seen)
            .request_id(request_id)
            .cause(cause);
        self.journal
            .record(draft.refused(evidence::Reason::ExternalReadOnly));
        Some(errors(403, &text))
    }

    fn no_answer(
        &self,
        request: &Request,
        request_id: &str,
        cause: Option<Sequence>,
        error: &OutboundError,
    ) -> Response<Bytes> {
        let seen = evidence::Request {
            method: request.operation.as_str().to_owned(),
            path: shown::path(&request.path).into_owned(),
            error: Some(error.to_string()),
            ..evidence::Request::default()
        };
        let draft = EventDraft::of(Component::Vault, &seen)
            .request_id(request_id)
            .cause(cause);
        self.journal
            .record(draft.failed(evidence::Reason::BackendUnavailable));
        errors(
            502,
            &format!("the Vault behind the lab did not answer: {error}"),
        )
    }

    /// Sends on what the relay cannot read: whether it would change something is not known.
    async fn send_unread(&self, incoming: Incoming) -> Response<Bytes> {
        if !self.config.read().allow_writes {
            let text = "authlab only reads this Vault, and this request cannot be read: start the lab with `--allow-writes vault` if it may be changed";
            return errors(403, text);
        }
        match self.send_on(&incoming, incoming.cause, None).await {
            Ok(answer) => relayed(answer),
            Err(error) => errors(
                502,
                &format!("the Vault behind the lab did not answer: {error}"),
            ),
        }
    }

    /// Sends a request on, for the namespace of the relay.
    async fn send_on(
        &self,
        incoming: &Incoming,
        cause: Option<Sequence>,
        request_id: Option<&str>,
    ) -> Result<OutboundResponse, OutboundError> {
        let mut headers = incoming.headers.clone();
        for name in NOT_SENT_ON {
            headers.remove(name);
        }
        let target = incoming
            .uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str);
        let url = {
            let config = self.config.read();
            if !is_status(&incoming.method, incoming.uri.path()) {
                enter(&mut headers, config.namespace.as_deref());
            }
            format!("{}{target}", config.base_url)
        };
        let request = OutboundRequest {
            destination: Destination::Backend,
            method: incoming.method.clone(),
            headers,
            body: incoming.body.clone(),
            budget_ms: BUDGET_MS,
            cause,
            request_id: request_id.map(Into::into),
            ..OutboundRequest::get(Component::Vault, "relay", url)
        };
        self.outbound.send(request).await
    }

    /// Asks the server as the lab itself: status and JSON; none without a root token or an answer.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        (cause, request_id): (Option<Sequence>, &str),
    ) -> Option<(u16, Value)> {
        let mut headers = HeaderMap::new();
        let url = {
            let config = self.config.read();
            let token = config.root_token.as_ref()?;
            headers.insert(
                TOKEN_HEADER,
                HeaderValue::from_str(token.expose_secret()).ok()?,
            );
            enter(&mut headers, config.namespace.as_deref());
            format!("{}/v1/{path}", config.base_url)
        };
        let request = OutboundRequest {
            destination: Destination::Backend,
            method,
            headers,
            body: body
                .map(|body| Bytes::from(body.to_string()))
                .unwrap_or_default(),
            budget_ms: BUDGET_MS,
            cause,
            request_id: Some(request_id.into()).filter(|_| !request_id.is_empty()),
            ..OutboundRequest::get(Component::Vault, "relay-evidence", url)
        };
        let answer = self.outbound.send(request).await.ok()?;
        let json = serde_json::from_slice(answer.body()).unwrap_or_default();
        Some((answer.status().as_u16(), json))
    }
}

impl Service for VaultRelay {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move { self.answer(incoming).await }.boxed()
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        errors(rejection.status().as_u16(), &rejection.to_string())
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.clock.now())
    }
}

/// What a server tells of itself to anybody; OpenBao does in its root namespace only.
fn is_status(method: &Method, path: &str) -> bool {
    let path = path.strip_prefix("/v1/").unwrap_or_default();
    [Method::GET, Method::HEAD].contains(method)
        && ["sys/health", "sys/init", "sys/leader", "sys/seal-status"].contains(&path)
}

/// Puts a request below the relay's namespace, whichever it asked for below that.
fn enter(headers: &mut HeaderMap, namespace: Option<&str>) {
    let Some(namespace) = namespace else {
        return;
    };
    let below = headers
        .get(NAMESPACE_HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = format!("{namespace}/{}", below.trim_matches('/'));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(NAMESPACE_HEADER, name);
    }
}

/// The answer without what belongs to its connection.
fn relayed(answer: OutboundResponse) -> Response<Bytes> {
    let mut answer = answer;
    for name in [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::DATE,
        header::TRANSFER_ENCODING,
    ] {
        answer.headers_mut().remove(name);
    }
    answer
}

/// An answer of the relay itself, in Vault's form.
fn errors(status: u16, text: &str) -> Response<Bytes> {
    server::json_answer(status, Some(&json!({ "errors": [text] })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_a_servers_status_is_for_its_root_namespace() {
        for (method, path, is) in [
            (Method::GET, "/v1/sys/health", true),
            (Method::HEAD, "/v1/sys/health", true),
            (Method::GET, "/v1/sys/seal-status", true),
            (Method::GET, "/v1/sys/init", true),
            (Method::GET, "/v1/sys/leader", true),
            (Method::PUT, "/v1/sys/init", false),
            (Method::PUT, "/v1/sys/seal", false),
            (Method::GET, "/v1/sys/health/x", false),
            (Method::GET, "/v1/secret/data/sys/health", false),
            (Method::GET, "/sys/health", false),
        ] {
            assert_eq!(is_status(&method, path), is, "{method} {path}");
        }
    }
}

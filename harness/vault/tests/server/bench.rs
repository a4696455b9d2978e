//! A server with a standing clock, and ways to ask it and to read its journal.

use std::net::SocketAddr;
use std::sync::Arc;

use authlab_http::{Client, Limits, Listener, Running};
use authlab_kernel::{Clock, Component, Faults, Ids, Journal};
use authlab_vault::{Flavour, SetupError, Vault, VaultConfig};
use serde_json::Value;

pub struct Bench {
    pub clock: Clock,
    pub ids: Ids,
    pub journal: Journal,
    pub vault: Arc<Vault>,
    pub root: String,
    address: SocketAddr,
    _running: Running,
}

impl Bench {
    pub async fn start(flavour: Flavour) -> Self {
        Self::with(
            VaultConfig {
                flavour,
                ..VaultConfig::default()
            },
            1,
        )
        .await
    }

    pub async fn with(config: VaultConfig, seed: u64) -> Self {
        // The clients are built with TLS, for which they want a provider although all is plain HTTP.
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = Clock::standing("2026-01-01T00:00:00Z".parse().unwrap());
        let (ids, journal) = (Ids::new(seed), Journal::new(clock.clone()));
        let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
        let of_vault = clock.component(Component::Vault);
        let vault = Vault::new(config, of_vault, ids.clone(), journal.clone(), outbound).unwrap();
        let local = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind("vault", local, "--vault-port")
            .await
            .unwrap();
        let address = listener.address();
        let running = listener.serve(Limits::default(), vault.clone());
        let root = vault.root_token().expose_secret().to_owned();
        Self {
            clock,
            ids,
            journal,
            vault,
            root,
            address,
            _running: running,
        }
    }

    pub fn try_new(&self, config: VaultConfig) -> Result<Arc<Vault>, SetupError> {
        let outbound = Arc::new(Client::new(self.journal.clone(), Faults::default()));
        let clock = self.clock.component(Component::Vault);
        Vault::new(
            config,
            clock,
            self.ids.clone(),
            self.journal.clone(),
            outbound,
        )
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn request(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        self.request_with(method, path, token, body, &[]).await
    }

    pub async fn request_with(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            reqwest::Client::new().request(method, format!("{}/v1/{path}", self.url()));
        if !token.is_empty() {
            request = request.header("X-Vault-Token", token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Bytes as they are, to a path as it is.
    pub async fn raw(&self, method: &str, path: &str, token: &str, body: Vec<u8>) -> (u16, Value) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nX-Vault-Token: {token}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // A server that refuses a body early may close before all of it was sent.
        let _ = stream.write_all(&body).await;
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received).await;
        let text = String::from_utf8_lossy(&received).into_owned();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let content = text
            .split_once("\r\n\r\n")
            .map_or("", |(_, content)| content);
        (status, serde_json::from_str(content).unwrap_or_default())
    }

    /// A request of root that must succeed.
    pub async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.request(method, path, &self.root, Some(body)).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {answer}"
        );
        answer
    }

    pub fn all_events(&self) -> Vec<Value> {
        let events = self.journal.events_since(0);
        events
            .iter()
            .map(|event| serde_json::to_value(&**event).unwrap())
            .collect()
    }

    pub fn events(&self, kind: &str) -> Vec<Value> {
        self.all_events()
            .into_iter()
            .filter(|event| event["kind"] == kind)
            .collect()
    }

    pub fn last_request(&self) -> Value {
        self.events("request").pop().unwrap()
    }
}

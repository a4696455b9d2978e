//! The HTTP servers that an API calls.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::wire::{Request, received};

/// What was sent to any of them, in order.
pub(super) type Seen = Arc<Mutex<Vec<Request>>>;

/// What a server answers.
#[derive(Clone, Debug)]
enum Answer {
    /// The body that it was sent, or a description of the request.
    Echo { body_only: bool },
    /// The status in its path.
    Status,
    /// This.
    Fixed(Json),
}

/// Running servers.
#[derive(Debug, Default)]
pub(super) struct Backends {
    /// Their addresses by name.
    pub(super) urls: BTreeMap<String, String>,
    seen: Seen,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Backends {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Backends {
    /// Starts them.
    pub(super) async fn start(stated: &BTreeMap<String, Json>) -> Result<Self, String> {
        let mut backends = Self::default();
        for (name, stated) in stated {
            let answer = match (name.as_str(), stated) {
                ("echo", Json::String(what)) => Answer::Echo {
                    body_only: what.contains("the body"),
                },
                ("status", Json::String(_)) => Answer::Status,
                (_, Json::Object(_)) => Answer::Fixed(stated.clone()),
                _ => return Err(format!("nobody knows the backend `{name}`: {stated}")),
            };
            backends.serve(name, answer).await?;
        }
        // Rows that only name `{echo}` mean it.
        if !backends.urls.contains_key("echo") {
            backends
                .serve("echo", Answer::Echo { body_only: false })
                .await?;
        }
        Ok(backends)
    }

    async fn serve(&mut self, name: &str, answer: Answer) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|error| error.to_string())?;
        let address: SocketAddr = listener.local_addr().map_err(|error| error.to_string())?;
        self.urls
            .insert(name.to_owned(), format!("http://{address}"));
        let seen = Arc::clone(&self.seen);
        self.tasks.push(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answered(stream, answer.clone(), Arc::clone(&seen)));
            }
        }));
        Ok(())
    }

    /// What was sent to them since the last time.
    pub(super) fn take_seen(&self) -> Vec<Request> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut seen)
    }
}

async fn answered(mut stream: TcpStream, answer: Answer, seen: Seen) {
    let Some(request) = received(&mut stream).await else {
        return;
    };
    let (status, headers, body) = answer.to(&request);
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    let mut head = format!("HTTP/1.1 {status} X\r\n");
    let own_connection = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("connection"));
    if !own_connection {
        head.push_str("Connection: close\r\n");
    }
    let own_length = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if !own_length {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend(body);
    // Who hung up does not want it.
    let _sent = stream.write_all(&bytes).await;
}

impl Answer {
    fn to(&self, request: &Request) -> (u64, Vec<(String, String)>, Vec<u8>) {
        let json_type = || vec![("Content-Type".to_owned(), "application/json".to_owned())];
        match self {
            Self::Echo { body_only: true } => {
                let kind = request.header("content-type").unwrap_or("application/json");
                let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
                (200, headers, request.body.clone())
            }
            Self::Echo { body_only: false } => {
                let (path, query) = request
                    .target
                    .split_once('?')
                    .unwrap_or((&request.target, ""));
                let headers: BTreeMap<&str, &str> = request
                    .headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                let body = String::from_utf8_lossy(&request.body);
                let told = json!({"method": request.method, "path": path, "query": query,
                    "headers": headers, "body": body});
                (200, json_type(), told.to_string().into_bytes())
            }
            Self::Status => {
                let last = request
                    .target
                    .split(['/', '?'])
                    .find(|part| part.parse::<u64>().is_ok());
                let status = last.and_then(|part| part.parse().ok()).unwrap_or(404);
                (status, json_type(), b"{}".to_vec())
            }
            Self::Fixed(stated) => {
                let status = stated.get("status").and_then(Json::as_u64).unwrap_or(200);
                let headers = stated.get("headers").and_then(Json::as_object);
                let headers = headers.into_iter().flatten().map(|(name, value)| {
                    (name.clone(), value.as_str().unwrap_or_default().to_owned())
                });
                let bytes = stated.get("bodyBase64").and_then(Json::as_str);
                let body = match stated.get("body") {
                    None => bytes
                        .and_then(|text| BASE64.decode(text).ok())
                        .unwrap_or_default(),
                    Some(Json::String(text)) => text.clone().into_bytes(),
                    Some(other) => other.to_string().into_bytes(),
                };
                (status, headers.collect(), body)
            }
        }
    }
}

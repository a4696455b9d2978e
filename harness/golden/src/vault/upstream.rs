//! The stub that stands for STS, IAM and the identity provider: canned answers, requests noted.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::case::Canned;
use crate::wire::{Request, received};

/// Headers that no expectation shows.
const LEFT_OUT: [&str; 4] = [
    "user-agent",
    "accept-encoding",
    "connection",
    "content-length",
];

#[derive(Default)]
struct Shared {
    routes: Vec<Canned>,
    seen: Vec<Value>,
}

/// A running stub.
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Upstream {
    /// Starts a stub with these answers on a port of its own.
    pub async fn start(routes: &[Canned]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Mutex::new(Shared {
            routes: routes.to_vec(),
            seen: Vec::new(),
        }));
        let for_connections = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&for_connections), address));
            }
        });
        Ok(Self {
            address,
            shared,
            accepting,
        })
    }

    /// Where it is, host and port.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers by these from now on.
    pub fn set_routes(&self, routes: &[Canned]) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.routes = routes.to_vec();
    }

    /// The distinct forwarded requests since the last call.
    pub fn take_forwarded(&self) -> Vec<Value> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        distinct_forwarded(&std::mem::take(&mut shared.seen))
    }
}

/// The requests that a caller signed, which are those with headers, each once.
pub fn distinct_forwarded(requests: &[Value]) -> Vec<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    for request in requests {
        if request.get("headers").is_some() && !distinct.contains(request) {
            distinct.push(request.clone());
        }
    }
    distinct
}

async fn serve(mut stream: TcpStream, shared: Arc<Mutex<Shared>>, address: SocketAddr) {
    let Some(mut request) = received(&mut stream).await else {
        return;
    };
    request.target = collapsed(request.target);
    let answer = {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.seen.push(summary(&request));
        let mut routes = shared.routes.iter();
        let route = routes.find(|route| is_for(route, &request));
        answer(route, address)
    };
    // Who hung up does not want it.
    let _sent = stream.write_all(answer.as_bytes()).await;
}

fn is_for(route: &Canned, request: &Request) -> bool {
    let fits = |wanted: &Option<String>, actual: &str| {
        wanted.as_ref().is_none_or(|wanted| wanted == actual)
    };
    let part = route.part.as_ref();
    fits(&route.method, &request.method)
        && fits(&route.path, &request.target)
        && part.is_none_or(|part| String::from_utf8_lossy(&request.body).contains(part))
}

fn answer(route: Option<&Canned>, address: SocketAddr) -> String {
    let not_found = || "not found".to_owned();
    let content = route.map_or_else(not_found, |route| match &route.body {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    });
    let content = content.replace("{{env:UPSTREAM}}", &format!("http://{address}"));
    let status = route.map_or(404, |route| route.status);
    let mut answer = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        content.len()
    );
    for (name, value) in route.into_iter().flat_map(|route| &route.headers) {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    answer.push_str("\r\n");
    answer.push_str(&content);
    answer
}

/// The table shows a path as its stub's library did: slashes collapsed.
fn collapsed(mut path: String) -> String {
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    path
}

/// A forwarded request with its headers; a call that Vault made for itself without.
fn summary(request: &Request) -> Value {
    let (method, path) = (&request.method, &request.target);
    let body = String::from_utf8_lossy(&request.body);
    let mut summary = json!({"method": method, "path": path, "body": body});
    if !body.contains("Action=GetCallerIdentity") {
        return summary;
    }
    let mut shown: Map<String, Value> = Map::new();
    for (name, value) in &request.headers {
        let name = &name.to_lowercase();
        if LEFT_OUT.contains(&name.as_str()) || name.starts_with("x-authlab") {
            continue;
        }
        let joined = match shown.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.clone(),
        };
        shown.insert(name.clone(), json!(joined));
    }
    summary["headers"] = Value::Object(shown);
    summary
}

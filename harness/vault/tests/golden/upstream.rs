//! The stub that stands for STS, IAM and the identity provider: canned answers, requests noted.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Shared {
    routes: Vec<Value>,
    seen: Vec<Value>,
}

/// A running stub.
pub struct Upstream {
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Upstream {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let for_connections = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&for_connections), address));
            }
        });
        Self {
            address,
            shared,
            accepting,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn set_routes(&self, routes: &Value) {
        self.shared.lock().unwrap().routes = routes.as_array().cloned().unwrap_or_default();
    }

    /// The distinct forwarded requests since the last call.
    pub fn take_forwarded(&self) -> Vec<Value> {
        let seen = std::mem::take(&mut self.shared.lock().unwrap().seen);
        let mut distinct: Vec<Value> = Vec::new();
        for request in seen {
            if request.get("headers").is_some() && !distinct.contains(&request) {
                distinct.push(request);
            }
        }
        distinct
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Mutex<Shared>>, address: SocketAddr) {
    let Some((method, path, headers, body)) = read(&mut stream).await else {
        return;
    };
    let routes = {
        let mut shared = shared.lock().unwrap();
        shared.seen.push(summary(&method, &path, &headers, &body));
        shared.routes.clone()
    };
    let route = routes.iter().find(|route| {
        let fits = |name: &str, actual: &str| {
            route
                .get(name)
                .and_then(Value::as_str)
                .is_none_or(|wanted| wanted == actual)
        };
        let matched = route.get("match").and_then(Value::as_str);
        fits("method", &method)
            && fits("path", &path)
            && matched.is_none_or(|part| body.contains(part))
    });
    let fallback = json!({"status": 404, "headers": {}, "body": "not found"});
    let route = route.unwrap_or(&fallback);
    let content = match &route["body"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let content = content.replace("{{env:UPSTREAM}}", &format!("http://{address}"));
    let status = route["status"].as_u64().unwrap_or(200);
    let mut head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        content.len()
    );
    for (name, value) in route["headers"].as_object().into_iter().flatten() {
        head.push_str(&format!(
            "{name}: {}\r\n",
            value.as_str().unwrap_or_default()
        ));
    }
    head.push_str("\r\n");
    head.push_str(&content);
    let _ = stream.write_all(head.as_bytes()).await;
}

type Read = (String, String, Vec<(String, String)>, String);

async fn read(stream: &mut TcpStream) -> Option<Read> {
    let mut received = Vec::new();
    let mut buffer = [0u8; 4096];
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let mut first = lines.next()?.split(' ');
            let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
            while received.len() < end + 4 + length {
                let count = stream.read(&mut buffer).await.ok()?;
                received.extend_from_slice(&buffer[..count]);
            }
            let body = String::from_utf8_lossy(&received[end + 4..]).into_owned();
            // The corpus shows the path as its stub's library did: slashes collapsed.
            let mut path = path;
            while path.contains("//") {
                path = path.replace("//", "/");
            }
            return Some((method, path, headers, body));
        }
        let count = stream.read(&mut buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        received.extend_from_slice(&buffer[..count]);
    }
}

/// A forwarded request with its headers; a call that Vault made for itself without.
fn summary(method: &str, path: &str, headers: &[(String, String)], body: &str) -> Value {
    let mut summary = json!({"method": method, "path": path, "body": body});
    let forwarded = body.contains("Action=GetCallerIdentity");
    if forwarded {
        let left_out = [
            "user-agent",
            "accept-encoding",
            "connection",
            "content-length",
        ];
        let mut shown: Map<String, Value> = Map::new();
        for (name, value) in headers {
            if left_out.contains(&name.as_str()) || name.starts_with("x-authlab") {
                continue;
            }
            match shown.get_mut(name) {
                None => {
                    shown.insert(name.clone(), json!(value));
                }
                Some(known) => {
                    let joined = format!("{}, {value}", known.as_str().unwrap_or_default());
                    *known = json!(joined);
                }
            }
        }
        summary["headers"] = Value::Object(shown);
    }
    summary
}

//! Requests as bytes, signatures by hand, and a server that answers what it is told.

use std::collections::BTreeMap;

use ring::{digest, hmac};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it goes over the wire.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The first value of a header.
    pub fn get(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Replaces a header.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// Changes a header's value.
    pub fn edit(&mut self, name: &str, edit: impl FnOnce(&str) -> String) {
        let value = edit(&self.get(name));
        self.set(name, value);
    }

    /// Sends it to `address`: status and body. A connection that ends without an answer is 0.
    pub async fn send(&self, address: &str) -> (u16, String) {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        bytes.extend(
            format!(
                "content-length: {}\r\nconnection: close\r\n\r\n",
                self.body.len()
            )
            .bytes(),
        );
        bytes.extend(&self.body);
        let mut stream = TcpStream::connect(address).await.expect("the lab listens");
        stream.write_all(&bytes).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let body = answer
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned());
        (status.unwrap_or_default(), body.unwrap_or_default())
    }
}

/// A server that answers each path with a document, and every other with `otherwise`. Its address.
pub async fn serve(documents: BTreeMap<String, String>, otherwise: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, documents.clone(), otherwise.clone()));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, documents: BTreeMap<String, String>, otherwise: String) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend(buffer.iter().take(read)),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default();
    let document = documents.get(path).unwrap_or(&otherwise);
    let kind = if document.starts_with('<') {
        "text/xml"
    } else {
        "application/json"
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{document}",
        document.len()
    );
    // The client may have gone: that concerns only it.
    drop(stream.write_all(answer.as_bytes()).await);
}

/// What is signed with Signature Version 4, each part by itself.
#[derive(Clone)]
pub struct Plan {
    pub key: String,
    pub secret: String,
    pub token: Option<String>,
    pub region: String,
    pub service: String,
    /// `YYYYMMDD'T'HHMMSS'Z'`.
    pub date: String,
    /// The day of the scope.
    pub day: String,
    pub terminator: String,
    pub method: String,
    /// As it is sent.
    pub path: String,
    /// As it is signed.
    pub signed_path: String,
    /// Encoded pairs.
    pub query: Vec<(String, String)>,
    pub host: String,
    /// Further headers that are sent and signed.
    pub more: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What is hashed as the body.
    pub signed_body: Vec<u8>,
    pub expires: String,
    /// Whether the list of signed headers stands in the wrong order, and is signed so.
    pub unsorted: bool,
}

impl Plan {
    fn scope(&self) -> String {
        let Self {
            day,
            region,
            service,
            terminator,
            ..
        } = self;
        format!("{day}/{region}/{service}/{terminator}")
    }

    fn signature(&self, names: &str, headers: &str, query: &str) -> String {
        let Self { method, date, .. } = self;
        let path = self.signed_path.replace('%', "%25").replace(':', "%3A");
        let hash = sha256(&self.signed_body);
        let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{hash}");
        let hash = sha256(canonical.as_bytes());
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{hash}", self.scope());
        let step = |key: &[u8], text: &str| hmac256(key, text.as_bytes());
        let day = step(format!("AWS4{}", self.secret).as_bytes(), &self.day);
        let service = step(&step(&day, &self.region), &self.service);
        hex::encode(step(&step(&service, &self.terminator), &text))
    }

    fn query_text(pairs: &[(String, String)]) -> String {
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    fn headers(&self, dated: bool) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::from([("host".to_owned(), self.host.clone())]);
        headers.extend(self.more.iter().cloned());
        if dated {
            headers.insert("x-amz-date".to_owned(), self.date.clone());
            if let Some(token) = &self.token {
                headers.insert("x-amz-security-token".to_owned(), token.clone());
            }
        }
        headers
    }

    fn request(&self, query: &str, headers: &BTreeMap<String, String>) -> Request {
        let target = if query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{query}", self.path)
        };
        let mut request = Request::new(&self.method, &target).body(self.body.clone());
        request.headers.extend(headers.clone());
        request
    }

    /// Signed in its headers.
    pub fn by_header(&self) -> Request {
        let headers = self.headers(true);
        let mut listed: Vec<(&String, &String)> = headers.iter().collect();
        if self.unsorted {
            listed.reverse();
        }
        let names: Vec<&str> = listed.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let lines: String = listed
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let mut sorted = self.query.clone();
        sorted.sort();
        let signature = self.signature(&names, &lines, &Self::query_text(&sorted));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={names}, Signature={signature}",
            self.key,
            self.scope()
        );
        let request = self.request(&Self::query_text(&self.query), &headers);
        request.header("authorization", authorization)
    }

    /// Signed in its query.
    pub fn presigned(&self) -> Request {
        let headers = self.headers(false);
        let names: Vec<&str> = headers.keys().map(String::as_str).collect();
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let mut query = self.query.clone();
        let credential = format!("{}/{}", self.key, self.scope());
        for (name, value) in [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", encoded(&credential)),
            ("X-Amz-Date", self.date.clone()),
            ("X-Amz-Expires", encoded(&self.expires)),
            ("X-Amz-SignedHeaders", names.join("%3B")),
        ] {
            query.push((name.to_owned(), value));
        }
        if let Some(token) = &self.token {
            query.push(("X-Amz-Security-Token".to_owned(), encoded(token)));
        }
        let mut sorted = query.clone();
        sorted.sort();
        let signature = self.signature(&names.join(";"), &lines, &Self::query_text(&sorted));
        query.push(("X-Amz-Signature".to_owned(), signature));
        self.request(&Self::query_text(&query), &headers)
    }
}

/// Everything but unreserved characters.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

fn hmac256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().to_vec()
}
